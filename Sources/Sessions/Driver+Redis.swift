#if Configuration
    import SessionCore

    #if Redis
        import RedisSessions
    #endif

    extension Driver {
        // Known in builds without the driver, too: one file of settings serves all deployments.
        static let redisSettings = [
            "url", "host", "port", "user", "password", "db", "socket", "keyPrefix", "timeout",
            "poolSize", "tls", "trustRoots", "serverName", "certificate", "privateKey", "sentinels",
            "sentinelName", "sentinelPassword", "cluster",
        ]

        #if Redis
            static func makeRedisStore(
                _ settings: Settings,
                _ expiry: Expiry
            ) async throws(SessionStoreError) -> any SessionStore {
                var options = try await redisServers(settings, expiry)
                options.user = try await settings.text("user") ?? options.user
                options.password =
                    try await settings.text("password", isSecret: true) ?? options.password
                options.sentinelPassword = try await settings.text(
                    "sentinelPassword", isSecret: true)
                if case .sentinels = options.deployment {
                } else if options.sentinelPassword != nil {
                    throw settings.wrong("sentinelPassword", "there are no 'sentinels'")
                }
                options.db =
                    try await settings.wholeNumber("db", in: 0...1_000_000) ?? options.db
                options.keyPrefix = try await settings.text("keyPrefix") ?? options.keyPrefix
                if let milliseconds = try await settings.wholeNumber("timeout", in: 1...3_600_000) {
                    options.timeout = .milliseconds(milliseconds)
                }
                options.poolSize =
                    try await settings.wholeNumber(
                        "poolSize",
                        in: 1...RedisSessionOptions.poolSizeMax
                    ) ?? options.poolSize
                options.tls = try await redisEncryption(settings, options.tls)
                return RedisSessionStore(options)
            }

            /// Finds out which way of naming the servers was chosen; more than one is a mistake.
            private static func redisServers(
                _ settings: Settings,
                _ expiry: Expiry
            ) async throws(SessionStoreError) -> RedisSessionOptions {
                let url = try await settings.text("url", isSecret: true)
                let socket = try await settings.text("socket")
                let host = try await settings.text("host")
                let port = try await settings.wholeNumber("port", in: 1...65_535)
                let cluster = try await redisAddresses("cluster", settings)
                let sentinels = try await redisAddresses("sentinels", settings)
                let chosen = [
                    ("url", url != nil), ("socket", socket != nil), ("cluster", cluster != nil),
                    ("sentinels", sentinels != nil),
                    (host == nil ? "port" : "host", host != nil || port != nil),
                ].filter(\.1).map(\.0)
                if chosen.count > 1 {
                    throw settings.wrong(
                        chosen[1], "the servers are named by '\(chosen[0])' already; leave one out")
                }
                let name = try await settings.text("sentinelName")
                if let sentinels {
                    guard let name else {
                        throw settings.wrong(
                            "sentinelName", "sentinels need the name of the servers")
                    }
                    return RedisSessionOptions(.sentinels(sentinels, name: name), expiry: expiry)
                }
                if name != nil { throw settings.wrong("sentinelName", "there are no 'sentinels'") }
                if let url { return try RedisSessionOptions(url: url, expiry: expiry) }
                if let cluster { return RedisSessionOptions(.cluster(cluster), expiry: expiry) }
                if let socket {
                    return RedisSessionOptions(.server(.socket(path: socket)), expiry: expiry)
                }
                return RedisSessionOptions(
                    host: host ?? "127.0.0.1", port: port ?? 6_379, expiry: expiry)
            }

            /// Reads servers that are written as `host:port`.
            private static func redisAddresses(
                _ name: String,
                _ settings: Settings
            ) async throws(SessionStoreError) -> [RedisAddress]? {
                guard case .list(let texts) = try await settings.value(name, as: [.list]) else {
                    return nil
                }
                var addresses: [RedisAddress] = []
                for text in texts {
                    guard let address = RedisAddress(text) else {
                        throw settings.wrong(name, "each has to be 'host:port'")
                    }
                    addresses.append(address)
                }
                return addresses
            }

            private static func redisEncryption(
                _ settings: Settings,
                _ current: RedisSessionOptions.TLS?
            ) async throws(SessionStoreError) -> RedisSessionOptions.TLS? {
                let isOn = try await settings.flag("tls")
                var tls = current ?? RedisSessionOptions.TLS()
                var named: String?
                for (name, path) in redisEncryptionSettings {
                    guard let text = try await settings.text(name) else { continue }
                    tls[keyPath: path] = text
                    named = named ?? name
                }
                if let named, isOn == false || isOn == nil && current == nil {
                    throw settings.wrong(named, "the connection is not encrypted; set 'tls'")
                }
                if isOn == false, current != nil {
                    throw settings.wrong("tls", "the URL says that the connection is encrypted")
                }
                return isOn == true || current != nil ? tls : nil
            }

            private static var redisEncryptionSettings:
                [(String, WritableKeyPath<RedisSessionOptions.TLS, String?>)]
            {
                [
                    ("trustRoots", \.trustRoots), ("serverName", \.serverName),
                    ("certificate", \.certificate), ("privateKey", \.privateKey),
                ]
            }
        #else
            static func makeRedisStore(
                _ settings: Settings,
                _ expiry: Expiry
            ) async throws(SessionStoreError) -> any SessionStore {
                throw Driver.redis.isLeftOut(trait: "Redis")
            }
        #endif
    }
#endif
