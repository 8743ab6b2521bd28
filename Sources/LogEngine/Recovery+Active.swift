import DiskIO
import SegmentFormat

extension Recovery {
    /// Replays the active segment that a crash left behind, and cuts what is torn.
    ///
    /// - Returns: The segment ready to be appended to; nil when there is none, or nobody writes.
    mutating func recoverActive(
        _ builder: inout IndexBuilder,
        _ core: LogCore,
        _ manifest: Manifest,
        _ image: CheckpointFile.Image?
    ) throws(LogError) -> ActiveSegment? {
        guard let named = manifest.segments.first(where: { $0.state == .active }),
            let segment = core.segments.segment(named.id)
        else { return nil }
        guard let file = try openActive(segment, core) else { return nil }
        let size = try file.length(doing: "recover")
        var trustedEnd = named.dataEnd
        if let end = image?.front.logEnd, end.segment == named.id {
            trustedEnd = max(trustedEnd, end.byteOffset)
        }
        if size < trustedEnd {
            try reportOrThrow(shortened(segment, from: size, to: trustedEnd))
        }
        let floor = image?.front.nextSequence ?? 0
        let (entries, result) = try scan(
            file,
            segment,
            limit: size,
            trustedEnd: trustedEnd,
            core
        )
        try judge(result, manifest, segment)
        for scanned in entries where scanned.entry.sequence >= floor {
            try builder.apply(scanned.entry, in: segment, byteCount: scanned.byteCount)
        }
        let firstSequence = entries.first?.entry.sequence
        segment.withState { state in
            state.firstSequence = firstSequence
            state.dataEnd = result.end
            state.recordCount = entries.count
        }
        let isCut = try cut(result, file, segment)
        guard isWriting else { return nil }
        // What a crash left in the kernel only must be on disk before anybody is shown it.
        try rewrite(file, max(trustedEnd, result.syncedThrough)..<result.end)
        try sync(file)
        return ActiveSegment(
            segment: segment,
            file: file,
            tail: result.end,
            zoneEnd: isCut ? result.end : size,
            entries: entries.map(\.entry)
        )
    }

    private func openActive(
        _ segment: LogSegment,
        _ core: LogCore
    ) throws(LogError) -> (any DiskFile)? {
        do throws(DiskError) {
            guard isWriting else { return try core.segments.file(of: segment) }
            let file = try directory.open(segment.fileName, .writing)
            core.segments.pin(file, for: segment)
            return file
        } catch {
            // A reader was told already, when the headers were looked at.
            if error.kind == .notFound, !isWriting { return nil }
            throw LogError(error, doing: "recover")
        }
    }

    private func shortened(_ segment: LogSegment, from size: Int, to end: Int) -> LogDamage {
        LogDamage(
            file: segment.fileName,
            byteOffset: UInt64(size),
            byteCount: UInt64(end - size),
            detail: "the file ends before records that were durable"
        )
    }

    private func scan(
        _ file: any DiskFile,
        _ segment: LogSegment,
        limit: Int,
        trustedEnd: Int,
        _ core: LogCore
    ) throws(LogError) -> ([ScannedEntry], ScanResult) {
        let scanOnce = { () throws(LogError) in
            try core.scannedEntries(of: segment, in: file, limit: limit, trustedEnd: trustedEnd)
        }
        var (entries, result) = try scanOnce()
        // A reader may see a record half written by the process that appends to it. Bytes that a
        // later record vouches for were whole before that record was: looked at again, they are,
        // and what is found twice is damage.
        var found: [LogDamage] = []
        while !isWriting, result.damages != found {
            found = result.damages
            (entries, result) = try scanOnce()
        }
        return (entries, result)
    }

    private mutating func judge(
        _ result: ScanResult,
        _ manifest: Manifest,
        _ segment: LogSegment
    ) throws(LogError) {
        if result.hasUnknownLoss, isWriting, let damage = result.damages.first {
            throw .corrupted(damage)
        }
        report.damages += result.damages
        guard result.lastSequence >= manifest.sequenceFloor else { return }
        // A writer reserves numbers before it gives them, also while somebody reads.
        let newestFloor = try newestManifest()?.sequenceFloor ?? 0
        if result.lastSequence >= newestFloor {
            try reportOrThrow(
                LogDamage(
                    file: segment.fileName,
                    byteOffset: UInt64(result.end),
                    detail: "record \(result.lastSequence) is not below the manifest's floor"
                        + " \(manifest.sequenceFloor): the manifest is older than the log"
                )
            )
        }
    }

    // MARK: The torn tail

    /// Cuts what follows the last record, after setting it aside; returns whether it did.
    private mutating func cut(
        _ result: ScanResult,
        _ file: any DiskFile,
        _ segment: LogSegment
    ) throws(LogError) -> Bool {
        guard result.tornByteCount > 0 else { return false }
        if try !isFooter(file, segment, at: result.end) {
            report.tornTail = RecoveryReport.TornTail(
                file: segment.fileName,
                byteOffset: UInt64(result.end),
                byteCount: UInt64(result.tornByteCount),
                keptFile: isWriting ? keep(result, file, segment) : nil
            )
        }
        guard isWriting else { return false }
        do throws(DiskError) {
            try file.truncate(to: UInt64(result.end))
        } catch {
            throw LogError(error, doing: "cut torn tail")
        }
        return true
    }

    /// Whether what follows the records is their footer: a closing that was not finished, or an
    /// opening that had not written yet.
    private func isFooter(
        _ file: any DiskFile,
        _ segment: LogSegment,
        at end: Int
    ) throws(LogError) -> Bool {
        do throws(LogError) {
            let footer = try FooterFile.load(file, id: segment.id, salt: segment.salt)
            return footer.summary.dataEnd == end
        } catch {
            switch error {
            // Of an older footer, a record that a power cut spared alone may have left the first
            // bytes, and its own look like a version.
            case .corrupted, .unsupported: return false
            default: throw error
            }
        }
    }

    /// Longest stretch that is set aside, in bytes.
    private static let keptByteCountMax = 4 * 1_024 * 1_024
    /// Most files of cut bytes that are kept.
    private static let keptFileCountMax = 4

    /// Copies what is going to be cut to a file of its own, for whoever wants to look into it; what
    /// was never acknowledged may be lost, so a failure is told and stops nothing.
    private func keep(_ result: ScanResult, _ file: any DiskFile, _ segment: LogSegment) -> String?
    {
        let name = FileName.cut(segment.id, byteOffset: UInt64(result.end)).text
        do throws(DiskError) {
            try removeOldCuts(but: name)
            let count = min(result.tornByteCount, Self.keptByteCountMax)
            let bytes = try file.bytes(at: result.end, count: count)
            let kept = try directory.create(name)
            try kept.write(bytes, at: 0)
            try kept.sync()
            try directory.sync()
            return name
        } catch {
            observer.didFail(LogError(error, doing: "keep torn tail"))
            // Half of it is of no use to anybody, and the space may be what was missing.
            _ = try? directory.remove(name)
            return nil
        }
    }

    private func removeOldCuts(but newest: String) throws(DiskError) {
        let cuts = try directory.names().filter { name in
            guard case .cut? = FileName(name) else { return false }
            return name != newest
        }
        for name in cuts.dropLast(Self.keptFileCountMax - 1) { try directory.remove(name) }
    }

    /// Most bytes that are rewritten at once.
    private static let rewriteByteCount = 1_024 * 1_024

    /// Writes what nothing proves to have been synced over itself: after a sync that failed, the
    /// kernel may show bytes that are not on disk and that no later sync would put there.
    private func rewrite(_ file: any DiskFile, _ range: Range<Int>) throws(LogError) {
        do throws(DiskError) {
            var start = range.lowerBound
            while start < range.upperBound {
                let count = min(Self.rewriteByteCount, range.upperBound - start)
                try file.write(try file.bytes(at: start, count: count), at: start)
                start += count
            }
        } catch {
            throw LogError(error, doing: "recover")
        }
    }

    private func sync(_ file: any DiskFile) throws(LogError) {
        do throws(DiskError) {
            try file.sync()
        } catch {
            throw LogError(error, doing: "recover")
        }
    }
}
