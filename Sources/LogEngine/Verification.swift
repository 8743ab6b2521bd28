package import DiskIO
import SegmentFormat

/// What a check of every byte of a store found.
public struct VerificationReport: Equatable, Sendable {
    /// Records whose head and body are what was written.
    public var soundRecordCount = 0
    /// Bytes of all records looked at.
    public var byteCount: UInt64 = 0
    /// Segments looked at.
    public var segmentCount = 0
    /// Keys that have a value, expired ones included.
    public var keyCount = 0
    /// Everything that is not what was written, each with its place.
    public var damages: [LogDamage] = []
    /// The unfinished end that the next opening will cut; no damage.
    public var tornTail: RecoveryReport.TornTail?

    /// Whether there is no damage.
    public var isSound: Bool { damages.isEmpty }
}

extension SegmentLog {
    /// Checks every checksum of the store in `directory`, the footers against the records, the
    /// manifest against the segments, and the index on disk against the log.
    ///
    /// Reads only, without a lock; beside a writer, what it writes meanwhile is not looked at.
    ///
    /// - Parameters:
    ///   - directory: The store's.
    ///   - progress: Is told how many of how many segments are done.
    /// - Returns: What was found; damage is no error.
    /// - Throws: `notFound`, `foreign` or `unsupported`; `corrupted` when the manifest is damaged,
    ///   without which nothing else can be judged; `unavailable`.
    public static func verify(
        _ directory: String,
        progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws(LogError) -> VerificationReport {
        try verify(directory, on: PosixDisk(), progress: progress)
    }

    /// Same on `disk`.
    package static func verify(
        _ directory: String,
        on disk: any Disk,
        progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws(LogError) -> VerificationReport {
        var report = VerificationReport()
        for _ in 0..<verifyingAttemptMax {
            let outcome = try StoreDirectory.openForReading(
                directory,
                on: disk,
                options: LogOptions()
            )
            var verification = Verification(outcome)
            report = try verification.run(progress)
            // A writer that opens the store meanwhile takes the last segment's footer away.
            guard !report.isSound, try verification.isOutdated() else { break }
        }
        return report
    }

    /// How often it begins again because a writer has changed the manifest meanwhile.
    private static let verifyingAttemptMax = 20
}

/// Reads every segment from its front, and holds what it finds against what the store says of it.
private struct Verification {
    private let core: LogCore
    private let manifest: Manifest
    private var report = VerificationReport()
    /// The newest record of each key, from the records themselves.
    private var newest: [KeyHash: Newest] = [:]

    private struct Newest {
        var entry: FooterEntry
        var segment: LogSegment
        var byteCount: Int
    }

    init(_ outcome: Recovery.Outcome) {
        core = outcome.core
        manifest = outcome.manifest
        report.damages = outcome.report.damages
        report.tornTail = outcome.report.tornTail
        if let reason = outcome.report.discardedCheckpoint {
            damage(FileName.checkpoint.text, 0, nil, "not usable: \(reason)")
        }
    }

    mutating func run(_ progress: (Int, Int) -> Void) throws(LogError) -> VerificationReport {
        for (number, named) in manifest.segments.enumerated() {
            progress(number, manifest.segments.count)
            guard let segment = core.segments.segment(named.id) else { continue }
            try check(named, segment)
        }
        progress(manifest.segments.count, manifest.segments.count)
        try checkIndex()
        report.keyCount = newest.values.count { $0.entry.kind.isValue }
        return report
    }

    /// Whether a writer has changed the manifest since.
    func isOutdated() throws(LogError) -> Bool {
        try ManifestFile.load(from: core.directory, isWriting: false)?.edition != manifest.edition
    }

    // MARK: Segments

    private mutating func check(
        _ named: ManifestSegment,
        _ segment: LogSegment
    ) throws(LogError) {
        guard let file = try file(of: segment) else { return }
        report.segmentCount += 1
        let size = try file.length(doing: "verify")
        let limit = named.state == .active ? segment.counts.dataEnd : named.dataEnd
        var scan = SegmentScan(
            file,
            of: segment,
            limit: min(limit, size),
            trustedEnd: limit
        )
        var entries: [FooterEntry] = []
        let result = try scan.run { record in
            let hash = core.hash(record.key)
            entries.append(FooterEntry(record.head, hash: hash, byteOffset: record.byteOffset))
            note(record, hash, segment)
        }
        for damage in result.damages where !report.damages.contains(damage) {
            report.damages.append(damage)
        }
        if size < limit { damage(segment.fileName, size, limit - size, "the file ends early") }
        report.byteCount += UInt64(result.end)
        if named.state != .active {
            try checkFooter(of: named, segment, entries, isWhole: result.damages.isEmpty)
        }
    }

    private mutating func note(_ record: ScannedRecord, _ hash: KeyHash, _ segment: LogSegment) {
        if !record.isBodyDamaged { report.soundRecordCount += 1 }
        guard record.head.kind != .dictionary else { return }
        let entry = FooterEntry(record.head, hash: hash, byteOffset: record.byteOffset)
        if let known = newest[hash], !known.entry.isBefore(entry) { return }
        newest[hash] = Newest(
            entry: entry,
            segment: segment,
            byteCount: record.head.recordByteCount
        )
    }

    private mutating func checkFooter(
        of named: ManifestSegment,
        _ segment: LogSegment,
        _ entries: [FooterEntry],
        isWhole: Bool
    ) throws(LogError) {
        let footer: Footer
        do throws(LogError) {
            footer = try FooterFile.load(segment, from: core.segments)
        } catch {
            guard case .corrupted(let damage) = error else { throw error }
            // A footer that is being written may be anything.
            if named.state != .sealing, !report.damages.contains(damage) {
                report.damages.append(damage)
            }
            return
        }
        if !footer.summary.isOf(named) {
            if named.state == .sealing { return }
            damage(segment.fileName, named.dataEnd, nil, "the manifest knows another footer")
        }
        // With records lost, the footer knows more than the scan found; that is what it is for.
        guard isWhole else { return }
        let expected = Footer(
            entries,
            id: named.id,
            dataEnd: named.dataEnd,
            liveAsOf: named.liveAsOf
        )
        var summary = footer.summary
        // These two are of the bytes, which have been held against each other already.
        summary.entriesCheck = expected.summary.entriesCheck
        summary.entriesByteCount = expected.summary.entriesByteCount
        if footer.entries != entries || summary != expected.summary {
            damage(segment.fileName, named.dataEnd, nil, "the footer does not list these records")
        }
    }

    /// Nil when it is missing, which opening has reported.
    private func file(of segment: LogSegment) throws(LogError) -> (any DiskFile)? {
        do throws(DiskError) {
            return try core.segments.file(of: segment)
        } catch {
            if error.kind == .notFound { return nil }
            throw LogError(error, doing: "verify")
        }
    }

    // MARK: Index and counters

    /// Holds the index that opening made (from the checkpoint, if there is one) against the
    /// records.
    private mutating func checkIndex() throws(LogError) {
        let isComplete = report.damages.isEmpty
        var slotCount = 0
        var live: [SegmentID: (records: Int, bytes: UInt64)] = [:]
        for newest in newest.values where newest.entry.kind.isValue {
            guard try !isLeftBehind(newest) else { continue }
            slotCount += 1
            try count(newest, &live)
            let slot = IndexSlot(newest.entry, in: newest.segment, byteCount: newest.byteCount)
            if isComplete, !core.index.contains(slot, for: newest.entry.hash) {
                damage(
                    newest.segment.fileName,
                    newest.entry.byteOffset,
                    newest.byteCount,
                    "the index does not point at this record, the newest of its key"
                )
            }
        }
        guard isComplete else { return }
        if slotCount != core.index.count {
            let detail = "\(core.index.count) keys in the index, \(slotCount) in the log"
            damage(FileName.checkpoint.text, 0, nil, detail)
        }
        for segment in core.segments.all {
            let counted = live[segment.id, default: (0, 0)]
            let kept = segment.counts
            if (kept.live, kept.liveBytes) != counted {
                let detail = "\(kept.live) live records of \(kept.liveBytes) bytes by its counters,"
                damage(
                    segment.fileName,
                    0,
                    nil,
                    detail + " \(counted.records) of \(counted.bytes) by recount"
                )
            }
        }
    }

    /// Whether this is a touch of a value that has gone, which means nothing.
    private func isLeftBehind(_ newest: Newest) throws(LogError) -> Bool {
        let slot = IndexSlot(newest.entry, in: newest.segment, byteCount: newest.byteCount)
        guard let touch = try core.touchBody(of: slot) else { return false }
        return core.segments.segment(touch.segment) == nil
    }

    private func count(
        _ newest: Newest,
        _ live: inout [SegmentID: (records: Int, bytes: UInt64)]
    ) throws(LogError) {
        live[newest.segment.id, default: (0, 0)].records += 1
        live[newest.segment.id, default: (0, 0)].bytes += UInt64(newest.byteCount)
        let slot = IndexSlot(newest.entry, in: newest.segment, byteCount: newest.byteCount)
        // A damaged touch has been reported by the scan.
        guard let touch = try core.touchBody(of: slot) else { return }
        live[touch.segment, default: (0, 0)].records += 1
        live[touch.segment, default: (0, 0)].bytes += UInt64(touch.recordByteCount)
    }

    private mutating func damage(
        _ file: String,
        _ byteOffset: Int,
        _ byteCount: Int?,
        _ detail: String
    ) {
        report.damages.append(
            LogDamage(
                file: file,
                byteOffset: UInt64(byteOffset),
                byteCount: byteCount.map(UInt64.init),
                detail: detail
            )
        )
    }
}
