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
    /// Tombstones of sealed segments.
    public var tombstoneCount = 0
    /// Bytes of their records; they are dead bytes.
    public var tombstoneByteCount: UInt64 = 0
    /// Of the tombstones, those of segments that a compaction would keep them in now, since an
    /// older value may still be in another segment: see ``Tombstones/heldBy``.
    public var keptTombstoneCount = 0
    /// Bytes of their records.
    public var keptTombstoneByteCount: UInt64 = 0
    /// Bytes of compacted segments that are on disk only because an iteration is not done.
    public var pinnedByteCount: UInt64 = 0
    /// How long the oldest such iteration has been where it is, in nanoseconds.
    public var oldestPinNanoseconds: UInt64?
    /// Bytes of records written since opening, but for what compaction copied; 0 when opened for
    /// reading.
    public var writtenByteCount: UInt64 = 0
    /// Bytes of records that compaction has written since opening.
    public var copiedByteCount: UInt64 = 0
    /// Bytes a second that writers are held to, since the store is near its limit and compaction
    /// slower than they are; nil while they are free.
    public var writeByteRateMax: UInt64?
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
        /// Its tombstones; nil until it is sealed, or when its footer can't be read.
        public var tombstones: Tombstones?
    }

    /// The tombstones of one segment.
    public struct Tombstones: Equatable, Sendable {
        /// How many there are.
        public var count: Int
        /// Bytes of their records.
        public var byteCount: UInt64
        /// Why a compaction of this segment alone would have to keep them, the newest at least; nil
        /// when it can leave them all out.
        public var heldBy: Holder?
    }

    /// A segment with records that tombstones elsewhere may hide.
    public struct Holder: Equatable, Sendable {
        /// Its file's name.
        public var file: String
        /// Tombstones with this number or a higher one must stay for its sake.
        public var sequenceMin: UInt64
    }

    /// Bytes of records for each live byte; nil when nothing is live.
    public var spaceAmplification: Double? {
        guard liveByteCount > 0 else { return nil }
        return Double(liveByteCount + deadByteCount) / Double(liveByteCount)
    }

    /// Bytes written with what compaction copied, for each byte written since opening; nil when
    /// nothing was.
    public var writeAmplification: Double? {
        guard writtenByteCount > 0 else { return nil }
        return Double(writtenByteCount + copiedByteCount) / Double(writtenByteCount)
    }

    /// Index bytes per key now; nil without keys.
    public var indexBytesPerKey: Double? {
        keyCount == 0 ? nil : Double(indexByteCount) / Double(keyCount)
    }
}

extension SegmentLog {
    /// Returns what the log holds and takes now.
    ///
    /// - Complexity: O(n) over the index; reads no records, and the footer of each segment once.
    /// - Throws: `unavailable` when the directory does not answer; `closed`.
    public func statistics() throws(LogError) -> LogStatistics {
        try core.requireOpen()
        return try LogMeasurement(core: core, queue: queue).statistics()
    }
}
