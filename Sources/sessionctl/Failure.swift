#if Tools
    import LogEngine
    import SessionCore

    /// How a command ended, as its exit code; thrown when there is nothing more to say.
    enum Outcome: Int32, Error {
        case sound = 0
        case failed = 1
        case tornTail = 2
        case damaged = 3
        case locked = 4

        /// What an opening that found these means for a command that went well itself.
        init(tornTail: RecoveryReport.TornTail?, damages: [LogDamage]) {
            if !damages.isEmpty {
                self = .damaged
            } else {
                self = tornTail == nil ? .sound : .tornTail
            }
        }

        /// Ends the command, unless all is sound.
        func conclude() throws {
            if self != .sound { throw self }
        }
    }

    /// Why a command could not do what it was asked, and what to do next.
    struct Failure: Error {
        var message: String
        var outcome: Outcome

        init(_ message: String, _ outcome: Outcome = .failed) {
            self.message = message
            self.outcome = outcome
        }

        /// Translates what the log answered about the store in `directory`.
        init(_ error: LogError, in directory: String) {
            let (text, advice, outcome): (String, String, Outcome) =
                switch error {
                case .corrupted(let damage):
                    ("damaged: \(damage)", Self.verifyAdvice(directory), .damaged)
                case .locked(let fault): (Self.lockText(fault.detail), Self.lockAdvice, .locked)
                case .notFound: ("\(error)", Self.missingAdvice, .failed)
                case .foreign: ("\(error)", Self.foreignAdvice, .failed)
                case .unsupported: ("\(error)", Self.newerAdvice, .failed)
                case .readOnly: ("\(error)", Self.accessAdvice, .failed)
                default: ("\(error)", Self.systemAdvice, .failed)
                }
            self.init(Self.compose(directory, text, advice), outcome)
        }

        /// Translates what the store in `directory` answered.
        init(_ error: SessionStoreError, in directory: String) {
            let fault = error.fault
            let (text, advice, outcome): (String, String, Outcome) =
                switch error {
                case .corrupted: ("damaged: \(fault)", Self.verifyAdvice(directory), .damaged)
                case .locked: (Self.lockText(fault.cause), Self.lockAdvice, .locked)
                case .rejected:
                    ("\(fault)", "Nothing was changed; correct what you gave.", .failed)
                case .outOfSpace: ("\(fault)", "Nothing was changed; free some space.", .failed)
                case .misconfigured: ("\(fault)", Self.foreignAdvice, .failed)
                case .unsupported where fault.cause.contains("format version"):
                    ("\(fault)", Self.newerAdvice, .failed)
                case .unsupported: ("\(fault)", Self.accessAdvice, .failed)
                default: ("\(fault)", Self.systemAdvice, .failed)
                }
            self.init(Self.compose(directory, text, advice), outcome)
        }

        private static func compose(_ directory: String, _ text: String, _ advice: String) -> String
        {
            "\(escaped(directory)): \(escaped(text)). \(advice)"
        }

        /// The holder's note is text of a file: one line, for people.
        private static func lockText(_ note: String) -> String {
            let line = note.split(separator: "\n").first.map(String.init) ?? "another process"
            return "in use by \(line)"
        }

        private static func verifyAdvice(_ directory: String) -> String {
            "Run sessionctl verify \(escaped(directory)) to see what is affected."
        }

        private static let lockAdvice = "Stop that process first; reading commands work beside it."
        private static let missingAdvice = "Nothing was made; check the path."
        private static let foreignAdvice = "It was left alone; check the path."
        private static let newerAdvice = "It was left alone; use a newer sessionctl."
        private static let accessAdvice = "Check owner, mode and mount of the directory."
        private static let systemAdvice = "Nothing was changed; try again when the cause is gone."
    }
#endif
