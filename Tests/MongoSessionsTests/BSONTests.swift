#if Mongo
    import SessionCore
    import Testing

    @testable import MongoSessions

    /// BSON as its specification has it, byte by byte.
    @Suite struct BSONTests {
        /// Documents of one member `a`, and what they are in JSON.
        static let both: [(hexadecimal: String, json: String)] = [
            ("0c000000106100" + "05000000" + "00", #"{"a":5}"#),
            ("0c000000106100" + "ffffffff" + "00", #"{"a":-1}"#),
            ("0c000000106100" + "00000080" + "00", #"{"a":-2147483648}"#),
            ("10000000126100" + "0000008000000000" + "00", #"{"a":2147483648}"#),
            ("10000000126100" + "0000000000000080" + "00", #"{"a":-9223372036854775808}"#),
            ("10000000016100" + "000000000000e03f" + "00", #"{"a":0.5}"#),
            ("0e000000026100" + "0200000078" + "00" + "00", #"{"a":"x"}"#),
            ("0f000000026100" + "03000000c3a9" + "00" + "00", #"{"a":"é"}"#),
            ("0e000000026100" + "0200000000" + "00" + "00", #"{"a":"\u0000"}"#),
            ("09000000086100" + "01" + "00", #"{"a":true}"#),
            ("09000000086100" + "00" + "00", #"{"a":false}"#),
            ("080000000a6100" + "00", #"{"a":null}"#),
            ("0d000000036100" + "0500000000" + "00", #"{"a":{}}"#),
            ("0d000000046100" + "0500000000" + "00", #"{"a":[]}"#),
            (
                "14000000046100" + "0c000000103000010000" + "0000" + "00",
                #"{"a":[1]}"#
            ),
            ("14000000036100" + "0c000000103000010000" + "0000" + "00", #"{"a":{"0":1}}"#),
            ("070000000a" + "00" + "00", #"{"":null}"#),
            ("0500000000", "{}"),
        ]

        @Test(arguments: both)
        func `what both can say is the same in both`(hexadecimal: String, json: String) throws {
            let expected = bytes(hexadecimal)
            let object = try #require(try JSON(parsing: json).object)
            var writer = BSONWriter()
            let isExact = writer.setMembers(of: object)
            #expect(isExact)
            #expect(writer.finished() == expected)
            let read = try JSONObject(try BSONReader(expected[...]))
            #expect(JSON.object(read).description == json)
        }

        /// Values that JSON has no type for, each as the one member `a`.
        static let foreign: [(hexadecimal: String, json: String)] = [
            ("08000000066100" + "00", "null"),
            (
                "14000000076100" + "5a2490b2f1d3a40f2c3e4d5b" + "00",
                #""5a2490b2f1d3a40f2c3e4d5b""#
            ),
            ("10000000096100" + "35b4d31e60010000" + "00", #""2017-12-04T00:01:18.901Z""#),
            ("0e0000000b6100" + "612e62006900" + "00", #""/a.b/i""#),
            ("100000000d6100" + "0400000066282900" + "00", #""f()""#),
            ("100000000e6100" + "0400000066282900" + "00", #""f()""#),
            (
                "200000000f6100" + "18000000" + "0400000066282900"
                    + "0c000000107800010000" + "0000" + "00",
                #""f()""#
            ),
            (
                "1a0000000c6100" + "020000007800" + "5a2490b2f1d3a40f2c3e4d5b" + "00",
                #""5a2490b2f1d3a40f2c3e4d5b""#
            ),
            ("10000000116100" + "0700000000f15365" + "00", #""1700000000:7""#),
            ("08000000ff6100" + "00", #""MinKey""#),
            ("080000007f6100" + "00", #""MaxKey""#),
            ("0d000000056100" + "0000000000" + "00", #""""#),
            ("0e000000056100" + "010000000061" + "00", #""YQ==""#),
            ("0f000000056100" + "02000000006162" + "00", #""YWI=""#),
            ("10000000056100" + "0300000080616263" + "00", #""YWJj""#),
            ("11000000056100" + "0400000000ff626364" + "00", #""/2JjZA==""#),
            ("13000000056100" + "0600000002020000006162" + "00", #""YWI=""#),
            ("10000000016100" + "000000000000f07f" + "00", "null"),
            ("10000000016100" + "000000000000f87f" + "00", "null"),
            ("10000000016100" + "0000000000000080" + "00", "0"),
        ]

        @Test(arguments: foreign)
        func `what JSON has no type for is told in words`(hexadecimal: String, json: String) throws
        {
            let read = try JSONObject(try BSONReader(bytes(hexadecimal)[...]))
            #expect(read["a"]?.description == json)
        }

        @Test(arguments: [
            (0x1p53, "9007199254740992"), (-0x1p53, "-9007199254740992"),
            (0x1p54, "18014398509481984"),
            (76_561_198_012_345_680, "76561198012345680"), (1e17, "100000000000000000"),
            (-1.5e20, "-150000000000000000000"),
            (1.2345678901234568e20, "123456789012345680000"),
            (1e21, "1e+21"),
            (1.5, "1.5"), (0.1, "0.1"), (1e300, "1e+300"), (2, "2"), (-7, "-7"), (1e-7, "1e-07"),
        ])
        func `a double has the text of JavaScript, or the shortest`(value: Double, text: String?) {
            let found = BSONText.number(value)?.text
            #expect(found == text ?? value.description)
            #expect(found.flatMap { Double($0) } == value)
        }

        @Test(arguments: [
            ("00000000000000000000000000004030", "0"), ("000000000000000000000000000040b0", "-0"),
            ("01000000000000000000000000004030", "1"), ("6e000000000000000000000000003c30", "1.10"),
            ("f2af967ed05c82de3297ff6fde3c3830", "123456789012345678901234567890.1234"),
            ("01000000000000000000000000004630", "1E+3"),
            ("01000000000000000000000000003230", "1E-7"),
            ("01000000000000000000000000003430", "0.000001"),
            ("7d0000000000000000000000000052b0", "-1.25E+11"),
            ("0000000000000000000000000000007c", "NaN"),
            ("000000000000000000000000000000f8", "-Infinity"),
            (
                "ffffffff638e8d37c087adbe09edff5f",
                "9.999999999999999999999999999999999E+6144"
            ),
            ("01000000000000000000000000000000", "1E-6176"),
            ("00000000000000000000000000002c30", "0E-10"),
            ("00000000000000000000000000004a30", "0E+5"),
            // A coefficient that is none counts as nothing.
            ("ffffffffffffffffffffffffffff4130", "0"),
        ])
        func `a decimal has all its digits`(hexadecimal: String, text: String) {
            #expect(BSONText.decimal128(bytes(hexadecimal)[...]) == text)
        }

        @Test(arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (253_402_300_800_000, "+010000-01-01T00:00:00.000Z"),
            (-62_167_219_200_001, "-000001-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_709_164_800_123, "2024-02-29T00:00:00.123Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (Int64.max, "+292278994-08-17T07:12:55.807Z"),
            (Int64.min, "-292275055-05-16T16:47:04.192Z"),
        ])
        func `a date is written as in JavaScript`(milliseconds: Int64, text: String) {
            #expect(BSONText.date(milliseconds: milliseconds) == text)
        }

        @Test(arguments: [
            #"{"a":1.0}"#, #"{"a":1e2}"#, #"{"a":-0}"#, #"{"a":0.10}"#, #"{"a":1e400}"#,
            #"{"a":18446744073709551616}"#, #"{"a":0.1234567890123456789}"#, #"{"$a":1}"#,
            #"{"a\u0000b":1}"#, #"{"a":{"$set":1}}"#, #"{"a":[{"b\u0000":1}]}"#,
        ])
        func `what BSON can't express is noticed`(json: String) throws {
            let object = try #require(try JSON(parsing: json).object)
            var writer = BSONWriter()
            let isExact = writer.setMembers(of: object)
            #expect(!isExact)
            let read = try JSONObject(try BSONReader(writer.finished()[...]))
            #expect(JSON.object(read).description != json)
        }

        @Test func `what nests too deep for a server is left out, and noticed`() throws {
            for (depth, fits) in [(89, true), (90, false), (500, false)] {
                var nested: JSON = [:]
                for _ in 1..<depth { nested = .array([nested]) }
                var writer = BSONWriter()
                let isExact = writer.setMembers(of: ["a": nested, "b": 1])
                #expect(isExact == fits, "\(depth)")
                let read = try JSONObject(try BSONReader(writer.finished()[...]))
                #expect(read["b"] == 1)
                #expect((read["a"] == nested) == isExact)
            }
        }

        @Test func `the writer says the truth about what it can keep`() throws {
            var generator = SystemRandomNumberGenerator()
            var counts = (exact: 0, inexact: 0)
            for _ in 0..<3_000 {
                let object = JSONObject.random(using: &generator)
                var writer = BSONWriter()
                let isExact = writer.setMembers(of: object)
                let read = try JSONObject(try BSONReader(writer.finished()[...]))
                let isSame = JSON.object(read).description == JSON.object(object).description
                #expect(isExact == isSame, "\(JSON.object(object))")
                if isExact { counts.exact += 1 } else { counts.inexact += 1 }
            }
            #expect(counts.exact > 300 && counts.inexact > 300, "\(counts)")
        }
    }

    extension JSONObject {
        /// An object that is small, and often odd.
        static func random(using generator: inout some RandomNumberGenerator) -> JSONObject {
            var object = JSONObject()
            let names = [
                "a", "b", "id", "é", "e\u{301}", "", "x.y", "0", "$a", "n\0", "_id", "_rev",
            ]
            for _ in 0..<Int.random(in: 0...4, using: &generator) {
                let odd = Int.random(in: 0..<8, using: &generator) == 0
                let name = (odd ? names[...] : names[..<8]).randomElement(using: &generator)
                object[name ?? ""] = JSON.random(depth: 3, using: &generator)
            }
            return object
        }
    }

    extension JSON {
        fileprivate static func random(
            depth: Int,
            using generator: inout some RandomNumberGenerator
        ) -> JSON {
            let numbers = [
                "0", "-1", "2147483647", "2147483648", "9007199254740993", "0.5", "1e+300",
                "123456789",
                "5", "77", "-0.25", "1.0", "1E2", "-0", "18446744073709551616", "0.30",
            ]
            switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &generator) {
            case 0: return .null
            case 1: return .bool(Bool.random(using: &generator))
            case 2:
                return .string(
                    ["", "text", "\0", "🦊", "$x"].randomElement(using: &generator) ?? "")
            case 3, 4:
                let isOdd = Int.random(in: 0..<6, using: &generator) == 0
                let texts = isOdd ? numbers[...] : numbers[..<11]
                let text = texts.randomElement(using: &generator) ?? "0"
                return JSONNumber(text: text).map(JSON.number) ?? .null
            case 5:
                let count = Int.random(in: 0...3, using: &generator)
                return .array((0..<count).map { _ in random(depth: depth - 1, using: &generator) })
            default: return .object(.random(using: &generator))
            }
        }
    }
#endif
