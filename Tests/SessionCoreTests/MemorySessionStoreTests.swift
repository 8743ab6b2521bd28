import Locks
import SessionCore
import Testing

@Suite(.timeLimit(.minutes(15))) struct MemorySessionStoreTests {
    let clock = TestClock()
    let id: SessionID = "x:1"

    func store(
        maxSize: Int = 0,
        minutes: Double? = nil,
        onEviction: (@Sendable (Session) -> Void)? = nil
    ) throws -> MemorySessionStore {
        try MemorySessionStore(
            maxSize: maxSize,
            expiry: Expiry(minutes: minutes),
            clock: clock.clock,
            onEviction: onEviction
        )
    }

    @Test func `a write stamps, replaces and is independent of its source`() async throws {
        let store = try store()
        var session = Samples.session(id, step: 1)
        let written = try await store.write(session)
        session.state["step"] = 2
        var read = try #require(try await store.read(id))
        read.state["step"] = 3

        #expect(written.lastActivity == clock.now)
        #expect(try await store.read(id)?.state["step"] == 1)
        #expect(try await store.read(id)?.revision == written.revision)
        #expect(try await store.read("x:\u{E9}") == nil)
    }

    @Test func `the least recently used is evicted, counted and told of`() async throws {
        let evicted = Mutex<[SessionID]>([])
        let sink: @Sendable (Session) -> Void = { session in
            evicted.withLock { $0.append(session.id) }
        }
        let store = try store(maxSize: 3, onEviction: sink)
        for number in 1...3 { try await store.write(Samples.session("x:\(number)".id)) }
        _ = try await store.read("x:1")
        try await store.touch("x:2")
        try await store.write(Samples.session("x:4"))
        try await store.write(Samples.session("x:2", step: 5))
        try await store.write(Samples.session("x:5"))

        #expect(evicted.withLock { $0 } == ["x:3", "x:1"])
        #expect(store.evictionCount == 2)
        #expect(try await store.count() == 3)
    }

    @Test func `sizes have a default, no limit at zero, and none below`() async throws {
        let limited = try MemorySessionStore()
        let unlimited = try store()
        for number in 0..<600 {
            try await limited.write(Samples.session("x:\(number)".id))
            try await unlimited.write(Samples.session("x:\(number)".id))
        }

        #expect(try await limited.count() == 500)
        #expect(try await unlimited.count() == 600)
        let error = #expect(throws: SessionStoreError.self) { try store(maxSize: -1) }
        #expect(error?.fault.setting == "session.stores.memory.maxSize")
    }

    @Test func `a session expires strictly after its lifetime and never returns`() async throws {
        let store = try store(minutes: 1)
        let expirations = try await store.expirations()
        try await store.write(Samples.session(id))
        clock.now += 60_000
        #expect(try await store.read(id) != nil)
        clock.now += 1
        #expect(try await store.read(id) == nil)
        clock.now -= 60_000
        #expect(try await store.read(id) == nil)
        #expect(try await store.touch(id) == false)
        #expect(try await store.destroy(id) == false)
        try await store.close()

        var expired: [SessionID] = []
        for await session in expirations { expired.append(session.id) }
        #expect(expired == [id])
    }

    @Test
    func `a clock that goes back revives nothing and kills nothing new`() async throws {
        let store = try store(minutes: 1)
        try await store.write(Samples.session(id))
        clock.now += 60_001
        #expect(try await store.count() == 0)
        clock.now -= 60_001
        let written = try await store.write(Samples.session(id))

        #expect(written.lastActivity == clock.now + 60_001)
        #expect(try await store.read(id) != nil)
    }

    @Test func `writing and touching extend a life, reading does not`() async throws {
        let store = try store(minutes: 1)
        try await store.write(Samples.session(id))
        clock.now += 40_000
        #expect(try await store.touch(id))
        clock.now += 40_000
        #expect(try await store.read(id) != nil)
        #expect(try await store.update(id) { $0 != nil })
        clock.now += 40_000
        #expect(try await store.read(id) != nil)
        clock.now += 40_000
        #expect(try await store.read(id) == nil)
    }

    @Test func `expired sessions are no longer listed, counted or in the way`() async throws {
        let store = try store(maxSize: 2, minutes: 1)
        let expirations = try await store.expirations()
        var own = Samples.session("x:own")
        own.expiry = .never
        try await store.write(own)
        try await store.write(Samples.session("x:1"))
        clock.now += 60_001
        try await store.write(Samples.session("x:2"))
        #expect(store.evictionCount == 1)  // x:own was the oldest, and had not expired
        try await store.write(Samples.session("x:3"))
        #expect(store.evictionCount == 1)  // x:1 had
        clock.now += 60_001
        #expect(try await store.ids().collect().items.isEmpty)
        try await store.write(Samples.session("x:4"))
        clock.now += 60_001
        #expect(try await store.sweep() == 1)
        #expect(try await store.sweep() == 0)
        try await store.close()

        var expired: Set<SessionID> = []
        for await session in expirations { expired.insert(session.id) }
        #expect(expired == ["x:1", "x:2", "x:3", "x:4"])
    }

    @Test func `writing over an expired session announces the old one`() async throws {
        let store = try store(minutes: 1)
        let expirations = try await store.expirations()
        try await store.write(Samples.session(id, step: 1))
        clock.now += 60_001
        try await store.write(Samples.session(id, step: 2), ifUnchangedSince: .absent)
        try await store.close()

        var steps: [JSON?] = []
        for await session in expirations { steps.append(session.state["step"]) }
        #expect(steps == [1])
    }

    @Test func `a conditional write sees every other write`() async throws {
        let store = try store()
        let first = try await store.write(Samples.session(id), ifUnchangedSince: .absent)
        let revision = try #require(first.revision)
        try await store.touch(id)
        let second = try await store.write(first, ifUnchangedSince: revision)
        #expect(second.revision != revision)
        for stale in [revision, .absent] {
            await #expect(throws: SessionStoreError.conflict(id)) {
                try await store.write(first, ifUnchangedSince: stale)
            }
        }
        try await store.destroy(id)
        await #expect(throws: SessionStoreError.conflict(id)) {
            try await store.write(first, ifUnchangedSince: revision)
        }
    }

    @Test func `no concurrent update is lost`() async throws {
        let store = try store()
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

    @Test func `an update creates, destroys, and throws on`() async throws {
        let store = try store()
        try await store.update(id) { $0 = Samples.session(id) }
        #expect(try await store.read(id) != nil)
        await #expect(throws: CustomDriverTests.Failure()) {
            try await store.update(id) { session in
                session = nil
                throw CustomDriverTests.Failure()
            }
        }
        #expect(try await store.read(id) != nil)
        try await store.update(id) { $0 = nil }
        #expect(try await store.read(id) == nil)
        await #expect(throws: SessionStoreError.self) {
            try await store.update(id) { _ in try await store.write(Samples.session(id)) }
        }
    }

    @Test func `a session that is too large is rejected by every write`() async throws {
        let store = try store()
        var session = Samples.session(id)
        session["a"] = .string(String(repeating: "x", count: Session.byteCountMax))
        let large = session

        await #expect(throws: SessionStoreError.self) { try await store.write(large) }
        await #expect(throws: SessionStoreError.self) {
            try await store.write(large, ifUnchangedSince: .absent)
        }
        await #expect(throws: SessionStoreError.self) { try await store.update(id) { $0 = large } }
        #expect(try await store.count() == 0)
    }

    @Test func `a closed store refuses everything until it is opened`() async throws {
        let store = try store()
        let written = try await store.write(Samples.session(id))
        let listing = try await store.sessions()
        try await store.close()
        try await store.close()
        let calls: [() async throws -> Void] = [
            { _ = try await store.read(id) }, { try await store.write(written) },
            { try await store.touch(id) }, { try await store.destroy(id) },
            { try await store.update(id) { _ in } }, { _ = try await store.sessions() },
            { _ = try await store.count() }, { _ = try await store.expirations() },
            { _ = try await store.sweep() },
        ]
        for call in calls {
            let error = await #expect(throws: SessionStoreError.self) { try await call() }
            guard case .closed? = error else {
                Issue.record("not closed: \(String(describing: error))")
                continue
            }
        }
        #expect(await listing.collect().failures.count == 1)

        try await store.open()
        #expect(try await store.read(id) == written)
    }
}

extension String {
    var id: SessionID { SessionID(stringLiteral: self) }
}
