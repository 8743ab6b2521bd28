/// Which write of a session a read has seen.
///
/// Opaque: only the driver that gave it knows how it comes about, and only equality means anything.
public struct SessionRevision: Hashable, Sendable, CustomStringConvertible {
    /// The revision of a session that is not there.
    ///
    /// A write on condition of it succeeds only when there is none, or an expired one.
    public static let absent = SessionRevision(low: 0)

    // Two halves and no `UInt128`: an asynchronous closure that captures one of those, and so a
    // revision, jumps to null in Swift 6.3 when another module runs it.

    /// The upper half of the number that the driver chose.
    public let high: UInt64

    /// The lower half of the number that the driver chose.
    public let low: UInt64

    /// Creates a revision from a number that the driver uses for no other write of the id.
    ///
    /// Zero is ``absent``.
    public init(high: UInt64 = 0, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Creates the revision that is derived from what a document says.
    ///
    /// For drivers that have nothing better. It can't tell a document from an identical earlier
    /// one, and it is no defence against somebody who crafts documents to collide.
    public init(digesting document: [UInt8]) {
        var low: UInt64 = 0x9E37_79B9_7F4A_7C15
        var high = UInt64(document.count)
        let bytes = document.span
        var offset = 0
        while offset < bytes.count {
            let word = ExactText.word(of: bytes, at: offset)
            low = Self.mix(low ^ word, 0xBF58_476D_1CE4_E5B9)
            high = Self.mix(high &+ word, 0x94D0_49BB_1331_11EB)
            offset += 8
        }
        self.high = high
        // Never zero, which means absent.
        self.low = low | 1
    }

    /// The number in hexadecimal.
    public var description: String {
        let digits = String(low, radix: 16)
        guard high != 0 else { return digits }
        return String(high, radix: 16) + String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func mix(_ value: UInt64, _ factor: UInt64) -> UInt64 {
        let product = (value ^ value >> 30) &* factor
        return product ^ product >> 29
    }
}
