#if Tools
    import ArgumentParser
    import FileSessions
    import Foundation
    import SessionCore

    // A bot on the console, and all there is to keeping sessions: `Options.swift` makes a store,
    // this file takes each message through one `update`, and `Bot.swift` says what to remember.

    @main
    struct SessionBot: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "session-bot",
            abstract: "A bot on the console that remembers you, whatever happens to it.",
            discussion: """
                It reads messages from standard input, one a line, and answers on standard output. An \
                answer means that the bot will remember: it is given after the session was stored.

                The environment variables \(Options.variables) set the same as the options, which win.

                Exit codes: 0 when told to stop, 1 when the store can't be used, 64 for a wrong option.
                """
        )

        @OptionGroup var options: Options

        func run() async throws {
            let id = try options.sessionID
            let store = try options.makeStore()
            do {
                try await store.open()
                if let tail = (store as? FileSessionStore)?.recovery?.tornTail {
                    Console.warn(
                        "Recovered: cut \(tail.byteCount) unfinished bytes of \(tail.file).")
                }
                try await talk(as: id, with: store)
                try await store.close()
            } catch {
                Console.warn("\(error)")
                throw ExitCode.failure
            }
        }

        private func talk(as id: SessionID, with store: any SessionStore) async throws {
            let console = Console()
            let known = try await store.read(id)
            try console.say(known.map(Bot.welcomeBack) ?? Bot.welcome)
            try console.askForNext()
            for await input in console.inputs {
                switch input {
                case .line("/quit"):
                    try console.say("Bye.")
                    return
                case .line(let text): try await answer(text, from: id, in: store, on: console)
                case .unusable(let line, let reason):
                    Console.warn("Line \(line) was ignored: \(reason).")
                }
                try console.askForNext()
            }
        }

        /// One turn: the session is read, changed and stored in one step, then the answer is given.
        private func answer(
            _ text: String,
            from id: SessionID,
            in store: any SessionStore,
            on console: Console
        ) async throws {
            let reply: String
            do {
                reply = try await store.update(id) { session in
                    try Bot.reply(to: text, in: &session, of: id)
                }
            } catch SessionStoreError.poisoned(let fault) {
                // A sync failed: nothing more can be kept until the store is reopened.
                throw SessionStoreError.poisoned(fault)
            } catch {
                Console.warn("That could not be kept. \(error)")
                return
            }
            // The update has returned, so what was said survives whatever happens from here on.
            try console.say(reply)
        }
    }
#else
    import Foundation

    @main
    struct SessionBot {
        static func main() {
            print("built without the trait Tools: swift run --traits Tools session-bot")
            exit(1)
        }
    }
#endif
