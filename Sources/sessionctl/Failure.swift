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
                case .notFound, .foreign: ("\(error)", Self.foreignAdvice, .failed)
                case .unsupported: ("\(error)", Self.newerAdvice, .failed)
                case .readOnly: ("\(error)", Self.accessAdvice, .failed)
                default: ("\(error)", Self.systemAdvice, .failed)
                }
            self.init(Self.compose(directory, text, advice), outcome)
        }

        /// Translates what the store in `directory` answered.
        init(_ error: SessionStoreError, in directory: String) {
            let text = Self.text(error.fault, in: directory)
            let (advice, outcome): (String, Outcome) =
                switch error {
                case .corrupted: (Self.verifyAdvice(directory), .damaged)
                case .locked: (Self.lockAdvice, .locked)
                case .rejected: ("Nothing was changed; correct what you gave.", .failed)
                case .outOfSpace: ("Nothing was changed; free some space.", .failed)
                case .misconfigured: (Self.foreignAdvice, .failed)
                case .unsupported where text.contains("format version"):
                    (Self.newerAdvice, .failed)
                case .unsupported: (Self.accessAdvice, .failed)
                default: (Self.systemAdvice, .failed)
                }
            self.init(Self.compose(directory, text, advice), outcome)
        }

        private static func compose(_ directory: String, _ text: String, _ advice: String) -> String
        {
            "\(escaped(directory)): \(escaped(text)). \(advice)"
        }

        /// The fault without the name of the directory, which is said already.
        private static func text(_ fault: Fault, in directory: String) -> String {
            var place =
                fault.place.flatMap { $0 == directory || $0.isEmpty ? nil : "\($0): " } ?? ""
            if let byteOffset = fault.byteOffset { place += "byte \(byteOffset): " }
            let prefix = "lock: "
            guard fault.cause.hasPrefix(prefix) else { return place + fault.cause }
            return lockText(String(fault.cause.dropFirst(prefix.count)))
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
        private static let foreignAdvice = "Nothing was made or changed; check the path."
        private static let newerAdvice = "It was left alone; use a newer sessionctl."
        private static let accessAdvice = "Check owner, mode and mount of the directory."
        private static let systemAdvice = "Nothing was changed; try again when the cause is gone."
    }
#endif
