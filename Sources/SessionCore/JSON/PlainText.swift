/// What stands in a JSON string as itself: all but quotation marks, backslashes and control
/// characters.
enum PlainText {
    /// Returns where the plain text ends that begins at `start`: at the first byte that is not, or
    /// after all bytes.
    ///
    /// A `start` past the last byte is returned as it is.
    @inline(__always)
    static func end(in bytes: Span<UInt8>, from start: Int) -> Int {
        var offset = start
        while offset + 8 <= bytes.count {
            let special = specialBits(of: word(of: bytes.extracting(offset..<offset + 8)))
            if special != 0 { return offset + special.trailingZeroBitCount / 8 }
            offset += 8
        }
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
            offset += 1
        }
        return offset
    }

    /// Returns eight bytes as a number, the first lowest.
    ///
    /// Written out, since the compiler makes one load of it.
    @inline(__always)
    private static func word(of bytes: Span<UInt8>) -> UInt64 {
        let low =
            UInt64(bytes[0]) | UInt64(bytes[1]) << 8 | UInt64(bytes[2]) << 16
            | UInt64(bytes[3]) << 24
        let high =
            UInt64(bytes[4]) | UInt64(bytes[5]) << 8 | UInt64(bytes[6]) << 16
            | UInt64(bytes[7]) << 24
        return low | high << 32
    }

    /// Returns a number whose lowest bit is in the first byte of `word` that is not plain; zero
    /// when there is none.
    ///
    /// A subtraction sets the highest bit of the bytes that are too small for it. What it borrows
    /// from the bytes after those may set theirs too, but only theirs.
    @inline(__always)
    private static func specialBits(of word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let controls = word &- (0x20 * ones)
        let quotes = (word ^ UInt64(UInt8(ascii: "\"")) * ones) &- ones
        let backslashes = (word ^ UInt64(UInt8(ascii: "\\")) * ones) &- ones
        // Bytes from 0x80 on have that bit anyway, and are plain.
        return (controls | quotes | backslashes) & ~word & (0x80 * ones)
    }
}
