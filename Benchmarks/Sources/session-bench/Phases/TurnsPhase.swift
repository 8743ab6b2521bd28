import BenchReport
import FileSessions
import SessionCore

/// Conversations that go on at the same time: each turn reads a session, changes it a little, and
/// waits until the disk has it.
extension Bench {
    private static let conversationCount = 64

    func measureTurns() {
        guard settings.subjects.contains(where: \.isOurs) else { return }
        eachRound(of: "turns", [.store]) { _, round in
            for access in StateAccess.allCases {
                let directory = try loadedCopy(.store)
                defer { try? directories.remove("copy") }
                try measureTurns(access, directory, round)
            }
        }
    }

    private func measureTurns(_ access: StateAccess, _ directory: String, _ round: Int) throws {
        let (records, extent) = (settings.records, extent(20_000))
        let operands = (0..<Self.conversationCount).map { worker in
            cached("turns \(worker)") {
                ChangeOperands<ByteArrays>(writing: records, worker: worker, count: 2_000)
            }
        }
        let store = Self.store(directory, .durable)
        try Workers.wait { try await store.open() }
        // What targets are about is how most bots do it.
        let engine = access == .typed ? Subject.store.name : access.engine
        try measuring {
            let runs = try Workers.tasks(Self.conversationCount) { worker in
                let ids = try operands[worker].keys.items.map { key in
                    try SessionID(String(decoding: key, as: UTF8.self))
                }
                return try await TimedRun.timing(extent) { index in
                    try await store.update(ids[index % ids.count]) { session in
                        guard var changed = session else {
                            throw BenchError("A session is not there.")
                        }
                        try access.advance(&changed)
                        session = changed
                    }
                }
            }
            return Latencies(together: runs).measurement(
                of: Phase.turns.rawValue,
                engine,
                records: records,
                workers: Self.conversationCount,
                round: round
            )
        }
        try Workers.wait { try await store.close() }
    }
}
