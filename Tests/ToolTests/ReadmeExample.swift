import FileSessions
import SessionCore

/// What the bot keeps of one conversation.
struct Memory: Codable, Equatable {
    var messageCount = 0
    var name: String?
}

/// Answers one message that a platform's webhook brought.
func answer(
    _ text: String,
    from user: String,
    in store: any SessionStore
) async throws -> String {
    try await store.update(SessionID(platform: "telegram", key: user)) { session in
        var current = try session ?? Session(id: SessionID(platform: "telegram", key: user))
        var memory = current.state.isEmpty ? Memory() : try current.state(as: Memory.self)
        memory.messageCount += 1
        if text.hasPrefix("I am ") { memory.name = String(text.dropFirst(5)) }
        try current.setState(memory)
        session = current
        return "Hello \(memory.name ?? "stranger"), this is message \(memory.messageCount)."
    }  // Once this returns, the session survives a power cut.
}

/// Opens the store, which also recovers what a crash left, and talks.
func talk(in dirname: String) async throws -> [String] {
    let store = FileSessionStore(FileSessionOptions(dirname: dirname))
    try await store.open()
    let answers = [
        try await answer("I am Ada", from: "427770117", in: store),
        try await answer("Do you know me?", from: "427770117", in: store),
    ]
    try await store.close()
    return answers
}
