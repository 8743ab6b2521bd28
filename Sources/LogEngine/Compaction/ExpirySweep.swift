import SegmentFormat

/// Whoever wants to know which values have expired.
struct ExpiryWatch: Sendable {
    /// Whether anybody still does.
    var isWatched: @Sendable () -> Bool
    /// Is given each value once it has expired for good.
    var note: @Sendable (LogRecord) -> Void
}

/// What has expired, as the index tells: counted without reading a record.
struct ExpiryCensus {
    /// Expired records and their bytes by segment.
    ///
    /// Not by its number in the slots, which is another's as soon as it is compacted.
    var counts: [SegmentID: (records: Int, bytes: UInt64)] = [:]
    var expiredCount = 0
    var keyCount = 0

    init(_ core: LogCore, at now: UInt64) {
        var found: [UInt16: (records: Int, bytes: UInt64)] = [:]
        for shard in 0..<LogIndex.shardCount {
            let slots = core.index.snapshot(of: shard).slots
            keyCount += slots.count
            for slot in slots where core.life(of: slot, at: now) == .expired {
                found[slot.segmentIndex, default: (0, 0)].records += 1
                found[slot.segmentIndex, default: (0, 0)].bytes += UInt64(slot.recordByteCount)
                expiredCount += 1
            }
        }
        for segment in core.segments.all { counts[segment.id] = found[segment.index] }
    }

    /// Expired slots may be this share of all before something is done for their sake: the index is
    /// no more than a tenth larger than it must be.
    private static let slotShareMax = 10

    /// Whether too many slots have expired, those of `spared` left out.
    func isMany(besides spared: Set<SegmentID>) -> Bool {
        let count = spared.reduce(expiredCount) { $0 - (counts[$1]?.records ?? 0) }
        return count * Self.slotShareMax > keyCount
    }

    /// The most that is copied to be rid of an expired record without a tombstone, which takes some
    /// hundred bytes, and which compaction would have to follow in the end.
    private static let copiedByteCountMax: UInt64 = 4_096

    /// Whether a quarter of what would be alive in a segment has expired, and the others are short
    /// enough to copy.
    func isCrowded(_ candidate: CompactionCandidate) -> Bool {
        let expired = counts[candidate.id, default: (0, 0)].records
        return expired > 0 && expired * 4 >= candidate.liveRecordCount
            && candidate.copiedByteCount <= UInt64(expired) * Self.copiedByteCountMax
    }
}

/// Records the expiry of values that nobody asks for, one by one.
///
/// Most are spared it: that a value has expired is a fact already, by the floors of the manifest,
/// and segments in which nothing else is alive go as a whole, or those in which little is once that
/// is copied. But a slot takes memory, and who watches wants to be told.
struct ExpirySweep {
    let core: LogCore
    let queue: WriteQueue
    let watch: ExpiryWatch?

    /// How many are recorded in one step.
    private static let stepCount = 1_024

    /// Records all that have expired but for what `spared` has, and tells who watches.
    ///
    /// - Returns: How many.
    func run(
        at now: UInt64,
        besides spared: Set<SegmentID> = [],
        pace: (Int) throws(LogError) -> Void
    ) throws(LogError) -> Int {
        let sparedIndexes = Set(spared.compactMap { core.segments.segment($0)?.index })
        var count = 0
        for shard in 0..<LogIndex.shardCount {
            let expired = core.index.snapshot(of: shard).slots.filter { slot in
                core.life(of: slot, at: now) == .expired
                    && !sparedIndexes.contains(slot.segmentIndex)
            }
            var rest = expired[...]
            while !rest.isEmpty {
                count += try record(rest.prefix(Self.stepCount), in: shard)
                rest = rest.dropFirst(Self.stepCount)
                try pace(Self.stepCount * RecordHead.byteCount)
            }
        }
        return count
    }

    private func record(
        _ slots: ArraySlice<IndexSlot>,
        in shard: Int
    ) throws(LogError) -> Int {
        var records: [[UInt8]: LogRecord] = [:]
        var keys: [[UInt8]] = []
        for slot in slots {
            do throws(LogError) {
                let stored = try core.reader.record(of: slot)
                keys.append(stored.key)
                if watch != nil { records[stored.key] = try core.resolve(stored, of: slot) }
            } catch {
                // It has moved, or is damaged and told elsewhere; the next sweep will see.
                guard case .corrupted = error else { throw error }
            }
        }
        guard !keys.isEmpty else { return 0 }
        guard case .swept(let swept) = try queue.runBlocking(.sweep(keys)).get() else { return 0 }
        for key in swept { records[key].map { watch?.note($0) } }
        return swept.count
    }
}
