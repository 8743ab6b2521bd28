import SessionCore

// What a session says is kept, whatever it is.
extension ConformanceCheck {
    static let documents =
        hostileDocuments.map(keepsDocument) + [keepsOrder, keepsBottender]

    /// Last, since they take longest.
    static let sizes = [writeRejectsOversize, keepsLargeSession]

    /// Documents that stores have been known to change; each without its `id`.
    private static let hostileDocuments: [(name: String, members: String)] = [
        ("integers of 64 bits", #""a":9007199254740993,"b":-9223372036854775808"#),
        ("integers above 64 bits", #""a":18446744073709551616,"b":123456789012345678901234567890"#),
        ("numbers to the letter", #""a":1.0,"b":1,"c":1e2,"d":-0,"e":0.1000,"f":2.5E-3"#),
        ("numbers that no double holds", #""a":1e400,"b":0.1234567890123456789"#),
        ("empty things", #""a":{},"b":[],"c":"","d":null,"_state":{}"#),
        ("names with dots and dollars", #""a.b":1,"$set":{"$inc":2},"":3,"_id":"mine","_v":0"#),
        ("names that look alike", "\"\u{E9}\":1,\"e\u{301}\":2,\"E\":3,\"e\":4"),
        ("names of prototypes", #""__proto__":{"a":1},"constructor":2,"toString":null"#),
        ("control characters", #""a":"\u0000\u0001\u001f\t\r\n","b":"\u007f\u0085\u2028\u2029""#),
        ("letters of all sizes", #""a":"aé你🦊","b":"\ud83e\udd8a","c":"👩‍👩‍👧‍👦""#),
        ("text that looks like a reply", #""a":"\r\n$5\r\nhello\r\n*1\r\n","b":"{\"id\":1}""#),
        ("true and false in their place", #""a":true,"b":false,"c":[true,[false]],"d":"true""#),
        ("nesting", #""a":[[[[[[[[[[[[[[[[{"b":[{"c":[{"d":[[[[[[[[]]]]]]]]}]}]}]]]]]]]]]]]]]]]]"#),
        ("many fields", (0..<500).map { "\"f\($0)\":\($0)" }.joined(separator: ",")),
    ]

    private static func keepsDocument(_ name: String, _ members: String) -> ConformanceCheck {
        ConformanceCheck("a document keeps \(name)") { bench in
            let store = try await bench.open()
            let text = #"{"id":"x:1","platform":"x",\#(members)}"#
            let session = try Session(decoding: Array(text.utf8))
            let written = try await store.write(session)
            let read = try require(try await store.read("x:1"), "session")
            try expect(read.document, is: written.document, "the document")
            for (key, value) in session.document where key != "lastActivity" {
                try expect(read.document[key], is: value, "the field \(key)")
            }
            try expect(try read.encoded(), is: try written.encoded(), "the bytes")
            let updated = try await store.update("x:1") { session in
                session?.state["seen"] = true
                return session?.document.count
            }
            let after = try require(try await store.read("x:1"), "session after an update")
            try expect(after.document.count, is: updated ?? 0, "how many fields it has")
            for (key, value) in session.document where key != "lastActivity" && key != "_state" {
                try expect(after.document[key], is: value, "after an update, the field \(key)")
            }
        }
    }

    static let keepsLargeSession = ConformanceCheck("a session may have megabytes") { bench in
        let store = try await bench.open()
        for byteCount in [100_000, 1_000_000, 8_000_000] {
            var session = Session.sample("x:1", step: byteCount)
            session.state["text"] = .string(String(repeating: "0123456789", count: byteCount / 10))
            let written = try await store.write(session)
            let read = try require(try await store.read("x:1"), "session of \(byteCount) bytes")
            try expect(read == written, "\(byteCount) bytes are read as they were written")
        }
        let small = try await store.write(.sample("x:1", step: 1))
        try expect(try await store.read("x:1") == small, "a small one takes a large one's place")
    }

    static let keepsOrder = ConformanceCheck("fields keep their order") { bench in
        let store = try await bench.open()
        let text = #"{"id":"x:1","z":1,"a":{"z":1,"y":2,"x":3},"m":[3,1,2],"b":2}"#
        try await store.write(try Session(decoding: Array(text.utf8)))
        let read = try require(try await store.read("x:1"), "session")
        let keys = read.document.keys.filter { ["z", "a", "m", "b"].contains($0) }
        try expect(keys, is: ["z", "a", "m", "b"], "the order of the fields")
        try expect(read["a"]?.object?.keys ?? [], is: ["z", "y", "x"], "the order inside")
    }

    static let keepsBottender = ConformanceCheck("a document of Bottender 1.x is kept") { bench in
        let text =
            #"{"id":"telegram:427770117","platform":"telegram","lastActivity":1512345678901,"#
            + #""user":{"id":427770117,"first_name":"Ánna","_updatedAt":"2017-12-04T00:01:18.901Z"},"#
            + #""_state":{"step":"ask","token":5923451234567890123,"ratio":1.0,"#
            + #""note":"\ud83e\udd8a\n"},"mine":{"b":[1,-2.5e3,null],"a":false}}"#
        let store = try await bench.open()
        let session = try Session(decoding: Array(text.utf8))
        try await store.write(session)
        let read = try require(try await store.read("telegram:427770117"), "session")
        try expect(read.user, is: session.user, "the user")
        try expect(read.state, is: session.state, "the state")
        try expect(read["mine"], is: session["mine"], "a field of the author's own")
        try expect(read.kind, is: .user, "the kind")
        try expect(read.participants, is: ["427770117"], "the participants")
    }
}
