#if Tools
    import ArgumentParser
    import FileSessions
    import SessionCore

    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "Lists the ids of sessions, one a line, in no particular order.",
            discussion: """
                Every condition that is given has to hold. Control characters, marks of writing \
                direction and backslashes in an id are spelt out, as in \\n and \\u{1b}; with --json \
                they are as JSON has them.

                JSON: one object a line, {"id"} for a session, {"damage"} for one that can't be read.
                """
        )

        @OptionGroup var common: CommonOptions
        @OptionGroup var life: ExpiryOptions

        @Option(
            help: "Only sessions of this platform, which is what stands before the first colon.")
        var platform: String?

        @Option(help: "Only sessions of this kind: user, group, room, channel or thread.")
        var kind: String?

        @Option(help: "Only sessions with this person, by the id that the platform gave.")
        var participant: String?

        @Option(help: "Only sessions whose ids begin with this.")
        var prefix: String?

        @Option(help: "At most so many.")
        var limit: Int?

        func validate() throws {
            if let limit, limit < 1 { throw ValidationError("--limit: \(limit) is less than 1.") }
            _ = try sessionKind
        }

        private var sessionKind: SessionKind? {
            get throws {
                guard let kind else { return nil }
                guard let known = SessionKind(rawValue: kind) else {
                    let all = SessionKind.allCases.map(\.rawValue).joined(separator: ", ")
                    throw ValidationError("--kind: '\(kind)' is none of \(all).")
                }
                return known
            }
        }

        func run() async throws {
            let filter = SessionFilter(
                platform: platform,
                kind: try sessionKind,
                participant: participant,
                idPrefix: prefix
            )
            let outcome = try await Store.read(common.directory, expiresIn: life.expiresIn) {
                store in
                var outcome = Store.outcome(of: store)
                var count = 0
                for await item in try await store.ids(where: filter) {
                    switch item {
                    case .success(let id): show(id)
                    case .failure(let error):
                        guard case .corrupted(let fault) = error else { throw error }
                        show(fault)
                        outcome = .damaged
                    }
                    count += 1
                    if count == limit { break }
                }
                return outcome
            }
            try outcome.conclude()
        }

        private func show(_ id: SessionID) {
            if common.json {
                Output.print(["id": .string(id.rawValue)])
            } else {
                Output.say(escaped(id.rawValue))
            }
        }

        private func show(_ fault: Fault) {
            if common.json { Output.print(["damage": .string("\(fault)")]) }
            Output.warn("damaged: \(escaped("\(fault)"))")
        }
    }
#endif
