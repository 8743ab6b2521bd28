import BenchReport
import LogEngine

/// What our engine writes for each byte that it is given, while space is given back by and by.
extension Bench {
    private static let activeCount = 1_000
    private static let turnCountMax = 19

    /// Returns amplifications by their names; counted once, since every round finds the same.
    func amplifications(_ records: Int) throws -> [String: Double] {
        if let known = knownAmplifications { return known }
        let zipf = Zipf(records)
        var stream = Stream(.modify, worker: 0)
        let busy = try amplification(records) { stream.next(zipf) }
        // Conversations of some ten turns, a thousand at a time. None expires, which would take
        // hours: this is harder than what bots do.
        var active = (0..<Self.activeCount).map { _ in Conversation(&stream, records) }
        let chat = try amplification(records) {
            let place = stream.below(active.count)
            let record = active[place].record
            active[place].turnCount -= 1
            if active[place].turnCount == 0 { active[place] = Conversation(&stream, records) }
            return record
        }
        let known = [
            Extra.zipfAmplification: busy.written, "zipf_space_amplification": busy.space,
            Extra.chatAmplification: chat.written, "chat_space_amplification": chat.space,
        ]
        knownAmplifications = known
        return known
    }

    private struct Conversation {
        var record: Int
        var turnCount: Int

        init(_ stream: inout Stream, _ records: Int) {
            record = stream.below(records)
            turnCount = 1 + stream.below(Bench.turnCountMax)
        }
    }

    /// Writes four times as many records as there are, as `next` chooses them, and counts in the
    /// second half, when there is as much to give back as there will ever be.
    private func amplification(
        _ records: Int,
        _ next: () -> Int
    ) throws -> (written: Double, space: Double) {
        let directory = try directories.copy(try loaded(.store), to: "amplified")
        defer { try? directories.remove("amplified") }
        let engine = try LogBench(directory, .buffered, maintenance: .manual)
        let log = engine.log
        let pool = cached("pool") { ValuePool<ByteArrays>() }
        var workload = Workload()
        // As often as the log would look by itself, if this went on for some minutes.
        let step = max(1, records / 50)
        var before: LogStatistics?
        var spaces: [Double] = []
        for index in 0..<4 * records {
            if index == 2 * records { before = try log.statistics() }
            let key = workload.key(UInt64(next()))
            _ = try log.writeBlocking(key, pool.values.items[pool.turn(index, worker: 0)])
            guard index % step == 0 else { continue }
            _ = try log.compactDueBlocking()
            guard index >= 2 * records else { continue }
            spaces.append(try log.statistics().spaceAmplification ?? 1)
        }
        let after = try log.statistics()
        let written = Double(after.writtenByteCount - (before?.writtenByteCount ?? 0))
        let copied = Double(after.copiedByteCount - (before?.copiedByteCount ?? 0))
        try engine.close()
        let space = spaces.reduce(0, +) / Double(max(1, spaces.count))
        return ((written + copied) / max(1, written), space)
    }
}
