/// What stands in front of a compressed body, in one to four bytes: how long its text is, and in
/// which of its forms it is stored; laid out as in <doc:FileFormat>.
package struct BodyHead: Equatable, Sendable {
    package static let byteCountMax = 4

    /// Length of what the codec makes of the rest of the body; at least 1.
    package var textByteCount: Int

    /// The text is not the value yet: it refers to the record's key.
    package var hasKeyReferences: Bool

    /// Zstandard: the blocks have their headers.
    ///
    /// Without, there is one compressed block, and its header is made up again from its length:
    /// three bytes of 120, for nearly every session.
    package var hasBlockHeaders: Bool

    package init(textByteCount: Int, hasKeyReferences: Bool, hasBlockHeaders: Bool = false) {
        self.textByteCount = textByteCount
        self.hasKeyReferences = hasKeyReferences
        self.hasBlockHeaders = hasBlockHeaders
    }

    /// Bytes that it takes.
    package var byteCount: Int {
        number < 1 << 7 ? 1 : number < 1 << 14 ? 2 : number < 1 << 21 ? 3 : 4
    }

    /// Decodes what is in front of `body`.
    ///
    /// - Throws: `wrongLength` when `body` ends first, `impossible` when nothing has so much text,
    ///   or the number has another, shorter spelling.
    package init(decoding body: ArraySlice<UInt8>) throws(FormatError) {
        try self.init(decoding: body.span)
    }

    /// Same of bytes wherever they are.
    package init(decoding body: Span<UInt8>) throws(FormatError) {
        var number = 0
        var count = 0
        var byte: UInt8 = 0x80
        while byte >= 0x80 {
            guard count < Self.byteCountMax else { throw .impossible(field: "text length") }
            guard count < body.count else {
                throw .wrongLength(expected: count + 1, found: body.count)
            }
            byte = body[count]
            number |= Int(byte & 0x7F) << (7 * count)
            count += 1
        }
        textByteCount = number >> 2
        hasKeyReferences = number & 2 != 0
        hasBlockHeaders = number & 1 != 0
        guard (1...FormatLimits.textByteCountMax).contains(textByteCount), count == byteCount
        else { throw .impossible(field: "text length") }
    }

    /// Appends it to `bytes`; one that could not be read back is a bug, and traps.
    package func append(to bytes: inout [UInt8]) {
        precondition((1...FormatLimits.textByteCountMax).contains(textByteCount))
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    private var number: Int {
        textByteCount << 2 | (hasKeyReferences ? 2 : 0) | (hasBlockHeaders ? 1 : 0)
    }
}
