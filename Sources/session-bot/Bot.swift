#if Tools
    import SessionCore

    /// What the bot keeps between two messages, as the session's state.
    struct Memory: Codable {
        var turnCount = 0
        var name: String?
        var todos: [String] = []
    }

    /// What the bot says, and what it remembers; it knows neither the store nor the console.
    enum Bot {
        static let welcome = "Hello! I don't think we have met. Try /help."

        static func welcomeBack(_ session: Session) -> String {
            let name = (try? session.state(as: Memory.self))?.name
            return "Welcome back\(name.map { ", \($0)" } ?? "")!"
        }

        /// Answers `text`, and changes the session by what it says.
        static func reply(
            to text: String,
            in session: inout Session?,
            of id: SessionID
        ) throws -> String {
            var current = session ?? Session(id: id)
            switch text {
            case "/help": return help
            case "/session": return describe(current)
            case "/state": return JSON.object(current.state).description
            case "/reset": current.resetState()
            default: break
            }
            guard text != "/reset" else {
                session = current
                return "I have forgotten everything."
            }
            // A new session's state is empty; from then on it is a whole `Memory`.
            var memory = current.state.isEmpty ? Memory() : try current.state(as: Memory.self)
            memory.turnCount += 1
            let answer = answer(text, &memory)
            try current.setState(memory)
            session = current
            return "[\(memory.turnCount)] \(answer)"
        }

        private static func answer(_ text: String, _ memory: inout Memory) -> String {
            let words = text.split(separator: " ").map(String.init)
            let lowercased = words.map { $0.lowercased() }
            if lowercased.starts(with: ["my", "name", "is"]), words.count > 3 {
                let name = words[3...].joined(separator: " ")
                memory.name = name
                return "Nice to meet you, \(name)."
            }
            if lowercased.starts(with: ["what", "is", "my", "name"]) {
                return memory.name.map { "Your name is \($0)." } ?? "You have not told me yet."
            }
            switch (lowercased.first, words.count) {
            case ("add", 2...):
                memory.todos.append(words[1...].joined(separator: " "))
                return "Noted as number \(memory.todos.count)."
            case ("done", 2):
                guard let number = Int(words[1]), memory.todos.indices.contains(number - 1) else {
                    return "There is no number \(words[1])."
                }
                return "Done: \(memory.todos.remove(at: number - 1))."
            case ("list", 1):
                guard !memory.todos.isEmpty else { return "Nothing to do." }
                let lines = memory.todos.enumerated().map { "\($0 + 1). \($1)" }
                return "To do: " + lines.joined(separator: "; ")
            default:
                return "You said: \(text)"
            }
        }

        private static func describe(_ session: Session) -> String {
            let activity = session.lastActivity.map { "\($0) ms since 1970" } ?? "never stored"
            return "session \(session.id), kind \(session.kind.rawValue), last activity \(activity)"
        }

        private static let help = """
            my name is NAME · what is my name · add THING · done NUMBER · list
            /session · /state · /reset · /help · /quit
            """
    }
#endif
