#if Tools
    import ArgumentParser
    import Foundation

    @main
    struct Main {
        static func main() async {
            do {
                let command = try await SessionControl.asyncParseAsRoot()
                if var command = command as? any AsyncParsableCommand {
                    try await command.run()
                } else {
                    var command = command
                    try command.run()
                }
            } catch {
                end(error)
            }
        }

        /// Ends the process with the code that the manual promises; help is no failure.
        private static func end(_ error: any Error) -> Never {
            if let outcome = error as? Outcome { exit(outcome.rawValue) }
            if let failure = error as? Failure {
                Output.warn(failure.message)
                exit(failure.outcome.rawValue)
            }
            let message = SessionControl.fullMessage(for: error)
            guard SessionControl.exitCode(for: error) == .success else {
                Output.warn(message)
                exit(Outcome.failed.rawValue)
            }
            Output.say(message)
            exit(Outcome.sound.rawValue)
        }
    }
#else
    import Foundation

    @main
    struct Main {
        static func main() {
            print("built without the trait Tools: swift run --traits Tools sessionctl")
            exit(1)
        }
    }
#endif
