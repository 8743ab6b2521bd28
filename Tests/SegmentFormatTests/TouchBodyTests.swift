import SegmentFormat
import Testing

@Suite struct TouchBodyTests {
    static let sample = TouchBody(
        valueSequence: 5, segment: SegmentID(3), byteOffset: 64, recordByteCount: 48)

    static let extremes = [
        sample,
        TouchBody(
            valueSequence: FormatLimits.sequenceMax,
            segment: SegmentID(.max - 1),
            byteOffset: FormatLimits.segmentByteCountMax - FormatLimits.alignment,
            recordByteCount: FormatLimits.recordByteCountMax
        ),
        TouchBody(
            valueSequence: 0, segment: SegmentID(1), byteOffset: 64, recordByteCount: 40),
    ]

    @Test(arguments: extremes)
    func `a touch comes back as it was written`(touch: TouchBody) throws {
        #expect(try TouchBody(decoding: touch.encoded()) == touch)
    }

    @Test(arguments: [0, 23, 25])
    func `a body of another length is no touch`(count: Int) {
        #expect(throws: FormatError.wrongLength(expected: 24, found: count)) {
            try TouchBody(decoding: [UInt8](repeating: 0, count: count))
        }
    }

    static let impossible: [(field: String, at: Int, value: UInt32)] = [
        ("segment number", 8, 0), ("segment number", 8, .max),
        ("touched place", 12, 0), ("touched place", 12, 1 << 25), ("touched place", 12, .max),
        ("touched place", 16, 1), ("touched place", 16, .max),
        ("touched sequence", 4, .max),
    ]

    @Test(arguments: impossible.indices)
    func `a place that no record can have is refused`(index: Int) {
        let (field, at, value) = Self.impossible[index]
        var bytes = Self.sample.encoded()
        bytes.store(value, at: at)
        #expect(throws: FormatError.impossible(field: field)) { try TouchBody(decoding: bytes) }
    }

    @Test func `reserved bytes are left to later versions`() throws {
        var bytes = Self.sample.encoded()
        bytes.store(UInt32(1), at: 20)
        #expect(try TouchBody(decoding: bytes) == Self.sample)
    }

    @Test func `a folded touch has the number of its value in front`() throws {
        let body = FoldedBody.encoded(valueSequence: 0x0102_0304, value: [9, 8])
        #expect(body == [4, 3, 2, 1, 0, 0, 0, 0, 9, 8])
        #expect(try FoldedBody.valueSequence(of: body[...]) == 0x0102_0304)
        #expect(throws: FormatError.wrongLength(expected: 8, found: 7)) {
            try FoldedBody.valueSequence(of: body[..<7])
        }
        #expect(throws: FormatError.impossible(field: "folded sequence")) {
            try FoldedBody.valueSequence(of: [UInt8](repeating: 0xFF, count: 8)[...])
        }
    }
}
