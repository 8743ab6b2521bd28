/// Writes JSON without spaces, members in their order, and only the escapes that RFC 8259 demands.
///
/// The value is measured first, so that the text is allocated once and a value that is too deep or
/// too large is refused before any of it is written.
enum JSONWriter {
    static func encode(_ value: JSON) throws(JSONError) -> [UInt8] {
        let byteCount = try byteCount(of: value)
        return [UInt8](capacity: byteCount) { write(value, to: &$0) }
    }

    /// Writes an object that ``byteCount(of:)-(JSONObject)`` has measured.
    static func encode(_ object: JSONObject, byteCount: Int) -> [UInt8] {
        [UInt8](capacity: byteCount) { write(object, to: &$0) }
    }

    private static func write(_ value: JSON, to text: inout OutputSpan<UInt8>) {
        switch value {
        case .null: writePlain("null", to: &text)
        case .bool(true): writePlain("true", to: &text)
        case .bool(false): writePlain("false", to: &text)
        case .number(let number): writePlain(number.text, to: &text)
        case .string(let string): write(string, to: &text)
        case .array(let array): write(array, to: &text)
        case .object(let object): write(object, to: &text)
        }
    }

    private static func write(_ array: [JSON], to text: inout OutputSpan<UInt8>) {
        text.append(UInt8(ascii: "["))
        let elements = array.span
        for index in elements.indices {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            write(elements[index], to: &text)
        }
        text.append(UInt8(ascii: "]"))
    }

    private static func write(_ object: JSONObject, to text: inout OutputSpan<UInt8>) {
        text.append(UInt8(ascii: "{"))
        let members = object.members.span
        for index in members.indices {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            write(members[index].key, to: &text)
            text.append(UInt8(ascii: ":"))
            write(members[index].value, to: &text)
        }
        text.append(UInt8(ascii: "}"))
    }

    private static func write(_ string: String, to text: inout OutputSpan<UInt8>) {
        let bytes = string.utf8.span
        text.append(UInt8(ascii: "\""))
        // Almost no string has anything to escape.
        if PlainText.end(in: bytes, from: 0) == bytes.count {
            writePlain(bytes, to: &text)
        } else {
            writeEscaped(bytes, to: &text)
        }
        text.append(UInt8(ascii: "\""))
    }

    private static func writeEscaped(_ bytes: Span<UInt8>, to text: inout OutputSpan<UInt8>) {
        var start = 0
        while start < bytes.count {
            let end = PlainText.end(in: bytes, from: start)
            writePlain(bytes.extracting(start..<end), to: &text)
            if end < bytes.count { writeEscape(of: bytes[end], to: &text) }
            start = end + 1
        }
    }

    /// Writes what needs no escapes.
    private static func writePlain(_ string: String, to text: inout OutputSpan<UInt8>) {
        writePlain(string.utf8.span, to: &text)
    }

    private static func writePlain(_ bytes: Span<UInt8>, to text: inout OutputSpan<UInt8>) {
        for index in bytes.indices { text.append(bytes[index]) }
    }

    private static func writeEscape(of byte: UInt8, to text: inout OutputSpan<UInt8>) {
        text.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: text.append(UInt8(ascii: "b"))
        case 0x09: text.append(UInt8(ascii: "t"))
        case 0x0A: text.append(UInt8(ascii: "n"))
        case 0x0C: text.append(UInt8(ascii: "f"))
        case 0x0D: text.append(UInt8(ascii: "r"))
        case 0..<0x20:
            writePlain(byte < 0x10 ? "u000" : "u001", to: &text)
            writePlain(String(byte & 0xF, radix: 16), to: &text)
        default: text.append(byte)
        }
    }
}

// MARK: - Measuring

extension JSONWriter {
    /// Returns how many bytes `value` takes as text.
    static func byteCount(of value: JSON) throws(JSONError) -> Int {
        try byteCount(of: value, depth: 0)
    }

    /// Returns how many bytes `object` takes as text.
    static func byteCount(of object: JSONObject) throws(JSONError) -> Int {
        try byteCount(of: object, depth: 1)
    }

    private static func byteCount(of value: JSON, depth: Int) throws(JSONError) -> Int {
        switch value {
        case .null, .bool(true): return 4
        case .bool(false): return 5
        case .number(let number): return number.text.utf8.count
        case .string(let string): return byteCount(of: string)
        case .array(let array):
            guard depth < JSON.depthMax else { throw JSONError(.tooDeep, byteOffset: 0) }
            var total = 2 + max(0, array.count - 1)
            let elements = array.span
            for index in elements.indices {
                total += try byteCount(of: elements[index], depth: depth + 1)
            }
            return total
        case .object(let object): return try byteCount(of: object, depth: depth + 1)
        }
    }

    private static func byteCount(of object: JSONObject, depth: Int) throws(JSONError) -> Int {
        guard depth <= JSON.depthMax else { throw JSONError(.tooDeep, byteOffset: 0) }
        var total = 2 + max(0, object.count - 1)
        let members = object.members.span
        for index in members.indices {
            total += byteCount(of: members[index].key) + 1
            total += try byteCount(of: members[index].value, depth: depth)
        }
        return total
    }

    private static func byteCount(of string: String) -> Int {
        string.utf8.count + 2 + extraByteCount(of: string)
    }

    /// Returns how many bytes escapes add to `string`.
    private static func extraByteCount(of string: String) -> Int {
        let bytes = string.utf8.span
        var total = 0
        var end = PlainText.end(in: bytes, from: 0)
        while end < bytes.count {
            total += extraByteCount(of: bytes[end])
            end = PlainText.end(in: bytes, from: end + 1)
        }
        return total
    }

    /// Returns how many bytes an escape adds to `byte`, which needs one.
    private static func extraByteCount(of byte: UInt8) -> Int {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), 0x08, 0x09, 0x0A, 0x0C, 0x0D: 1
        default: 5
        }
    }
}
