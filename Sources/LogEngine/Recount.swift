/// The counters that a log keeps, held against a count of what its index has.
public struct LogRecount: Equatable, Sendable {
    /// Segments whose counters are wrong, oldest first.
    public var miscounts: [Miscount] = []
    /// What could not be counted, since it is not what was written; no counter is judged then.
    public var damages: [LogDamage] = []

    /// Whether every counter is right.
    public var isRight: Bool { miscounts.isEmpty && damages.isEmpty }

    /// A segment whose counters are wrong.
    public struct Miscount: Equatable, Sendable {
        /// Its file's name.
        public var file: String
        /// Live records by its counter.
        public var liveRecordCount: Int
        /// Their bytes by its counter.
        public var liveByteCount: UInt64
        /// Live records by the index.
        public var countedRecordCount: Int
        /// Their bytes by the index.
        public var countedByteCount: UInt64
    }
}

extension SegmentLog {
    /// Counts live records and bytes of every segment anew, and compares.
    ///
    /// What decides when to compact rests on these counters; wrong ones cost space or work, and
    /// never a value. Writes wait meanwhile.
    ///
    /// - Complexity: O(n) over the index, and a read for each touched or long value.
    /// - Throws: `unavailable` when the disk does not answer, or another process that writes the
    ///   directory has taken a segment away; `closed`.
    public func recountBlocking() throws(LogError) -> LogRecount {
        try core.requireOpen()
        guard let queue else { return try LogRecount(core) }
        return try queue.withWriter { (_) throws(LogError) in try LogRecount(core) }
    }

    /// Same as ``recountBlocking()``, on a thread of its own.
    public func recount() async throws(LogError) -> LogRecount {
        try await LogThread.run { () throws(LogError) in try self.recountBlocking() }
    }
}

extension LogRecount {
    /// Compares; nobody may write meanwhile.
    fileprivate init(_ core: LogCore) throws(LogError) {
        var damages: [LogDamage] = []
        let counted = try IndexBuilder(core).liveCounts { damage, _ in damages.append(damage) }
        self.damages = damages
        guard damages.isEmpty else { return }
        for segment in core.segments.all {
            let kept = segment.counts
            let found = counted[segment.index, default: (0, 0)]
            guard (kept.live, kept.liveBytes) != found else { continue }
            miscounts.append(
                Miscount(
                    file: segment.fileName,
                    liveRecordCount: kept.live,
                    liveByteCount: kept.liveBytes,
                    countedRecordCount: found.records,
                    countedByteCount: found.bytes
                )
            )
        }
    }
}
