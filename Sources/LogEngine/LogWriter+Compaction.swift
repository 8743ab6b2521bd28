import DiskIO
import SegmentFormat

extension LogWriter {
    /// A compaction that is at work.
    struct Compacting {
        var inputs: Set<SegmentID>
        /// Keys whose value stands in an input, and which were touched since it began: their touch
        /// names a place that will be gone.
        var touched: Set<[UInt8]> = []
    }

    /// Gives a segment number that was never given before.
    func takeSegmentID() -> SegmentID {
        defer { nextSegment = SegmentID(nextSegment.rawValue + 1) }
        return nextSegment
    }

    /// Lets a compaction of `inputs` begin; from here on, touches of values in them are noted.
    ///
    /// - Parameter inputs: Sealed segments.
    /// - Returns: What the compaction has to know.
    /// - Throws: `poisoned`, `closed`, or why no number can be had for it.
    func beginCompaction(_ inputs: [LogSegment]) throws(LogError) -> Compaction.Start {
        guard !isClosed else { throw .closed }
        try requireHealthy()
        try start()
        // The segment that the last closing left may be appended to from here on.
        let inputs = inputs.filter { $0.id != active?.segment.id }
        // A write that failed must not turn up after a crash with a number below this compaction's:
        // the masking rule takes all of those to have been applied, or never to be.
        clearTail()
        guard !mustClearTail else {
            let detail = "what a failed write left behind can't be cleared yet"
            throw .unavailable(LogFault("compact", file: core.directory.path, detail: detail))
        }
        try reserveSequence()
        let liveAsOf = nextSequence
        nextSequence += 1
        let ids = Set(inputs.map(\.id))
        let others = manifest.segments.filter { !ids.contains($0.id) }.map { segment in
            SegmentWitness(
                sequenceMin: segment.state == .active
                    ? active?.entries.first?.sequence : segment.sequences?.lowerBound,
                liveAsOf: segment.liveAsOf
            )
        }
        compacting = Compacting(inputs: ids)
        return Compaction.Start(
            inputs: inputs,
            liveAsOf: liveAsOf,
            horizon: MaskingHorizon(besides: others),
            storeID: manifest.storeID
        )
    }

    func endCompaction() { compacting = nil }

    /// Puts the outputs of a compaction in the place of its inputs.
    ///
    /// What it decided rests on records that are made durable first; then the manifest changes, and
    /// then the index, which no crash sees half changed.
    ///
    /// - Throws: The store is then as it was; `poisoned` when nobody knows.
    func commit(_ compaction: Compaction) throws(LogError) {
        guard !isClosed, !isAbandoned else { throw .closed }
        try requireHealthy()
        try refoldTouched()
        try syncNow()
        let inputs = compaction.start.inputs
        try commit([.replace(inputs.map(\.id), by: compaction.outputs.map(\.segment))])
        for output in compaction.outputs { publish(output) }
        for expiry in compaction.expiries { publish(expiry) }
        core.noteRelocation()
        for input in inputs { core.segments.remove(input, observer: core.observer) }
        isUnchangedSinceCheckpoint = false
        byteCountSinceCheckpoint += Int(compaction.report.outputByteCount)
        copiedByteCount += compaction.report.outputByteCount
        endCompaction()
    }

    private func publish(_ output: Compaction.Output) {
        let segment = core.segments.add(output.segment)
        segment.withState { state in
            state.dictionaryByteCount = UInt64(output.file.dictionaryByteCount)
            state.tombstones = output.tombstones
        }
        for move in output.moves {
            let byteCount = output.file.recordByteCount(move.entry)
            let slot = IndexSlot(
                output.file.entries[move.entry],
                in: segment,
                byteCount: byteCount
            )
            // Whatever the key has by now is newer.
            guard core.index.exchange(move.old, with: slot, for: move.hash) else { continue }
            segment.addLive(byteCount: byteCount)
            core.segments.segment(at: move.old.segmentIndex)?
                .removeLive(byteCount: move.oldByteCount)
        }
    }

    private func publish(_ expiry: Compaction.Expiry) {
        guard core.index.contains(expiry.old, for: expiry.hash) else { return }
        core.index.remove(expiry.old, for: expiry.hash)
        core.segments.segment(at: expiry.old.segmentIndex)?
            .removeLive(byteCount: expiry.oldByteCount)
        guard let value = expiry.touched else { return }
        core.segments.segment(value.segment)?.removeLive(byteCount: value.recordByteCount)
    }

    // MARK: Touches that came meanwhile

    /// Writes the values that were touched since the compaction began, and stand in one of its
    /// inputs, into the active segment: their touches name a place that will be gone.
    private func refoldTouched() throws(LogError) {
        guard let compacting, !compacting.touched.isEmpty else { return }
        var batch = WriteBatch()
        for key in compacting.touched {
            guard let draft = try refolded(key, compacting.inputs) else { continue }
            let byteCount = RecordHead.byteCount + draft.key.count + draft.body.count
            if batch.bytes.count >= core.options.batchByteCountMax
                || needsNewSegment(for: FormatLimits.aligned(byteCount), batch)
            {
                try commitOwn(&batch)
            }
            if needsNewSegment(for: FormatLimits.aligned(byteCount), batch) { try rotate() }
            _ = try add(draft, &batch)
        }
        try commitOwn(&batch)
    }

    /// Returns the record that holds the key's value together with its touch; nil when it is not
    /// one of those any more.
    private func refolded(
        _ key: [UInt8],
        _ inputs: Set<SegmentID>
    ) throws(LogError) -> Draft? {
        let hash = core.hash(key)
        guard case .record(let slot, let touch) = try core.find(key, hash, whole: true),
            touch.head.kind == .touch
        else { return nil }
        let body = try core.touchBody(of: touch, slot)
        guard inputs.contains(body.segment) else { return nil }
        let value = try core.reader.record(
            at: RecordPlace(
                segment: body.segment,
                byteOffset: body.byteOffset,
                byteCount: body.recordByteCount
            )
        )
        let bytes = try core.value(of: value, slot)
        return Draft(
            kind: .foldedTouch,
            key: key,
            hash: hash,
            body: FoldedBody.encoded(valueSequence: body.valueSequence, value: bytes),
            activity: touch.head.activity,
            lifetime: touch.head.lifetime,
            touched: body,
            old: WriteBatch.Replaced(
                slot: slot,
                recordByteCount: touch.head.recordByteCount,
                touched: body
            )
        )
    }
}
