#if Tools
    import ArgumentParser
    import FileSessions
    import SessionCore

    struct DestroyCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "destroy",
            abstract: "Removes one session.",
            discussion: """
                Returns once the removal survives a power cut; the bytes stay in the log as dead ones. \
                A session that is not there is removed already. Fails while a bot has the directory open.

                JSON KEYS: id, destroyed (whether there was one).
                """
        )

        @OptionGroup var common: CommonOptions

        @Argument(help: "The session's id, as in telegram:427770117.")
        var id: String

        func run() async throws {
            let id = try Store.id(id)
            let outcome = try await Store.write(common.directory) { store in
                let isDestroyed = try await store.destroy(id)
                if common.json {
                    Output.print(["id": .string(id.rawValue), "destroyed": .bool(isDestroyed)])
                } else {
                    let text = isDestroyed ? "destroyed" : "there is no session"
                    Output.say("\(text) \(escaped(id.rawValue))")
                }
                return Store.outcome(of: store)
            }
            try outcome.conclude()
        }
    }
#endif
