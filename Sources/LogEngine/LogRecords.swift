import SegmentFormat

/// The values of a log, one after the other, in no order.
///
/// Holds the places of one shard at a time, a thousandth of the keys, never the values. Every key
/// that is there from beginning to end comes exactly once; one that changes meanwhile comes as it
/// was at some moment, or not at all when it was removed. Expired values never come. A damaged
/// record comes as a failure that names it, and ends nothing.
///
/// While it is at a shard, compacted segments stay on disk for it. One that is left lying about
/// until they come to more than ``LogOptions/pinnedByteCountMax`` ends with `unavailable`.
public struct LogRecords: Sequence, IteratorProtocol, Sendable {
    private let log: SegmentLog
    private var shard = 0
    private var slots: [IndexSlot] = []
    /// The segments that the slots are in, by their numbers: they stay readable until the next
    /// shard's turn, whatever compaction takes away.
    private var pins: SegmentPins?

    init(_ log: SegmentLog) {
        self.log = log
    }

    /// Returns the next value or the damage in its place; nil at the end.
    public mutating func next() -> Result<LogRecord, LogError>? {
        while true {
            while slots.isEmpty {
                pins = nil
                guard shard < LogIndex.shardCount else { return nil }
                load(shard: shard)
            }
            let segment: LogSegment?
            do throws(LogError) {
                segment = try pins?.segment(at: slots[slots.count - 1].segmentIndex)
            } catch {
                (slots, shard, pins) = ([], LogIndex.shardCount, nil)
                return .failure(error)
            }
            let slot = slots.removeLast()
            if let result = result(of: slot, in: segment, shard - 1) { return result }
        }
    }

    /// Goes on with the slots of `shard`.
    mutating func load(shard: Int) {
        let core = log.core
        var seen: UInt64
        repeat {
            seen = core.relocations
            // In this order: a segment that a slot of before a compaction is in may be gone from
            // the table afterwards, and then the count has changed.
            slots = core.index.snapshot(of: shard).slots
            pins = core.segments.pin(at: core.clock.monotonicNanoseconds())
        } while core.relocations != seen
        self.shard = shard + 1
    }

    /// Returns what the slot's key has now; nil when that is nothing.
    private func result(
        of slot: IndexSlot,
        in segment: LogSegment?,
        _ shard: Int
    ) -> Result<LogRecord, LogError>? {
        let core = log.core
        do throws(LogError) {
            try core.requireOpen()
            // What the slot says counts only as long as it is the key's: a touch may have come.
            let isExpired = core.life(of: slot, at: core.clock.now()) == .expired
            if isExpired, core.index.contains(slot, in: shard) { return nil }
            let stored = try core.reader.record(of: slot, in: segment)
            let record = try current(stored, of: slot, in: shard)
            guard let record, !log.isExpired(record) else { return nil }
            return .success(record)
        } catch {
            if case .corrupted(let damage) = error { core.observer.didFindDamage(damage) }
            return .failure(error)
        }
    }

    /// Returns what the key of `stored` has now, which is what it says itself as long as the slot
    /// is there.
    private func current(
        _ stored: StoredRecord,
        of slot: IndexSlot,
        in shard: Int
    ) throws(LogError) -> LogRecord? {
        let core = log.core
        let seen = core.relocations
        guard core.index.contains(slot, in: shard) else { return try core.current(stored.key) }
        do throws(LogError) {
            return try core.resolve(stored, of: slot)
        } catch {
            guard case .corrupted = error, core.relocations != seen else { throw error }
            return try core.current(stored.key)
        }
    }
}

extension SegmentLog {
    /// Returns all values that have not expired.
    public func records() -> LogRecords { LogRecords(self) }

    /// Counts the values that have not expired.
    ///
    /// - Complexity: O(n) over the index, without reading values.
    /// - Throws: `corrupted` or `unavailable` when a record must be read to tell whether it has
    ///   expired, within 2 s of its deadline, and cannot be; `closed`.
    public func count() throws(LogError) -> Int {
        try core.requireOpen()
        return try core.following { () throws(LogError) in try countOnce() }
    }

    private func countOnce() throws(LogError) -> Int {
        let now = core.clock.now()
        var count = 0
        for shard in 0..<LogIndex.shardCount {
            for slot in core.index.snapshot(of: shard).slots {
                switch core.life(of: slot, at: now) {
                case .alive: count += 1
                case .expired: continue
                case .unclear:
                    let head = try core.reader.head(of: slot).head
                    let isExpired = core.isExpired(
                        activity: head.activity,
                        lifetime: head.lifetime,
                        at: now
                    )
                    if !isExpired { count += 1 }
                }
            }
        }
        return count
    }
}
