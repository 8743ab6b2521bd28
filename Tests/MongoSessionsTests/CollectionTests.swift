#if Mongo
    import Locks
    import SessionCore
    import Testing

    @testable import MongoSessions

    /// What else may be in a collection, and what becomes of it.
    @Suite(.timeLimit(.minutes(5)), .serialized) struct CollectionTests {
        private func document(_ id: String, _ body: (inout BSONWriter) -> Void = { _ in })
            -> [UInt8]
        {
            BSONWriter.document { document in
                document.set("id", to: id)
                body(&document)
            }
        }

        @Test func `one damaged document is one failure of a listing`() async throws {
            let place = try MongoPlace()
            let store = place.store()
            // More than a page before, and some behind.
            for number in 0..<70 {
                try await place.insert(document("x:a\(100 + number)"))
            }
            try await place.insert(document("x:b") { $0.set("_exact", to: "{") })
            try await place.insert(document("x:c"))
            var (ids, damaged): ([SessionID], [SessionStoreError]) = ([], [])
            for await element in try await store.sessions() {
                switch element {
                case .success(let session): ids.append(session.id)
                case .failure(let error): damaged.append(error)
                }
            }
            #expect(ids.count == 71)
            #expect(ids == ids.sorted())
            #expect(damaged.count == 1)
            #expect(damaged.first?.caseName == "corrupted")
            #expect(damaged.first?.fault.id == "x:b")
            #expect(damaged.first?.fault.place?.contains(place.collectionName) == true)
            await #expect(throws: SessionStoreError.self) { try await store.read("x:b") }
            // It can be replaced, and destroyed.
            #expect(try await store.destroy("x:b"))
            try await place.insert(document("x:b") { $0.set("_exact", to: "{") })
            try await store.write(Session(id: "x:b"))
            #expect(try await store.read("x:b") != nil)
            #expect(try await store.count() == 72)
            try await store.close()
            try await place.drop()
        }

        @Test func `documents of others are no sessions`() async throws {
            let place = try MongoPlace()
            let store = place.store()
            try await store.write(Session(id: "x:1"))
            try await place.insert(document("no colon"))
            try await place.insert(BSONWriter.document { $0.set("id", to: Int32(5)) })
            try await place.insert(BSONWriter.document { $0.set("other", to: "x:2") })
            #expect(try await store.count() == 1)
            var ids: [SessionID] = []
            for await id in try await store.ids() { ids.append(try id.get()) }
            #expect(ids == ["x:1"])
            #expect(try await store.destroyAll(where: .all) == 1)
            try await store.close()
            try await place.drop()
        }

        @Test func `a sweep removes what has expired by the store's lifetime`() async throws {
            let place = try MongoPlace()
            let now = SessionClock.system.now()
            try await place.run { command in
                command.set("insert", to: place.collectionName)
                command.setArray("documents") { documents in
                    for number in 0..<600 {
                        let old = document("x:old\(number)") { document in
                            document.set("lastActivity", to: now - 120_000)
                        }
                        documents.set("\(number)", toDocument: old)
                    }
                }
            }
            for (id, activity) in [("x:new", now), ("x:own", now - 120_000)] {
                try await place.insert(
                    document(id) { document in
                        document.set("lastActivity", to: activity)
                        if id == "x:own" { document.set("expiresIn", to: Int32(5)) }
                    }
                )
            }
            try await place.insert(document("x:timeless"))
            try await place.insert(document("x:text") { $0.set("lastActivity", to: "long ago") })
            let endless = place.store()
            #expect(try await endless.sweep() == 0)
            try await endless.close()
            let store = place.store(expiry: try Expiry(minutes: 1))
            #expect(try await store.sweep() == 600)
            #expect(try await store.sweep() == 0)
            #expect(try await store.count() == 4)
            try await store.close()
            try await place.drop()
        }

        @Test func `documents that Bottender has left twice are both listed`() async throws {
            let place = try MongoPlace()
            let size = MongoSessionStore.pageSize
            // Where a page ends, and more than fit on one.
            let ids =
                (0..<size).map { "x:\($0 + 1_000)" }
                + Array(repeating: "x:\(size + 999)", count: 2)
                + Array(repeating: "x:2000", count: 2 * size + 2) + ["x:2001"]
            try await place.run { command in
                command.set("insert", to: place.collectionName)
                command.setArray("documents") { documents in
                    for (number, id) in ids.enumerated() {
                        documents.set("\(number)", toDocument: document(id))
                    }
                }
            }
            var options = place.options()
            options.createsIndexes = false
            let store = MongoSessionStore(options)
            var counts: [String: Int] = [:]
            for await session in try await store.sessions() {
                counts[try session.get().id.rawValue, default: 0] += 1
            }
            #expect(counts["x:\(size + 999)"] == 3)
            #expect(counts["x:2000"] == 2 * size + 2)
            #expect(counts["x:2001"] == 1)
            #expect(try await store.count() == ids.count)
            try await store.close()
            try await place.drop()
        }

        @Test func `what only reads leaves the expired where they are`() async throws {
            let place = try MongoPlace()
            try await place.insert(
                document("x:1") { document in
                    document.set("lastActivity", to: Int64(1_000))
                    document.set("expiresIn", to: Int32(1))
                }
            )
            var options = place.options()
            options.keepsExpired = true
            let reader = MongoSessionStore(options)
            #expect(try await reader.count() == 1)
            #expect(try await place.documents(under: "x:1").count == 1)
            try await reader.close()
            let store = place.store()
            #expect(try await store.count() == 0)
            #expect(try await place.documents(under: "x:1").isEmpty)
            try await store.close()
            try await place.drop()
        }

        @Test func `what another unique index refuses is rejected, and not tried for ever`()
            async throws
        {
            let place = try MongoPlace()
            try await place.run { command in
                command.set("createIndexes", to: place.collectionName)
                command.setArray("indexes") { indexes in
                    indexes.setDocument("0") { index in
                        index.setDocument("key") { $0.set("name", to: Int32(1)) }
                        index.set("name", to: "theirs")
                        index.set("unique", to: true)
                        index.set("sparse", to: true)
                    }
                }
            }
            let store = place.store()
            var session = Session(id: "x:1")
            session["name"] = "Ada"
            try await store.write(session)
            try await store.write(Session(id: "x:2"))
            for id: SessionID in ["x:2", "x:3"] {
                var other = Session(id: id)
                other["name"] = "Ada"
                let refused = other
                let first = await #expect(throws: SessionStoreError.self) {
                    try await store.write(refused)
                }
                #expect(first?.caseName == "rejected")
                let count = Mutex(0)
                let second = await #expect(throws: SessionStoreError.self) {
                    try await store.update(id) { session in
                        count.withLock { $0 += 1 }
                        session = refused
                    }
                }
                #expect(second?.caseName == "rejected")
                #expect(second?.fault.cause.contains("unique index") == true)
                #expect(count.withLock { $0 } == 1)
            }
            #expect(try await store.read("x:2")?["name"] == nil)
            try await store.close()
            try await place.drop()
        }

        @Test func `a sweep goes on behind the documents of others`() async throws {
            let place = try MongoPlace()
            let now = SessionClock.system.now()
            try await place.run { command in
                command.set("insert", to: place.collectionName)
                command.setArray("documents") { documents in
                    for number in 0..<600 {
                        let other = document("other\(number)") { document in
                            document.set("lastActivity", to: now - 240_000)
                        }
                        documents.set("\(number)", toDocument: other)
                    }
                }
            }
            try await place.insert(
                document("x:1") { $0.set("lastActivity", to: now - 120_000) })
            try await place.insert(
                document("x:2") { document in
                    document.set("lastActivity", to: now - 120_000)
                    document.setNull("expiresIn")
                }
            )
            for (id, lifetime) in [("x:3", -5.0), ("x:4", 1e12)] {
                try await place.insert(
                    document(id) { document in
                        document.set("lastActivity", to: now - 120_000)
                        document.set("expiresIn", to: lifetime)
                    }
                )
            }
            let store = place.store(expiry: try Expiry(minutes: 1))
            #expect(try await store.sweep() == 4)
            #expect(try await place.documents(under: "other7").count == 1)
            try await store.close()
            try await place.drop()
        }

        @Test func `documents without an id keep no store from opening`() async throws {
            let place = try MongoPlace()
            for number in 0..<2 {
                try await place.insert(BSONWriter.document { $0.set("n", to: Int32(number)) })
            }
            let store = place.store()
            try await store.write(Session(id: "x:1"), ifUnchangedSince: .absent)
            await #expect(throws: SessionStoreError.conflict("x:1")) {
                try await store.write(Session(id: "x:1"), ifUnchangedSince: .absent)
            }
            #expect(try await store.count() == 1)
            try await store.close()
            try await place.drop()
        }

        @Test func `a touch gives a new revision, also when no time has passed`() async throws {
            let place = try MongoPlace()
            var options = place.options()
            let now = SessionClock.system.now()
            options.clock = SessionClock { now }
            let store = MongoSessionStore(options)
            let written = try await store.write(Session(id: "x:1"))
            #expect(try await store.touch("x:1"))
            let revision = try #require(written.revision)
            await #expect(throws: SessionStoreError.conflict("x:1")) {
                try await store.write(Session(id: "x:1"), ifUnchangedSince: revision)
            }
            try await store.close()
            try await place.drop()
        }

        @Test func `an open store sweeps by itself, and a closed one doesn't`() async throws {
            let place = try MongoPlace()
            let tally = ContentionTests.Tally()
            for isDropped in [false, true] {
                var connection: MongoConnection? = try await .open(place.options(), Call(.open))
                connection?.keepSweeping(every: .milliseconds(10)) { _ in tally.add() }
                let before = tally.count
                let end = ContinuousClock.now + .seconds(20)
                while tally.count < before + 3 {
                    try #require(ContinuousClock.now < end)
                    try await Task.sleep(for: .milliseconds(5))
                }
                if !isDropped { await connection?.close() }
                connection = nil
                // One may be at it.
                try await Task.sleep(for: .milliseconds(50))
                let after = tally.count
                try await Task.sleep(for: .milliseconds(100))
                #expect(tally.count == after)
            }
        }

        @Test func `a listing removes what has expired`() async throws {
            let place = try MongoPlace()
            let old = SessionClock.system.now() - 120_000
            try await place.insert(document("x:old") { $0.set("lastActivity", to: old) })
            let store = place.store(expiry: try Expiry(minutes: 1))
            #expect(try await store.count() == 0)
            #expect(try await place.documents(under: "x:old").isEmpty)
            try await store.close()
            try await place.drop()
        }

        @Test func `a session that has expired does not return when the clock goes back`()
            async throws
        {
            let place = try MongoPlace()
            var options = place.options(expiry: try Expiry(minutes: 1))
            let box = Box(time: 1_700_000_000_000)
            options.clock = SessionClock { box.time.withLock { $0 } }
            let store = MongoSessionStore(options)
            try await store.write(Session(id: "x:1"))
            try await store.write(Session(id: "x:2"))
            box.time.withLock { $0 += 60_000 }
            #expect(try await store.read("x:1") != nil)
            box.time.withLock { $0 += 1 }
            #expect(try await store.read("x:1") == nil)
            box.time.withLock { $0 -= 30_000 }
            #expect(try await store.read("x:2") == nil)
            try await store.close()
            try await place.drop()
        }

        private final class Box: Sendable {
            let time: Mutex<Int64>
            init(time: Int64) { self.time = Mutex(time) }
        }

        @Test func `the server knows what has a lifetime of its own`() async throws {
            let place = try MongoPlace()
            let store = place.store()
            var session = Session(id: "x:1")
            session.expiry = try Expiry(minutes: 1)
            let written = try await store.write(session)
            let first = try await place.expireAt("x:1")
            #expect(first == (try #require(written.lastActivity)) + 60_001)
            try await Task.sleep(for: .milliseconds(20))
            #expect(try await store.touch("x:1"))
            let touched = try #require(try await store.read("x:1")?.lastActivity)
            #expect(try await place.expireAt("x:1") == touched + 60_001)
            #expect(touched > written.lastActivity ?? 0)
            try await store.update("x:1") { $0?.expiry = nil }
            #expect(try await place.expireAt("x:1") == nil)
            try await store.close()
            try await place.drop()
        }

        @Test func `a session is restored with the time that it has`() async throws {
            let place = try MongoPlace()
            let store = place.store(expiry: try Expiry(minutes: 1))
            let now = SessionClock.system.now()
            var session = Session(id: "x:1")
            session["lastActivity"] = JSON(now - 30_000)
            let restored = try #require(
                try await store.restore(session, ifUnchangedSince: .absent))
            #expect(restored.lastActivity == now - 30_000)
            #expect(try await store.read("x:1") == restored)
            #expect(try await store.read("x:1")?.revision == restored.revision)
            await #expect(throws: SessionStoreError.conflict("x:1")) {
                try await store.restore(session, ifUnchangedSince: .absent)
            }
            session["lastActivity"] = JSON(now - 70_000)
            let revision = try #require(restored.revision)
            #expect(try await store.restore(session, ifUnchangedSince: revision) == nil)
            session["lastActivity"] = -1
            let negative = session
            let error = await #expect(throws: SessionStoreError.self) {
                try await store.restore(negative, ifUnchangedSince: revision)
            }
            #expect(error?.caseName == "rejected")
            session["lastActivity"] = nil
            let stamped = try #require(
                try await store.restore(session, ifUnchangedSince: revision))
            #expect(stamped.lastActivity ?? 0 >= now)
            try await store.close()
            try await place.drop()
        }

        @Test func `opening creates the indexes, once and for all stores`() async throws {
            let place = try MongoPlace()
            for expiry in [Expiry.never, .oneYear, .never] {
                let store = place.store(expiry: expiry)
                try await store.open()
                try await store.close()
            }
            let reply = try await place.run(writes: false) {
                $0.set("listIndexes", to: place.collectionName)
            }
            var names: [String] = []
            for index in try FindReply(reply).documents {
                let reader = try #require(try index.document())
                names.append(try reader.first("name")?.text() ?? "")
                if names.last == "id_1" {
                    #expect(try reader.first("unique").map { try JSON($0) } == true)
                }
                if names.last == "_expireAt_1" {
                    #expect(try reader.first("expireAfterSeconds")?.int64 == 0)
                }
            }
            #expect(Set(names) == ["_id_", "id_1", "_expireAt_1", "lastActivity_1"])
            try await place.drop()
        }

        @Test func `a store that creates no indexes works where they are`() async throws {
            let place = try MongoPlace()
            try await place.store().open()
            var options = place.options()
            options.createsIndexes = false
            let store = MongoSessionStore(options)
            try await store.write(Session(id: "x:1"), ifUnchangedSince: .absent)
            await #expect(throws: SessionStoreError.conflict("x:1")) {
                try await store.write(Session(id: "x:1"), ifUnchangedSince: .absent)
            }
            try await store.close()
            try await place.drop()
        }
    }

    extension MongoPlace {
        /// The date at which the server may remove a session.
        fileprivate func expireAt(_ id: String) async throws -> Int64? {
            let document = try await documents(under: id).first?.document()
            let date = try document?.first("_expireAt")
            return date.map { Int64(bitPattern: BSONReader.word($0.bytes, byteCount: 8)) }
        }
    }
#endif
