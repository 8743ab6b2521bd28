#if Mongo
    import SessionCore
    import Testing

    @testable import MongoSessions

    /// What a document of a session has in it, without a server.
    @Suite struct StoredSessionTests {
        private func session(_ json: String) throws -> Session {
            try Session(decoding: Array(json.utf8))
        }

        /// Returns the elements of the document that `session` is stored as, by name.
        private func elements(_ session: Session, revision: Int64 = 7) throws -> [BSONElement] {
            try Self.elements(try StoredSession.document(of: session, revision: revision))
        }

        private static func elements(_ document: [UInt8]) throws -> [BSONElement] {
            var reader = try BSONReader(document[...])
            var elements: [BSONElement] = []
            while let element = try reader.next() { elements.append(element) }
            return elements
        }

        private func stored(_ elements: [BSONElement]) throws -> StoredSession {
            let document = BSONWriter.document { writer in
                for element in elements { writer.set(element.name, to: element) }
            }
            return try StoredSession(try BSONReader(document[...]))
        }

        private func element(_ body: (inout BSONWriter) -> Void) throws -> BSONElement {
            try #require(try Self.elements(BSONWriter.document(body)).first)
        }

        @Test func `a plain session has one field besides its own`() throws {
            let elements = try elements(
                try session(#"{"id":"x:1","b":[1,{"c":null}],"lastActivity":5,"a":"é"}"#))
            #expect(elements.map(\.name) == ["id", "b", "lastActivity", "a", "_rev"])
            #expect(elements.last?.int64 == 7)
        }

        @Test func `what BSON can't express is kept beside what it can`() throws {
            let json = #"{"id":"x:1","a":1.0,"$b":2,"_id":"mine","_rev":"theirs","lastActivity":5}"#
            let elements = try elements(try session(json))
            #expect(elements.map(\.name) == ["id", "a", "lastActivity", "_rev", "_exact"])
            #expect(try elements.last?.text() == json)
            let read = try stored(elements).session
            #expect(String(decoding: try read.encoded(), as: UTF8.self) == json)
        }

        @Test func `a touch changes the time of what is kept beside, too`() throws {
            var elements = try elements(try session(#"{"id":"x:1","lastActivity":5,"a":1.0}"#))
            elements[1] = try element { $0.set("lastActivity", to: Int64(9)) }
            let read = try stored(elements)
            let text = String(decoding: try read.session.encoded(), as: UTF8.self)
            #expect(text == #"{"id":"x:1","lastActivity":9,"a":1.0}"#)
        }

        @Test func `what somebody else has changed is newer than what is kept beside`() throws {
            var elements = try elements(
                try session(#"{"id":"x:1","a":1.0,"b":1,"lastActivity":5}"#))
            elements[2] = try element { $0.set("b", to: Int32(2)) }
            #expect(try stored(elements).session["b"] == 2)
            #expect(try stored(elements).session["a"] == 1)
            // A field more, and one less.
            elements[2] = try element { $0.set("b", to: Int32(1)) }
            #expect(try stored(elements).session["a"]?.number?.text == "1.0")
            let more = elements + [try element { $0.set("c", to: Int32(3)) }]
            #expect(try stored(more).session["c"] == 3)
            #expect(try stored(more).session["a"]?.number?.text == "1")
            elements.remove(at: 2)
            #expect(try stored(elements).session["b"] == nil)
        }

        @Test func `the same number in another type is no change`() throws {
            var elements = try elements(
                try session(#"{"id":"x:1","a":1.0,"b":5000000000,"lastActivity":5}"#))
            elements[2] = try element { $0.set("b", to: 5_000_000_000.0) }
            #expect(try stored(elements).session["a"]?.number?.text == "1.0")
        }

        @Test(arguments: ["", "[1]", "{", #"{"id":"x:1""#, "5"])
        func `what is kept beside and is no document is damage`(text: String) throws {
            let elements = try elements(try session(#"{"id":"x:1","lastActivity":5}"#))
            let damaged = elements + [try element { $0.set("_exact", to: text) }]
            let problem = #expect(throws: StoredSession.Problem.self) { try stored(damaged) }
            #expect(problem?.description.contains("_exact") == true)
        }

        @Test func `any session comes back as it was`() throws {
            var generator = SystemRandomNumberGenerator()
            for _ in 0..<2_000 {
                var document: JSONObject = ["id": "x:1"]
                document.merge(JSONObject.random(using: &generator))
                document["id"] = "x:1"
                let session = try Session(document: document).stamped(at: 1_700_000_000_000)
                let read = try stored(try elements(session)).session
                #expect(try read.encoded() == session.encoded())
            }
        }

        // MARK: Expiry

        @Test func `only a lifetime of its own is known to the server`() throws {
            var session = Session(id: "x:1").stamped(at: 1_000)
            #expect(try !elements(session).contains { $0.name == "_expireAt" })
            session.expiry = try Expiry(minutes: 1)
            let date = try elements(session).first { $0.name == "_expireAt" }
            #expect(date?.type == .date)
            // It lives to its last millisecond.
            let moment = date.map { BSONReader.word($0.bytes, byteCount: 8) }
            #expect(moment == 61_001)
            session.expiry = .never
            #expect(try !elements(session).contains { $0.name == "_expireAt" })
        }

        @Test func `a time that can't be told is not told`() throws {
            var session = Session(id: "x:1")
            session.expiry = try Expiry(minutes: 1)
            #expect(StoredSession.serverDeadline(of: session.stamped(at: .max)) == nil)
            #expect(StoredSession.serverDeadline(of: session.stamped(at: .max - 60_000)) == nil)
            #expect(StoredSession.serverDeadline(of: session.stamped(at: .max - 60_001)) == .max)
        }

        // MARK: Revisions

        private func revision(_ elements: [BSONElement]) throws -> SessionRevision? {
            try stored(elements).session.revision
        }

        @Test func `whoever writes changes the revision`() throws {
            let id = try element { $0.set("id", to: "x:1") }
            func number(_ value: Int64) throws -> BSONElement {
                try element { $0.set("_rev", to: value) }
            }
            func activity(_ value: Int64) throws -> BSONElement {
                try element { $0.set("lastActivity", to: value) }
            }
            let first = try revision([id, try number(1), try activity(5)])
            #expect(try revision([id, try number(2), try activity(5)]) != first)
            #expect(try revision([id, try number(1), try activity(6)]) != first)
            #expect(try revision([id, try activity(5)]) != first)
            #expect(try revision([id, try number(1)]) != first)
            // The same time as a double, which is how JavaScript writes it.
            let double = try element { $0.set("lastActivity", to: 5.0) }
            #expect(try revision([id, try number(1), double]) == first)
        }

        @Test func `a session that is there is never absent`() throws {
            let id = try element { $0.set("id", to: "x:1") }
            let zero = try element { $0.set("lastActivity", to: Int32(0)) }
            let number = try element { $0.set("_rev", to: Int32(0)) }
            let text = try element { $0.set("lastActivity", to: "yesterday") }
            for elements in [[id], [id, zero], [id, number, zero], [id, text]] {
                #expect(try revision(elements) != .absent)
            }
        }

        // MARK: Limits

        @Test func `the limit is MongoDB's, the server's own key included`() throws {
            let empty = try StoredSession.document(
                of: try session(#"{"id":"x:1","a":""}"#), revision: 7)
            let room = 16_777_216 - 17 - empty.count
            let fitting = String(repeating: "x", count: room)
            let bytes = try StoredSession.document(
                of: try session(#"{"id":"x:1","a":"\#(fitting)"}"#), revision: 7)
            #expect(bytes.count == StoredSession.byteCountMax)
            let tooLarge = try session(#"{"id":"x:1","a":"\#(fitting)x"}"#)
            let error = #expect(throws: SessionStoreError.self) {
                try StoredSession.document(of: tooLarge, revision: 7)
            }
            guard case .rejected(let fault)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(fault.cause.contains("MongoDB's limit"))
            #expect(fault.id == "x:1")
        }

        @Test func `documents that are no session say why`() throws {
            let nothing = #expect(throws: StoredSession.Problem.self) { try stored([]) }
            #expect(nothing?.description.contains("\"id\"") == true)
            let number = try element { $0.set("id", to: Int32(5)) }
            #expect(throws: StoredSession.Problem.self) { try stored([number]) }
            let text = try element { $0.set("id", to: "no-colon") }
            let invalid = #expect(throws: StoredSession.Problem.self) { try stored([text]) }
            #expect(invalid?.description.contains("colon") == true)
        }
    }

    /// The ids that a filter asks a server for.
    @Suite struct IDRangeTests {
        @Test(arguments: [
            ("a", "b"), ("line:", "line;"), ("x:\u{7F}", "x:\u{80}"), ("x:\u{D7FF}", "x:\u{E000}"),
            ("x:\u{10FFFF}", "x;"), ("\u{10FFFF}", nil), ("", nil), ("x:\0", "x:\u{1}"),
            ("x:é", "x:ê"),
        ])
        func `a prefix ends before the next text`(prefix: String, end: String?) {
            #expect(IDRange.end(ofPrefix: prefix) == end)
        }

        @Test func `a range has what the filter matches, and begins and ends there`() {
            let filter = SessionFilter(platform: "line", idPrefix: "line:U")
            #expect(IDRange(filter).lowerBound == "line:U")
            #expect(IDRange(filter).upperBound == "line:V")
            let nothing = IDRange(SessionFilter(platform: "line", idPrefix: "slack:"))
            #expect(nothing.lowerBound == "slack:")
            #expect(nothing.upperBound == "line;")
            #expect(IDRange(.all).lowerBound == "")
            #expect(IDRange(.all).upperBound == nil)
        }
    }
#endif
