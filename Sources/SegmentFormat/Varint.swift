// Numbers that are nearly always small, as LEB128: seven bits a byte, the lowest first, and the
// highest bit set in all but the last.

extension [UInt8] {
    /// Appends `value`.
    mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends `value`, near zero on either side.
    mutating func append(signedVarint value: Int64) {
        append(varint: UInt64(bitPattern: value << 1 ^ value >> 63))
    }

    /// Same as of a span.
    func varint(at offset: inout Int) -> UInt64? { span.varint(at: &offset) }

    /// Same as of a span.
    func signedVarint(at offset: inout Int) -> Int64? { span.signedVarint(at: &offset) }
}

extension Span<UInt8> {
    /// Returns the number at `offset` and moves that behind it; nil when the bytes end first, or it
    /// is longer than 64 bits or than it must be.
    func varint(at offset: inout Int) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            guard offset < count else { return nil }
            let byte = self[offset]
            offset += 1
            guard shift < 63 || byte <= 1 else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return byte == 0 && shift > 0 ? nil : value }
            shift += 7
        }
    }

    /// Same of a number near zero on either side.
    func signedVarint(at offset: inout Int) -> Int64? {
        guard let value = varint(at: &offset) else { return nil }
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }
}
