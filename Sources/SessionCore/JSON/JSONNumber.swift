/// A JSON number as it was written.
///
/// The text is kept, not a `Double` made from it: platforms send identifiers larger than 2^53, and
/// what one program wrote as `1.0` or `1e3` must not come back as `1` or `1000`. Two numbers are
/// equal when their texts are; compare ``double`` or ``int64`` to compare values.
public struct JSONNumber: Hashable, Sendable {
    /// The number as RFC 8259 spells it.
    public let text: String

    /// Creates the number with the shortest decimal text of `value`.
    public init(_ value: some BinaryInteger) {
        text = String(value)
    }

    /// Creates the number with the shortest text that reads back as `value`.
    ///
    /// Returns `nil` for NaN and infinities, which JSON can't express.
    public init?(_ value: Double) {
        guard value.isFinite else { return nil }
        text = value.description
    }

    /// Creates the number that `text` spells, or `nil` when it is not exactly one JSON number.
    public init?(text: String) {
        let bytes = text.utf8.span
        guard Self.byteCount(in: bytes, at: 0) == bytes.count else { return nil }
        self.text = text
    }

    /// Creates a number from a text that ``byteCount(in:at:)`` has measured.
    init(unchecked text: String) {
        self.text = text
    }

    /// The value, when it is a whole number that fits.
    ///
    /// `1.0` and `1e3` are whole too; beyond 2^53 only plain digits are, since there a fraction or
    /// an exponent would have to be rounded.
    public var int64: Int64? {
        Int64(text) ?? exactDouble.map { Int64($0) }
    }

    /// The value, when it is a whole number from 0 to 2^64 - 1; see ``int64``.
    public var uint64: UInt64? {
        UInt64(text) ?? exactDouble.flatMap { UInt64(exactly: $0) }
    }

    /// The nearest `Double`, or `nil` when the number is too large for one.
    public var double: Double? {
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// Whether the text is what ``init(_:)-(BinaryInteger)`` makes of `value`; false for what is
    /// not positive.
    func isText(of value: Int64) -> Bool {
        let digits = text.utf8.span
        var rest = value
        // From the end, where two moments differ first; 0x30 is the digit 0.
        for index in digits.indices.reversed() {
            guard rest > 0, Int64(digits[index]) == 0x30 + rest % 10 else { return false }
            rest /= 10
        }
        return rest == 0
    }

    private var exactDouble: Double? {
        guard let double, abs(double) <= 0x1p53, double.rounded() == double else { return nil }
        return double
    }
}

extension JSONNumber {
    /// Returns how many bytes the number at `start` has, or `nil` when there is no proper one.
    static func byteCount(in bytes: Span<UInt8>, at start: Int) -> Int? {
        var offset = start
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "-") { offset += 1 }
        guard skipWhole(in: bytes, at: &offset) else { return nil }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
            offset += 1
            guard skipDigits(in: bytes, at: &offset) else { return nil }
        }
        if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
            offset += 1
            let isSigned =
                offset < bytes.count
                && (bytes[offset] == UInt8(ascii: "+") || bytes[offset] == UInt8(ascii: "-"))
            if isSigned { offset += 1 }
            guard skipDigits(in: bytes, at: &offset) else { return nil }
        }
        return offset - start
    }

    /// Skips `0`, or digits that don't start with it.
    private static func skipWhole(in bytes: Span<UInt8>, at offset: inout Int) -> Bool {
        guard offset < bytes.count else { return false }
        guard bytes[offset] == UInt8(ascii: "0") else { return skipDigits(in: bytes, at: &offset) }
        offset += 1
        return offset == bytes.count || bytes[offset] &- UInt8(ascii: "0") > 9
    }

    /// Skips digits, and says whether there was one.
    private static func skipDigits(in bytes: Span<UInt8>, at offset: inout Int) -> Bool {
        let start = offset
        while offset < bytes.count, bytes[offset] &- UInt8(ascii: "0") <= 9 { offset += 1 }
        return offset > start
    }
}
