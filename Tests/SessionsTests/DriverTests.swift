#if Configuration
    import Configuration
    import FileSessions
    import Foundation
    import LogEngine
    import SessionCore
    import Sessions
    import Testing

    /// Settings make the store that they ask for: the cases of Bottender's `getSessionStore`, and
    /// what it did not test.
    @Suite struct DriverTests {
        let scratch: Scratch

        init() throws {
            scratch = try Scratch()
        }

        @Test(arguments: [
            "{}", #"{"session":{}}"#, #"{"session":{"driver":"memory"}}"#,
            #"{"session":{"driver":"memory","stores":{"memory":{"maxSize":500}}}}"#,
            #"{"session":{"stores":{"memory":{},"mongo":{}}},"initialState":{"n":1}}"#,
        ])
        func `nothing set and memory give a memory store of 500`(_ text: String) async throws {
            let store = try await scratch.configuration(text).makeStore()
            #expect(try await evictionsOf502(store) == 2)
        }

        @Test func `each call makes another store`() async throws {
            let made = try scratch.configuration("{}")
            try await made.makeStore().write(Session(id: "test:1"))
            #expect(try await made.makeStore().read("test:1") == nil)
        }

        @Test func `maxSize is how many are kept, and 0 all of them`() async throws {
            let text = #"{"session":{"stores":{"memory":{"maxSize":0}}}}"#
            #expect(try await evictionsOf502(scratch.configuration(text).makeStore()) == 0)
            let ten = ["SESSION_STORES_MEMORY_MAX_SIZE": "10"]
            let store = try await scratch.configuration(text, environment: ten).makeStore()
            #expect(try await evictionsOf502(store) == 492)
        }

        private func evictionsOf502(_ store: any SessionStore) async throws -> Int {
            let memory = try #require(store as? MemorySessionStore)
            for number in 0..<502 {
                let id = try SessionID(platform: "test", key: "\(number)")
                try await memory.write(Session(id: id))
            }
            return memory.evictionCount
        }

        @Test func `file gives a file store in its directory`() async throws {
            let text = #"{"session":{"driver":"file","stores":{"file":{"dirname":".sessions"}}}}"#
            let made = try await scratch.configuration(text).makeStore()
            let store = try #require(made as? FileSessionStore)
            #expect(store.options.dirname == ".sessions")
            let plain = #"{"session":{"driver":"file"}}"#
            let other = try await scratch.configuration(plain).makeStore() as? FileSessionStore
            #expect(other?.options.dirname == ".sessions")
            #expect(other?.options.durability == .durable)
            #expect(other?.options.limits == LogOptions())
            #expect(other?.options.expiry == .never)
        }

        @Test func `a file store is as durable and as small as it is set`() async throws {
            let text = """
                {"session": {"driver": "file", "expiresIn": 0.5, "stores": {"file": {
                    "durability": 250, "compression": "lz4", "compactedCompression": "none",
                    "reading": "mapped"}}}}
                """
            let made = try await scratch.configuration(text).makeStore() as? FileSessionStore
            let options = try #require(made?.options)
            #expect(options.durability == .interval(.milliseconds(250)))
            #expect(options.limits.compression == .lz4)
            #expect(options.limits.compactedCompression == .none)
            #expect(options.limits.reading == .mapped)
            #expect(options.expiry.lifetime == 30_000)
            let environment = [
                "SESSION_STORES_FILE_DURABILITY": "durable",
                "SESSION_STORES_FILE_COMPACTED_COMPRESSION": "zstandard",
                "SESSION_STORES_FILE_READING": "copied",
                "SESSION_EXPIRES_IN": "525600",
            ]
            let over = try await scratch.configuration(text, environment: environment).makeStore()
            let overridden = try #require((over as? FileSessionStore)?.options)
            #expect(overridden.durability == .durable)
            #expect(overridden.limits.compactedCompression == .zstandard())
            #expect(overridden.limits.reading == .copied)
            #expect(overridden.expiry == .oneYear)
        }

        @Test func `a store from settings keeps to expiresIn`() async throws {
            let text = #"{"session":{"expiresIn":0.0005}}"#
            let store = try await scratch.configuration(text).makeStore()
            try await store.write(Session(id: "test:1"))
            try await Task.sleep(for: .milliseconds(80))
            #expect(try await store.read("test:1") == nil)
        }

        #if !Redis || !Mongo
            private static var absent: [(String, String)] {
                var absent: [(String, String)] = []
                #if !Redis
                    absent.append(("redis", "Redis"))
                #endif
                #if !Mongo
                    absent.append(("mongo", "Mongo"))
                #endif
                return absent
            }

            @Test(arguments: absent)
            func `a driver whose package trait is off is refused by the trait's name`(
                _ driver: String,
                _ trait: String
            ) async throws {
                let text = """
                    {"session": {"driver": "\(driver)", "stores": {
                        "mongo": {"url": "mongodb://localhost:27017", "collectionName": "sessions"},
                        "redis": {"port": 6379, "host": "127.0.0.1", "password": "auth", "db": 0}}}}
                    """
                let fault = try await scratch.refusal(of: text)
                #expect(fault.setting == "session.driver")
                #expect(
                    fault.cause == "the driver '\(driver)' is not in this build, since the package"
                        + " trait \(trait) is off"
                )
            }
        #endif

        // MARK: Drivers of the application

        @Test func `a driver of one's own is made with its settings and the lifetime`() async throws
        {
            let text = """
                {"session": {"driver": "memory2", "expiresIn": 60,
                    "stores": {"memory2": {"anything": {"goes": 7}}}}}
                """
            let own = try MemorySessionStore()
            let store = try await scratch.configuration(text).makeStore(custom: [
                "memory2": { settings, expiry in
                    #expect(settings.int(forKey: "anything.goes") == 7)
                    #expect(expiry.minutes == 60)
                    return own
                }
            ])
            #expect(store as? MemorySessionStore === own)
        }

        @Test func `a driver of one's own that is not chosen is not made`() async throws {
            let text = #"{"session":{"driver":"memory","stores":{"memory2":{"x":1}}}}"#
            let store = try await scratch.configuration(text).makeStore(custom: [
                "memory2": { _, _ in throw CancellationError() }
            ])
            #expect(store is MemorySessionStore)
        }

        @Test func `what a driver of one's own throws is thrown on`() async throws {
            let text = #"{"session":{"driver":"own"}}"#
            await #expect(throws: CancellationError.self) {
                _ = try await scratch.configuration(text).makeStore(custom: [
                    "own": { _, _ in throw CancellationError() }
                ])
            }
        }

        @Test(arguments: ["memory", "file", "redis", "mongo", "Memory", "my driver", "a.b", ""])
        func `a driver of one's own can't have this name`(_ name: String) async throws {
            let error = await #expect(throws: SessionStoreError.self) {
                _ = try await scratch.configuration("{}").makeStore(custom: [
                    name: { _, _ in throw CancellationError() }
                ])
            }
            guard case .rejected(let fault) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(fault.cause.hasPrefix("the name of the custom driver"))
        }

        @Test func `two drivers can't share their variables`() async throws {
            let driver: SessionConfiguration.CustomDriver = { _, _ in throw CancellationError() }
            await #expect(throws: SessionStoreError.self) {
                let custom = ["a-b": driver, "a_b": driver]
                _ = try await scratch.configuration("{}").makeStore(custom: custom)
            }
        }

        // MARK: Where settings come from

        @Test func `the environment wins over files, and the last file over those before`()
            async throws
        {
            let first = try scratch.file("first.json", Self.file("first", expiresIn: "1"))
            let second = try scratch.file("second.json", #"{"session":{"driver":"memory"}}"#)
            let third = try scratch.file("third.json", Self.file("third"))

            func dirname(_ files: [String], _ environment: [String: String] = [:]) async throws
                -> String?
            {
                let made = try SessionConfiguration(files: files, environment: environment)
                return (try await made.makeStore() as? FileSessionStore)?.options.dirname
            }

            #expect(try await dirname([first]) == "first")
            #expect(try await dirname([first, second]) == nil)
            #expect(try await dirname([first, second, third]) == "third")
            let variable = ["SESSION_STORES_FILE_DIRNAME": "fourth", "SESSION_DRIVER": "file"]
            #expect(try await dirname([first, second], variable) == "fourth")
            #expect(try await dirname([], variable) == "fourth")
            let both = try SessionConfiguration(files: [first, third], environment: [:])
            let store = try await both.makeStore() as? FileSessionStore
            #expect(store?.options.expiry.minutes == 1)
        }

        private static func file(_ dirname: String, expiresIn: String = "0") -> String {
            let expiry = expiresIn == "0" ? "" : #""expiresIn":\#(expiresIn),"#
            let stores = #"{"file":{"dirname":"\#(dirname)"}}"#
            return #"{"session":{\#(expiry)"driver":"file","stores":\#(stores)}}"#
        }

        @Test func `a key may be written with its dots`() async throws {
            let text = #"{"session.driver":"file","session":{"stores.file":{"dirname":"x"}}}"#
            let store = try await scratch.configuration(text).makeStore() as? FileSessionStore
            #expect(store?.options.dirname == "x")
            let twice = #"{"session.driver":"file","session":{"driver":"memory"}}"#
            #expect(try await scratch.refusal(of: twice).cause == "it is there twice")
        }

        @Test func `an application reads its own settings from the same files`() async throws {
            let text = """
                {"bot": {"name": "Ada", "retries": 3, "ratio": 0.5, "isOn": true,
                    "tags": ["a", "b"], "counts": [1, 2], "key": "AQI=", "mixed": [1, "a"]}}
                """
            let made = try scratch.configuration(text, environment: ["BOT_NAME": "Eve"])
            let settings = made.reader.scoped(to: "bot")
            #expect(settings.string(forKey: "name") == "Eve")
            #expect(settings.int(forKey: "retries") == 3)
            #expect(settings.double(forKey: "ratio") == 0.5)
            #expect(settings.double(forKey: "retries") == 3)
            #expect(settings.bool(forKey: "isOn") == true)
            #expect(settings.stringArray(forKey: "tags") == ["a", "b"])
            #expect(settings.intArray(forKey: "counts") == [1, 2])
            #expect(settings.bytes(forKey: "key") == [1, 2])
            #expect(settings.int(forKey: "name") == nil)
            #expect(settings.stringArray(forKey: "mixed") == nil)
            #expect(settings.bool(forKey: "retries") == nil)
            #expect(settings.snapshot().string(forKey: "key") == "AQI=")
        }

        @Test func `a reader of the application's own does as well`() async throws {
            let reader = ConfigReader(
                provider: InMemoryProvider(values: [
                    "session.driver": "file", "session.stores.file.dirname": "here",
                    "session.expiresIn": 60,
                ])
            )
            let made = try await SessionConfiguration(reader: reader).makeStore()
            let store = try #require(made as? FileSessionStore)
            #expect(store.options.dirname == "here")
            #expect(store.options.expiry.minutes == 60)
        }
    }
#endif
