#if Redis
    import Foundation
    import SessionCore
    import TestServers
    import Testing

    @testable import RedisSessions

    /// Bottender 1.x keeps `JSON.stringify` of the session under the whole id, with SET, or with
    /// SETEX and minutes times 60 when sessions expire; it reads with GET and `JSON.parse`.
    @Suite(.timeLimit(.minutes(5))) struct BottenderRedisTests {
        /// What its bots have written, byte by byte.
        static let documents = [
            #"{"id":"telegram:427770117","platform":"telegram","user":{"id":427770117,"#
                + #""_updatedAt":"2020-02-05T09:14:02.716Z"},"#
                + #""_state":{"count":3,"name":"Ánna 🦊"},"#
                + #""lastActivity":1580894042716}"#,
            #"{"id":"line:U206d25c2ea6bd87c17655609a1c37cb8","platform":"line","type":"group","#
                + #""group":{"id":"Ca56f94637cc4347f90a25382909b24b9","#
                + #""members":[{"id":"U1"},{"id":"U2"}],"#
                + #""_updatedAt":"2020-02-05T09:14:02.716Z"},"user":null,"_state":{},"#
                + #""lastActivity":1580894042716}"#,
            #"{"id":"whatsapp:whatsapp:+15005550006","platform":"whatsapp","#
                + #""user":{"id":"whatsapp:+15005550006","_updatedAt":"2020-02-05T09:14:02.716Z"},"#
                + #""_state":{"a":[1,2.5,-3e+21,true,null,"🦊\n"]},"#
                + #""lastActivity":1580894042716}"#,
        ]

        /// Runs `body` with a database of a server that nobody else uses.
        private func withDatabase(
            _ expiry: Expiry = .never,
            _ body: (TestServer, RedisSessionStore) async throws -> Void
        ) async throws {
            let server = try await TestServer.start()
            var options = server.options
            options.expiry = expiry
            let store = RedisSessionStore(options)
            try await body(server, store)
            try await store.close()
            server.process.end()
        }

        @Test func `what Bottender has written is read, field by field`() async throws {
            try await withDatabase { server, store in
                for text in Self.documents {
                    let document = try JSON(parsing: text).object ?? [:]
                    let id = try SessionID(document["id"]?.string ?? "")
                    try await server.ask("SET", id.rawValue, text)
                    let session = try #require(try await store.read(id))
                    #expect(session.document == document)
                    #expect(session.platform == document["platform"]?.string)
                    #expect(session.lastActivity == 1_580_894_042_716)
                    #expect(try session.encoded() == Array(text.utf8))
                }
                var found: Set<String> = []
                for await session in try await store.sessions() {
                    found.insert(try session.get().id.rawValue)
                }
                #expect(found.count == 3)
            }
        }

        @Test func `what we write is a text that Bottender parses, under the key it asks for`()
            async throws
        {
            try await withDatabase { server, store in
                for text in Self.documents {
                    let session = try Session(decoding: Array(text.utf8))
                    let written = try await store.write(session)
                    let activity = try #require(written.lastActivity)
                    // The very same text, with the present time in it.
                    let expected = text.replacingOccurrences(
                        of: "1580894042716", with: "\(activity)")
                    let stored = try await server.ask("GET", session.id.rawValue)
                    #expect(stored == .bytes(Array(expected.utf8)))
                    #expect(try await server.ask("TTL", session.id.rawValue) == .integer(-1))
                    #expect(try await server.ask("TYPE", session.id.rawValue).string == "string")
                }
                #expect(try await server.ask("DBSIZE") == .integer(3))
            }
        }

        @Test func `a lifetime is the server's time to live`() async throws {
            try await withDatabase(try Expiry(minutes: 5)) { server, store in
                try await store.write(Session(id: "telegram:1"))
                let left = try #require(try await server.ask("PTTL", "telegram:1").integer)
                #expect((295_000...300_001).contains(left))
                // Written again without one, as Bottender's SET does it, there is no end any more.
                var endless = Session(id: "telegram:1")
                endless.expiry = .never
                try await store.write(endless)
                #expect(try await server.ask("PTTL", "telegram:1") == .integer(-1))
                // What Bottender has written with one lives as long as it says.
                try await server.ask("SETEX", "telegram:2", "1", Self.documents[0])
                try await server.ask("SETEX", "telegram:3", "300", #"{"id":"telegram:3"}"#)
                try await Task.sleep(for: .milliseconds(1_300))
                #expect(try await store.read("telegram:2") == nil)
                #expect(try await store.read("telegram:3") != nil)
            }
        }

        @Test func `both may take turns on a session`() async throws {
            try await withDatabase { server, store in
                try await server.ask("SET", "telegram:427770117", Self.documents[0])
                let before = try #require(try await store.read("telegram:427770117"))
                try await store.update("telegram:427770117") { session in
                    let count = session?.state["count"]?.int64 ?? 0
                    session?.state["count"] = JSON(count + 1)
                }
                // Bottender knows nothing of revisions; that it wrote is seen all the same.
                let mine = try #require(try await store.read("telegram:427770117"))
                #expect(mine.state["count"] == 4)
                #expect(mine.revision != before.revision)
                try await server.ask("SET", "telegram:427770117", Self.documents[0])
                await #expect(throws: SessionStoreError.conflict("telegram:427770117")) {
                    try await store.write(mine, ifUnchangedSince: mine.revision ?? .absent)
                }
                #expect(try await store.destroy("telegram:427770117"))
                #expect(try await server.ask("EXISTS", "telegram:427770117") == .integer(0))
            }
        }

        @Test(arguments: [
            ("SET", ["1"]), ("SET", [#""xyz""#]), ("SET", ["true"]), ("SET", [#"[{"x":1}]"#]),
            ("SET", [""]),
            ("SET", [#"{"id":"x:2"}"#]), ("SET", [#"{"id":"#]), ("HSET", ["a", "b"]),
            ("RPUSH", ["a"]),
        ]) func `what is no session under its key is damage, and stays`(
            command: String,
            arguments: [String]
        ) async throws {
            try await withDatabase { server, store in
                let words = [command, "x:1"] + arguments
                try await server.ask(words.map { Array($0.utf8) })
                do throws(SessionStoreError) {
                    _ = try await store.read("x:1")
                    Issue.record("it was read")
                } catch {
                    guard case .corrupted(let fault) = error else {
                        Issue.record("\(error)")
                        return
                    }
                    #expect(fault.id == "x:1")
                    #expect(fault.place?.contains("127.0.0.1") == true)
                }
                #expect(try await server.ask("EXISTS", "x:1") == .integer(1))
                await #expect(throws: SessionStoreError.self) {
                    try await store.update("x:1") { $0 = Session(id: "x:1") }
                }
                #expect(try await server.ask("EXISTS", "x:1") == .integer(1))
            }
        }

        @Test func `a document without an id is the session of its key`() async throws {
            try await withDatabase { server, store in
                try await server.ask("SET", "telegram:1", #"{"_state":{"a":1}}"#)
                let session = try #require(try await store.read("telegram:1"))
                #expect(session.state["a"] == 1)
                #expect(session.id == "telegram:1")
            }
        }
    }
#endif
