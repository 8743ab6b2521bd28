import SessionCore
import Testing

@Suite struct JSONTests {
    @Test(arguments: [
        "null", "true", "false", "0", "-0", "-0.0", "1.0", "1", "1e3", "1E-3", "1.50",
        "9223372036854775807", "-9223372036854775808", "18446744073709551615",
        "123456789012345678901234567890", "5923451234567890123", "1e999", #""""#,
        #""żółć 🦊""#, #""a\"b\\c/d\n\t\r\b\f\u0001\u001f""#, "[]", "{}", "[[],{},[1,2]]",
        #"{"b":1,"a":{"z":[null,true]},"":0}"#, "\"\u{7F}\u{2028}\"",
    ])
    func `a compact text comes back to the letter`(text: String) throws {
        let value = try JSON(parsing: text)

        #expect(String(decoding: try value.encoded(), as: UTF8.self) == text)
        #expect(value.description == text)
        #expect(value == (try JSON(parsing: value.encoded())))
    }

    @Test func `spaces around values are skipped and not written`() throws {
        let value = try JSON(parsing: " \n{ \"a\"\t:\r[ 1 , 2 ] , \"b\" : { } , \"c\":[ ] } ")

        #expect(value.description == #"{"a":[1,2],"b":{},"c":[]}"#)
    }

    @Test(
        arguments: [
            ("", .unexpectedEnd, 0), (" ", .unexpectedEnd, 1), ("[1", .unexpectedEnd, 2),
            (#"{"a""#, .unexpectedEnd, 4), (#""abc"#, .unexpectedEnd, 4),
            (#""a\"#, .unexpectedEnd, 3),
            ("[1,]", .unexpectedByte, 3), ("{,}", .unexpectedByte, 1),
            ("{1:2}", .unexpectedByte, 1),
            (#"{"a" 1}"#, .unexpectedByte, 5), ("[1 2]", .unexpectedByte, 3),
            ("tru", .unexpectedEnd, 3), ("trux", .unexpectedByte, 3), ("nul", .unexpectedEnd, 3),
            ("'a'", .unexpectedByte, 0), ("NaN", .unexpectedByte, 0), ("+1", .unexpectedByte, 0),
            ("\u{FEFF}1", .unexpectedByte, 0), ("1 2", .trailingBytes, 2),
            ("{}}", .trailingBytes, 2),
            ("01", .invalidNumber, 0), ("-", .invalidNumber, 0), ("1.", .invalidNumber, 0),
            ("[-a]", .invalidNumber, 1), ("1e", .invalidNumber, 0), ("1e+", .invalidNumber, 0),
            ("1.e1", .invalidNumber, 0), ("-01", .invalidNumber, 0),
            (#""\x""#, .invalidEscape, 2), (#""\u12g4""#, .invalidEscape, 2),
            (#""\u12"#, .unexpectedEnd, 5), (#""\u12""#, .invalidEscape, 2),
            ("\"a\nb\"", .controlCharacter, 2), ("\"\0\"", .controlCharacter, 1),
        ] as [(String, JSONError.Reason, Int)])
    func `a malformed text is refused where it goes wrong`(
        text: String,
        reason: JSONError.Reason,
        byteOffset: Int
    ) {
        #expect(throws: JSONError(reason, byteOffset: byteOffset)) { try JSON(parsing: text) }
    }

    @Test(
        arguments: [
            [0xFF], [0xC3], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80],
        ] as [[UInt8]])
    func `a string that is not UTF-8 is refused`(bytes: [UInt8]) {
        let text = [UInt8(ascii: "\""), UInt8(ascii: "a")] + bytes + [UInt8(ascii: "\"")]

        #expect(throws: JSONError(.invalidUTF8, byteOffset: 2)) { try JSON(parsing: text) }
    }

    @Test(arguments: [
        (#""\u0041\u00e9\u20AC""#, "Aé€"), (#""\ud83e\udd8a""#, "🦊"), (#""\/""#, "/"),
        (#""\uD83E\uDD8A!""#, "🦊!"), (#""\ud83e""#, "\u{FFFD}"), (#""\udd8a""#, "\u{FFFD}"),
        (#""\ud83e\ud83e\udd8a""#, "\u{FFFD}🦊"), (#""\ud83ex""#, "\u{FFFD}x"),
        (#""\ud83e\n""#, "\u{FFFD}\n"), (#""\ud83e\u0041""#, "\u{FFFD}A"), (#""\u0000""#, "\0"),
    ])
    func `escapes stand for what they mean, and half a surrogate for U+FFFD`(
        text: String,
        meaning: String
    ) throws {
        #expect(try JSON(parsing: text) == .string(meaning))
    }

    // Among bytes that differ from those that need an escape by one, or not in the lower bits.
    @Test(arguments: ["x", "!", "#", "[", "]", " ", "\u{7F}", "\u{A2}", "\u{1C}", "\"", "\\"])
    func `what needs an escape is found wherever it stands`(filler: String) throws {
        func isPlain(_ scalar: Unicode.Scalar) -> Bool {
            scalar.value >= 0x20 && scalar != "\"" && scalar != "\\"
        }
        for place in 0..<18 {
            for scalar in (0..<0x100).compactMap(Unicode.Scalar.init) {
                var scalars = Array(repeating: Array(filler.unicodeScalars), count: 18)
                scalars[place] = [scalar]
                let text = scalars.joined().map { String($0) }.joined()
                let encoded = try JSON.string(text).encoded()
                let escapes = text.unicodeScalars.filter { !isPlain($0) }
                let isRaw = encoded.count == text.utf8.count + 2

                try #require(try JSON(parsing: encoded) == .string(text))
                try #require(isRaw == escapes.isEmpty)
                try #require(encoded.count { $0 == UInt8(ascii: "\\") } >= escapes.count)
                guard isPlain(filler.unicodeScalars.first ?? "x"), scalar.value < 0x20 else {
                    continue
                }
                let offset = 1 + place * filler.utf8.count
                #expect(throws: JSONError(.controlCharacter, byteOffset: offset)) {
                    try JSON(parsing: "\"\(text)\"")
                }
            }
        }
    }

    @Test func `of equal keys the last value wins and keeps the first place`() throws {
        let value = try JSON(parsing: #"{"a":1,"b":2,"a":3}"#)

        #expect(value.description == #"{"a":3,"b":2}"#)
    }

    @Test func `keys that only look alike are two keys`() throws {
        let value: JSON = ["\u{E9}": 1, "e\u{301}": 2]

        #expect(value.object?.count == 2)
        #expect(value["\u{E9}"] == 1)
        #expect(value["e\u{301}"] == 2)
        #expect(JSON.string("\u{E9}") != JSON.string("e\u{301}"))
    }

    @Test(arguments: ["[", "{\"a\":"])
    func `nesting ends at its limit and never overflows the stack`(bracket: String) async throws {
        let closing = bracket == "[" ? "]" : "}"
        func nested(_ depth: Int) -> String {
            String(repeating: bracket, count: depth) + "1"
                + String(repeating: closing, count: depth)
        }
        let deepest = nested(JSON.depthMax)
        // On a thread of the pool, whose stack is the smaller one.
        let copy = try await Task.detached { try JSON(parsing: deepest).encoded() }.value

        #expect(copy == Array(deepest.utf8))
        #expect(throws: JSONError.self) { try JSON(parsing: nested(JSON.depthMax + 1)) }
        #expect(throws: JSONError.self) {
            try JSON(parsing: String(repeating: bracket, count: 1_000_000))
        }
    }

    @Test func `a value that nests too deeply can't be written`() {
        var array: JSON = 1
        var object: JSON = 1
        for _ in 0...JSON.depthMax {
            array = [array]
            object = ["a": object]
        }

        #expect(throws: JSONError(.tooDeep, byteOffset: 0)) { try array.encoded() }
        #expect(throws: JSONError(.tooDeep, byteOffset: 0)) { try object.encoded() }
        #expect(array.description == "(arrays and objects nested too deeply, at byte 0)")
    }

    @Test func `a string of ten megabytes survives`() throws {
        let long = String(repeating: "żółw\n", count: 1_500_000)

        #expect(try JSON(parsing: JSON.string(long).encoded()) == .string(long))
    }

    @Test func `a hundred thousand members take no quadratic time`() throws {
        var object = JSONObject()
        for number in 0..<100_000 { object["key\(number)"] = JSON(number) }
        let copy = try JSON(parsing: JSON.object(object).encoded())

        #expect(copy["key99999"] == 99_999)
        #expect(copy == .object(object))
    }

    @Test func `a text cut anywhere is refused`() {
        let bytes = Array(Samples.document.utf8)
        for end in bytes.indices {
            #expect(throws: JSONError.self) { try JSON(parsing: Array(bytes[..<end])) }
        }
    }

    @Test func `no flipped bit traps, and what is still accepted is stable`() throws {
        let bytes = Array(Samples.document.utf8)
        for bit in 0..<bytes.count * 8 {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            guard let value = try? JSON(parsing: flipped) else { continue }
            let encoded = try value.encoded()
            #expect(try JSON(parsing: encoded) == value)
        }
    }

    @Test func `random bytes never trap`() {
        var random = SystemRandomNumberGenerator()
        let alphabet = Array("{}[]\",:\\u0123456789abcdefntrue-+.E \u{E9}".utf8)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0..<40, using: &random)
            let bytes = (0..<count).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            guard let value = try? JSON(parsing: bytes) else { continue }
            #expect((try? JSON(parsing: value.description)) == value, "\(bytes)")
        }
    }
}
