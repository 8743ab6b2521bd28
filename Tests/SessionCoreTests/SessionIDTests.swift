import SessionCore
import Testing

@Suite struct SessionIDTests {
    @Test(arguments: [
        ("telegram:427770117", "telegram", "427770117"),
        ("whatsapp:whatsapp:+15005550006", "whatsapp", "whatsapp:+15005550006"),
        ("x:../../etc/passwd", "x", "../../etc/passwd"), ("a:\0\n ", "a", "\0\n "),
        ("p/q:🦊", "p/q", "🦊"), ("a::", "a", ":"),
    ])
    func `an id is a platform, a colon and anything`(
        text: String,
        platform: String,
        key: String
    ) throws {
        let id = try SessionID(text)

        #expect(id.rawValue == text)
        #expect(id.description == text)
        #expect(id.platform == platform)
        #expect(id.key == key)
        #expect(try SessionID(platform: platform, key: key) == id)
    }

    @Test(
        arguments: [
            ("", .noColon), ("telegram", .noColon), (":1", .noPlatform), (":", .noPlatform),
            ("telegram:", .noKey),
            ("a:" + String(repeating: "é", count: 512), .tooLong(byteCount: 1_026)),
        ] as [(String, InvalidSessionID)])
    func `an id that can't be is refused for its reason`(text: String, problem: InvalidSessionID) {
        #expect(throws: problem) { try SessionID(text) }
        #expect(!problem.description.isEmpty)
    }

    @Test func `an id may have exactly its limit`() throws {
        let text = "a:" + String(repeating: "x", count: SessionID.byteCountMax - 2)

        #expect(try SessionID(text).rawValue == text)
        #expect(throws: InvalidSessionID.tooLong(byteCount: 1_025)) { try SessionID(text + "x") }
    }

    @Test func `a platform with a colon is refused`() {
        #expect(throws: InvalidSessionID.platformWithColon) {
            try SessionID(platform: "a:b", key: "1")
        }
        #expect(InvalidSessionID.platformWithColon.description.contains("colon"))
    }

    @Test func `ids that differ only in normalisation are two ids`() {
        let composed = SessionID("x:\u{E9}")
        let decomposed = SessionID("x:e\u{301}")

        #expect(composed.rawValue == decomposed.rawValue)
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(decomposed < composed)
    }

    @Test func `ids of the same length with permuted marks are different`() {
        let one = SessionID("x:a\u{323}\u{301}")
        let other = SessionID("x:a\u{301}\u{323}")

        #expect(one.rawValue == other.rawValue)
        #expect(one != other)
        #expect(one.hashValue != other.hashValue)
    }

    @Test func `ids are ordered by bytes`() {
        let ids: [SessionID] = ["b:1", "a:2", "a:10", "a:1"]

        #expect(ids.sorted() == ["a:1", "a:10", "a:2", "b:1"])
    }
}
