import SessionCore
import Testing

@Suite(.timeLimit(.minutes(15))) struct CustomDriverTests {
    let store = DictionaryStore()
    let id: SessionID = "x:1"

    struct Failure: Error, Equatable {}

    @Test func `three methods make a store`() async throws {
        try await store.open()
        #expect(try await store.read(id) == nil)
        #expect(try await store.touch(id) == false)
        let written = try await store.write(Samples.session(id, step: 3))
        #expect(try await store.read(id) == written)
        #expect(try await store.touch(id))
        #expect(try await store.destroy(id))
        #expect(try await store.destroy(id) == false)
        try await store.close()
    }

    @Test func `no concurrent update is lost`() async throws {
        try await withThrowingTaskGroup { group in
            for _ in 0..<64 {
                group.addTask {
                    for _ in 0..<100 {
                        try await store.update(id) { session in
                            session = session ?? Session(id: id)
                            let count = session?.state["count"]?.int64 ?? 0
                            await Task.yield()
                            session?.state["count"] = JSON(count + 1)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }

        #expect(try await store.read(id)?.state["count"] == 6_400)
    }

    @Test func `a conditional write fails once somebody wrote`() async throws {
        try await store.write(Samples.session(id), ifUnchangedSince: .absent)
        let read = try #require(try await store.read(id))
        let revision = try #require(read.revision)
        await #expect(throws: SessionStoreError.conflict(id)) {
            try await store.write(read, ifUnchangedSince: .absent)
        }
        let next = try await store.write(Samples.session(id, step: 1), ifUnchangedSince: revision)
        await #expect(throws: SessionStoreError.conflict(id)) {
            try await store.write(read, ifUnchangedSince: revision)
        }

        #expect(try await store.read(id)?.state["step"] == 1)
        #expect(try await store.read(id)?.revision == next.revision)
    }

    @Test func `an update destroys, creates, leaves alone and returns`() async throws {
        #expect(try await store.update(id) { $0 == nil })
        #expect(try await store.read(id) == nil)
        try await store.update(id) { $0 = Samples.session(id, step: 1) }
        #expect(try await store.read(id)?.state["step"] == 1)
        #expect(try await store.update(id) { $0?.state["step"]?.int64 } == 1)
        try await store.update(id) { $0 = nil }
        #expect(try await store.read(id) == nil)
    }

    @Test func `an update that throws changes nothing and throws on`() async throws {
        let before = try await store.write(Samples.session(id, step: 1))
        await #expect(throws: Failure()) {
            try await store.update(id) { session in
                session?.state["step"] = 2
                throw Failure()
            }
        }

        #expect(try await store.read(id) == before)
        #expect(try await store.update(id) { $0?.state["step"] } == 1)
    }

    @Test func `an update can't put another session in place`() async throws {
        let error = await #expect(throws: SessionStoreError.self) {
            try await store.update(id) { $0 = Session(id: "x:2") }
        }

        #expect(error?.fault.operation == .update)
        #expect(try await store.read("x:2") == nil)
    }

    @Test
    func `an update inside one of the same id is refused and not waiting`() async throws {
        let error = await #expect(throws: SessionStoreError.self) {
            try await store.update(id) { _ in
                _ = try await store.update("x:2") { $0 = Session(id: "x:2") }
                try await store.update(id) { _ in }
            }
        }
        guard case .rejected? = error else {
            Issue.record("not rejected")
            return
        }

        #expect(try await store.read("x:2") != nil)
        let later = try await store.update(id) { _ in
            Task {
                try await Task.sleep(for: .milliseconds(20))
                return try await store.update(id) { $0 == nil }
            }
        }
        #expect(try await later.value)
    }

    @Test func `two stores of a class don't share locks`() async throws {
        let other = DictionaryStore()
        try await store.update(id) { session in
            session = Samples.session(id, step: 5)
            let copy = session
            try await other.update(id) { $0 = copy }
        }

        #expect(try await other.read(id)?.state["step"] == 5)
    }

    @Test func `what three methods can't do is unsupported`() async throws {
        let calls: [(Fault.Operation, () async throws -> Void)] = [
            (.list, { _ = try await store.ids() }), (.list, { _ = try await store.sessions() }),
            (.list, { _ = try await store.count() }),
            (.list, { _ = try await store.destroyAll(where: .all) }),
            (.list, { _ = try await store.erase(participant: "a") }),
            (.expire, { _ = try await store.expirations() }),
        ]
        for (operation, call) in calls {
            let error = await #expect(throws: SessionStoreError.self) { try await call() }
            guard case .unsupported(let fault)? = error else {
                Issue.record("not unsupported")
                continue
            }
            #expect(fault.operation == operation)
        }
    }
}

@Suite struct ListingDriverTests {
    let store = ListingStore(damaged: ["b:1"], listed: ["a:1", "b:1", "c:1", "a:2"])

    init() async throws {
        for id in store.listed {
            var session = Samples.session(id)
            session.user = ["id": .string(id.key)]
            _ = try await store.write(session)
        }
    }

    @Test func `a damaged record is reported and hides nothing`() async throws {
        let (sessions, failures) = try await store.sessions().collect()
        let ids = try await store.ids().collect()

        #expect(sessions.map(\.id) == ["a:1", "c:1", "a:2"])
        #expect(failures.map(\.fault.id) == ["b:1"])
        #expect(ids.items == ["a:1", "c:1", "a:2"])
        #expect(ids.failures.count == 1)
    }

    @Test func `destroying and erasing go on past damage and then report it`() async throws {
        await #expect(throws: SessionStoreError.self) { try await store.erase(participant: "1") }
        await #expect(throws: SessionStoreError.self) { try await store.count() }

        let left = try await store.sessions().collect()
        #expect(left.items.map(\.id) == ["a:2"])
    }

    @Test func `counting and destroying are built on listing`() async throws {
        let sound = ListingStore(damaged: [], listed: ["a:1", "b:1", "a:2"])
        for id in sound.listed { _ = try await sound.write(Samples.session(id)) }

        #expect(try await sound.count() == 3)
        #expect(try await sound.count(where: SessionFilter(platform: "a")) == 2)
        #expect(try await sound.destroyAll(where: SessionFilter(platform: "a")) == 2)
        #expect(try await sound.count() == 1)
    }

    @Test func `an update works on a store without identity`() async throws {
        let outcome = try await store.update("a:1") { session in
            session?.state["step"] = 9
            return session?.id
        }

        #expect(outcome == "a:1")
        #expect(try await store.read("a:1")?.state["step"] == 9)
    }

    @Test func `an outage ends a removal at once`() async throws {
        let fault = Fault(.list, cause: "down")
        let listing = SessionListing<SessionID> {
            SessionListing.Page([.failure(.unavailable(fault)), .success("a:1")])
        }
        let (ids, failures) = await listing.collect()

        #expect(ids == ["a:1"])
        #expect(failures == [.unavailable(fault)])
    }
}
