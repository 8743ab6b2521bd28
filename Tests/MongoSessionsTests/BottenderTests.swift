#if Mongo
    import SessionCore
    import Testing

    @testable import MongoSessions

    /// Documents that Bottender 1.x has left, and Bottender beside us in one collection.
    @Suite(.timeLimit(.minutes(5)), .serialized) struct BottenderTests {
        /// A session as the driver for JavaScript writes it, byte by byte.
        static let document = bytes(
            "ef000000",
            "075f6964005a2490b2f1d3a40f2c3e4d5b",  // _id
            "026964001300000074656c656772616d3a34323737373031313700",  // id
            "02706c6174666f726d000900000074656c656772616d00",  // platform
            "037573657200",  // user
            "23000000",
            "1069640005417f19",  // id, a small number
            "0266697273745f6e616d650006000000c3816e6e6100",  // first_name
            "00",
            "035f737461746500",  // _state
            "60000000",
            "10636f756e740005000000",  // count
            "01726174696f00000000000000e03f",  // ratio
            "0162696700000020160b11f641",  // big, a whole number as a double
            "097768656e0035b4d31e60010000",  // when, a date
            "0a6e6f6e6500",  // none
            "086f6e0001",  // on
            "046c69737400150000001030000100000002310002000000610000",  // list
            "00",
            "016c6173744163746976697479000050433bed017642",  // lastActivity, a double
            "00"
        )

        @Test func `a document of Bottender is read as what it means`() throws {
            let stored = try StoredSession(try BSONReader(Self.document[...]))
            let expected =
                #"{"id":"telegram:427770117","platform":"telegram","#
                + #""user":{"id":427770117,"first_name":"Ánna"},"#
                + #""_state":{"count":5,"ratio":0.5,"big":5923451234,"#
                + #""when":"2017-12-04T00:01:18.901Z","none":null,"on":true,"list":[1,"a"]},"#
                + #""lastActivity":1512345678901}"#
            #expect(String(decoding: try stored.session.encoded(), as: UTF8.self) == expected)
            #expect(stored.session.lastActivity == 1_512_345_678_901)
            #expect(stored.session.participants == ["427770117"])
            #expect(stored.version.number == nil)
        }

        @Test func `the rules for JavaScript give the document back as it was`() {
            #expect(JavaScript.read(Self.document).bson == Self.document)
        }

        @Test func `Bottender reads what we write`() throws {
            let json =
                #"{"id":"x:1","_state":{"count":5,"big":5923451234,"huge":5923451234567890123,"#
                + #""ratio":0.5,"text":"é","list":[1,null,true]},"lastActivity":1700000000000}"#
            let session = try Session(decoding: Array(json.utf8))
            let seen = JavaScript.read(try StoredSession.document(of: session, revision: 1 << 60))
            #expect(seen["id"] == .string("x:1"))
            #expect(seen["lastActivity"] == .number(1_700_000_000_000))
            #expect(seen["_rev"] == .long(1 << 60))
            #expect(seen["_exact"] == nil)
            let state = seen["_state"]
            #expect(state?["count"] == .number(5))
            #expect(state?["big"] == .number(5_923_451_234))
            #expect(state?["huge"] == .long(5_923_451_234_567_890_123))
            #expect(state?["ratio"] == .number(0.5))
            #expect(state?["text"] == .string("é"))
            #expect(state?["list"] == .array([.number(1), .null, .bool(true)]))
        }

        /// Reads a document and writes it back whole, as a turn of Bottender's does.
        private func turn(
            of id: String,
            in place: MongoPlace,
            at moment: Double,
            _ change: (inout JavaScript) -> Void
        ) async throws {
            let found = try #require(try await place.documents(under: id).first)
            var document = JavaScript.read(Array(found.bytes))
            change(&document)
            document["lastActivity"] = .number(moment)
            let bytes = document.bson
            try await place.run { command in
                command.set("update", to: place.collectionName)
                command.setArray("updates") { updates in
                    updates.setDocument("0") { update in
                        update.setDocument("q") { $0.set("id", to: id) }
                        update.setDocument("u") { $0.set("$set", toDocument: bytes) }
                        update.set("upsert", to: true)
                    }
                }
            }
        }

        @Test func `sessions of Bottender go on with us`() async throws {
            let place = try MongoPlace()
            try await place.insert(Self.document)
            let store = place.store()
            let id: SessionID = "telegram:427770117"
            let read = try #require(try await store.read(id))
            #expect(read.state["count"] == 5)
            try await store.write(read, ifUnchangedSince: try #require(read.revision))
            try await store.update(id) { $0?.state["count"] = 6 }
            #expect(try await place.documents(under: id.rawValue).count == 1)
            #expect(try await store.read(id)?.state["count"] == 6)
            #expect(try await store.read(id)?.state["when"] == "2017-12-04T00:01:18.901Z")
            try await store.close()
            try await place.drop()
        }

        @Test func `what Bottender writes is noticed`() async throws {
            let place = try MongoPlace()
            let store = place.store()
            var session = Session(id: "x:1")
            session.state["count"] = 1
            // Something that only we can keep.
            session["price"] = .number(try #require(JSONNumber(text: "1.50")))
            let written = try await store.write(session)
            let later = Double(try #require(written.lastActivity)) + 5
            try await turn(of: "x:1", in: place, at: later) { document in
                document["_state"]?["count"] = .number(2)
            }
            let read = try #require(try await store.read("x:1"))
            #expect(read.state["count"] == 2)
            #expect(read["price"]?.number?.text == "1.5")
            #expect(read.lastActivity == Int64(later))
            #expect(read.revision != written.revision)
            await #expect(throws: SessionStoreError.conflict("x:1")) {
                try await store.write(written, ifUnchangedSince: try #require(written.revision))
            }
            // A turn that changes nothing keeps what only we can.
            try await store.write(session)
            try await turn(of: "x:1", in: place, at: later + 1_000) { _ in }
            let kept = try #require(try await store.read("x:1"))
            #expect(kept["price"]?.number?.text == "1.50")
            #expect(kept.lastActivity == Int64(later) + 1_000)
            try await store.close()
            try await place.drop()
        }

        @Test func `an update sees a turn of Bottender's that came in between`() async throws {
            let place = try MongoPlace()
            let store = place.store()
            var session = Session(id: "x:1")
            session.state["count"] = 1
            let written = try await store.write(session)
            let later = Double(try #require(written.lastActivity)) + 5
            var runs = 0
            try await store.update("x:1") { session in
                runs += 1
                if runs == 1 {
                    try await turn(of: "x:1", in: place, at: later) { document in
                        document["_state"]?["count"] = .number(10)
                    }
                }
                let count = session?.state["count"]?.int64 ?? 0
                session?.state["count"] = JSON(count + 1)
            }
            #expect(runs == 2)
            #expect(try await store.read("x:1")?.state["count"] == 11)
            try await store.close()
            try await place.drop()
        }

        @Test func `Bottender's old sessions expire by our rule`() async throws {
            let place = try MongoPlace()
            try await place.insert(Self.document)
            let store = place.store(expiry: .oneYear)
            #expect(try await store.read("telegram:427770117") == nil)
            #expect(try await place.documents(under: "telegram:427770117").isEmpty)
            try await store.close()
            try await place.drop()
        }
    }
#endif
