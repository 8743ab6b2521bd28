import SegmentFormat

// What a key has before a request is staged: on disk, in memory, or in the batch already.

extension LogWriter {
    /// What a key has at this point of the batch.
    struct Current {
        var revision: UInt64
        var activity: UInt64
        var lifetime: Lifetime
        /// Where the value stands; or how it is damaged, and can only be replaced or destroyed.
        var value: Result<TouchBody, LogError>
        var slot: IndexSlot
        /// Of the record that the slot points at; the slot does not tell that of a long one.
        var recordByteCount: Int

        func readableValue() throws(LogError) -> TouchBody { try value.get() }

        /// What a record that is newer takes the place of.
        var replaced: WriteBatch.Replaced {
            let touched = slot.isTouched ? try? value.get() : nil
            return WriteBatch.Replaced(
                slot: slot,
                recordByteCount: recordByteCount,
                touched: touched
            )
        }

        func isExpired(_ core: LogCore, at now: UInt64) -> Bool {
            core.isExpired(activity: activity, lifetime: lifetime, at: now)
        }
    }

    func check(
        _ condition: WriteCondition,
        _ current: Current?,
        at now: UInt64
    ) throws(LogError) {
        guard condition != .none else { return }
        _ = try current?.readableValue()
        let alive = current.flatMap { $0.isExpired(core, at: now) ? nil : $0 }
        switch condition {
        case .none: return
        case .absent:
            if let alive { throw .conflict(revision: alive.revision) }
        case .unchanged(let revision):
            guard alive?.revision == revision else { throw .conflict(revision: alive?.revision) }
        }
    }

    func current(
        _ key: [UInt8],
        _ hash: KeyHash,
        _ batch: WriteBatch,
        _ lookup: Lookup? = nil
    ) throws(LogError) -> Current? {
        if let staged = batch.newest(key, hash) { return current(staged) }
        if let lookup, lookup.holds(in: core) { return Current(lookup) }
        if let known = try known(hash) { return known }
        switch try core.find(key, hash, whole: false) {
        case .none: return nil
        case .damaged(let slot, let damage):
            return Current(
                revision: 0,
                activity: 0,
                lifetime: .endless,
                value: .failure(.corrupted(damage)),
                slot: slot,
                recordByteCount: Int(damage.byteCount ?? UInt64(slot.recordByteCount))
            )
        case .record(let slot, let record): return try current(record, slot)
        }
    }

    /// Same from memory, when somebody has asked for the key before: confirming it on disk takes a
    /// system call of 1 µs.
    private func known(_ hash: KeyHash) throws(LogError) -> Current? {
        let candidates = core.index.candidates(for: hash)
        guard let entry = core.cached(hash, candidates) else { return nil }
        let slot = entry.slot
        // Where a touch's value stands is in the touch, how long a long record is in its head.
        guard !slot.isTouched, slot.recordByteCount < IndexSlot.recordByteCountMax else {
            return nil
        }
        return Current(
            revision: entry.revision,
            activity: entry.activity,
            lifetime: entry.lifetime,
            value: .success(
                TouchBody(
                    valueSequence: entry.revision,
                    segment: try core.reader.segment(of: slot).id,
                    byteOffset: slot.byteOffset,
                    recordByteCount: slot.recordByteCount
                )
            ),
            slot: slot,
            recordByteCount: slot.recordByteCount
        )
    }

    private func current(_ staged: WriteBatch.Staged) -> Current? {
        guard let active else { return nil }
        let value: TouchBody
        switch staged.entry.kind {
        case .destroyTombstone, .expiryTombstone, .dictionary: return nil
        case .touch:
            guard let touched = staged.touched else { return nil }
            value = touched
        case .put:
            value = TouchBody(
                valueSequence: staged.entry.sequence,
                segment: active.segment.id,
                byteOffset: staged.entry.byteOffset,
                recordByteCount: staged.byteCount
            )
        case .foldedTouch:
            guard let touched = staged.touched else { return nil }
            value = TouchBody(
                valueSequence: touched.valueSequence,
                segment: active.segment.id,
                byteOffset: staged.entry.byteOffset,
                recordByteCount: staged.byteCount
            )
        }
        return Current(
            revision: value.valueSequence,
            activity: staged.entry.activity,
            lifetime: staged.lifetime,
            value: .success(value),
            slot: IndexSlot(staged.entry, in: active.segment, byteCount: staged.byteCount),
            recordByteCount: staged.byteCount
        )
    }

    private func current(
        _ record: StoredRecord,
        _ slot: IndexSlot
    ) throws(LogError) -> Current {
        let value = try value(of: record, slot)
        return Current(
            // A value that nobody can tell has no revision.
            revision: (try? value.get())?.valueSequence ?? 0,
            activity: record.head.activity,
            lifetime: record.head.lifetime,
            value: value,
            slot: slot,
            recordByteCount: record.head.recordByteCount
        )
    }

    /// Returns where the value of `record` stands, which for a touch takes reading its body.
    private func value(
        of record: StoredRecord,
        _ slot: IndexSlot
    ) throws(LogError) -> Result<TouchBody, LogError> {
        do throws(LogError) {
            var record = record
            if record.head.kind != .put { record = try core.reader.record(of: slot) }
            if record.head.kind == .touch { return .success(try core.touchBody(of: record, slot)) }
            return .success(
                TouchBody(
                    valueSequence: try core.valueSequence(of: record, slot),
                    segment: try core.reader.segment(of: slot).id,
                    byteOffset: slot.byteOffset,
                    recordByteCount: record.head.recordByteCount
                )
            )
        } catch {
            guard case .corrupted = error else { throw error }
            return .failure(error)
        }
    }

    /// Returns what a put of any kind takes the place of.
    ///
    /// - Throws: `unavailable` when the disk does not answer: a key must never have two slots.
    func replaceable(
        _ key: [UInt8],
        _ hash: KeyHash,
        _ batch: WriteBatch,
        _ lookup: Lookup? = nil
    ) throws(LogError) -> Current? {
        do throws(LogError) {
            return try current(key, hash, batch, lookup)
        } catch {
            guard case .corrupted = error else { throw error }
            // Nobody can tell whose the damaged slot is; it stays beside the new one.
            core.observer.didFail(error)
            return nil
        }
    }
}
