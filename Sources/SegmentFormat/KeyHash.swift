/// The 96-bit keyed hash of a key: the first twelve bytes of SipHash-2-4 with 128 bits of output.
///
/// It stands for the key wherever the key is not at hand (footers). Keyed by the store's secret, so
/// that nobody who chooses ids can make them collide; 96 bits, so that two keys of one store never
/// do by chance: among ten million it happens in one of 10¹⁵ stores.
package struct KeyHash: Hashable, Sendable {
    /// Bytes of it in a footer.
    static let byteCount = 12

    package var low: UInt64
    package var high: UInt32

    package init(low: UInt64, high: UInt32) {
        self.low = low
        self.high = high
    }

    /// Hashes `range` of `bytes`.
    package init(_ bytes: [UInt8], in range: Range<Int>, secret: HashSecret) {
        self.init(bytes.span.extracting(range), secret: secret)
    }

    package init(_ bytes: [UInt8], secret: HashSecret) {
        self.init(bytes.span, secret: secret)
    }

    /// Hashes all of `bytes`.
    package init(_ bytes: Span<UInt8>, secret: HashSecret) {
        var state = SipState(secret)
        let count = bytes.count
        var offset = 0
        while offset + 8 <= count {
            state.absorb(bytes.integer(at: offset))
            offset += 8
        }
        // Behind the last whole word its rest, and above that the length.
        var rest: UInt64 = 0
        if count >= 8 {
            // Out of the last eight bytes at once; with no rest, nothing of them is left.
            let last: UInt64 = bytes.integer(at: count - 8)
            rest = last >> (UInt64(offset + 8 - count) * 8)
        } else {
            while offset < count {
                rest |= UInt64(bytes[offset]) << (UInt64(offset) * 8)
                offset += 1
            }
        }
        state.absorb(rest | UInt64(truncatingIfNeeded: count) << 56)
        let words = state.finish()
        (low, high) = (words.low, UInt32(truncatingIfNeeded: words.high))
    }

    init(decoding bytes: [UInt8], at offset: Int) {
        self.init(low: bytes.integer(at: offset), high: bytes.integer(at: offset + 8))
    }

    func encode(into bytes: inout [UInt8], at offset: Int) {
        bytes.store(low, at: offset)
        bytes.store(high, at: offset + 8)
    }
}

/// A store's secret; random, kept in its manifest.
package struct HashSecret: Equatable, Sendable {
    package var low: UInt64
    package var high: UInt64

    package init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }
}

private struct SipState {
    var v0: UInt64
    var v1: UInt64
    var v2: UInt64
    var v3: UInt64

    init(_ secret: HashSecret) {
        v0 = secret.low ^ 0x736f_6d65_7073_6575
        v1 = secret.high ^ 0x646f_7261_6e64_6f6d ^ 0xee
        v2 = secret.low ^ 0x6c79_6765_6e65_7261
        v3 = secret.high ^ 0x7465_6462_7974_6573
    }

    // Inlined, so that the four words stay in registers from the first byte to the last.

    @inline(__always)
    mutating func absorb(_ word: UInt64) {
        v3 ^= word
        round()
        round()
        v0 ^= word
    }

    @inline(__always)
    mutating func finish() -> (low: UInt64, high: UInt64) {
        v2 ^= 0xee
        for _ in 0..<4 { round() }
        let low = v0 ^ v1 ^ v2 ^ v3
        v1 ^= 0xdd
        for _ in 0..<4 { round() }
        return (low, v0 ^ v1 ^ v2 ^ v3)
    }

    @inline(__always)
    private mutating func round() {
        v0 = v0 &+ v1
        v1 = v1 << 13 | v1 >> 51
        v1 ^= v0
        v0 = v0 << 32 | v0 >> 32
        v2 = v2 &+ v3
        v3 = v3 << 16 | v3 >> 48
        v3 ^= v2
        v0 = v0 &+ v3
        v3 = v3 << 21 | v3 >> 43
        v3 ^= v0
        v2 = v2 &+ v1
        v1 = v1 << 17 | v1 >> 47
        v1 ^= v2
        v2 = v2 << 32 | v2 >> 32
    }
}
