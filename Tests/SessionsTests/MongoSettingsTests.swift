#if Configuration && Mongo
    import MongoSessions
    import SessionCore
    import Testing

    @testable import Sessions

    @Suite struct MongoSettingsTests {
        let scratch: Scratch

        init() throws {
            scratch = try Scratch()
        }

        private func options(
            _ settings: String,
            environment: [String: String] = [:]
        ) async throws -> MongoSessionOptions {
            let text =
                #"{"session":{"driver":"mongo","expiresIn":5,"stores":{"mongo":{\#(settings)}}}}"#
            let store = try await scratch.configuration(text, environment: environment).makeStore()
            return try #require(store as? MongoSessionStore).options
        }

        @Test func `Bottender's settings name the same collection`() async throws {
            let set = try await options(
                #""url":"mongodb://db:27017/bot","collectionName":"my.sessions""#)
            #expect(set.url == "mongodb://db:27017/bot")
            #expect(set.collectionName == "my.sessions")
            #expect(set.expiry.minutes == 5)
            let unset = try await options("")
            #expect(unset.url == "mongodb://localhost:27017")
            #expect(unset.collectionName == "sessions")
            #expect(unset.database == nil)
        }

        @Test func `the rest of the settings is taken, and the environment wins`() async throws {
            let options = try await options(
                #""database":"bots","timeout":1500,"poolSize":2,"createsIndexes":false"#,
                environment: ["SESSION_STORES_MONGO_URL": "mongodb://production"]
            )
            #expect(options.url == "mongodb://production")
            #expect(options.database == "bots")
            #expect(options.timeout == .milliseconds(1_500))
            #expect(options.poolSize == 2)
            #expect(!options.createsIndexes)
        }

        @Test(arguments: [
            (#""timeout":0"#, "timeout"), (#""poolSize":1001"#, "poolSize"), (#""url":7"#, "url"),
            (#""createsIndexes":"perhaps""#, "createsIndexes"),
            (#""collection":"a""#, "collection"),
        ]) func `a mistake is named`(settings: String, name: String) async throws {
            let text = #"{"session":{"driver":"mongo","stores":{"mongo":{\#(settings)}}}}"#
            let fault = try await scratch.refusal(of: text)
            #expect(fault.setting == "session.stores.mongo.\(name)")
        }
    }
#endif
