import DiskIO
import SegmentFormat

extension LogWriter {
    // MARK: Beginning

    /// Prepares the log for the first record of this opening: a segment to append to, and numbers
    /// that no earlier opening can have given.
    func start() throws(LogError) {
        guard !isStarted else { return }
        resumeSealing()
        if active != nil {
            try commit([.floors])
        } else if let resting = manifest.unsealed, try resume(resting) {
            // Appended to as it was.
        } else if manifest.unsealed == nil {
            try begin(ending: nil, after: [])
        }
        isStarted = true
    }

    /// Goes on with the segment that the last closing left; false when it had to be sealed instead.
    private func resume(_ resting: ManifestSegment) throws(LogError) -> Bool {
        guard let segment = core.segments.segment(resting.id) else { throw .closed }
        let entries = try restingEntries(segment, resting)
        let isRoomy =
            resting.dataEnd < core.options.segmentByteCountMax / 4 * 3
            && resting.recordCount < core.options.segmentRecordCountMax
        guard isRoomy, let entries else {
            var sealed = resting
            sealed.state = .sealed
            try begin(ending: nil, after: [.resume(resting.id), .end(sealed)])
            return true
        }
        let file: any DiskFile
        do throws(DiskError) {
            file = try openToWrite(segment)
        } catch {
            throw failure(error, doing: "resume segment")
        }
        try commit([.resume(resting.id)])
        do throws(DiskError) {
            try file.truncate(to: UInt64(resting.dataEnd))
        } catch {
            // The manifest says that it is active: its footer may stay, and is overwritten.
            core.observer.didFail(LogError(error, doing: "resume segment"))
        }
        core.segments.pin(file, for: segment)
        // It is no sealed one any more, which compaction could take.
        segment.withState { state in
            state.sequences = nil
            state.tombstones = nil
            state.firstSequence = entries.first?.sequence
        }
        active = ActiveSegment(
            segment: segment,
            file: file,
            tail: resting.dataEnd,
            zoneEnd: resting.dataEnd,
            entries: entries
        )
        return true
    }

    /// Returns what the footer lists; nil when it is damaged, so that the segment is sealed as it
    /// is and the damage stays where it can be looked at.
    private func restingEntries(
        _ segment: LogSegment,
        _ resting: ManifestSegment
    ) throws(LogError) -> [FooterEntry]? {
        do throws(LogError) {
            let footer = try FooterFile.load(segment, from: core.segments)
            return footer.summary.isOf(resting) ? footer.entries : nil
        } catch {
            guard case .corrupted(let damage) = error else { throw error }
            core.observer.didFindDamage(damage)
            return nil
        }
    }

    /// Begins a new segment; `old`, if there is one, gets no more records from the same step on,
    /// which also does `edits`.
    ///
    /// All records of `old` must be durable: a power cut must not take some of them and spare newer
    /// ones.
    private func begin(ending old: ActiveSegment?, after edits: [ManifestEdit]) throws(LogError) {
        try core.segments.requireRoom()
        let named = ManifestSegment(
            id: takeSegmentID(),
            state: .active,
            salt: core.disk.randomBits(),
            dataEnd: SegmentHeader.byteCount,
            recordCount: 0
        )
        // Nothing is changed before the next segment's file is there: a full disk shows here.
        let file = try createSegment(named)
        let ending = old.map { PendingFooter($0, core, isToldAtOnce: true, didSeal: didSeal) }
        do throws(LogError) {
            let end = ending.map { [ManifestEdit.end($0.named)] } ?? []
            try commit(edits + end + [.begin(named)])
        } catch {
            discard(named)
            throw error
        }
        sealing = ending ?? sealing
        let segment = core.segments.add(named)
        core.segments.pin(file, for: segment)
        active = ActiveSegment(
            segment: segment,
            file: file,
            tail: SegmentHeader.byteCount,
            zoneEnd: SegmentHeader.byteCount + core.options.reserveByteCount,
            entries: []
        )
    }

    /// Makes the file of a segment that nothing names yet, durable with its name.
    ///
    /// The manifest must never name a file that a power cut can take. The file has its reserve from
    /// the start, since the disk may be full by the first record.
    private func createSegment(_ named: ManifestSegment) throws(LogError) -> any DiskFile {
        let header = SegmentHeader(
            id: named.id,
            storeID: manifest.storeID,
            salt: named.salt,
            createdAt: core.clock.now()
        )
        let file: any DiskFile
        do throws(DiskError) {
            file = try createFile(FileName.segment(named.id).text)
            let reserve = [UInt8](repeating: 0, count: core.options.reserveByteCount)
            try file.write(header.encoded() + reserve, at: 0)
        } catch {
            discard(named)
            throw failure(error, doing: "create segment")
        }
        try sync(file)
        try syncDirectory()
        return file
    }

    private func createFile(_ name: String) throws(DiskError) -> any DiskFile {
        try havingDescriptors { () throws(DiskError) in try core.directory.create(name) }
    }

    func openToWrite(_ segment: LogSegment) throws(DiskError) -> any DiskFile {
        try havingDescriptors { () throws(DiskError) in
            try core.directory.open(segment.fileName, .writing)
        }
    }

    /// Opens a file; out of descriptors, first gives back those of segments that are only read.
    private func havingDescriptors(
        _ open: () throws(DiskError) -> any DiskFile
    ) throws(DiskError) -> any DiskFile {
        do throws(DiskError) {
            return try open()
        } catch {
            guard error.kind == .tooManyOpenFiles, core.segments.giveBackFiles() else {
                throw error
            }
            return try open()
        }
    }

    /// Removes the file of a segment that came to nothing; when that fails, the next opening will.
    private func discard(_ named: ManifestSegment) {
        guard poison == nil else { return }
        do throws(DiskError) {
            try core.directory.remove(FileName.segment(named.id).text)
        } catch  where error.kind == .notFound {
            return
        } catch {
            core.observer.didFail(LogError(error, doing: "remove unfinished segment"))
        }
    }

    private func syncDirectory() throws(LogError) {
        do throws(DiskError) {
            try core.directory.sync()
        } catch {
            throw poisoned(LogFault("sync", file: error.name, detail: "\(error)"))
        }
    }

    // MARK: Ending

    /// Begins the next segment, and to seal the active one.
    func rotate() throws(LogError) {
        try finishSealing()
        try syncNow()
        try begin(ending: active, after: [])
        startSealing()
        checkpointIfDue()
    }

    /// Leaves the store so that the next opening has nothing to scan.
    ///
    /// - Throws: `poisoned` when what was acknowledged may not be durable; nothing else matters by
    ///   now, since the next opening recovers from whatever state this leaves.
    func close() throws(LogError) {
        // Whatever fails: nobody may still write when the directory is given back.
        defer {
            pendingCheckpoint?.finish()
            sealing?.finishAndTell()
        }
        try requireHealthy()
        try syncNow()
        do throws(LogError) {
            if let active { try rest(active) }
            // What was told to have expired must have expired for the next opening, too.
            if isBehind || sealing != nil { try commit([.floors]) }
            finishCheckpoint()
        } catch {
            if case .poisoned = error { throw error }
            core.observer.didFail(error)
        }
    }

    private func rest(_ active: ActiveSegment) throws(LogError) {
        // The one before has its footer, or the next opening gives it one.
        sealing?.finishAndTell()
        if let fault = sealing?.fault { throw poisoned(fault) }
        let footer = PendingFooter(active, core, didSeal: nil)
        do throws(LogError) {
            try footer.finish()
        } catch {
            if case .poisoned(let fault) = error { throw poisoned(fault) }
            throw error
        }
        isDirty = false
        try commit([.end(active.manifestSegment(.resting))])
        footer.tell()
        self.active = nil
    }

    // MARK: Manifest

    /// Makes sure that the next number was never given, and never will be again.
    func reserveSequence() throws(LogError) {
        guard nextSequence >= manifest.sequenceFloor else { return }
        try commit([.floors])
    }

    /// Whether the manifest says less about what has expired than this opening did: by its clock,
    /// or by a setting shorter than those of before.
    private var isBehind: Bool {
        let next = applying([.floors])
        return next.timeFloor > manifest.timeFloor || next.expiredBefore > manifest.expiredBefore
    }

    /// What rests on records that are durable by now, as a compaction does on those that took the
    /// place of what it leaves behind, must not outlive them without a word: they are named, too.
    private func applying(_ edits: [ManifestEdit]) -> Manifest {
        var known: [ManifestEdit] = []
        if let active { known.append(.sync(active.segment.id, dataEnd: active.syncedThrough)) }
        if let sealing, sealing.isWritten {
            var sealed = sealing.named
            sealed.state = .sealed
            known.append(.end(sealed))
        }
        return manifest.applying(
            known + edits,
            sequenceFloor: nextSequence + core.options.sequenceReservation,
            timeFloor: core.clock.floor,
            lifetime: core.options.lifetimeMilliseconds
        )
    }

    /// Commits `edits` as one step, with room for more numbers.
    func commit(_ edits: [ManifestEdit]) throws(LogError) {
        let next = applying(edits)
        do throws(ManifestFile.Failure) {
            try ManifestFile.commit(next, in: core.directory, creating: createFile)
        } catch {
            switch error {
            case .unchanged(let error):
                if case .diskFull = error { noteDiskSpace(isFull: true) }
                throw error
            case .unknown(let fault): throw poisoned(fault)
            }
        }
        manifest = next
        guard let sealing, next.sealing?.id != sealing.named.id else { return }
        if !sealing.isToldAtOnce { sealing.tell() }
        self.sealing = nil
    }
}
