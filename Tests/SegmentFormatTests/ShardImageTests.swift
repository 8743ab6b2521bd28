import Testing

@testable import SegmentFormat

@Suite struct ShardImageTests {
    @Test(arguments: [0, 1, 2, 100])
    func `a shard comes back as it was written`(count: Int) throws {
        let slots = Self.slots(count)
        let bytes = ShardImage(slots: slots, capacity: count + 7).encoded(shard: 9, seed: 5)
        #expect(ShardImage.uncheckedByteCount(bytes.span) == bytes.count)
        let image = try ShardImage(decoding: bytes, shard: 9, seed: 5)
        #expect(image == ShardImage(slots: slots, capacity: count + 7))
    }

    @Test func `no flipped bit and no missing byte of a shard goes unseen`() {
        let bytes = ShardImage(slots: Self.slots(3), capacity: 4).encoded(shard: 9, seed: 5)
        expectEveryFlipRefused(bytes) { bytes throws(FormatError) in
            _ = try ShardImage(decoding: bytes, shard: 9, seed: 5)
        }
        expectEveryTruncationRefused(bytes) { bytes throws(FormatError) in
            _ = try ShardImage(decoding: bytes, shard: 9, seed: 5)
        }
    }

    @Test(arguments: 0..<24)
    func `a head cut short says no more than a head`(count: Int) {
        let head = [UInt8](repeating: 0xFF, count: count)
        #expect(ShardImage.uncheckedByteCount(head.span) == 24)
        #expect(throws: FormatError.wrongLength(expected: 24, found: count)) {
            try ShardImage(decoding: head, shard: 0, seed: 5)
        }
    }

    @Test func `a shard in another's place is refused`() {
        let bytes = ShardImage(slots: Self.slots(3), capacity: 4).encoded(shard: 9, seed: 5)
        #expect(throws: FormatError.impossible(field: "shard number")) {
            try ShardImage(decoding: bytes, shard: 8, seed: 5)
        }
    }

    @Test func `a shard of an older checkpoint is refused`() {
        let checkpoint = CheckpointTests.sample()
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
        let bytes = ShardImage(slots: Self.slots(3), capacity: 4).encoded(shard: 9, seed: 5)
        #expect(throws: FormatError.checksumMismatch) {
            try ShardImage(decoding: bytes, shard: 9, seed: 6)
        }
    }

    @Test(arguments: [2, 4, UInt32.max])
    func `a sealed shard that claims other slots than it has is refused`(count: UInt32) {
        var bytes = ShardImage(slots: Self.slots(3), capacity: 4).encoded(shard: 9, seed: 5)
        bytes.store(count, at: 8)
        bytes.store(UInt32.max, at: 12)
        bytes.resealShard()
        #expect(throws: FormatError.wrongLength(expected: 24 + Int(count) * 7, found: 45)) {
            try ShardImage(decoding: bytes, shard: 9, seed: 5)
        }
    }

    @Test func `more slots than homes are impossible`() {
        var bytes = ShardImage(slots: Self.slots(3), capacity: 4).encoded(shard: 9, seed: 5)
        bytes.store(UInt32(2), at: 12)
        bytes.resealShard()
        #expect(throws: FormatError.impossible(field: "shard capacity")) {
            try ShardImage(decoding: bytes, shard: 9, seed: 5)
        }
    }

    @Test(arguments: [[2, 1, 0], [1, 0, 2]])
    func `slots out of order are refused`(order: [Int]) {
        let slots = Self.slots(3)
        let image = ShardImage(slots: order.map { slots[$0] }, capacity: 4)
        let bytes = image.encoded(shard: 9, seed: 5)
        #expect(throws: FormatError.impossible(field: "slot order")) {
            try ShardImage(decoding: bytes, shard: 9, seed: 5)
        }
    }

    @Test func `an empty slot among the occupied is refused`() {
        let image = ShardImage(slots: [.empty] + Self.slots(1), capacity: 4)
        let bytes = image.encoded(shard: 9, seed: 5)
        #expect(throws: FormatError.impossible(field: "slot order")) {
            try ShardImage(decoding: bytes, shard: 9, seed: 5)
        }
    }

    @Test func `more slots of one hash than there can be are refused`() throws {
        let slot = IndexSlot(front: 7 << 32, back: 8)
        for count in [64, 65] {
            let image = ShardImage(slots: Array(repeating: slot, count: count), capacity: 70)
            let bytes = image.encoded(shard: 9, seed: 5)
            let error = refusal { () throws(FormatError) in
                _ = try ShardImage(decoding: bytes, shard: 9, seed: 5)
            }
            #expect(error == (count == 64 ? nil : .impossible(field: "slot hash")))
        }
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `slots of any fields come back as they were`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var slots = (0..<generator.next() % 30).map { _ in
            IndexSlot(front: generator.number(), back: 1 + generator.number(upTo: .max - 1))
        }
        slots.sort { $0.hash < $1.hash }
        let image = ShardImage(slots: slots, capacity: 40)
        let bytes = image.encoded(shard: 9, seed: 5)
        #expect(ShardImage.uncheckedByteCount(bytes.span) == bytes.count)
        #expect(try ShardImage(decoding: bytes, shard: 9, seed: 5) == image)
    }

    @Test func `slots take as many bytes as their fields, and no more`() {
        func byteCount(_ slots: [IndexSlot]) -> Int {
            ShardImage(slots: slots, capacity: 9).encoded(shard: 9, seed: 5).count - 24
        }
        func slot(_ clock: UInt32, segment: UInt16 = 0, place: Int, length: Int) -> IndexSlot {
            IndexSlot(
                hash: 7, clock: clock, segmentIndex: segment, byteOffset: place,
                recordByteCount: length, isTouched: false, hasOwnLifetime: clock == .max)
        }
        #expect(byteCount([]) == 0)
        // Hash; that there is a clock; 4 bits of place, 3 of length, and 2 flags.
        #expect(byteCount([slot(1_700_000_000, place: 64, length: 48)]) == 4 + 1 + 2)
        #expect(byteCount([slot(.max, place: 64, length: 48)]) == 4 + 0 + 2)
        // As in a store of a million sessions, active within nine hours.
        let first = slot(1_700_000_000, place: 64, length: 168)
        let last = slot(1_700_032_768, segment: 3, place: 64 << 20, length: 600)
        #expect(byteCount([first, last]) == 2 * (4 + 2 + 5))
        let widest = IndexSlot(front: .max - 1, back: .max)
        #expect(byteCount([slot(0, place: 64, length: 48), widest]) == 2 * 16)
    }

    @Test(arguments: [(20, 5), (21, 26), (22, 17), (23, 22)])
    func `a sealed shard whose fields are wider than in memory is refused`(
        at offset: Int,
        width: UInt8
    ) {
        var bytes = ShardImage(slots: [], capacity: 4).encoded(shard: 9, seed: 5)
        bytes[offset] = width
        bytes.resealShard()
        #expect(throws: FormatError.impossible(field: "slot layout")) {
            try ShardImage(decoding: bytes, shard: 9, seed: 5)
        }
    }

    // MARK: Samples

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
