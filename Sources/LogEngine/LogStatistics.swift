import DiskIO
import SegmentFormat

/// What a log holds and takes, at one moment.
public struct LogStatistics: Equatable, Sendable {
    /// Keys in the index, expired ones included.
    public var keyCount = 0
    /// Of them, those that have expired; counted by the second.
    public var expiredKeyCount = 0
    /// Bytes of records that keys point at.
    public var liveByteCount: UInt64 = 0
    /// Of them, bytes of expired ones.
    public var expiredByteCount: UInt64 = 0
    /// Bytes of records that nothing points at any more, tombstones included.
    public var deadByteCount: UInt64 = 0
    /// Of the dead, bytes of tombstones that the last compaction had to keep, since an older value
    /// may still be somewhere.
    public var keptTombstoneByteCount: UInt64 = 0
    /// Bytes of compacted segments that are on disk only because an iteration is not done.
    public var pinnedByteCount: UInt64 = 0
    /// How long the oldest such iteration has been where it is, in nanoseconds.
    public var oldestPinNanoseconds: UInt64?
    /// Bytes of all files in the directory.
    public var fileByteCount: UInt64 = 0
    /// Bytes of the index's tables.
    public var indexByteCount = 0
    /// The most index bytes per key at any moment since opening, growth included; nil below 100,000
    /// keys, where the fixed cost of empty shards hides what a key costs.
    public var indexBytesPerKeyMax: Double?
    /// Every segment, oldest first.
    public var segments: [Segment] = []
    /// The manifest's edition, which counts its changes.
    public var manifestEdition: UInt64 = 0

    /// One segment's share.
    public struct Segment: Equatable, Sendable {
        /// Its file's name.
        public var file: String
        /// Bytes of its records, live and dead.
        public var recordByteCount: UInt64
        /// Its records.
        public var recordCount: Int
        /// Records that keys point at.
        public var liveRecordCount: Int
        /// Their bytes.
        public var liveByteCount: UInt64
    }

    /// Bytes of records for each live byte; nil when nothing is live.
    public var spaceAmplification: Double? {
        guard liveByteCount > 0 else { return nil }
        return Double(liveByteCount + deadByteCount) / Double(liveByteCount)
    }

    /// Index bytes per key now; nil without keys.
    public var indexBytesPerKey: Double? {
        keyCount == 0 ? nil : Double(indexByteCount) / Double(keyCount)
    }
}

extension SegmentLog {
    /// Returns what the log holds and takes now.
    ///
    /// - Complexity: O(n) over the index; reads no records.
    /// - Throws: `unavailable` when the directory does not answer; `closed`.
    public func statistics() throws(LogError) -> LogStatistics {
        try core.requireOpen()
        var result = LogStatistics()
        let memory = core.index.memoryUse
        result.keyCount = memory.keyCount
        result.indexByteCount = memory.byteCount
        result.indexBytesPerKeyMax = memory.bytesPerKeyMax > 0 ? memory.bytesPerKeyMax : nil
        let now = core.clock.now()
        for shard in 0..<LogIndex.shardCount {
            for slot in core.index.snapshot(of: shard).slots
            where core.life(of: slot, at: now) == .expired {
                result.expiredKeyCount += 1
                result.expiredByteCount += UInt64(slot.recordByteCount)
            }
        }
        for segment in core.segments.all {
            let counts = segment.counts
            result.keptTombstoneByteCount += segment.withState { $0.keptByteCount }
            let byteCount = UInt64(max(0, counts.dataEnd - SegmentHeader.byteCount))
            result.segments.append(
                LogStatistics.Segment(
                    file: segment.fileName,
                    recordByteCount: byteCount,
                    recordCount: counts.records,
                    liveRecordCount: counts.live,
                    liveByteCount: counts.liveBytes
                )
            )
            result.liveByteCount += counts.liveBytes
            result.deadByteCount += byteCount - min(byteCount, counts.liveBytes)
        }
        let pinned = core.segments.pinned
        result.pinnedByteCount = pinned.byteCount
        result.oldestPinNanoseconds = pinned.oldest.map { oldest in
            core.clock.monotonicNanoseconds() - oldest
        }
        result.manifestEdition = try manifestEdition()
        result.fileByteCount = try fileByteCount()
        return result
    }

    private func manifestEdition() throws(LogError) -> UInt64 {
        if let edition = withWriter({ $0.manifest.edition }) { return edition }
        return try ManifestFile.load(from: core.directory, isWriting: false)?.edition ?? 0
    }

    private func fileByteCount() throws(LogError) -> UInt64 {
        do throws(DiskError) {
            var sum: UInt64 = 0
            for name in try core.directory.names() where FileName(name) != nil {
                sum += try byteCount(of: name)
            }
            return sum
        } catch {
            throw LogError(error, doing: "measure")
        }
    }

    /// A file that has gone since it was listed counts nothing.
    private func byteCount(of name: String) throws(DiskError) -> UInt64 {
        do throws(DiskError) {
            return try core.directory.open(name, .reading).byteCount()
        } catch {
            guard error.kind == .notFound else { throw error }
            return 0
        }
    }
}
