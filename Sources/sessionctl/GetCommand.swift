#if Tools
    import ArgumentParser
    import FileSessions
    import SessionCore

    struct GetCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "get",
            abstract: "Shows one session; what it says only with --reveal.",
            discussion: """
                Without --reveal the names of fields are shown, and of their values only the type and \
                length. Exits with 1 when there is no such session, or it has expired.

                JSON KEYS: id, revision, lastActivity, isRedacted, session (the document; redacted, \
                each value in it is a text such as <string, 12 bytes>).
                """
        )

        @OptionGroup var common: CommonOptions
        @OptionGroup var life: ExpiryOptions

        @Argument(help: "The session's id, as in telegram:427770117.")
        var id: String

        @Flag(help: "Show what the session says.")
        var reveal = false

        func run() async throws {
            let id = try Store.id(id)
            let outcome = try await Store.read(common.directory, expiresIn: life.expiresIn) {
                store in
                guard let session = try await store.read(id) else {
                    _ = Store.outcome(of: store)
                    throw Failure(
                        "\(escaped(common.directory)): there is no session \(escaped(id.rawValue))."
                    )
                }
                show(session)
                return Store.outcome(of: store)
            }
            try outcome.conclude()
        }

        private func show(_ session: Session) {
            let document = JSON.object(session.document)
            let shown = reveal ? document : redacted(document)
            guard common.json else {
                Output.say(Outline.text(of: shown))
                return
            }
            Output.print(
                [
                    "id": .string(session.id.rawValue),
                    "revision": session.revision.map { .string("\($0)") } ?? .null,
                    "lastActivity": session.lastActivity.map { JSON($0) } ?? .null,
                    "isRedacted": .bool(!reveal),
                    "session": shown,
                ]
            )
        }
    }
#endif
