/// What a compaction did.
public struct CompactionReport: Equatable, Sendable {
    /// Segments that it took away.
    public var inputSegmentCount = 0
    /// Segments that it wrote in their place.
    public var outputSegmentCount = 0
    /// Bytes of records that it took away, live and dead.
    public var inputByteCount: UInt64 = 0
    /// Bytes of records that it wrote.
    public var outputByteCount: UInt64 = 0
    /// Values that were alive, and stand elsewhere now.
    public var movedRecordCount = 0
    /// Values that had expired, and are gone for good.
    public var expiredRecordCount = 0
    /// Tombstones that had to stay, since an older value may still be somewhere.
    public var keptTombstoneCount = 0
    /// Segments that stayed as they are, because something in them is not what was written.
    public var damagedSegmentCount = 0
    /// How long it took, in nanoseconds.
    public var nanoseconds: UInt64 = 0

    /// Creates a report of nothing.
    public init() {}

    /// Bytes of records that it gave back.
    public var freedByteCount: UInt64 {
        inputByteCount > outputByteCount ? inputByteCount - outputByteCount : 0
    }

    /// Adds what another compaction did.
    mutating func add(_ other: CompactionReport) {
        inputSegmentCount += other.inputSegmentCount
        outputSegmentCount += other.outputSegmentCount
        inputByteCount += other.inputByteCount
        outputByteCount += other.outputByteCount
        movedRecordCount += other.movedRecordCount
        expiredRecordCount += other.expiredRecordCount
        keptTombstoneCount += other.keptTombstoneCount
        damagedSegmentCount += other.damagedSegmentCount
        nanoseconds += other.nanoseconds
    }
}
