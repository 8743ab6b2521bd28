/// Reads one JSON text in a single pass; the rules are those of ``JSON/init(parsing:)-([UInt8])``.
///
/// The bytes travel as an argument and only the offset is kept: a span may not be stored, and an
/// array would be retained and released on every step.
struct JSONParser {
    private var offset = 0

    static func parse(_ bytes: Span<UInt8>) throws(JSONError) -> JSON {
        var parser = JSONParser()
        let value = try parser.value(in: bytes, depth: 0)
        parser.skipSpace(in: bytes)
        guard parser.offset == bytes.count else { throw parser.error(.trailingBytes) }
        return value
    }

    private mutating func value(in bytes: Span<UInt8>, depth: Int) throws(JSONError) -> JSON {
        skipSpace(in: bytes)
        switch try peek(in: bytes) {
        case UInt8(ascii: "\""): return .string(try string(in: bytes))
        case UInt8(ascii: "{"): return .object(try object(in: bytes, depth: depth + 1))
        case UInt8(ascii: "["): return .array(try array(in: bytes, depth: depth + 1))
        case UInt8(ascii: "t"): return try literal("true", .bool(true), in: bytes)
        case UInt8(ascii: "f"): return try literal("false", .bool(false), in: bytes)
        case UInt8(ascii: "n"): return try literal("null", .null, in: bytes)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return .number(try number(in: bytes))
        default: throw error(.unexpectedByte)
        }
    }

    private mutating func object(
        in bytes: Span<UInt8>,
        depth: Int
    ) throws(JSONError) -> JSONObject {
        guard depth <= JSON.depthMax else { throw error(.tooDeep) }
        var object = JSONObject()
        offset += 1
        skipSpace(in: bytes)
        if try peek(in: bytes) == UInt8(ascii: "}") {
            offset += 1
            return object
        }
        while true {
            skipSpace(in: bytes)
            guard try peek(in: bytes) == UInt8(ascii: "\"") else { throw error(.unexpectedByte) }
            let key = try string(in: bytes)
            skipSpace(in: bytes)
            guard try peek(in: bytes) == UInt8(ascii: ":") else { throw error(.unexpectedByte) }
            offset += 1
            object.set(key, to: try value(in: bytes, depth: depth))
            if try isLast(before: UInt8(ascii: "}"), in: bytes) { return object }
        }
    }

    private mutating func array(in bytes: Span<UInt8>, depth: Int) throws(JSONError) -> [JSON] {
        guard depth <= JSON.depthMax else { throw error(.tooDeep) }
        var array: [JSON] = []
        offset += 1
        skipSpace(in: bytes)
        if try peek(in: bytes) == UInt8(ascii: "]") {
            offset += 1
            return array
        }
        while true {
            array.append(try value(in: bytes, depth: depth))
            if try isLast(before: UInt8(ascii: "]"), in: bytes) { return array }
        }
    }

    /// Skips a comma or `end`, and says whether it was `end`.
    private mutating func isLast(
        before end: UInt8,
        in bytes: Span<UInt8>
    ) throws(JSONError) -> Bool {
        skipSpace(in: bytes)
        let byte = try peek(in: bytes)
        guard byte == end || byte == UInt8(ascii: ",") else { throw error(.unexpectedByte) }
        offset += 1
        return byte == end
    }

    private mutating func literal(
        _ name: String,
        _ value: JSON,
        in bytes: Span<UInt8>
    ) throws(JSONError) -> JSON {
        let expected = name.utf8.span
        for index in expected.indices {
            guard try peek(in: bytes) == expected[index] else { throw error(.unexpectedByte) }
            offset += 1
        }
        return value
    }

    private mutating func number(in bytes: Span<UInt8>) throws(JSONError) -> JSONNumber {
        guard let byteCount = JSONNumber.byteCount(in: bytes, at: offset) else {
            throw error(.invalidNumber)
        }
        let text = try text(of: offset..<offset + byteCount, in: bytes)
        offset += byteCount
        return JSONNumber(unchecked: text)
    }

    private func peek(in bytes: Span<UInt8>) throws(JSONError) -> UInt8 {
        guard offset < bytes.count else { throw error(.unexpectedEnd) }
        return bytes[offset]
    }

    private mutating func skipSpace(in bytes: Span<UInt8>) {
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"):
                offset += 1
            default: return
            }
        }
    }

    private func error(_ reason: JSONError.Reason) -> JSONError {
        JSONError(reason, byteOffset: offset)
    }
}

// MARK: - Strings

extension JSONParser {
    private mutating func string(in bytes: Span<UInt8>) throws(JSONError) -> String {
        let start = offset + 1
        var hasEscape = false
        var end = PlainText.end(in: bytes, from: start)
        while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
            guard bytes[end] == UInt8(ascii: "\\") else {
                throw JSONError(.controlCharacter, byteOffset: end)
            }
            hasEscape = true
            end = PlainText.end(in: bytes, from: end + 2)
        }
        guard end < bytes.count else {
            throw JSONError(.unexpectedEnd, byteOffset: bytes.count)
        }
        offset = end
        let range = start..<end
        // Escapes are ASCII, so the raw bytes are valid exactly when what they stand for is.
        let text = try text(of: range, in: bytes)
        if hasEscape { return try unescaped(range, in: bytes) }
        offset += 1
        return text
    }

    private func text(
        of range: Range<Int>,
        in bytes: Span<UInt8>
    ) throws(JSONError) -> String {
        do throws(UTF8.ValidationError) {
            return String(copying: try UTF8Span(validating: bytes.extracting(range)))
        } catch {
            let place = range.lowerBound + error.byteOffsets.lowerBound
            throw JSONError(.invalidUTF8, byteOffset: place)
        }
    }

    private mutating func unescaped(
        _ range: Range<Int>,
        in bytes: Span<UInt8>
    ) throws(JSONError) -> String {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(range.count)
        offset = range.lowerBound
        while offset < range.upperBound {
            let byte = bytes[offset]
            offset += 1
            if byte == UInt8(ascii: "\\") {
                try appendEscape(to: &decoded, in: bytes)
            } else {
                decoded.append(byte)
            }
        }
        offset += 1
        return String(decoding: decoded, as: UTF8.self)
    }

    /// Decodes the escape whose backslash is already behind.
    private mutating func appendEscape(
        to decoded: inout [UInt8],
        in bytes: Span<UInt8>
    ) throws(JSONError) {
        let byte = try peek(in: bytes)
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded.append(byte)
        case UInt8(ascii: "b"): decoded.append(0x08)
        case UInt8(ascii: "f"): decoded.append(0x0C)
        case UInt8(ascii: "n"): decoded.append(0x0A)
        case UInt8(ascii: "r"): decoded.append(0x0D)
        case UInt8(ascii: "t"): decoded.append(0x09)
        case UInt8(ascii: "u"):
            guard let unit = codeUnit(in: bytes, at: offset + 1) else {
                throw error(.invalidEscape)
            }
            offset += 4
            appendScalar(startingWith: unit, to: &decoded, in: bytes)
        default: throw error(.invalidEscape)
        }
        offset += 1
    }

    /// Appends the scalar of `unit`, with its other half when it is a surrogate that has one.
    private mutating func appendScalar(
        startingWith unit: UInt32,
        to decoded: inout [UInt8],
        in bytes: Span<UInt8>
    ) {
        var scalar = Unicode.Scalar(unit) ?? "\u{FFFD}"
        if unit & 0xFC00 == 0xD800, offset + 2 < bytes.count,
            bytes[offset + 1] == UInt8(ascii: "\\"), bytes[offset + 2] == UInt8(ascii: "u"),
            let low = codeUnit(in: bytes, at: offset + 3), low & 0xFC00 == 0xDC00
        {
            scalar =
                Unicode.Scalar(0x10000 + (unit & 0x3FF) << 10 + (low & 0x3FF)) ?? "\u{FFFD}"
            offset += 6
        }
        decoded.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    /// Returns the number that the four hexadecimal digits at `start` spell.
    private func codeUnit(in bytes: Span<UInt8>, at start: Int) -> UInt32? {
        guard start + 4 <= bytes.count else { return nil }
        var unit: UInt32 = 0
        for index in start..<start + 4 {
            guard let digit = Self.hexDigit(bytes[index]) else { return nil }
            unit = unit << 4 | digit
        }
        return unit
    }

    private static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
