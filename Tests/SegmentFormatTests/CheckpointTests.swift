import Testing

@testable import SegmentFormat

@Suite struct CheckpointTests {
    // MARK: Front

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `a front comes back as it was written`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let checkpoint = Checkpoint(
            storeID: generator.number(),
            edition: generator.number(),
            nextSequence: generator.number(upTo: FormatLimits.sequenceMax),
            timeFloor: generator.number(),
            slotCount: Int(generator.number(upTo: UInt64(Checkpoint.slotCountMax))),
            shardCount: 1 << Int(generator.next() % 17),
            logEnd: generator.next() % 2 == 0
                ? nil
                : LogPosition(
                    segment: SegmentID(UInt32(1 + generator.number(upTo: 1 << 31))),
                    byteOffset: Int(generator.number(upTo: 1 << 25)) * 8),
            segments: (0..<generator.next() % 20).map { _ in
                CheckpointSegment(
                    id: SegmentID(UInt32(truncatingIfNeeded: generator.next())),
                    liveRecordCount: Int(generator.number(upTo: UInt64(UInt32.max))),
                    liveByteCount: generator.number(upTo: UInt64(FormatLimits.dataEndMax)))
            }
        )
        let bytes = checkpoint.encoded()
        #expect(bytes.count == checkpoint.byteCount)
        #expect(try Checkpoint.uncheckedByteCount(bytes) == bytes.count)
        #expect(try Checkpoint.uncheckedByteCount(Array(bytes[..<96])) == bytes.count)
        #expect(try Checkpoint(decoding: bytes) == checkpoint)
    }

    @Test func `no flipped bit and no missing byte of a front goes unseen`() {
        let bytes = Self.sample().encoded()
        expectEveryFlipRefused(bytes) { bytes throws(FormatError) in
            _ = try Checkpoint(decoding: bytes)
        }
        expectEveryTruncationRefused(bytes) { bytes throws(FormatError) in
            _ = try Checkpoint(decoding: bytes)
        }
    }

    @Test func `a foreign, newer or short front is called so`() {
        var bytes = Self.sample().encoded()
        #expect(throws: FormatError.wrongLength(expected: 96, found: 95)) {
            try Checkpoint.uncheckedByteCount(Array(bytes[..<95]))
        }
        #expect(throws: FormatError.wrongLength(expected: 128, found: 127)) {
            try Checkpoint(decoding: Array(bytes[..<127]))
        }
        bytes.store(UInt16(2), at: 8)
        #expect(throws: FormatError.unsupported(version: 2, features: 0)) {
            try Checkpoint.uncheckedByteCount(bytes)
        }
        #expect(throws: FormatError.foreign) {
            try Checkpoint.uncheckedByteCount([UInt8](repeating: 1, count: 96))
        }
    }

    @Test(arguments: [65_536, UInt32.max])
    func `a front of more segments than a store has is refused unread`(count: UInt32) {
        var bytes = Self.sample().encoded()
        bytes.store(count, at: 60)
        bytes.reseal(in: 0..<bytes.count)
        #expect(throws: FormatError.checksumMismatch) {
            try Checkpoint.uncheckedByteCount(bytes)
        }
    }

    static let impossible: [(field: String, at: Int, value: UInt64)] = [
        ("next sequence", 32, FormatLimits.sequenceMax + 1), ("next sequence", 32, .max),
        ("time floor", 40, 1 << 48), ("time floor", 40, .max),
        ("slot count", 48, 1 << 40 + 1), ("slot count", 48, .max),
        ("shard count", 56, 0x02_0000_0000), ("shard count", 56, 0x02_0000_0003),
        ("shard count", 56, 0x02_0002_0000), ("shard count", 56, 0x02_8000_0000),
        ("log end", 64, 0xFFFF_FFFF), ("log end", 64, 0xFFFF_FFFF_0000_0001),
        ("live bytes", 104, .max), ("live bytes", 120, UInt64(FormatLimits.dataEndMax) + 1),
    ]

    @Test(arguments: impossible.indices)
    func `a sealed front with a field that cannot be is refused`(index: Int) {
        let (field, at, value) = Self.impossible[index]
        var bytes = Self.sample().encoded()
        bytes.store(value, at: at)
        bytes.reseal(in: 0..<bytes.count)
        #expect(throws: FormatError.impossible(field: field)) { try Checkpoint(decoding: bytes) }
    }

    @Test func `a front that could not be read back traps`() async {
        await #expect(processExitsWith: .failure) {
            var checkpoint = CheckpointTests.sample()
            checkpoint.shardCount = 3
            _ = checkpoint.encoded()
        }
        await #expect(processExitsWith: .failure) {
            var checkpoint = CheckpointTests.sample()
            let segment = checkpoint.segments[0]
            checkpoint.segments = Array(repeating: segment, count: 65_536)
            _ = checkpoint.encoded()
        }
    }

    // MARK: Shards

    @Test(arguments: [0, 1, 2, 100])
    func `a shard comes back as it was written`(count: Int) throws {
        let slots = Self.slots(count)
        let bytes = ShardImage.encoded(slots, shard: 9, capacity: count + 7, seed: 5)
        #expect(bytes.count == 16 + count * 16)
        #expect(ShardImage.uncheckedCounts(bytes) == (count, count + 7))
        #expect(try ShardImage.slots(decoding: bytes, shard: 9, seed: 5) == slots)
    }

    @Test func `no flipped bit and no missing byte of a shard goes unseen`() {
        let bytes = ShardImage.encoded(Self.slots(3), shard: 9, capacity: 4, seed: 5)
        expectEveryFlipRefused(bytes) { bytes throws(FormatError) in
            _ = try ShardImage.slots(decoding: bytes, shard: 9, seed: 5)
        }
        expectEveryTruncationRefused(bytes) { bytes throws(FormatError) in
            _ = try ShardImage.slots(decoding: bytes, shard: 9, seed: 5)
        }
    }

    @Test(arguments: 0..<16)
    func `a head cut short has no counts`(count: Int) {
        let head = [UInt8](repeating: 0xFF, count: count)
        #expect(ShardImage.uncheckedCounts(head) == (0, 0))
        #expect(throws: FormatError.wrongLength(expected: 16, found: count)) {
            try ShardImage.slots(decoding: head, shard: 0, seed: 5)
        }
    }

    @Test func `a shard in another's place is refused`() {
        let bytes = ShardImage.encoded(Self.slots(3), shard: 9, capacity: 4, seed: 5)
        #expect(throws: FormatError.impossible(field: "shard number")) {
            try ShardImage.slots(decoding: bytes, shard: 8, seed: 5)
        }
    }

    @Test func `a shard of an older checkpoint is refused`() {
        let checkpoint = Self.sample()
        var seeds: Set = [checkpoint.shardSeed]
        for step in 1...1_000 as ClosedRange<UInt64> {
            var other = checkpoint
            other.nextSequence += step
            seeds.insert(other.shardSeed)
            other = checkpoint
            other.edition += step
            seeds.insert(other.shardSeed)
        }
        #expect(seeds.count == 2_001)
        let bytes = ShardImage.encoded(Self.slots(3), shard: 9, capacity: 4, seed: 5)
        #expect(throws: FormatError.checksumMismatch) {
            try ShardImage.slots(decoding: bytes, shard: 9, seed: 6)
        }
    }

    @Test(arguments: [2, 4, UInt32.max])
    func `a sealed shard that claims other slots than it has is refused`(count: UInt32) {
        var bytes = ShardImage.encoded(Self.slots(3), shard: 9, capacity: 4, seed: 5)
        bytes.store(count, at: 8)
        bytes.store(UInt32.max, at: 12)
        bytes.resealShard()
        #expect(throws: FormatError.wrongLength(expected: 16 + Int(count) * 16, found: 64)) {
            try ShardImage.slots(decoding: bytes, shard: 9, seed: 5)
        }
    }

    @Test func `more slots than homes are impossible`() {
        var bytes = ShardImage.encoded(Self.slots(3), shard: 9, capacity: 4, seed: 5)
        bytes.store(UInt32(2), at: 12)
        bytes.resealShard()
        #expect(throws: FormatError.impossible(field: "shard capacity")) {
            try ShardImage.slots(decoding: bytes, shard: 9, seed: 5)
        }
    }

    @Test(arguments: [[2, 1, 0], [1, 0, 2]])
    func `slots out of order are refused`(order: [Int]) {
        let slots = Self.slots(3)
        let bytes = ShardImage.encoded(order.map { slots[$0] }, shard: 9, capacity: 4, seed: 5)
        #expect(throws: FormatError.impossible(field: "slot order")) {
            try ShardImage.slots(decoding: bytes, shard: 9, seed: 5)
        }
    }

    @Test func `an empty slot among the occupied is refused`() {
        let bytes = ShardImage.encoded([.empty] + Self.slots(1), shard: 9, capacity: 4, seed: 5)
        #expect(throws: FormatError.impossible(field: "slot order")) {
            try ShardImage.slots(decoding: bytes, shard: 9, seed: 5)
        }
    }

    // MARK: Samples

    static func sample() -> Checkpoint {
        Checkpoint(
            storeID: 1, edition: 2, nextSequence: 3, timeFloor: 4, slotCount: 5, shardCount: 8,
            logEnd: LogPosition(segment: SegmentID(6), byteOffset: 64),
            segments: [
                CheckpointSegment(id: SegmentID(2), liveRecordCount: 3, liveByteCount: 144),
                CheckpointSegment(id: SegmentID(6), liveRecordCount: 1, liveByteCount: 48),
            ])
    }

    /// Several of them of one hash.
    static func slots(_ count: Int) -> [IndexSlot] {
        (0..<count).map { index in
            IndexSlot(
                hash: UInt32((index + 1) / 2 * 1_000), clock: 1, segmentIndex: 2,
                byteOffset: 64 + index * 48, recordByteCount: 48, isTouched: false,
                hasOwnLifetime: false)
        }
    }
}

extension [UInt8] {
    fileprivate mutating func resealShard() {
        store(CRC32C.checksum(self, in: 4..<count, seed: 5), at: 0)
    }
}
