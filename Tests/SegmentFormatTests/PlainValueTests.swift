import Testing

@testable import SegmentFormat

/// Records that are checked in one pass: the same comes of it as of one step after the other.
@Suite struct PlainValueTests {
    private static func plain(_ sample: Sample, _ bytes: [UInt8]) -> PlainValue? {
        PlainValue(
            checking: bytes.span,
            key: sample.key.span,
            byteOffset: sample.byteOffset,
            salt: sample.salt
        )
    }

    private static func head(
        _ sample: Sample,
        _ bytes: [UInt8],
        _ layout: RecordLayout = .plain
    ) -> RecordHead? {
        RecordHead(
            checking: bytes.span,
            key: sample.key.span,
            byteOffset: sample.byteOffset,
            salt: sample.salt,
            layout: layout
        )
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `a value as it is comes back, and nothing else does`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var sample = Sample(&generator)
        let other = sample.encoded()
        if sample.head.kind != .put || sample.head.codec != 0 {
            #expect(Self.plain(sample, other) == nil)
        }
        #expect(Self.head(sample, other) == sample.head)
        (sample.head.kind, sample.head.codec) = (.put, 0)
        let bytes = sample.encoded()
        let plain = try #require(Self.plain(sample, bytes))
        let copy = bytes.span.copy(of: plain.start..<plain.end)
        #expect(copy == sample.body)
        #expect(plain.sequence == sample.head.sequence)
        #expect(plain.activity == sample.head.activity)
        #expect(plain.lifetime == sample.head.lifetime)
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `a packed record is decoded and checked at once`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let sample = Sample(&generator)
        let layout = RecordLayout.packed(
            liveAsOf: sample.head.sequence,
            activity: sample.head.activity
        )
        let (head, bytes) = PackedTests.encoded(sample, layout)
        #expect(Self.head(sample, bytes, layout) == head)
        let bit = Int(generator.next() % UInt64(bytes.count * 8))
        #expect(Self.head(sample, bytes.flipping(bit: bit), layout) == nil)
    }

    @Test(arguments: [0, 1, 7, 8, 150, 700])
    func `no flipped bit and no missing byte goes unseen`(byteCount: Int) {
        var generator = SeededGenerator(seed: UInt64(byteCount))
        let sample = Sample(key: Array("user:1".utf8), body: generator.bytes(byteCount))
        let bytes = sample.encoded()
        #expect(Self.plain(sample, bytes) != nil)
        let accepted = (0..<bytes.count * 8).filter { bit in
            let flipped = bytes.flipping(bit: bit)
            return Self.plain(sample, flipped) != nil || Self.head(sample, flipped) != nil
        }
        #expect(accepted == [])
        let short = (0..<bytes.count).filter { count in
            let front = Array(bytes.prefix(count))
            return Self.plain(sample, front) != nil || Self.head(sample, front) != nil
        }
        #expect(short == [])
        let long = bytes + [UInt8](repeating: 0, count: 8)
        #expect(Self.plain(sample, long) == nil && Self.head(sample, long) == nil)
    }

    @Test func `a record is none of another key, at another place or in another segment`() {
        let sample = Sample(key: Array("user:1234567".utf8), body: [1, 2, 3])
        let bytes = sample.encoded()
        func expectNone(_ change: (inout Sample) -> Void) {
            var other = sample
            change(&other)
            #expect(Self.plain(other, bytes) == nil)
            #expect(Self.head(other, bytes) == nil)
        }
        for index in sample.key.indices { expectNone { $0.key[index] ^= 1 } }
        expectNone { $0.key.removeLast() }
        expectNone { $0.key.append(0) }
        expectNone { $0.key = [] }
        expectNone { $0.byteOffset += 8 }
        expectNone { $0.salt ^= 1 << 40 }
    }

    @Test func `what was never written is none, with right checksums`() {
        let sample = Sample(key: Array("user:1".utf8), body: [1, 2, 3])
        func isAccepted(_ change: (inout [UInt8]) -> Void) -> Bool {
            var bytes = sample.encoded()
            change(&bytes)
            let sequence: UInt64 = bytes.integer(at: 8)
            let start = RecordHead.byteCount + sample.key.count
            let bodySeed = RecordHead.bodySeed(sequence: sequence)
            let body = CRC32C.checksum(bytes, in: start..<bytes.count, seed: bodySeed)
            bytes.store(body, at: 4)
            let headSeed = RecordHead.headSeed(salt: sample.salt, byteOffset: sample.byteOffset)
            bytes.store(CRC32C.checksum(bytes, in: 4..<start, seed: headSeed), at: 0)
            let isPlain = Self.plain(sample, bytes) != nil
            #expect(isPlain == (Self.head(sample, bytes) != nil))
            return isPlain
        }
        #expect(isAccepted { _ in })
        #expect(!isAccepted { $0.store(FormatLimits.sequenceMax + 1, at: 8) })
        #expect(!isAccepted { $0.store(UInt32.max, at: 32) })
        #expect(!isAccepted { $0.store(units: sample.byteOffset + 8, at: 36) })
        #expect(!isAccepted { $0.store(UInt8(5), at: 30) })
    }

    @Test func `keys are compared to their last byte`() {
        var generator = SeededGenerator(seed: 9)
        for count in 0...40 {
            let bytes = generator.bytes(count + 3)
            let key = Array(bytes[3...])
            let isSame = bytes.span.matches(key.span, at: 3)
            #expect(isSame)
            for index in 0..<count {
                var other = key
                other[index] ^= 0x10
                let isStillSame = bytes.span.matches(other.span, at: 3)
                #expect(!isStillSame, "byte \(index) of \(count)")
            }
        }
    }
}
