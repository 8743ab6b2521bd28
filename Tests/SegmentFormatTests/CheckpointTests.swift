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
}
