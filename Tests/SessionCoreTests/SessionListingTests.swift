import SessionCore
import Testing

@Suite(.timeLimit(.minutes(15))) struct SessionListingTests {
    let store: MemorySessionStore

    init() async throws {
        store = try MemorySessionStore(maxSize: 0)
        for number in 0..<150 {
            let platform = number.isMultiple(of: 3) ? "line" : "telegram"
            let kind: SessionKind = number.isMultiple(of: 2) ? .group : .user
            var session = Session(id: "\(platform):\(number)".id, kind: kind)
            session.user = ["id": JSON(number % 10)]
            try await store.write(session)
        }
    }

    @Test(arguments: [
        (SessionFilter.all, 150), (SessionFilter(platform: "line"), 50),
        (SessionFilter(platform: "lin"), 0), (SessionFilter(kind: .group), 75),
        (SessionFilter(participant: "7"), 15), (SessionFilter(idPrefix: "line:1"), 19),
        (SessionFilter(platform: "line", kind: .user, participant: "3"), 5),
        (SessionFilter(platform: "telegram", idPrefix: "line"), 0),
    ])
    func `a filter is all of its parts`(filter: SessionFilter, count: Int) async throws {
        let sessions = try await store.sessions(where: filter).collect()
        let ids = try await store.ids(where: filter).collect()

        #expect(sessions.items.count == count)
        #expect(sessions.items.allSatisfy { filter.matches($0) })
        #expect(Set(ids.items) == Set(sessions.items.map(\.id)))
        #expect(try await store.count(where: filter) == count)
        #expect(try await store.destroyAll(where: filter) == count)
        #expect(try await store.count() == 150 - count)
    }

    @Test func `an id is not always enough to decide`() {
        #expect(!SessionFilter(platform: "x", idPrefix: "x:1").needsSession)
        #expect(SessionFilter(kind: .user).needsSession)
        #expect(SessionFilter(participant: "1").needsSession)
        #expect(SessionFilter(kind: .user).matches("x:1" as SessionID))
    }

    @Test func `erasing a person can be limited to a platform`() async throws {
        #expect(try await store.erase(participant: "7", on: "line") == 5)
        #expect(try await store.erase(participant: "7") == 10)
        #expect(try await store.erase(participant: "7") == 0)
    }

    @Test func `what stays is listed once while the store changes`() async throws {
        var seen: [SessionID] = []
        var round = 0
        for await id in try await store.ids(where: SessionFilter(platform: "line")) {
            seen.append(try id.get())
            try await store.destroy("telegram:\(round)".id)
            try await store.write(Samples.session("new:\(round)".id))
            if let last = seen.last { try await store.touch(last) }
            round += 1
        }

        #expect(seen.count == 50)
        #expect(Set(seen).count == 50)
    }

    @Test func `each iteration starts afresh`() async throws {
        let listing = try await store.sessions()

        #expect(await listing.collect().items.count == 150)
        #expect(await listing.collect().items.count == 150)
        var iterator = listing.makeAsyncIterator()
        #expect(await iterator.next() != nil)
    }
}

@Suite(.timeLimit(.minutes(15))) struct SessionExpirationsTests {
    @Test func `every watcher gets what expires from then on`() async throws {
        let source = ExpirationSource()
        source.send(Samples.session("x:0"))
        #expect(!source.isWatched)
        let first = source.watch()
        source.send(Samples.session("x:1"))
        let second = source.watch()
        #expect(source.isWatched)
        source.send(Samples.session("x:2"))
        source.finish()

        #expect(await ids(of: first) == ["x:1", "x:2"])
        #expect(await ids(of: second) == ["x:2"])
        #expect(!source.isWatched)
    }

    @Test func `a slow watcher loses the oldest events`() async throws {
        let source = ExpirationSource()
        let expirations = source.watch()
        for number in 0...SessionExpirations.bufferedMax {
            source.send(Samples.session("x:\(number)".id))
        }
        source.finish()
        let ids = await ids(of: expirations)

        #expect(ids.count == SessionExpirations.bufferedMax)
        #expect(ids.first == "x:1")
    }

    @Test func `a watcher that goes away is forgotten`() async throws {
        let source = ExpirationSource()
        let task = Task { [expirations = source.watch()] in
            var iterator = expirations.makeAsyncIterator()
            return await iterator.next()
        }
        task.cancel()

        #expect(await task.value == nil)
        while source.isWatched { await Task.yield() }
    }

    private func ids(of expirations: SessionExpirations) async -> [SessionID] {
        var ids: [SessionID] = []
        for await session in expirations { ids.append(session.id) }
        return ids
    }
}
