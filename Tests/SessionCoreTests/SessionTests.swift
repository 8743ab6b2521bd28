import SessionCore
import Testing

@Suite struct SessionTests {
    @Test func `a document comes back with all it had`() throws {
        let session = try Session(decoding: Array(Samples.document.utf8))
        let text = String(decoding: try session.encoded(), as: UTF8.self)

        #expect(text == Samples.document.replacing(#"\ud83e\udd8a"#, with: "🦊"))
        #expect(try session.encodedByteCount() == text.utf8.count)
        #expect(session.id == "telegram:427770117")
        #expect(session.platform == "telegram")
        #expect(session.lastActivity == 1_512_345_678_901)
        #expect(session.state["token"]?.int64 == 5_923_451_234_567_890_123)
        #expect(session.state["ratio"]?.number?.text == "1.0")
        #expect(session["mine"]?["b"]?[1]?.double == -2_500)
        #expect(session.kind == .user)
    }

    @Test func `a new session has an id, a platform, a kind and an empty state`() throws {
        let session = Session(id: "line:abc", kind: .group)
        let text = #"{"id":"line:abc","platform":"line","kind":"group","_state":{}}"#

        #expect(String(decoding: try session.encoded(), as: UTF8.self) == text)
        #expect(session.revision == nil)
        #expect(session.lastActivity == nil)
        #expect(session.description == "session line:abc")
    }

    @Test(
        arguments: [
            ("", .notJSON(JSONError(.unexpectedEnd, byteOffset: 0))), ("[]", .notAnObject),
            ("{}", .idMissing), (#"{"id":5}"#, .idMissing), (#"{"id":"x"}"#, .idInvalid(.noColon)),
        ] as [(String, SessionDecodingError)])
    func `what is no session is refused for its reason`(
        text: String,
        problem: SessionDecodingError
    ) {
        #expect(throws: problem) { try Session(decoding: Array(text.utf8)) }
        #expect(!problem.description.isEmpty)
    }

    @Test func `a document that is too deep is refused`() {
        let depth = JSON.depthMax + 1
        let text =
            #"{"id":"x:1","a":"# + String(repeating: "[", count: depth)
            + String(repeating: "]", count: depth) + "}"

        #expect(throws: SessionDecodingError.self) { try Session(decoding: Array(text.utf8)) }

        var session = Session(id: "x:1")
        var nested: JSON = 1
        for _ in 0..<depth { nested = [nested] }
        session["a"] = nested
        let error = #expect(throws: SessionStoreError.self) { try session.encoded() }
        #expect(error?.fault.id == "x:1")
        #expect(session.stamped(at: 1).revision == nil)
    }

    @Test func `sixteen mebibytes are the limit both ways`() throws {
        var session = Session(id: "x:1")
        let rest = try session.encodedByteCount() + #","a":"""#.utf8.count
        session["a"] = .string(String(repeating: "x", count: Session.byteCountMax - rest))
        let largest = try session.encoded()

        #expect(largest.count == Session.byteCountMax)
        #expect(try Session(decoding: largest) == session)

        session["a"] = .string(String(repeating: "x", count: Session.byteCountMax - rest + 1))
        let error = #expect(throws: SessionStoreError.self) { try session.encoded() }
        guard case .rejected? = error else {
            Issue.record("not rejected")
            return
        }
        let tooLarge = SessionDecodingError.tooLarge(byteCount: Session.byteCountMax + 1)
        #expect(throws: tooLarge) { try Session(decoding: largest + [0x20]) }
        #expect(tooLarge.description.contains("16777217"))
    }

    @Test func `a document takes the id that it was found under, unless it has another`() throws {
        let bytes = Array(#"{"_state":{"a":1}}"#.utf8)
        let session = try Session(decoding: bytes.span, under: "x:1")
        let other = Array(#"{"id":"x:2"}"#.utf8)

        #expect(session.id == "x:1")
        #expect(session.document.first?.key == "id")
        #expect(try Session(decoding: other.span, under: "x:2").id == "x:2")
        let problem = SessionDecodingError.otherID(expected: "x:1", found: "x:2")
        #expect(throws: problem) { try Session(decoding: other.span, under: "x:1") }
        #expect(!problem.description.contains("x:2"))
    }

    @Test func `id and platform can't be changed`() {
        var session = Session(id: "x:1")
        session["id"] = "x:2"
        session["platform"] = nil

        #expect(session.id == "x:1")
        #expect(session["id"] == "x:1")
        #expect(session["platform"] == "x")
    }

    @Test func `fields are set, read and removed`() throws {
        var session = Session(id: "x:1")
        session.user = ["id": 1]
        session.group = ["id": 2]
        session.room = ["id": 3]
        session.channel = ["id": 4]
        session.page = ["id": 5]
        session.team = ["id": 6]
        session.kind = .thread
        let read = try Session(decoding: session.encoded())

        #expect(read.user?["id"] == 1)
        #expect(read.group?["id"] == 2)
        #expect(read.room?["id"] == 3)
        #expect(read.channel?["id"] == 4)
        #expect(read.page?["id"] == 5)
        #expect(read.team?["id"] == 6)
        #expect(read.kind == .thread)

        session.user = .null
        session.group = nil
        #expect(session.user == nil)
        #expect(session["user"] == .null)
        #expect(session["group"] == nil)
    }

    @Test(
        arguments: [
            ("1512345678901", 1_512_345_678_901), ("1512345678901.0", 1_512_345_678_901),
            ("1512345678901.6", 1_512_345_678_902), ("\"1512345678901\"", nil), ("null", nil),
            ("1e400", nil), ("1e30", nil),
        ] as [(String, Int64?)])
    func `last activity is a number or nothing`(text: String, time: Int64?) throws {
        let document = #"{"id":"x:1","lastActivity":\#(text)}"#

        #expect(try Session(decoding: Array(document.utf8)).lastActivity == time)
    }

    @Test func `stamping sets the time and a revision of what was stored`() throws {
        let session = Samples.session("x:1").stamped(at: 5)
        var changed = session
        changed.state["step"] = 1

        #expect(session.lastActivity == 5)
        #expect(session.revision != nil)
        #expect(session.revision != .absent)
        #expect(changed.revision == session.revision)
        #expect(changed != session)
        #expect(changed.stamped(at: 5).revision != session.revision)
        #expect(try Session(decoding: session.encoded()).revision == session.revision)
        let given = SessionRevision(low: 7)
        #expect(session.stamped(at: 5, revision: given).revision == given)
    }

    @Test(arguments: [
        ("1000", 1_000), ("1e3", 1_000), ("1000.0", 1_000), ("999", 1_000), ("11000", 1_000),
        ("0", 0), ("-0", 0), ("-5", -5), ("5", -5), ("-5", 5),
        ("9223372036854775807", .max), ("-9223372036854775808", .min), ("\"1000\"", 1_000),
    ])
    func `stamping writes the time as an integer, whatever was there`(
        text: String,
        time: Int64
    ) throws {
        var session = Samples.session("x:1")
        session["lastActivity"] = try JSON(parsing: text)

        #expect(session.stamped(at: time)["lastActivity"] == JSON(time))
    }

    @Test func `revisions tell documents apart`() {
        let documents: [[UInt8]] = [[], [0], [0, 0], [1], Array(repeating: 0, count: 9)]

        #expect(Set(documents.map(SessionRevision.init(digesting:))).count == documents.count)
        #expect(SessionRevision(low: 255).description == "ff")
    }
}
