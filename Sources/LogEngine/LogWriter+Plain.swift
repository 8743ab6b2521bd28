import DiskIO
import SegmentFormat

// The way of most writes: one record, of a key about which there is no doubt. Whatever is not as
// plain goes the long way, which also says what is wrong. With an interval between syncs the long
// one is 14,700 instructions, this one 7,700.
extension LogWriter {
    /// What a key has before it is written, where that is plain.
    private enum Before {
        case nothing
        /// The value of this slot, of the key for sure, and not touched since it was written.
        case value(IndexSlot, revision: UInt64, activity: UInt64, lifetime: Lifetime)
        /// It takes the long way to find out.
        case unclear
    }

    /// Whether a value may be written.
    private enum Answer {
        /// It may, in place of what this slot has.
        case yes(IndexSlot?)
        case conflict(revision: UInt64?)
        case unclear
    }

    /// Writes `put`, when that is only to write its record, which nobody syncs.
    ///
    /// - Returns: Its revision; nil when numbers, or room in the segment or its zone, must be had
    ///   first, or be given up, or something is not as it should be; nothing has changed then.
    func putAtOnce(_ put: Put, _ hash: KeyHash) -> Result<UInt64, LogError>? {
        guard !limits.isCompressed, hasRoom(for: put.recordByteCount) else { return nil }
        let now = core.clock.now()
        switch answer(put, hash, at: now) {
        case .unclear: return nil
        case .conflict(let revision): return .failure(.conflict(revision: revision))
        case .yes(let old): return write(put, hash, replacing: old, at: now)
        }
    }

    /// Puts the record of `put` into the batch; returns its revision, or nil when it must go the
    /// long way.
    func stagePlain(
        _ put: Put,
        _ hash: KeyHash,
        _ batch: inout WriteBatch,
        at now: UInt64
    ) throws(LogError) -> UInt64? {
        guard !limits.isCompressed, !batch.hasRecord(of: hash) else { return nil }
        let old: IndexSlot?
        switch answer(put, hash, at: now) {
        case .unclear: return nil
        case .conflict(let revision): throw .conflict(revision: revision)
        case .yes(let slot): old = slot
        }
        let draft = Draft(
            kind: .put,
            key: put.key,
            hash: hash,
            body: put.value,
            activity: put.activity ?? now,
            lifetime: put.lifetime,
            value: put.value,
            old: old.map {
                WriteBatch.Replaced(slot: $0, recordByteCount: $0.recordByteCount)
            }
        )
        return try add(draft, &batch)
    }

    private func answer(_ put: Put, _ hash: KeyHash, at now: UInt64) -> Answer {
        switch before(put, hash) {
        case .unclear: return .unclear
        case .nothing:
            if case .unchanged = put.condition { return .conflict(revision: nil) }
            return .yes(nil)
        case .value(let slot, let revision, let activity, let lifetime):
            guard put.condition != .none else { return .yes(slot) }
            let isExpired = core.isExpired(activity: activity, lifetime: lifetime, at: now)
            let alive = isExpired ? nil : revision
            let expected: UInt64? =
                if case .unchanged(let revision) = put.condition { revision } else { nil }
            return alive == expected ? .yes(slot) : .conflict(revision: alive)
        }
    }

    /// Whether the active segment has room for a record of this length, zone and reserve included,
    /// and there is a number for it.
    func hasRoom(for byteCount: Int) -> Bool {
        guard let active, isStarted, !isClosed, poison == nil, !mustClearTail,
            core.directory.failure == nil, sealing?.fault == nil,
            nextSequence < manifest.sequenceFloor,
            active.entries.count < limits.recordCount
        else { return false }
        let end = active.tail + byteCount
        return end + limits.reserveByteCount <= active.zoneEnd
            && (end <= limits.byteCount || active.entries.isEmpty)
            && end <= FormatLimits.segmentByteCountMax
    }

    private func before(_ put: Put, _ hash: KeyHash) -> Before {
        let candidates = core.index.candidates(for: hash)
        guard candidates.count > 0 else { return .nothing }
        let slot = candidates[0]
        guard candidates.count == 1, !slot.isTouched,
            slot.recordByteCount < IndexSlot.recordByteCountMax
        else { return .unclear }
        // The writer alone moves records, so the count stays as it is.
        let relocations = core.relocations
        if let lookup = put.lookup, lookup.slot == slot, lookup.relocations == relocations,
            lookup.hash == hash
        {
            return .value(
                slot,
                revision: lookup.value.valueSequence,
                activity: lookup.activity,
                lifetime: lookup.lifetime
            )
        }
        if let found = core.lookups.found(hash, slot, relocations: relocations) {
            return .value(
                slot,
                revision: found.revision,
                activity: found.activity,
                lifetime: found.lifetime
            )
        }
        if let entry = core.cache.entry(for: hash, slot, relocations: relocations) {
            return .value(
                slot,
                revision: entry.revision,
                activity: entry.activity,
                lifetime: entry.lifetime
            )
        }
        // What is met here is met again on the long way.
        guard let record = try? core.reader.head(of: slot), record.head.kind == .put,
            record.hasKey(put.key)
        else { return .unclear }
        return .value(
            slot,
            revision: record.head.sequence,
            activity: record.head.activity,
            lifetime: record.head.lifetime
        )
    }

    private func write(
        _ put: Put,
        _ hash: KeyHash,
        replacing old: IndexSlot?,
        at now: UInt64
    ) -> Result<UInt64, LogError>? {
        guard let active else { return nil }
        let byteOffset = active.tail
        let head = RecordHead(
            sequence: nextSequence,
            activity: put.activity ?? now,
            lifetime: put.lifetime,
            kind: .put,
            keyByteCount: put.key.count,
            storedByteCount: put.value.count,
            syncedThrough: active.syncedThrough
        )
        recordSpace.removeAll(keepingCapacity: true)
        defer { if recordSpace.capacity > Self.spareByteCountMax { recordSpace = [] } }
        Record.append(
            head,
            key: put.key,
            body: put.value,
            to: &recordSpace,
            byteOffset: byteOffset,
            salt: active.segment.salt
        )
        // A number that was once given is never given again.
        nextSequence += 1
        do throws(DiskError) {
            try active.file.write(recordSpace, at: byteOffset)
        } catch {
            mustClearTail = true
            clearTail()
            let failure = failure(error, doing: "write records")
            // The long way tries once more, and says so.
            if case .diskFull = failure { return nil }
            return .failure(failure)
        }
        isDirty = true
        let entry = FooterEntry(head, hash: hash, byteOffset: byteOffset)
        advance(active, past: entry, byteCount: recordSpace.count)
        let slot = IndexSlot(entry, in: active.segment, byteCount: recordSpace.count)
        publish(put, hash, slot, replacing: old, sequence: head.sequence, activity: head.activity)
        core.observer.didCommit(
            recordCount: 1,
            byteCount: recordSpace.count,
            syncNanoseconds: nil
        )
        return .success(head.sequence)
    }

    private func advance(_ active: ActiveSegment, past entry: FooterEntry, byteCount: Int) {
        active.tail += byteCount
        active.entries.append(entry)
        isUnchangedSinceCheckpoint = false
        byteCountSinceCheckpoint += byteCount
        writtenByteCount += UInt64(byteCount)
        let (tail, recordCount) = (active.tail, active.entries.count)
        active.segment.withState { state in
            if recordCount == 1 { state.firstSequence = entry.sequence }
            state.dataEnd = tail
            state.recordCount = recordCount
            state.addLive(byteCount: byteCount)
        }
    }

    private func publish(
        _ put: Put,
        _ hash: KeyHash,
        _ slot: IndexSlot,
        replacing old: IndexSlot?,
        sequence: UInt64,
        activity: UInt64
    ) {
        if let old {
            core.segments.segment(at: old.segmentIndex)?.removeLive(byteCount: old.recordByteCount)
            core.index.replace(old, with: slot, for: hash)
        } else {
            core.index.insert(slot, for: hash)
        }
        core.cache.replace(hash) {
            ValueCache.Entry(
                hash: hash,
                slot: slot,
                relocations: core.relocations,
                value: put.value,
                revision: sequence,
                activity: activity,
                lifetime: put.lifetime
            )
        }
    }
}
