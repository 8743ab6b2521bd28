#if Mongo
    import SessionCore
    import Testing

    @testable import MongoSessions

    /// Settings, and what is said of wrong ones.
    @Suite(.timeLimit(.minutes(1))) struct OptionsTests {
        private func expectMisconfigured(_ options: MongoSessionOptions, _ setting: String) async {
            let store = MongoSessionStore(options)
            let error = await #expect(throws: SessionStoreError.self) { try await store.open() }
            guard case .misconfigured(let fault)? = error else {
                Issue.record("\(setting): \(String(describing: error))")
                return
            }
            #expect(fault.setting == "session.stores.mongo.\(setting)")
            #expect(!fault.description.contains("hunter2"))
        }

        @Test(arguments: [
            "", "mongo", "http://localhost", "mongodb://", "mongodb://anna:hunter2@",
            "mongodb://anna:hunter2@host:port/db", "mongodb://a b:hunter2@@host",
            "mongodb://h:99999",
            "mongodb://anna:hunter2@host/?authMechanism=NONE&w=-7", "mongodb://h\0",
            "mongodb://anna:hunter2@host/?tls=maybe",
        ])
        func `a malformed URL is named, and not quoted`(url: String) async {
            await expectMisconfigured(MongoSessionOptions(url: url), "url")
        }

        @Test func `an option that is none is named`() async {
            for (url, name) in [
                ("mongodb://anna:hunter2@h/?retryWrite=true", "retryWrite"),
                ("mongodb://h/?w=1&bogus=1", "bogus"),
                ("mongodb://h/db?tls=true&tlsCaFiles=%2Fx&w=1", "tlsCaFiles"),
                ("mongodb://h/?uuidRepresentation=a", "uuidRepresentation"),
                ("mongodb://anna:p?hunter2=x@h/db?bogus=1", "bogus"),
            ] {
                let store = MongoSessionStore(MongoSessionOptions(url: url))
                let error = await #expect(throws: SessionStoreError.self) { try await store.open() }
                #expect(error?.fault.setting == "session.stores.mongo.url")
                #expect(error?.fault.cause == "libmongoc knows no option \"\(name)\"")
            }
        }

        @Test(arguments: [
            "mongodb://h/?w=majority&journal=true&wTimeoutMS=100&retryWrites=false",
            "mongodb://h,i:1/?replicaSet=r&readPreference=nearest&readPreferenceTags=dc:ny",
            "mongodb://a:b@h/?authSource=admin&authMechanism=SCRAM-SHA-256&appName=bot",
            "mongodb://h/?directConnection=true&maxPoolSize=5&tls=true&tlsInsecure=true",
            "mongodb://a:hun?ter2@h/db?w=1", "mongodb://a:?p=1&@h/db",
            "mongodb://h/db?readConcernLevel=majority&heartbeatFrequencyMS=5000&compressors=zlib",
        ]) func `options of libmongoc are taken`(url: String) async throws {
            let connection = try await MongoConnection.open(
                MongoSessionOptions(url: url), Call(.open))
            await connection.close()
        }

        @Test func `options that are printed keep the password`() {
            let options = MongoSessionOptions(url: "mongodb://anna:hunter2@host")
            var text = "\(options) \(String(reflecting: options)) \([options])"
            dump(options, to: &text)
            dump(MongoSessionStore(options), to: &text)
            #expect(!text.contains("hunter2"))
            #expect(text.contains("sessions"))
        }

        @Test func `values out of range are named`() async {
            for name in ["", "a$b", "a\0"] {
                await expectMisconfigured(
                    MongoSessionOptions(collectionName: name), "collectionName")
            }
            for name in ["", "a.b", "a/b", "a$", "\0"] {
                await expectMisconfigured(MongoSessionOptions(database: name), "database")
            }
            for timeout in [Duration.zero, .seconds(-1), .seconds(3_601), .seconds(Int64.max)] {
                await expectMisconfigured(MongoSessionOptions(timeout: timeout), "timeout")
            }
            for size in [Int.min, 0, 1_001, .max] {
                await expectMisconfigured(MongoSessionOptions(poolSize: size), "poolSize")
            }
        }

        @Test func `the database is the given one, that of the URL, or Bottender's`() async throws {
            func place(_ url: String, _ database: String?) async throws -> String {
                let options = MongoSessionOptions(
                    url: url, collectionName: "my.sessions", database: database)
                let connection = try await MongoConnection.open(options, Call(.open))
                defer { Task { await connection.close() } }
                return connection.place
            }
            #expect(try await place("mongodb://h", nil) == "mongodb h:27017/test.my.sessions")
            #expect(try await place("mongodb://h:1/a", nil) == "mongodb h:1/a.my.sessions")
            #expect(try await place("mongodb://h/a", "b") == "mongodb h:27017/b.my.sessions")
            let several = try await place("mongodb://anna:hunter2@h,i:7/?replicaSet=r", nil)
            #expect(several == "mongodb h:27017,i:7/test.my.sessions")
        }

        @Test func `nothing is connected before it is used`() async throws {
            let store = MongoSessionStore(MongoSessionOptions(url: "no url"))
            try await store.close()
            let error = await #expect(throws: SessionStoreError.self) {
                try await store.read("x:1")
            }
            #expect(error?.caseName == "closed")
        }
    }
#endif
