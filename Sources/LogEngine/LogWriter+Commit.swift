import DiskIO
import SegmentFormat

extension LogWriter {
    /// Writes the batch, makes it as safe as the durability says, shows it to readers, and answers.
    func commit(
        _ batch: inout WriteBatch,
        _ results: inout [WriteResult?],
        isEmergency: Bool
    ) {
        guard !batch.isEmpty else { return }
        do throws(LogError) {
            if !batch.staged.isEmpty { try write(batch, isEmergency: isEmergency) }
            for answer in batch.answers { results[answer.request] = answer.result }
        } catch {
            // Also answers that rest on a record of this batch, and on no disk.
            for answer in batch.answers { results[answer.request] = .failure(error) }
        }
        batch.removeAll()
    }

    /// Same for records that nobody asked for.
    func commitOwn(_ batch: inout WriteBatch) throws(LogError) {
        guard !batch.isEmpty else { return }
        try write(batch, isEmergency: false)
        batch.removeAll()
    }

    private func write(_ batch: WriteBatch, isEmergency: Bool) throws(LogError) {
        try requireHealthy()
        try extendZone(for: batch.bytes.count, isEmergency: isEmergency)
        guard let active else { throw .closed }
        do throws(DiskError) {
            try active.file.write(batch.bytes, at: active.tail)
        } catch {
            mustClearTail = true
            clearTail()
            throw failure(error, doing: "write records")
        }
        // Whatever an earlier, failed batch left has been written over, or stands behind records
        // with higher numbers, where a scan accepts none with a lower number.
        mustClearTail = false
        var syncNanoseconds: UInt64?
        if core.options.durability == .durable {
            syncNanoseconds = try timedSync(active)
        } else {
            isDirty = true
        }
        advance(active, past: batch)
        for staged in batch.staged { publish(staged) }
        core.observer.didCommit(
            recordCount: batch.staged.count,
            byteCount: batch.bytes.count,
            syncNanoseconds: syncNanoseconds
        )
    }

    /// Makes sure that nothing of a batch that failed passes for a record after a crash.
    ///
    /// When it can't be done now, the next batch does it; until then there is no checkpoint, which
    /// would count the failed records as known.
    func clearTail() {
        guard mustClearTail, let active else { return }
        do throws(DiskError) {
            let zeros = [UInt8](repeating: 0, count: RecordHead.byteCount)
            try active.file.write(zeros, at: active.tail)
            mustClearTail = false
        } catch {
            core.observer.didFail(LogError(error, doing: "clear a failed write"))
        }
    }

    private func advance(_ active: ActiveSegment, past batch: WriteBatch) {
        active.tail += batch.bytes.count
        active.zoneEnd = max(active.zoneEnd, active.tail)
        if core.options.durability == .durable { active.syncedThrough = active.tail }
        for staged in batch.staged { active.entries.append(staged.entry) }
        isUnchangedSinceCheckpoint = false
        byteCountSinceCheckpoint += batch.bytes.count
        writtenByteCount += UInt64(batch.bytes.count)
        let (tail, recordCount) = (active.tail, active.entries.count)
        let firstSequence = active.entries.first?.sequence
        var (liveRecordCount, liveByteCount) = (0, 0)
        for staged in batch.staged where staged.entry.kind.isValue {
            liveRecordCount += 1
            liveByteCount += staged.byteCount
        }
        let live = (recordCount: liveRecordCount, byteCount: liveByteCount)
        active.segment.withState { state in
            state.addLive(recordCount: live.recordCount, byteCount: live.byteCount)
            state.firstSequence = firstSequence
            state.dataEnd = tail
            state.recordCount = recordCount
        }
    }

    /// Makes sure the batch fits what the file has been written to already, and the reserve
    /// besides.
    private func extendZone(for byteCount: Int, isEmergency: Bool) throws(LogError) {
        guard let active else { throw .closed }
        let end = active.tail + byteCount
        guard !isEmergency else {
            try extendReserve(of: active, to: end)
            return
        }
        let needed = FormatLimits.aligned(end + core.options.reserveByteCount)
        guard needed > active.zoneEnd else { return }
        let zoneByteCount = core.options.zoneByteCount(for: byteCount)
        do throws(DiskError) {
            try fill(active, to: max(needed, active.zoneEnd + zoneByteCount))
        } catch {
            // What it came to may be enough for now.
            let failure = failure(error, doing: "extend segment")
            guard error.kind == .diskFull, needed <= active.zoneEnd else { throw failure }
            return
        }
        noteDiskSpace(isFull: false)
        makeReserve()
    }

    /// Lets a removal have what is left of the disk when the reserve is used up.
    private func extendReserve(of active: ActiveSegment, to end: Int) throws(LogError) {
        guard end > active.zoneEnd else { return }
        do throws(DiskError) {
            try fill(active, to: end)
        } catch {
            throw failure(error, doing: "extend reserve")
        }
    }

    /// Longest stretch of zeros that is written, or not, as one.
    private static let fillByteCount = 64 * 1_024

    /// Zero-fills the segment's file; what it came to when it fails stays of use.
    ///
    /// With an interval between syncs the space alone will do: only a sync is faster where zeros
    /// were written before, and for a load they are half of what is written.
    private func fill(_ active: ActiveSegment, to end: Int) throws(DiskError) {
        if core.options.durability != .durable, allocate(active, to: end) { return }
        while active.zoneEnd < end {
            let count = min(Self.fillByteCount, end - active.zoneEnd)
            try active.file.write([UInt8](repeating: 0, count: count), at: active.zoneEnd)
            active.zoneEnd += count
        }
    }

    /// Has the space without writing to it; false when the disk can't.
    private func allocate(_ active: ActiveSegment, to end: Int) -> Bool {
        do throws(DiskError) {
            // What could not be cut off would stay where zeros are expected.
            guard try active.file.byteCount() <= UInt64(active.zoneEnd) else { return false }
            try active.file.allocate(end - active.zoneEnd, at: UInt64(active.zoneEnd))
        } catch {
            // Zeros are written in its place, as far as they go, and tell what is wrong.
            return false
        }
        active.zoneEnd = end
        return true
    }

    /// Translates a failed call that was no sync.
    func failure(_ error: DiskError, doing: String) -> LogError {
        if error.kind == .diskFull { noteDiskSpace(isFull: true) }
        return LogError(error, doing: doing)
    }

    func noteDiskSpace(isFull: Bool) {
        guard isFull != isDiskFull else { return }
        isDiskFull = isFull
        core.observer.didChangeDiskSpace(isFull: isFull)
    }

    // MARK: Syncing

    /// Syncs a file that is new; a failure ends writing for good, since the kernel may have dropped
    /// what it could not write, and would report the next sync as a success.
    func sync(_ file: any DiskFile) throws(LogError) {
        do throws(DiskError) {
            try file.sync()
        } catch {
            throw poisoned(LogFault("sync", file: error.name, detail: "\(error)"))
        }
    }

    func poisoned(_ fault: LogFault) -> LogError {
        if poison == nil {
            poison = fault
            core.observer.didPoison(fault)
        }
        return .poisoned(poison ?? fault)
    }

    /// Makes everything written so far durable.
    func syncNow() throws(LogError) {
        guard isDirty, let active else { return }
        let nanoseconds = try timedSync(active)
        active.syncedThrough = active.tail
        isDirty = false
        core.observer.didSync(nanoseconds: nanoseconds)
    }

    /// Syncs what is appended to, once nobody else does; returns how long it took.
    func timedSync(_ active: ActiveSegment) throws(LogError) -> UInt64 {
        let started = core.clock.monotonicNanoseconds()
        if let fault = active.turn.sync() { throw poisoned(fault) }
        return core.clock.monotonicNanoseconds() - started
    }

    // MARK: Publishing

    /// Lets readers see a record that is safe.
    private func publish(_ staged: WriteBatch.Staged) {
        guard let active else { return }
        let hash = staged.entry.hash
        let old = staged.old
        if let old { release(old, keepingValue: staged.entry.kind == .touch) }
        switch staged.entry.kind {
        case .put, .touch, .foldedTouch:
            let slot = IndexSlot(staged.entry, in: active.segment, byteCount: staged.byteCount)
            if let old {
                core.index.replace(old.slot, with: slot, for: hash)
            } else {
                core.index.insert(slot, for: hash)
            }
            remember(staged, slot)
            if staged.entry.kind == .touch, let value = staged.touched,
                compacting?.inputs.contains(value.segment) == true
            {
                compacting?.touched.insert(staged.key)
            }
        case .destroyTombstone, .expiryTombstone:
            if let old { core.index.remove(old.slot, for: hash) }
            core.cache.forget(hash)
        case .dictionary:
            // Only compaction writes any.
            break
        }
    }

    /// Lets who asks for the key again and again find the new value where the old one was.
    private func remember(_ staged: WriteBatch.Staged, _ slot: IndexSlot) {
        guard let value = staged.value else { return }
        core.cache.replace(staged.entry.hash) {
            ValueCache.Entry(
                hash: staged.entry.hash,
                slot: slot,
                relocations: core.relocations,
                value: value,
                revision: staged.entry.sequence,
                activity: staged.entry.activity,
                lifetime: staged.lifetime
            )
        }
    }

    /// Counts what `old` kept alive as dead: its record, and the value it had touched.
    private func release(_ old: WriteBatch.Replaced, keepingValue: Bool) {
        if old.slot.isTouched || !keepingValue {
            core.segments.segment(at: old.slot.segmentIndex)?
                .removeLive(byteCount: old.recordByteCount)
        }
        guard !keepingValue, let value = old.touched else { return }
        core.segments.segment(value.segment)?.removeLive(byteCount: value.recordByteCount)
    }
}
