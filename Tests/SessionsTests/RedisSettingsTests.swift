#if Configuration && Redis
    import RedisSessions
    import SessionCore
    import Testing

    @testable import Sessions

    @Suite struct RedisSettingsTests {
        let scratch: Scratch

        init() throws {
            scratch = try Scratch()
        }

        private func options(
            _ settings: String,
            environment: [String: String] = [:]
        ) async throws -> RedisSessionOptions {
            let text =
                #"{"session":{"driver":"redis","expiresIn":5,"stores":{"redis":{\#(settings)}}}}"#
            let store = try await scratch.configuration(text, environment: environment).makeStore()
            return try #require(store as? RedisSessionStore).options
        }

        @Test func `Bottender's settings name the same server`() async throws {
            let options = try await options(
                #""port":6380,"host":"10.0.0.5","password":"auth","db":4"#)
            #expect(options.deployment == .server(.host("10.0.0.5", port: 6380)))
            #expect(options.password == "auth")
            #expect(options.db == 4)
            #expect(options.expiry.minutes == 5)
            #expect(options.keyPrefix.isEmpty)
        }

        @Test func `without settings it is the server of this machine`() async throws {
            let options = try await options("")
            #expect(options.deployment == .server(.host("127.0.0.1", port: 6379)))
            #expect(options.password == nil)
            #expect(options.tls == nil)
        }

        @Test(arguments: [
            (
                #""url":"rediss://ada:p@h:7000/2","trustRoots":"/ca.pem""#,
                "redis h:7000, database 2, encrypted"
            ),
            (#""socket":"/run/redis.sock""#, "redis /run/redis.sock, database 0"),
            (#""cluster":["a:1","b:2"]"#, "cluster of redis a:1, redis b:2, database 0"),
            (
                #""sentinels":["a:1","[::1]"],"sentinelName":"m","sentinelPassword":"p""#,
                "m of sentinels redis a:1, redis [::1]:6379, database 0"
            ),
            (#""host":"h","tls":true,"serverName":"n""#, "redis h:6379, database 0, encrypted"),
        ]) func `each way of naming servers is understood`(
            settings: String,
            description: String
        ) async throws {
            #expect("\(try await options(settings))" == description)
        }

        @Test func `the rest of the settings is taken`() async throws {
            let options = try await options(
                #""user":"ada","password":"p","keyPrefix":"bot:","timeout":1500,"poolSize":2"#)
            #expect(options.user == "ada")
            #expect(options.keyPrefix == "bot:")
            #expect(options.timeout == .milliseconds(1_500))
            #expect(options.poolSize == 2)
        }

        @Test func `the environment wins, and has lists with commas`() async throws {
            let options = try await options(
                #""cluster":["a:1"],"password":"file""#,
                environment: [
                    "SESSION_STORES_REDIS_CLUSTER": "b:2,c:3",
                    "SESSION_STORES_REDIS_PASSWORD": "environment",
                ]
            )
            #expect(options.deployment == .cluster([.host("b", port: 2), .host("c", port: 3)]))
            #expect(options.password == "environment")
        }

        @Test(arguments: [
            (#""port":0"#, "port"), (#""port":"6379""#, "port"), (#""db":-1"#, "db"),
            (#""url":"redis://:secret@h","host":"h""#, "host"), (#""url":"http://secret""#, "url"),
            (#""socket":"/s","port":1"#, "port"), (#""cluster":["secret:x"]"#, "cluster"),
            (#""cluster":"a:1""#, "cluster"), (#""sentinels":["a:1"]"#, "sentinelName"),
            (#""sentinelPassword":"p""#, "sentinelPassword"),
            (#""sentinelName":"m""#, "sentinelName"), (#""trustRoots":"/ca.pem""#, "trustRoots"),
            (#""url":"rediss://h","tls":false"#, "tls"), (#""timeout":0"#, "timeout"),
            (#""poolSize":0"#, "poolSize"), (#""passwort":"secret""#, "passwort"),
            (#""password":7"#, "password"),
        ]) func `a mistake is named, and no secret shown`(
            settings: String,
            name: String
        ) async throws {
            let text = #"{"session":{"driver":"redis","stores":{"redis":{\#(settings)}}}}"#
            let fault = try await scratch.refusal(of: text)
            #expect(fault.setting == "session.stores.redis.\(name)")
            #expect(!"\(fault)".contains("secret"))
        }

        @Test(
            arguments: [
                ("a", "redis a:6379"), ("a:1", "redis a:1"), ("[::1]", "redis [::1]:6379"),
                ("[::1]:7", "redis [::1]:7"), ("", nil), ("a:", nil), ("a:0", nil),
                ("a:65536", nil),
                ("::1", nil), ("u@a", nil), ("redis://a", nil), ("[::1", nil), (":1", nil),
                ("[]", nil),
            ] as [(String, String?)]) func `a server is named by host and port`(
                text: String,
                address: String?
            )
        {
            #expect(RedisAddress(text).map { "\($0)" } == address)
        }
    }
#endif
