import SegmentFormat
import Testing

@Suite struct BytesTests {
    @Test func `integers are little-endian at any offset`() {
        var bytes = [UInt8](repeating: 0, count: 12)
        bytes.store(UInt64(0x0102_0304_0506_0708), at: 3)
        #expect(bytes == [0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1, 0])
        #expect(bytes.integer(at: 3, as: UInt64.self) == 0x0102_0304_0506_0708)
        #expect(bytes.integer(at: 10, as: UInt16.self) == 1)
        #expect(bytes.integer(at: 3, as: UInt8.self) == 8)
    }

    @Test func `copying puts all bytes where they belong`() {
        var bytes: [UInt8] = [0, 0, 0, 0]
        bytes.copy([1, 2], at: 1)
        bytes.copy([], at: 4)
        #expect(bytes == [0, 1, 2, 0])
    }

    @Test func `matching compares the range and nothing else`() {
        let bytes: [UInt8] = [9, 1, 2, 9]
        #expect(bytes.matches([1, 2], in: 1..<3))
        #expect(bytes.matches([], in: 4..<4))
        #expect(!bytes.matches([1, 3], in: 1..<3))
        #expect(!bytes.matches([1], in: 1..<3))
        #expect(!bytes.matches([1, 2, 9], in: 1..<3))
    }

    @Test(arguments: 0..<27)
    func `one byte that differs is seen wherever it stands`(place: Int) {
        let bytes = (0..<40).map { UInt8($0) }
        var other = [UInt8](bytes[5..<32])
        #expect(bytes.matches(other, in: 5..<32))
        other[place] ^= 1
        #expect(!bytes.matches(other, in: 5..<32))
    }

    @Test func `what is kept is the range, moved to the front`() {
        for range in [0..<5, 1..<4, 2..<5, 0..<0, 3..<3, 5..<5] {
            var bytes: [UInt8] = [1, 2, 3, 4, 5]
            let expected = [UInt8](bytes[range])
            let other = bytes
            bytes.keep(range)
            #expect(bytes == expected)
            #expect(other == [1, 2, 3, 4, 5])
        }
    }

    @Test(arguments: 0..<40)
    func `one byte that is not zero is seen wherever it stands`(place: Int) {
        var bytes = [UInt8](repeating: 0, count: 40)
        #expect(bytes.isZero(in: 0..<40))
        bytes[place] = 0x80
        #expect(!bytes.isZero(in: 0..<40))
        #expect(bytes.isZero(in: 0..<place))
        #expect(bytes.isZero(in: place + 1..<40))
        #expect(!bytes.isZero(in: place..<place + 1))
    }

    @Test func `lengths travel in units of the alignment`() {
        var bytes = [UInt8](repeating: 0, count: 4)
        bytes.store(units: 24, at: 0)
        #expect(bytes == [3, 0, 0, 0])
        #expect(bytes.units(at: 0) == 24)
        bytes = [0xFF, 0xFF, 0xFF, 0xFF]
        #expect(bytes.units(at: 0) == 34_359_738_360)
    }

    @Test(arguments: [nil, 0...0, 5...9, 9...9] as [ClosedRange<UInt64>?])
    func `ranges come back`(range: ClosedRange<UInt64>?) throws {
        var bytes = [UInt8](repeating: 0, count: 16)
        bytes.store(range, at: 0)
        #expect(try bytes.range(at: 0, upTo: 9) == range)
    }

    @Test(arguments: [(2, 1), (0, 10), (.max, 1), (.max, .max)] as [(UInt64, UInt64)])
    func `bounds the wrong way round or too high are no range`(lower: UInt64, upper: UInt64) {
        var bytes = [UInt8](repeating: 0, count: 16)
        bytes.store(lower, at: 0)
        bytes.store(upper, at: 8)
        #expect(throws: FormatError.impossible(field: "range")) {
            try bytes.range(at: 0, upTo: 9)
        }
    }

    @Test func `reading or writing past the end traps`() async {
        await #expect(processExitsWith: .failure) {
            let bytes: [UInt8] = [0, 0, 0]
            _ = bytes.integer(at: 0, as: UInt32.self)
        }
        await #expect(processExitsWith: .failure) {
            var bytes: [UInt8] = [0, 0, 0]
            bytes.store(UInt16(0), at: 2)
        }
        await #expect(processExitsWith: .failure) {
            var bytes: [UInt8] = [0, 0, 0]
            bytes.copy([1, 2], at: 2)
        }
        await #expect(processExitsWith: .failure) {
            let bytes: [UInt8] = [0, 0, 0]
            _ = bytes.integer(at: -1, as: UInt8.self)
        }
        await #expect(processExitsWith: .failure) {
            var bytes: [UInt8] = [0, 0, 0, 0]
            bytes.store(units: 12, at: 0)
        }
    }
}
