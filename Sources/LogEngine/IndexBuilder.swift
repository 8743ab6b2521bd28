import SegmentFormat

extension FooterEntry {
    /// The order in which records count: by their numbers; a touch before the record that it was
    /// folded into, which has the same.
    func isBefore(_ other: FooterEntry) -> Bool {
        if sequence != other.sequence { return sequence < other.sequence }
        return kind == .touch && other.kind != .touch
    }

    /// Whether it counts more than the key's record with this number.
    fileprivate func isAfter(_ other: UInt64) -> Bool {
        sequence > other || (sequence == other && kind != .touch)
    }
}

/// Applies records to the index in the order of their numbers, from what footers say of them.
struct IndexBuilder {
    let core: LogCore
    private(set) var appliedCount = 0

    init(_ core: LogCore) {
        self.core = core
    }

    /// Applies the record that `entry` describes; newer than everything applied before, but for
    /// what compaction has moved: a touch may come after the record that it was folded into.
    mutating func apply(
        _ entry: FooterEntry,
        in segment: LogSegment,
        byteCount: Int
    ) throws(LogError) {
        appliedCount += 1
        guard entry.kind != .dictionary else { return }
        // A tombstone's activity is the clock it was written by.
        if entry.kind.isTombstone { core.clock.raise(to: entry.activity) }
        let old = try existing(entry.hash)
        if let old, !entry.isAfter(old.sequence) { return }
        guard entry.kind.isValue else {
            if let old { core.index.remove(old.slot, for: entry.hash) }
            return
        }
        // A touch of nothing: its value has expired and gone with its segment, or was lost to
        // damage, which is reported.
        if entry.kind == .touch, old == nil { return }
        let slot = IndexSlot(entry, in: segment, byteCount: byteCount)
        if let old {
            core.index.replace(old.slot, with: slot, for: entry.hash)
        } else {
            core.index.insert(slot, for: entry.hash)
        }
    }

    /// Returns the slot of the key with this hash, and the number of its record.
    private func existing(
        _ hash: KeyHash
    ) throws(LogError) -> (slot: IndexSlot, sequence: UInt64)? {
        let candidates = core.index.candidates(for: hash)
        for number in 0..<candidates.count {
            let slot = candidates[number]
            let found = try core.reader.identity(of: slot)
            if let found, found.hash == hash { return (slot, found.sequence) }
        }
        return nil
    }

    /// Counts live records and bytes of every segment anew, from the index.
    func recount() throws(LogError) {
        let counts = try liveCounts { (damage, isTouch) throws(LogError) in
            // Whoever reads the value meets that of a touch.
            if !isTouch { throw .corrupted(damage) }
        }
        for segment in core.segments.all {
            let count = counts[segment.index, default: (0, 0)]
            segment.setLive(recordCount: count.records, byteCount: count.bytes)
        }
    }

    /// Counts live records and bytes by a segment's number in the slots; `onDamage` is told what
    /// can't be counted, and left out unless it throws.
    func liveCounts(
        onDamage: (LogDamage, _ isTouch: Bool) throws(LogError) -> Void
    ) throws(LogError) -> [UInt16: (records: Int, bytes: UInt64)] {
        var counts: [UInt16: (records: Int, bytes: UInt64)] = [:]
        func add(_ index: UInt16, _ byteCount: Int) {
            counts[index, default: (0, 0)].records += 1
            counts[index, default: (0, 0)].bytes += UInt64(byteCount)
        }
        for shard in 0..<LogIndex.shardCount {
            for slot in core.index.snapshot(of: shard).slots {
                var isCounted = false
                do throws(LogError) {
                    add(slot.segmentIndex, try core.reader.byteCount(of: slot))
                    isCounted = true
                    guard slot.isTouched else { continue }
                    let touch = try core.touchBody(of: try core.reader.record(of: slot), slot)
                    guard let value = core.segments.segment(touch.segment) else { continue }
                    add(value.index, touch.recordByteCount)
                } catch {
                    guard case .corrupted(let damage) = error else { throw error }
                    try onDamage(damage, isCounted)
                }
            }
        }
        return counts
    }
}

extension IndexSlot {
    /// The slot of the record that `entry` describes.
    init(_ entry: FooterEntry, in segment: LogSegment, byteCount: Int) {
        self.init(
            hash: LogIndex.slotHash(entry.hash),
            clock: IndexSlot.clock(
                activity: entry.activity,
                ownLifetimeSeconds: entry.ownLifetimeSeconds
            ),
            segmentIndex: segment.index,
            byteOffset: entry.byteOffset,
            recordByteCount: byteCount,
            isTouched: entry.kind == .touch,
            hasOwnLifetime: entry.ownLifetimeSeconds != nil
        )
    }
}
