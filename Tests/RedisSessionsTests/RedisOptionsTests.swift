#if Redis
    import SessionCore
    import Testing

    @testable import RedisSessions

    @Suite struct RedisOptionsTests {
        @Test(arguments: [
            ("redis://127.0.0.1", RedisAddress.host("127.0.0.1", port: 6379), nil, nil, 0, false),
            ("redis://localhost:6380/4", .host("localhost", port: 6380), nil, nil, 4, false),
            ("redis://:auth@h:1/0", .host("h", port: 1), nil, "auth", 0, false),
            ("redis://ada:p%40ss%3A%2F@h", .host("h", port: 6379), "ada", "p@ss:/", 0, false),
            ("rediss://h", .host("h", port: 6379), nil, nil, 0, true),
            ("REDIS://h", .host("h", port: 6379), nil, nil, 0, false),
            ("redis://[::1]:7000", .host("::1", port: 7000), nil, nil, 0, false),
            ("redis://", .host("127.0.0.1", port: 6379), nil, nil, 0, false),
            ("redis://h?db=3", .host("h", port: 6379), nil, nil, 3, false),
            ("/run/redis.sock", .socket(path: "/run/redis.sock"), nil, nil, 0, false),
            ("unix:///run/redis.sock?db=2", .socket(path: "/run/redis.sock"), nil, nil, 2, false),
        ]) func `a URL names a server`(
            url: String,
            address: RedisAddress,
            user: String?,
            password: String?,
            db: Int,
            isEncrypted: Bool
        ) throws {
            let options = try RedisSessionOptions(url: url)
            #expect(options.deployment == .server(address))
            #expect(options.user == user)
            #expect(options.password == password)
            #expect(options.db == db)
            #expect((options.tls != nil) == isEncrypted)
        }

        @Test(arguments: [
            "http://secret@h", "redis://:secret@h/x", "redis://:secret@h/-1",
            "redis://:secret@h?x=1",
            "redis://:secret@h?db=x", "unix://secret/run", "secret", "redis://:secret@h#f",
            "redis://:secret@h:99999999999999999999",
        ]) func `a URL that names none is refused, and not quoted`(url: String) {
            do throws(SessionStoreError) {
                _ = try RedisSessionOptions(url: url)
                Issue.record("\(url) was taken")
            } catch {
                guard case .misconfigured(let fault) = error else {
                    Issue.record("\(error)")
                    return
                }
                #expect(fault.setting == "session.stores.redis.url")
                #expect(!"\(error)".contains("secret"))
            }
        }

        @Test func `the password is shown nowhere`() throws {
            let options = try RedisSessionOptions(url: "rediss://ada:secret@h/1")
            var dumped = ""
            dump(options, to: &dumped)
            for text in [
                "\(options)", String(reflecting: options), "\(RedisSessionStore(options).place)",
                "\([options])", dumped,
            ] {
                #expect(!text.contains("secret"))
                #expect(!text.contains("ada"))
            }
        }

        /// A setting with something wrong in it.
        struct Mistake: CustomTestStringConvertible, Sendable {
            let setting: String
            let make: @Sendable (inout RedisSessionOptions) -> Void
            var testDescription: String { setting }

            init(_ setting: String, _ make: @escaping @Sendable (inout RedisSessionOptions) -> Void)
            {
                (self.setting, self.make) = ("session.stores.redis." + setting, make)
            }
        }

        static let mistakes = [
            Mistake("port") { $0.deployment = .server(.host("h", port: 0)) },
            Mistake("port") { $0.deployment = .server(.host("h", port: 65_536)) },
            Mistake("host") { $0.deployment = .server(.host("", port: 1)) },
            Mistake("url") { $0.deployment = .server(.socket(path: "")) },
            Mistake("db") { $0.db = -1 },
            Mistake("poolSize") { $0.poolSize = 0 },
            Mistake("timeout") { $0.timeout = .zero },
            Mistake("password") { $0.user = "ada" },
            Mistake("tls") { $0.tls = RedisSessionOptions.TLS(trustRoots: "/nowhere") },
            Mistake("cluster") { $0.deployment = .cluster([]) },
            Mistake("sentinels") { $0.deployment = .sentinels([], name: "a") },
            Mistake("sentinelName") { $0.deployment = .sentinels([.socket(path: "/a")], name: "") },
            Mistake("db") {
                $0.deployment = .cluster([.socket(path: "/a")])
                $0.db = 1
            },
            Mistake("keyPrefix") { $0.keyPrefix = String(repeating: "a", count: 1_025) },
        ]

        @Test(arguments: mistakes)
        func `a setting that no server could be meant by is named`(mistake: Mistake) async {
            var options = RedisSessionOptions()
            mistake.make(&options)
            let store = RedisSessionStore(options)
            do throws(SessionStoreError) {
                _ = try await store.read("x:1")
                Issue.record("it was taken")
            } catch {
                guard case .misconfigured(let fault) = error else {
                    Issue.record("\(error)")
                    return
                }
                #expect(fault.setting == mistake.setting)
            }
        }
    }
#endif
