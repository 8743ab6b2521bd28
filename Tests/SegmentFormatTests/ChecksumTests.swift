import SegmentFormat
import Testing

@Suite struct ChecksumTests {
    /// The check value of the catalogue, and the vectors of RFC 3720, B.4.
    static let known: [(bytes: [UInt8], check: UInt32)] = [
        (Array("123456789".utf8), 0xE306_9283),
        ([], 0),
        ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
        ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
        (Array(0..<32), 0x46DD_794E),
        (Array((0..<32).reversed()), 0x113F_DB5C),
        (
            [
                0x01, 0xC0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 0x04, 0,
                0, 0, 0, 0x14, 0, 0, 0, 0x18, 0x28, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0, 0,
            ], 0xD996_3A56
        ),
    ]

    @Test(arguments: known.indices)
    func `known bytes have their known CRC-32C`(index: Int) {
        let (bytes, check) = Self.known[index]
        #expect(CRC32C.checksum(bytes, in: 0..<bytes.count) == check)
        #expect(CRC32C.portableChecksum(bytes, in: 0..<bytes.count) == check)
    }

    @Test func `instruction and table agree at every length, alignment and seed`() {
        var generator = SeededGenerator(seed: 1)
        let bytes = generator.bytes(9_000)
        // Past the longest stretch that is taken as three, twice.
        for count in Array(0...4_200) + Array(8_100...8_250) {
            let seed = UInt32(truncatingIfNeeded: generator.next())
            let start = count % 17
            let range = start..<start + count
            #expect(
                CRC32C.checksum(bytes, in: range, seed: seed)
                    == CRC32C.portableChecksum(bytes, in: range, seed: seed),
                "\(range), seed \(seed)"
            )
        }
    }

    @Test func `a checksum continues where another ended`() {
        var generator = SeededGenerator(seed: 2)
        let bytes = generator.bytes(100)
        let whole = CRC32C.checksum(bytes, in: 0..<100)
        for cut in 0...100 {
            let front = CRC32C.checksum(bytes, in: 0..<cut)
            #expect(CRC32C.checksum(bytes, in: cut..<100, seed: front) == whole)
        }
    }

    @Test func `the slow definition gives the same`() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<50 {
            let count = Int(generator.next() % 64)
            let bytes = generator.bytes(count)
            #expect(CRC32C.checksum(bytes, in: 0..<bytes.count) == bitwise(bytes))
        }
    }

    /// Whether the machine has the instruction is its own affair; that asking works is ours.
    @Test func `asking for the instruction has a steady answer`() {
        #expect(CRC32C.isHardware == CRC32C.isHardware)
    }

    private func bitwise(_ bytes: [UInt8]) -> UInt32 {
        var state = UInt32.max
        for byte in bytes {
            state ^= UInt32(byte)
            for _ in 0..<8 { state = state & 1 == 1 ? 0x82F6_3B78 ^ (state >> 1) : state >> 1 }
        }
        return ~state
    }
}
