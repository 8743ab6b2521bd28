package import DiskIO
import SegmentFormat

/// What the files of a store say of themselves, for people who want to look.
public struct LogInspection: Equatable, Sendable {
    /// The manifest.
    public var manifest = Manifest()
    /// Every segment that the manifest names, oldest first.
    public var segments: [Segment] = []
    /// The index on disk.
    public var checkpoint = Checkpoint.absent
    /// The unfinished end that the next opening for writing will cut.
    public var tornTail: RecoveryReport.TornTail?
    /// What earlier openings cut and kept.
    public var cutFiles: [File] = []
    /// Files of the store's own that nothing refers to; the next opening for writing removes them.
    public var leftoverFiles: [File] = []
    /// Damage that opening met; `verify` looks for more.
    public var damages: [LogDamage] = []

    /// The version of the file format that this library writes, and the newest that it reads.
    public static var formatVersion: Int { Int(FormatLimits.version) }

    /// A file and its length.
    public struct File: Equatable, Sendable {
        /// Its name.
        public var name: String
        /// Its length.
        public var byteCount: UInt64
    }

    /// What the manifest says of the store.
    public struct Manifest: Equatable, Sendable {
        /// How often it was replaced.
        public var edition: UInt64 = 0
        /// The number that tells this store from all others.
        public var storeID: UInt64 = 0
        /// The next records get numbers from here at the latest; those below may be used up.
        public var sequenceFloor: UInt64 = 0
        /// No time before this is given to a record, in milliseconds since 1970.
        public var timeFloor: UInt64 = 0
        /// The number of the next segment.
        public var nextSegment: UInt32 = 0
        /// Its length.
        public var byteCount: UInt64 = 0
    }

    /// The index on disk.
    public enum Checkpoint: Equatable, Sendable {
        /// There is none; the footers have it all.
        case absent
        /// It says all that the log says.
        case fresh(byteCount: UInt64)
        /// It is sound, and the log has gone on since.
        case behind(byteCount: UInt64, replayedRecordCount: Int)
        /// It can't be used, which costs time at the next opening and nothing else.
        case unusable(byteCount: UInt64, reason: String)
    }

    /// One segment.
    public struct Segment: Equatable, Sendable {
        /// Its file's name.
        public var file: String
        /// What it is to the store.
        public var state: State
        /// The length of its file; nil when that is missing.
        public var fileByteCount: UInt64?
        /// Bytes of its records, live and dead.
        public var recordByteCount: UInt64
        /// Its records.
        public var recordCount: Int
        /// Records that keys point at.
        public var liveRecordCount: Int
        /// Their bytes.
        public var liveByteCount: UInt64
        /// Of the live records, those that have expired; counted by the second.
        public var expiredRecordCount: Int
        /// Their bytes.
        public var expiredByteCount: UInt64
        /// Tombstones of destroyed values; nil when the footer does not tell.
        public var destroyTombstoneCount: Int?
        /// Tombstones of expired values; nil when the footer does not tell.
        public var expiryTombstoneCount: Int?
        /// Whether a compaction wrote it.
        public var isCompacted: Bool
        /// The numbers of its records; nil when it has none, or is active.
        public var sequences: ClosedRange<UInt64>?
        /// The list of its records at its end.
        public var footer: Footer

        /// Bytes of records that nothing points at any more, tombstones included.
        public var deadByteCount: UInt64 { recordByteCount - min(recordByteCount, liveByteCount) }

        /// What a segment is to the store.
        public enum State: String, Sendable {
            /// Being appended to.
            case active
            /// Ended when the store was closed, and may be appended to again.
            case resting
            /// Gets no more records; its footer is being written, or is not known to be durable.
            case sealing
            /// Never changes again.
            case sealed
        }

        /// The list of a segment's records at its end.
        public enum Footer: Equatable, Sendable {
            /// An active segment has none yet, and one that is being sealed may have none.
            case none
            /// It is whole, and lists so many records.
            case sound(recordCount: Int)
            /// It can't be read; opening reads the records in its stead.
            case damaged(reason: String)
        }
    }
}

extension SegmentLog {
    /// Looks at the manifest, the segments with their footers, and the index of a store.
    ///
    /// Reads only, without a lock, and no records but those of segments that have no footer.
    ///
    /// - Parameters:
    ///   - directory: The store's.
    ///   - options: Of them only the lifetime matters: it decides what has expired.
    /// - Returns: What was found; damage is no error.
    /// - Throws: `notFound`, `foreign` or `unsupported`; `corrupted` when the manifest is damaged;
    ///   `unavailable`.
    public static func inspect(
        _ directory: String,
        options: LogOptions = LogOptions()
    ) throws(LogError) -> LogInspection {
        try inspect(directory, on: PosixDisk(), options: options)
    }

    /// Same on `disk`.
    package static func inspect(
        _ directory: String,
        on disk: any Disk,
        options: LogOptions = LogOptions()
    ) throws(LogError) -> LogInspection {
        try options.validate()
        let outcome = try StoreDirectory.openForReading(directory, on: disk, options: options)
        let inspector = Inspector(
            core: outcome.core,
            manifest: outcome.manifest,
            report: outcome.report,
            hasFreshCheckpoint: outcome.hasFreshCheckpoint
        )
        return try inspector.run()
    }
}

/// Gathers what an opening for reading knows, and the lengths of the files.
private struct Inspector {
    let core: LogCore
    let manifest: Manifest
    let report: RecoveryReport
    let hasFreshCheckpoint: Bool

    func run() throws(LogError) -> LogInspection {
        var result = LogInspection()
        result.manifest = LogInspection.Manifest(
            edition: manifest.edition,
            storeID: manifest.storeID,
            sequenceFloor: manifest.sequenceFloor,
            timeFloor: manifest.timeFloor,
            nextSegment: manifest.nextSegment.rawValue,
            byteCount: try byteCount(of: FileName.manifest.text) ?? 0
        )
        result.checkpoint = try checkpoint()
        result.tornTail = report.tornTail
        result.damages = report.damages
        try sortFiles(into: &result)
        let expired = expired()
        for named in manifest.segments.sorted(by: { $0.id < $1.id }) {
            guard let segment = core.segments.segment(named.id) else { continue }
            let found = expired[segment.index, default: (0, 0)]
            result.segments.append(
                try self.segment(named, segment, expired: found.0, expiredBytes: found.1)
            )
        }
        return result
    }

    // MARK: Segments

    private func segment(
        _ named: ManifestSegment,
        _ segment: LogSegment,
        expired: Int,
        expiredBytes: UInt64
    ) throws(LogError) -> LogInspection.Segment {
        let counts = segment.counts
        let state: LogInspection.Segment.State =
            switch named.state {
            case .active: .active
            case .resting: .resting
            case .sealing: .sealing
            case .sealed: .sealed
            }
        var footer = state == .active ? .success(nil) : try footer(of: segment)
        // It is being written, and may be anything until it is whole.
        if state == .sealing, (try? footer.get()) == nil { footer = .success(nil) }
        let summary = try? footer.get()?.summary
        return LogInspection.Segment(
            file: segment.fileName,
            state: state,
            fileByteCount: try byteCount(of: segment.fileName),
            recordByteCount: UInt64(max(0, counts.dataEnd - SegmentHeader.byteCount)),
            recordCount: counts.records,
            liveRecordCount: counts.live,
            liveByteCount: counts.liveBytes,
            expiredRecordCount: expired,
            expiredByteCount: expiredBytes,
            destroyTombstoneCount: summary?.destroyTombstoneCount,
            expiryTombstoneCount: summary?.expiryTombstoneCount,
            isCompacted: named.liveAsOf > 0,
            sequences: named.sequences,
            footer: Self.shown(footer)
        )
    }

    /// A footer that can't be read, and why.
    private struct Unreadable: Error {
        var reason: String
    }

    private static func shown(
        _ footer: Result<Footer?, Unreadable>
    ) -> LogInspection.Segment.Footer {
        switch footer {
        case .success(nil): .none
        case .success(let footer?): .sound(recordCount: footer.summary.recordCount)
        case .failure(let unreadable): .damaged(reason: unreadable.reason)
        }
    }

    private func footer(
        of segment: LogSegment
    ) throws(LogError) -> Result<Footer?, Unreadable> {
        do throws(LogError) {
            return .success(try FooterFile.load(segment, from: core.segments))
        } catch {
            switch error {
            case .corrupted(let damage): return .failure(Unreadable(reason: damage.detail))
            case .notFound: return .failure(Unreadable(reason: "the file is missing"))
            default: throw error
            }
        }
    }

    /// How many expired records each segment has, and their bytes, by its number in the slots.
    private func expired() -> [UInt16: (Int, UInt64)] {
        var result: [UInt16: (Int, UInt64)] = [:]
        let now = core.clock.now()
        for shard in 0..<LogIndex.shardCount {
            for slot in core.index.snapshot(of: shard).slots
            where core.life(of: slot, at: now) == .expired {
                result[slot.segmentIndex, default: (0, 0)].0 += 1
                result[slot.segmentIndex, default: (0, 0)].1 += UInt64(slot.recordByteCount)
            }
        }
        return result
    }

    // MARK: Files

    private func checkpoint() throws(LogError) -> LogInspection.Checkpoint {
        guard let count = try byteCount(of: FileName.checkpoint.text) else { return .absent }
        if let reason = report.discardedCheckpoint {
            return .unusable(byteCount: count, reason: reason)
        }
        let hasActive = manifest.segments.contains { $0.state == .active }
        if hasFreshCheckpoint, !hasActive || report.replayedRecordCount == 0 {
            return .fresh(byteCount: count)
        }
        return .behind(byteCount: count, replayedRecordCount: report.replayedRecordCount)
    }

    private func sortFiles(into result: inout LogInspection) throws(LogError) {
        let names: [String]
        do throws(DiskError) {
            names = try core.directory.names()
        } catch {
            throw LogError(error, doing: "list")
        }
        let named = Set(manifest.segments.map(\.id))
        for name in names {
            switch FileName(name) {
            case .cut:
                guard let count = try byteCount(of: name) else { continue }
                result.cutFiles.append(LogInspection.File(name: name, byteCount: count))
            case .segment(let id) where !named.contains(id):
                guard let count = try byteCount(of: name) else { continue }
                result.leftoverFiles.append(LogInspection.File(name: name, byteCount: count))
            case .newManifest, .newCheckpoint:
                guard let count = try byteCount(of: name) else { continue }
                result.leftoverFiles.append(LogInspection.File(name: name, byteCount: count))
            case .segment, .manifest, .checkpoint, .lock, .reserve, nil: continue
            }
        }
    }

    /// Nil when there is no such file, or it has gone since it was listed.
    private func byteCount(of name: String) throws(LogError) -> UInt64? {
        do throws(DiskError) {
            return try core.directory.open(name, .reading).byteCount()
        } catch {
            if error.kind == .notFound { return nil }
            throw LogError(error, doing: "measure")
        }
    }
}
