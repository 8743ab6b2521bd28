import SegmentFormat

/// Applies records to the index in the order of their numbers, from what footers say of them.
struct IndexBuilder {
    let core: LogCore
    private(set) var appliedCount = 0

    init(_ core: LogCore) {
        self.core = core
    }

    /// Applies the record that `entry` describes; newer than everything applied before.
    mutating func apply(
        _ entry: FooterEntry,
        in segment: LogSegment,
        byteCount: Int
    ) throws(LogError) {
        appliedCount += 1
        let old = try existing(entry.hash)
        switch entry.kind {
        case .put, .touch:
            // Nothing is there to touch only when the value was lost to damage, which is reported.
            if entry.kind == .touch, old == nil { return }
            let slot = IndexSlot(entry, in: segment, byteCount: byteCount)
            if let old {
                core.index.replace(old, with: slot, for: entry.hash)
            } else {
                core.index.insert(slot, for: entry.hash)
            }
        case .destroyTombstone, .expiryTombstone:
            // A tombstone's activity is the clock it was written by.
            core.clock.raise(to: entry.activity)
            if let old { core.index.remove(old, for: entry.hash) }
        }
    }

    /// Returns the slot of the key with this hash.
    private func existing(_ hash: KeyHash) throws(LogError) -> IndexSlot? {
        let candidates = core.index.candidates(for: hash)
        for number in 0..<candidates.count
        where try core.reader.hash(of: candidates[number]) == hash {
            return candidates[number]
        }
        return nil
    }

    /// Counts live records and bytes of every segment anew, from the index.
    func recount() throws(LogError) {
        var counts: [UInt16: (records: Int, bytes: UInt64)] = [:]
        func add(_ index: UInt16, _ byteCount: Int) {
            counts[index, default: (0, 0)].records += 1
            counts[index, default: (0, 0)].bytes += UInt64(byteCount)
        }
        for shard in 0..<LogIndex.shardCount {
            for slot in core.index.snapshot(of: shard).slots {
                add(slot.segmentIndex, try core.reader.byteCount(of: slot))
                guard let touch = try core.touchBody(of: slot),
                    let value = core.segments.segment(touch.segment)
                else { continue }
                add(value.index, touch.recordByteCount)
            }
        }
        for segment in core.segments.all {
            let count = counts[segment.index, default: (0, 0)]
            segment.setLive(recordCount: count.records, byteCount: count.bytes)
        }
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
