import SessionCore
import Testing

@Suite struct JSONValueTests {
    @Test func `literals and accessors`() {
        let value: JSON = [
            "null": nil, "yes": true, "int": -7, "double": 0.5, "text": "a\(1)", "list": [1, "x"],
            "object": ["a": ["b": 1]],
        ]

        #expect(value["null"]?.isNull == true)
        #expect(value["yes"]?.bool == true)
        #expect(value["int"]?.int64 == -7)
        #expect(value["int"]?.uint64 == nil)
        #expect(value["double"]?.double == 0.5)
        #expect(value["double"]?.int64 == nil)
        #expect(value["text"]?.string == "a1")
        #expect(value["list"]?[1] == "x")
        #expect(value["list"]?.array?.count == 2)
        #expect(value["object"]?["a"]?["b"] == 1)
        #expect(value["none"] == nil)
        #expect(value["text"]?["none"] == nil)
        #expect(value["text"]?[0] == nil)
        #expect(value["list"]?[2] == nil)
        #expect(value["text"]?.bool == nil)
        #expect(value["text"]?.number == nil)
        #expect(value["text"]?.array == nil)
        #expect(value["int"]?.string == nil)
        #expect(JSON(Double.nan) == .null)
        #expect(JSON(Double.infinity) == .null)
        #expect(JSON(UInt64.max).uint64 == .max)
        #expect(value != 1)
    }

    @Test func `subscripts change in place`() {
        var value: JSON = nil
        value["a"] = ["b": 1]
        value["a"]?["b"] = 2
        value["list"] = [1, 2]
        value["list"]?[0] = "one"
        value["list"]?[7] = "ignored"
        value["list"]?[0] = nil
        var text: JSON = "text"
        text["removed"] = nil
        text[0] = 1

        #expect(value == ["a": ["b": 2], "list": ["one", 2]])
        #expect(text == "text")

        text["a"] = 1
        #expect(text == ["a": 1])
    }

    @Test(
        arguments: [
            ("1", 1, 1, 1), ("1.0", 1, 1, 1), ("1e3", 1_000, 1_000, 1_000), ("-1", -1, nil, -1),
            ("9223372036854775807", .max, 9_223_372_036_854_775_807, 0x1p63),
            ("18446744073709551615", nil, .max, 0x1p64), ("1.5", nil, nil, 1.5),
            ("9007199254740993.0", 9_007_199_254_740_992, 9_007_199_254_740_992, 0x1p53),
            ("1e300", nil, nil, 1e300), ("1e999", nil, nil, nil), ("-0", 0, 0, -0.0),
        ] as [(String, Int64?, UInt64?, Double?)])
    func `a number gives what it holds exactly`(
        text: String,
        int64: Int64?,
        uint64: UInt64?,
        double: Double?
    ) throws {
        let number = try #require(JSONNumber(text: text))

        #expect(number.text == text)
        #expect(number.int64 == int64)
        #expect(number.uint64 == uint64)
        #expect(number.double == double)
    }

    @Test(arguments: ["", "-", "01", "1.", ".5", "1e", "0x10", "1 ", "NaN", "--1", "1e5x"])
    func `a text that is not exactly one number makes none`(text: String) {
        #expect(JSONNumber(text: text) == nil)
    }

    @Test func `numbers are compared by their text`() throws {
        #expect(JSONNumber(text: "1.0") != JSONNumber(1))
        #expect(JSONNumber(1.0)?.text == "1.0")
        #expect(JSONNumber(1e22)?.text == "1e+22")
        #expect(JSONNumber(.nan) == nil)
    }

    @Test(arguments: [3, 16, 17, 40])
    func `members keep their order through changes and removals`(count: Int) {
        var object = JSONObject()
        for number in 0..<count { object["k\(number)"] = JSON(number) }
        object["k1"] = "changed"
        object["k0"] = nil
        object["none"] = nil

        #expect(object.keys == (1..<count).map { "k\($0)" })
        #expect(object["k1"] == "changed")
        #expect(object["k0"] == nil)
        #expect(object["k\(count - 1)"] == JSON(count - 1))
        #expect(object.count == count - 1)
        #expect(object.first?.key == "k1")
        #expect(object.last?.value == JSON(count - 1))
        #expect(!object.isEmpty)
    }

    @Test func `objects are equal whatever the order of their members`() {
        #expect((["a": 1, "b": 2] as JSON) == ["b": 2, "a": 1])
        #expect((["a": 1, "b": 2] as JSON) != ["b": 2, "a": 2])
        #expect((["a": 1, "b": 2] as JSON) != ["a": 1, "b": 3])
        #expect((["a": 1] as JSON) != ["a": 1, "b": 2])
        #expect((["a": 1] as JSON) != ["b": 1])
    }

    @Test func `merging replaces members and appends new ones`() {
        var object: JSONObject = ["a": 1, "b": ["x": 1]]
        object.merge(["b": ["y": 2], "c": 3])

        #expect(JSON.object(object).description == #"{"a":1,"b":{"y":2},"c":3}"#)
    }

    @Test func `a copy is independent`() {
        let original: JSON = ["a": ["b": 1]]
        var copy = original
        copy["a"]?["b"] = 2

        #expect(original["a"]?["b"] == 1)
    }

    @Test func `Codable types come and go`() throws {
        struct Order: Codable, Equatable {
            var name: String
            var total: Double
            var ids: [Int64]
        }
        let order = Order(name: "ż/ó", total: 2.5, ids: [.max, .min])
        let value = try JSON(encoding: order)

        #expect(value["ids"]?[0]?.int64 == .max)
        #expect(value.object?.keys == ["ids", "name", "total"])
        #expect(try value.decode(as: Order.self) == order)
        #expect(try JSON(encoding: 5) == 5)
        #expect(throws: DecodingError.self) { try (["name": 1] as JSON).decode(as: Order.self) }
        #expect(throws: EncodingError.self) { try JSON(encoding: Double.nan) }
    }

    @Test func `an error says what and where`() {
        let error = JSONError(.invalidNumber, byteOffset: 7)

        #expect(error.description == "a malformed number, at byte 7")
    }
}
