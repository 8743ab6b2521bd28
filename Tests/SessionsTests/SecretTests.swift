#if Configuration
    import Configuration
    import Foundation
    import SessionCore
    @testable import Sessions
    import Synchronization
    import Testing

    /// No secret gets out by an error, a description or an access log, whatever else is wrong.
    @Suite struct SecretTests {
        static let secret = "hunter2-\u{1F511}"

        let scratch: Scratch

        init() throws {
            scratch = try Scratch()
        }

        /// Keeps what an access log would say.
        final class Listener: AccessReporter {
            private let lines = Mutex<[String]>([])

            var text: String { lines.withLock { $0.joined(separator: "\n") } }

            func report(_ event: AccessEvent) {
                lines.withLock { $0.append("\(event)") }
                lines.withLock { $0.append(String(reflecting: event.providerResults)) }
            }
        }

        private func expectSilence(
            _ texts: String...,
            sourceLocation: SourceLocation = #_sourceLocation
        ) {
            for text in texts {
                #expect(!text.isEmpty, sourceLocation: sourceLocation)
                #expect(!text.contains("hunter2"), sourceLocation: sourceLocation)
            }
        }

        private func texts(of error: any Error) -> String {
            "\(error) \(String(reflecting: error)) \(error.localizedDescription)"
        }

        private var text: String {
            """
            {"session": {"stores": {
                "redis": {"password": "\(Self.secret)", "url": "redis://:\(Self.secret)@host"},
                "mongo": {"url": "mongodb://ada:\(Self.secret)@host"}}}}
            """
        }

        @Test func `settings describe themselves by where they are from`() throws {
            let environment = ["SESSION_STORES_REDIS_PASSWORD": Self.secret]
            let made = try scratch.configuration(text, environment: environment)
            #expect(made.description == "settings from the environment, \(scratch.path)/bot.json")
            var dumped = ""
            dump(made, to: &dumped)
            expectSilence("\(made)", String(reflecting: made), "\(made.reader)", dumped)
            let own = SessionConfiguration(reader: made.reader)
            #expect(own.description == "settings from a reader")
        }

        @Test func `an access log leaves secrets out`() async throws {
            let listener = Listener()
            let file = try scratch.file("bot.json", text)
            let made = try SessionConfiguration(
                files: [file],
                environment: ["SESSION_STORES_MONGO_URL": Self.secret],
                accessReporter: listener
            )
            let redis = Settings(reader: made.reader, path: "session.stores.redis", sources: [])
            #expect(try await redis.text("password", isSecret: true) == Self.secret)
            let mongo = Settings(reader: made.reader, path: "session.stores.mongo", sources: [])
            #expect(try await mongo.text("url", isSecret: true) == Self.secret)
            expectSilence(listener.text)
            #expect(listener.text.contains("session.stores.redis.password"))
            // The listener does hear what is no secret.
            #expect(try await redis.text("url") != nil)
            #expect(listener.text.contains("hunter2"))
        }

        @Test(arguments: [#"["\#(secret)"]"#, "12", #""\#(secret)""#])
        func `a secret of a wrong type is not quoted`(_ value: String) async throws {
            let listener = Listener()
            let text = #"{"session":{"stores":{"redis":{"password":\#(value),"port":\#(value)}}}}"#
            let made = try SessionConfiguration(
                files: [scratch.file("bot.json", text)],
                environment: [:],
                accessReporter: listener
            )
            let settings = Settings(
                reader: made.reader,
                path: "session.stores.redis",
                sources: made.sources
            )
            for name in ["password", "port"] {
                let error = await #expect(throws: SessionStoreError.self) {
                    _ = try await settings.value(name, as: [.flag], isSecret: true)
                }
                if let error { expectSilence(texts(of: error)) }
            }
            expectSilence(listener.text)
            do {
                _ = try await made.makeStore()
            } catch {
                expectSilence(texts(of: error))
            }
        }

        @Test(arguments: [
            #"{"session":{"driver":"redis://:\#(secret)@host"}}"#,
            #"{"session":{"driver":"file","stores":{"file":{"compression":"\#(secret)"}}}}"#,
            #"{"session":{"driver":"file","stores":{"file":{"durability":"\#(secret)"}}}}"#,
            #"{"session":{"stores":{"redis":{"passwort":"\#(secret)"}}}}"#,
            #"{"session":{"stores":{"redis":"redis://:\#(secret)@host"}}}"#,
            #"{"session":{"stores":{"redis":{"password":{"value":"\#(secret)"}}}}}"#,
            #"{"session":{"expiresIn":"\#(secret)"}}"#,
            #"{"session":{"stores":{"redis":{"password":"\#(secret)"}}}"#,
            #"{"session":{"stores":{"redis":{"password":\#(secret)}}}}"#,
            #""\#(secret)""#,
        ])
        func `whatever is wrong, no value is quoted`(_ text: String) async throws {
            let fault = try await scratch.refusal(of: text)
            expectSilence("\(fault)", String(reflecting: fault))
            let variable = ["SESSION_DRIVER": "redis://:\(Self.secret)@host"]
            let second = try await scratch.refusal(of: "{}", environment: variable)
            expectSilence("\(second)", String(reflecting: second))
        }

        @Test func `a source that fails is no wrong type, and not quoted`() async throws {
            let reader = ConfigReader(provider: FailingProvider())
            let error = await #expect(throws: SessionStoreError.self) {
                _ = try await SessionConfiguration(reader: reader).makeStore()
            }
            guard case .unavailable(let fault) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(fault.setting == "session.driver")
            expectSilence("\(fault)", String(reflecting: fault))
        }

        /// A provider whose errors quote what it holds.
        struct FailingProvider: ConfigProvider, ConfigSnapshot {
            struct Outage: Error {
                let detail = SecretTests.secret
            }

            var providerName: String { "failing" }

            func value(forKey key: AbsoluteConfigKey, type: ConfigType) throws -> LookupResult {
                throw Outage()
            }

            func fetchValue(
                forKey key: AbsoluteConfigKey,
                type: ConfigType
            ) async throws -> LookupResult {
                throw Outage()
            }

            func watchValue<Return: ~Copyable>(
                forKey key: AbsoluteConfigKey,
                type: ConfigType,
                updatesHandler: (
                    _ updates: ConfigUpdatesAsyncSequence<Result<LookupResult, any Error>, Never>
                ) async throws -> Return
            ) async throws -> Return {
                try await watchValueFromValue(
                    forKey: key, type: type, updatesHandler: updatesHandler)
            }

            func snapshot() -> any ConfigSnapshot { self }

            func watchSnapshot<Return: ~Copyable>(
                updatesHandler: (
                    _ updates: ConfigUpdatesAsyncSequence<any ConfigSnapshot, Never>
                ) async throws -> Return
            ) async throws -> Return {
                try await watchSnapshotFromSnapshot(updatesHandler: updatesHandler)
            }
        }
    }
#endif
