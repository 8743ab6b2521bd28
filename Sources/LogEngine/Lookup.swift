import SegmentFormat

/// What a writer's caller has found out about its key before it waits: the place of its value,
/// confirmed on disk.
///
/// Confirming was a fourth of the time that the log's thread took for a batch of 64, and callers do
/// it at once, while the batch before is synced. It counts only as long as the index has the very
/// same slot, and nothing was moved.
struct Lookup: Equatable, Sendable {
    var hash: KeyHash
    var slot: IndexSlot
    var value: TouchBody
    var activity: UInt64
    var lifetime: Lifetime
    /// How often compaction had moved records before the slot was looked up.
    var relocations: UInt64

    /// Whether what was found is still what the key has.
    func holds(in core: LogCore) -> Bool {
        // In this order: a segment's number is given again only after this count has changed, so a
        // slot that is there, with the count as it was, is the one that was looked up. And alone:
        // beside it may stand what was written when nobody could tell whose the slot is.
        let candidates = core.index.candidates(for: hash)
        return candidates.count == 1 && candidates[0] == slot && core.relocations == relocations
    }
}

extension LogCore {
    /// Keeps what a reader has found for whoever writes the key next.
    func note(_ record: LogRecord, _ hash: KeyHash, _ slot: IndexSlot, relocations: UInt64) {
        // Where a touch's value stands is in the touch, how long a long record is in its head.
        guard !slot.isTouched, slot.recordByteCount < IndexSlot.recordByteCountMax else { return }
        lookups.note(
            RecentLookups.Found(
                slot: slot,
                revision: record.revision,
                activity: record.activity,
                lifetime: record.lifetime.stored,
                relocations: relocations
            ),
            hash
        )
    }

    /// Looks the key up for who will write it; nil when there is nothing, or nothing that is plain:
    /// the writer sees for itself.
    func lookup(_ key: [UInt8]) -> Lookup? {
        guard isOpen else { return nil }
        let hash = hash(key)
        let seen = relocations
        let candidates = index.candidates(for: hash)
        guard candidates.count == 1, !candidates[0].isTouched,
            cached(hash, candidates) == nil
        else { return nil }
        let slot = candidates[0]
        if let found = lookups.found(hash, slot, relocations: seen),
            let segment = segments.segment(of: slot)
        {
            return Lookup(found, hash, in: segment)
        }
        // What fails here is met again by the writer, who says so.
        guard let record = try? reader.head(of: slot), record.head.kind == .put,
            record.hasKey(key)
        else { return nil }
        return Lookup(
            hash: hash,
            slot: slot,
            value: TouchBody(
                valueSequence: record.head.sequence,
                segment: record.segment.id,
                byteOffset: slot.byteOffset,
                recordByteCount: record.head.recordByteCount
            ),
            activity: record.head.activity,
            lifetime: record.head.lifetime,
            relocations: seen
        )
    }
}

extension Lookup {
    fileprivate init(_ found: RecentLookups.Found, _ hash: KeyHash, in segment: LogSegment) {
        self.init(
            hash: hash,
            slot: found.slot,
            value: TouchBody(
                valueSequence: found.revision,
                segment: segment.id,
                byteOffset: found.slot.byteOffset,
                recordByteCount: found.slot.recordByteCount
            ),
            activity: found.activity,
            lifetime: found.lifetime,
            relocations: found.relocations
        )
    }
}

extension LogWriter.Current {
    init(_ lookup: Lookup) {
        self.init(
            revision: lookup.value.valueSequence,
            activity: lookup.activity,
            lifetime: lookup.lifetime,
            value: .success(lookup.value),
            slot: lookup.slot,
            recordByteCount: lookup.value.recordByteCount
        )
    }
}
