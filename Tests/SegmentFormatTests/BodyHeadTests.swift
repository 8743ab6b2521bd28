import Testing

@testable import SegmentFormat

@Suite struct BodyHeadTests {
    static let lengths = [
        1, 2, 31, 32, 33, 600, 4_095, 4_096, 524_287, 524_288, FormatLimits.textByteCountMax,
    ]

    @Test(arguments: lengths, [false, true])
    func `a head comes back as it was written`(length: Int, isReferring: Bool) throws {
        for hasBlockHeaders in [false, true] {
            let head = BodyHead(
                textByteCount: length,
                hasKeyReferences: isReferring,
                hasBlockHeaders: hasBlockHeaders
            )
            var bytes: [UInt8] = [9]
            head.append(to: &bytes)
            #expect(bytes.count == 1 + head.byteCount)
            #expect(head.byteCount <= BodyHead.byteCountMax)
            bytes.append(0x80)
            #expect(try BodyHead(decoding: bytes[1...]) == head)
        }
    }

    @Test func `most sessions take two bytes`() {
        func byteCount(_ length: Int) -> Int {
            BodyHead(textByteCount: length, hasKeyReferences: true).byteCount
        }
        #expect([31, 32, 4_095, 4_096].map(byteCount) == [1, 2, 2, 3])
        #expect([524_287, 524_288, FormatLimits.textByteCountMax].map(byteCount) == [3, 4, 4])
    }

    @Test func `every beginning but the whole is refused`() {
        for length in Self.lengths {
            var bytes: [UInt8] = []
            BodyHead(textByteCount: length, hasKeyReferences: true).append(to: &bytes)
            expectEveryTruncationRefused(bytes) { bytes throws(FormatError) in
                _ = try BodyHead(decoding: bytes[...])
            }
        }
    }

    static let impossible: [[UInt8]] = [
        // No text at all, with each of the flags.
        [0], [1], [2], [3],
        // Longer than it need be.
        [0x84, 0x00], [0x84, 0x80, 0x00], [0xFC, 0x80, 0x80, 0x00],
        // One byte more than the longest value; and the most that four bytes can tell.
        [0x84, 0x80, 0x80, 0x20], [0xFF, 0xFF, 0xFF, 0x7F],
        // Five bytes.
        [0x80, 0x80, 0x80, 0x80, 0x01], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
    ]

    @Test(arguments: impossible)
    func `a length that no text can have, or that has another spelling, is refused`(
        bytes: [UInt8]
    ) {
        #expect(throws: FormatError.impossible(field: "text length")) {
            try BodyHead(decoding: bytes[...])
        }
    }

    @Test func `two beginnings never mean the same`() {
        var seen: Set<[UInt8]> = []
        for first in 0...UInt8.max {
            for second in 0...UInt8.max {
                let bytes = [first, second, 1]
                guard let head = try? BodyHead(decoding: bytes[...]) else { continue }
                var again: [UInt8] = []
                head.append(to: &again)
                #expect(Array(bytes.prefix(head.byteCount)) == again)
                seen.insert(again)
            }
        }
        // All but: the four without text, and as many that a 0 would lengthen.
        #expect(seen.count == 124 + 128 * 127 + 128 * 128)
    }
}
