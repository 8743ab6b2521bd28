/// What a checkpoint says of one segment; 16 bytes, laid out as in <doc:FileFormat>.
package struct CheckpointSegment: Equatable, Sendable {
    package static let byteCount = 16

    /// A place in the list that no segment has: compaction took it away.
    package static let vacant = CheckpointSegment(
        id: SegmentID(0),
        liveRecordCount: 0,
        liveByteCount: 0
    )

    package var id: SegmentID
    package var liveRecordCount: Int
    package var liveByteCount: UInt64

    package var isVacant: Bool { id.rawValue == 0 }

    package init(id: SegmentID, liveRecordCount: Int, liveByteCount: UInt64) {
        self.id = id
        self.liveRecordCount = liveRecordCount
        self.liveByteCount = liveByteCount
    }
}

/// The front of a checkpoint: an image of the index as it was at one point of the log.
///
/// Never the only truth: whatever does not fit the manifest to the letter is thrown away, and the
/// index built from footers instead. Behind it stand one ``ShardImage`` a shard.
package struct Checkpoint: Equatable, Sendable {
    package static let headByteCount = 96
    package static let magic: UInt64 = 0x0A1A_5043_5353_5753  // "SWSSCP" 0x1A 0x0A
    package static let shardCountMax = 65_536
    package static let slotCountMax = 1 << 40

    package var storeID: UInt64
    /// The manifest's, when the image was taken.
    package var edition: UInt64
    /// The image holds the effect of every record with a number below this, and of no other.
    package var nextSequence: UInt64
    package var timeFloor: UInt64
    package var slotCount: Int
    package var shardCount: Int
    /// Up to where the log is in the image: segment and offset; nil when the log was empty.
    package var logEnd: LogPosition?
    /// A slot's segment index is a place in this list.
    package var segments: [CheckpointSegment]

    package init(
        storeID: UInt64,
        edition: UInt64,
        nextSequence: UInt64,
        timeFloor: UInt64,
        slotCount: Int,
        shardCount: Int,
        logEnd: LogPosition?,
        segments: [CheckpointSegment]
    ) {
        self.storeID = storeID
        self.edition = edition
        self.nextSequence = nextSequence
        self.timeFloor = min(timeFloor, RecordHead.activityMax)
        self.slotCount = slotCount
        self.shardCount = shardCount
        self.logEnd = logEnd
        self.segments = segments
    }

    /// Seeds the checksums of its shards with what tells it from all others: a write that never
    /// reached the disk leaves a shard of an older image in its place, which is whole, and wrong.
    package var shardSeed: UInt32 {
        let mixed = (edition &* 0x9E37_79B9_7F4A_7C15 ^ nextSequence) &* 0x9E37_79B9_7F4A_7C15
        return UInt32(truncatingIfNeeded: mixed >> 32)
    }

    /// Head and segments.
    package var byteCount: Int {
        Self.headByteCount + segments.count * CheckpointSegment.byteCount
    }

    /// Returns how many bytes the front has whose first 96 are `head`, before anything is checked.
    package static func uncheckedByteCount(_ head: [UInt8]) throws(FormatError) -> Int {
        try Preamble.requireReadable(head, at: 0, magic: magic)
        guard head.count >= headByteCount else {
            throw .wrongLength(expected: headByteCount, found: head.count)
        }
        let count = Int(head.integer(at: 60, as: UInt32.self))
        guard count <= FormatLimits.segmentCountMax else { throw .checksumMismatch }
        return headByteCount + count * CheckpointSegment.byteCount
    }

    /// Decodes the front; `bytes` is exactly head and segments.
    package init(decoding bytes: [UInt8]) throws(FormatError) {
        let expected = try Self.uncheckedByteCount(bytes)
        guard bytes.count == expected else {
            throw .wrongLength(expected: expected, found: bytes.count)
        }
        try Preamble.open(bytes, in: 0..<bytes.count, magic: Self.magic)
        storeID = bytes.integer(at: 16)
        edition = bytes.integer(at: 24)
        nextSequence = bytes.integer(at: 32)
        timeFloor = bytes.integer(at: 40)
        slotCount = Int(clamping: bytes.integer(at: 48, as: UInt64.self))
        shardCount = Int(bytes.integer(at: 56, as: UInt32.self))
        let segmentCount = Int(bytes.integer(at: 60, as: UInt32.self))
        let endSegment: UInt32 = bytes.integer(at: 64)
        let endOffset = bytes.units(at: 68)
        logEnd =
            endSegment == 0
            ? nil : LogPosition(segment: SegmentID(endSegment), byteOffset: endOffset)
        segments = (0..<segmentCount).map { index in
            let offset = Self.headByteCount + index * CheckpointSegment.byteCount
            return CheckpointSegment(
                id: SegmentID(bytes.integer(at: offset)),
                liveRecordCount: Int(bytes.integer(at: offset + 4, as: UInt32.self)),
                liveByteCount: bytes.integer(at: offset + 8)
            )
        }
        guard nextSequence <= FormatLimits.sequenceMax else {
            throw .impossible(field: "next sequence")
        }
        if let field = impossibleField { throw .impossible(field: field) }
    }

    /// What keeps this from being a checkpoint that can be written; nothing, when it is one.
    private var impossibleField: String? {
        guard timeFloor <= RecordHead.activityMax else { return "time floor" }
        guard slotCount <= Self.slotCountMax else { return "slot count" }
        let isPowerOfTwo = shardCount & (shardCount - 1) == 0
        guard shardCount > 0, shardCount <= Self.shardCountMax, isPowerOfTwo else {
            return "shard count"
        }
        guard segments.count <= FormatLimits.segmentCountMax else { return "segment count" }
        if let logEnd {
            guard logEnd.segment.isPossible, logEnd.byteOffset <= FormatLimits.dataEndMax else {
                return "log end"
            }
        }
        let isTooMuch = segments.contains { $0.liveByteCount > FormatLimits.dataEndMax }
        return isTooMuch ? "live bytes" : nil
    }

    /// Lays out head and segments; what could not be read back is a bug, and traps.
    package func encoded() -> [UInt8] {
        precondition(impossibleField == nil)
        var bytes = [UInt8](repeating: 0, count: byteCount)
        bytes.store(storeID, at: 16)
        bytes.store(edition, at: 24)
        bytes.store(nextSequence, at: 32)
        bytes.store(timeFloor, at: 40)
        bytes.store(UInt64(slotCount), at: 48)
        bytes.store(UInt32(shardCount), at: 56)
        bytes.store(UInt32(segments.count), at: 60)
        bytes.store(logEnd?.segment.rawValue ?? 0, at: 64)
        bytes.store(units: logEnd?.byteOffset ?? 0, at: 68)
        for (index, segment) in segments.enumerated() {
            let offset = Self.headByteCount + index * CheckpointSegment.byteCount
            bytes.store(segment.id.rawValue, at: offset)
            bytes.store(UInt32(segment.liveRecordCount), at: offset + 4)
            bytes.store(segment.liveByteCount, at: offset + 8)
        }
        Preamble.seal(&bytes, in: 0..<bytes.count, magic: Self.magic)
        return bytes
    }
}

/// A place in the log.
package struct LogPosition: Equatable, Sendable {
    package var segment: SegmentID
    package var byteOffset: Int

    package init(segment: SegmentID, byteOffset: Int) {
        self.segment = segment
        self.byteOffset = byteOffset
    }
}
