import Testing

@testable import SegmentFormat

@Suite struct SegmentHeaderTests {
    static let sample = SegmentHeader(
        id: SegmentID(7), storeID: 0xA1, salt: 0xB2, createdAt: 1_700_000_000_000, liveAsOf: 9)

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `a header comes back as it was written`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var header = SegmentHeader(
            id: SegmentID(UInt32(1 + generator.number(upTo: UInt64(UInt32.max - 2)))),
            storeID: generator.number(),
            salt: generator.number(),
            createdAt: generator.number(),
            liveAsOf: generator.number()
        )
        header.features.compatible = UInt32(truncatingIfNeeded: generator.next())
        let bytes = header.encoded()
        #expect(bytes.count == SegmentHeader.byteCount)
        #expect(try SegmentHeader(decoding: bytes, isWriting: true) == header)
        #expect(try SegmentHeader(decoding: bytes + [1, 2, 3], isWriting: true) == header)
    }

    @Test func `no flipped bit and no missing byte goes unseen`() {
        let bytes = Self.sample.encoded()
        expectEveryFlipRefused(bytes) { bytes throws(FormatError) in
            _ = try SegmentHeader(decoding: bytes, isWriting: false)
        }
        expectEveryTruncationRefused(bytes) { bytes throws(FormatError) in
            _ = try SegmentHeader(decoding: bytes, isWriting: false)
        }
    }

    @Test(arguments: [0, UInt32.max])
    func `a number that no segment has is impossible`(number: UInt32) {
        var header = Self.sample
        header.id = SegmentID(number)
        let bytes = header.encoded()
        #expect(throws: FormatError.impossible(field: "segment number")) {
            try SegmentHeader(decoding: bytes, isWriting: false)
        }
    }

    // MARK: Versions and features

    @Test func `a newer version is refused by its number, whatever its checksum`() {
        var bytes = Self.sample.encoded()
        bytes.store(UInt16(2), at: 8)
        #expect(throws: FormatError.unsupported(version: 2, features: 0)) {
            try SegmentHeader(decoding: bytes, isWriting: false)
        }
        #expect(throws: FormatError.unsupported(version: 2, features: 0)) {
            try SegmentHeader(decoding: Array(bytes[..<10]), isWriting: false)
        }
    }

    @Test func `version 0 is damage, or was never written`() {
        var bytes = Self.sample.encoded()
        bytes.store(UInt16(0), at: 8)
        #expect(throws: FormatError.checksumMismatch) {
            try SegmentHeader(decoding: bytes, isWriting: false)
        }
        bytes.reseal(in: 0..<64)
        #expect(throws: FormatError.impossible(field: "version")) {
            try SegmentHeader(decoding: bytes, isWriting: false)
        }
    }

    @Test(arguments: [8, 9, 10, 16, 63, 64])
    func `what begins otherwise is foreign, however short`(count: Int) {
        let bytes = [UInt8](repeating: 0x23, count: count)
        #expect(throws: FormatError.foreign) {
            try SegmentHeader(decoding: bytes, isWriting: false)
        }
    }

    @Test(arguments: 0..<8)
    func `too few bytes to tell are too few bytes`(count: Int) {
        let bytes = [UInt8](repeating: 0x23, count: count)
        #expect(throws: FormatError.wrongLength(expected: 64, found: count)) {
            try SegmentHeader(decoding: bytes, isWriting: false)
        }
    }

    @Test func `an unknown feature that must be understood is refused`() {
        var header = Self.sample
        header.features.incompatible = 4
        let bytes = header.encoded()
        for isWriting in [false, true] {
            #expect(throws: FormatError.unsupported(version: 1, features: 4)) {
                try SegmentHeader(decoding: bytes, isWriting: isWriting)
            }
        }
    }

    @Test func `an unknown feature that writers must understand does not stop a reader`() throws {
        var header = Self.sample
        header.features.readOnlyCompatible = 0x8000_0000
        let bytes = header.encoded()
        #expect(throws: FormatError.unsupported(version: 1, features: 0x8000_0000)) {
            try SegmentHeader(decoding: bytes, isWriting: true)
        }
        #expect(try SegmentHeader(decoding: bytes, isWriting: false) == header)
    }

    // MARK: Preamble

    @Test func `a structure may stand anywhere, with a seed of its own`() throws {
        var bytes = [UInt8](repeating: 0x55, count: 60)
        Preamble.seal(&bytes, in: 10..<50, magic: 99, seed: 5)
        try Preamble.open(bytes, in: 10..<50, magic: 99, seed: 5)
        #expect(throws: FormatError.checksumMismatch) {
            try Preamble.open(bytes, in: 10..<50, magic: 99, seed: 6)
        }
        #expect(throws: FormatError.checksumMismatch) {
            try Preamble.open(bytes, in: 10..<49, magic: 99, seed: 5)
        }
    }

    @Test(arguments: [(0..<15, 16, 15), (0..<70, 70, 60), (50..<70, 20, 10), (80..<90, 16, 0)])
    func `a range that is too short or ends behind the bytes is refused`(
        range: Range<Int>,
        expected: Int,
        found: Int
    ) {
        var bytes = [UInt8](repeating: 0, count: 60)
        if range.lowerBound < 60 { bytes.store(UInt64(99), at: range.lowerBound) }
        let error = refusal { () throws(FormatError) in
            try Preamble.open(bytes, in: range, magic: 99)
        }
        #expect(error == .wrongLength(expected: expected, found: found))
    }
}

extension [UInt8] {
    /// Makes the checksum of a changed structure right again, as somebody with bad intent would.
    mutating func reseal(in range: Range<Int>, seed: UInt32 = 0) {
        let start = range.lowerBound
        let front = CRC32C.checksum(self, in: start..<start + 12, seed: seed)
        store(CRC32C.checksum(self, in: start + 16..<range.upperBound, seed: front), at: start + 12)
    }
}
