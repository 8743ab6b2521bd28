import SegmentFormat
import Testing

@Suite struct KeyHashTests {
    static let secret = HashSecret(low: 0x0706_0504_0302_0100, high: 0x0F0E_0D0C_0B0A_0908)

    /// From the reference implementation's `vectors_sip128`: input 00, 01, 02, … of each length.
    static let vectors: [[UInt8]] = [
        [
            0xA3, 0x81, 0x7F, 0x04, 0xBA, 0x25, 0xA8, 0xE6,
            0x6D, 0xF6, 0x72, 0x14, 0xC7, 0x55, 0x02, 0x93,
        ],
        [
            0xDA, 0x87, 0xC1, 0xD8, 0x6B, 0x99, 0xAF, 0x44,
            0x34, 0x76, 0x59, 0x11, 0x9B, 0x22, 0xFC, 0x45,
        ],
        [
            0x81, 0x77, 0x22, 0x8D, 0xA4, 0xA4, 0x5D, 0xC7,
            0xFC, 0xA3, 0x8B, 0xDE, 0xF6, 0x0A, 0xFF, 0xE4,
        ],
        [
            0x9C, 0x70, 0xB6, 0x0C, 0x52, 0x67, 0xA9, 0x4E,
            0x5F, 0x33, 0xB6, 0xB0, 0x29, 0x85, 0xED, 0x51,
        ],
    ]

    @Test(arguments: vectors.indices)
    func `SipHash-2-4-128 begins with the reference vectors`(count: Int) {
        let hash = KeyHash(Array(0..<UInt8(count)), secret: Self.secret)
        #expect(bytes(of: hash) == Array(Self.vectors[count].prefix(12)))
    }

    /// The digest of the digests of lengths 0...63, computed by another implementation.
    @Test func `all lengths up to 63 give what another implementation gives`() {
        var all: [UInt8] = []
        for count in 0..<64 {
            all += bytes(of: KeyHash(Array(0..<UInt8(count)), secret: Self.secret))
        }
        #expect(CRC32C.checksum(all, in: 0..<all.count) == 0x06B5_D7B6)
    }

    @Test func `a range hashes as the bytes it holds`() {
        let bytes = Array("before the key after".utf8)
        for lower in 0..<bytes.count {
            for upper in lower...bytes.count {
                #expect(
                    KeyHash(bytes, in: lower..<upper, secret: Self.secret)
                        == KeyHash(Array(bytes[lower..<upper]), secret: Self.secret)
                )
            }
        }
    }

    @Test func `another secret gives other hashes`() {
        let key = Array("anna".utf8)
        let hash = KeyHash(key, secret: Self.secret)
        #expect(hash != KeyHash(key, secret: HashSecret(low: 0, high: 0)))
        #expect(hash == KeyHash(low: hash.low, high: hash.high))
    }

    private func bytes(of hash: KeyHash) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 12)
        bytes.store(hash.low, at: 0)
        bytes.store(hash.high, at: 8)
        return bytes
    }
}
