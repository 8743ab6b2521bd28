import DiskIO
import FileSessions
import LogEngine
import SessionCore
import SimulatedDisks
import Testing

@Suite struct FileSessionStoreTests {
    let disk = SimulatedDisk(seed: 11)

    private func makeStore(expiry: Expiry = .never) -> FileSessionStore {
        FileSessionStore(FileSessionOptions(dirname: "/store", expiry: expiry), on: disk)
    }

    @Test func `a session is read as it was written, also by the next store`() async throws {
        let document = #"{"id":"line:U1","platform":"line","big":9007199254740993,"x":{"y":[1.0]}}"#
        var store = makeStore()
        let written = try await store.write(try Session(decoding: Array(document.utf8)))
        #expect(try await store.read("line:U1") == written)
        try await store.close()

        store = makeStore()
        let read = try #require(try await store.read("line:U1"))
        #expect(read == written)
        #expect(read.revision == written.revision)
        let text = String(decoding: try read.encoded(), as: UTF8.self)
        #expect(text.contains(#""big":9007199254740993,"x":{"y":[1.0]}"#))
        try await store.close()
    }

    @Test func `a session expires strictly after its lifetime, and never comes back`() async throws
    {
        disk.setWallClock(milliseconds: 1_000_000_000)
        var store = makeStore(expiry: try Expiry(minutes: 10))
        try await store.write(Session(id: "a:1"))
        disk.advance(milliseconds: 600_000)
        #expect(try await store.read("a:1") != nil)
        disk.advance(milliseconds: 1)
        #expect(try await store.read("a:1") == nil)
        try await store.close()

        disk.stepWallClock(milliseconds: -500_000)
        store = makeStore(expiry: .never)
        #expect(try await store.read("a:1") == nil)
        #expect(try await store.count() == 0)
        try await store.close()
    }

    @Test(arguments: [true, false])
    func `a session that somebody was told is gone stays gone, also after a kill`(
        isTouched: Bool
    ) async throws {
        disk.setWallClock(milliseconds: 1_000_000_000)
        let store = makeStore(expiry: try Expiry(minutes: 10))
        let session = try await store.write(Session(id: "a:1"))
        disk.advance(milliseconds: 600_001)
        if isTouched {
            #expect(try await !store.touch("a:1"))
        } else {
            let revision = try #require(session.revision)
            await #expect(throws: SessionStoreError.self) {
                try await store.write(session, ifUnchangedSince: revision)
            }
        }
        let options = FileSessionOptions(dirname: "/store", expiry: .never)
        let again = FileSessionStore(options, on: disk.clone())
        #expect(try await again.read("a:1") == nil)
        try await again.close()
        try await store.close()
    }

    @Test func `a changed lifetime applies to stored sessions at once`() async throws {
        disk.setWallClock(milliseconds: 1_000_000_000)
        var store = makeStore(expiry: .never)
        for number in 0..<10 { try await store.write(Session(id: try SessionID("a:\(number)"))) }
        disk.advance(milliseconds: 90_000)
        try await store.touch("a:3")
        try await store.close()

        store = makeStore(expiry: try Expiry(minutes: 1))
        #expect(try await store.count() == 1)
        #expect(try await store.read("a:3") != nil)
        var ids: [SessionID] = []
        for await id in try await store.ids() { ids.append(try id.get()) }
        #expect(ids == ["a:3"])
        try await store.close()
    }

    @Test func `an expired session is announced once`() async throws {
        let store = makeStore(expiry: try Expiry(minutes: 1))
        try await store.write(Session(id: "a:1"))
        var expirations = try await store.expirations().makeAsyncIterator()
        disk.advance(milliseconds: 120_000)
        #expect(try await store.read("a:1") == nil)
        #expect(try await store.read("a:1") == nil)
        try await store.close()
        #expect(await expirations.next()?.id == "a:1")
        #expect(await expirations.next() == nil)
    }

    @Test func `a conditional write after somebody else's write is a conflict`() async throws {
        let store = makeStore()
        let first = try await store.write(Session(id: "a:1"), ifUnchangedSince: .absent)
        let revision = try #require(first.revision)
        try await store.touch("a:1")
        let second = try await store.write(first, ifUnchangedSince: revision)
        #expect(second.revision != revision)
        await #expect(throws: SessionStoreError.conflict("a:1")) {
            try await store.write(first, ifUnchangedSince: revision)
        }
        await #expect(throws: SessionStoreError.conflict("a:1")) {
            try await store.write(first, ifUnchangedSince: .absent)
        }
        try await store.close()
    }

    @Test func `no update of many tasks is lost`() async throws {
        let store = makeStore()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    for _ in 0..<20 {
                        try await store.update("a:1") { session in
                            var changed = session ?? Session(id: "a:1")
                            changed["n"] = JSON((changed["n"]?.int64 ?? 0) + 1)
                            session = changed
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await store.read("a:1")?["n"]?.int64 == 320)
        try await store.close()
    }

    @Test func `a second store cannot have the directory`() async throws {
        let store = makeStore()
        try await store.open()
        let second = makeStore()
        await #expect {
            try await second.open()
        } throws: { error in
            guard case SessionStoreError.locked(let fault) = error else { return false }
            return fault.cause.contains("pid")
        }
        try await store.close()
        try await second.open()
        try await second.close()
    }

    @Test func `a closed store says so until it is opened again`() async throws {
        let store = makeStore()
        try await store.write(Session(id: "a:1"))
        try await store.close()
        try await store.close()
        await #expect {
            try await store.read("a:1")
        } throws: { error in
            guard case SessionStoreError.closed = error else { return false }
            return true
        }
        try await store.open()
        #expect(try await store.read("a:1") != nil)
        try await store.close()
    }

    @Test func `a read-only store reads beside a writer, and changes nothing`() async throws {
        let store = makeStore()
        try await store.write(Session(id: "a:1"))
        let before = disk.snapshot()
        let reader = FileSessionStore(
            FileSessionOptions(dirname: "/store", access: .readOnly),
            on: disk
        )
        #expect(try await reader.read("a:1") != nil)
        #expect(try await reader.count() == 1)
        await #expect(throws: SessionStoreError.self) { try await reader.destroy("a:1") }
        try await reader.close()
        #expect(disk.snapshot() == before)
        try await store.close()
    }

    @Test func `one damaged record is reported, and ends no listing`() async throws {
        var store = makeStore()
        for number in 0..<20 { try await store.write(Session(id: try SessionID("a:\(number)"))) }
        try await store.close()
        let segment = "/store/0000000001.segment"
        let length = try disk.contents(of: segment).count
        // In the middle of the records, whichever it is.
        try disk.flipBit(length / 3 * 8, of: segment)

        store = makeStore()
        var (sound, damaged) = (0, 0)
        for await session in try await store.sessions() {
            switch session {
            case .success: sound += 1
            case .failure(.corrupted): damaged += 1
            case .failure(let error): throw error
            }
        }
        #expect((sound, damaged) == (19, 1))
        try await store.close()
    }

    @Test func `hostile ids are data`() async throws {
        let store = makeStore()
        let ids: [SessionID] = [
            "a:../../etc/passwd", "a:/", "a:\0", "a:\n", "a:+", "a:é", "a:e\u{301}",
        ]
        for id in ids { try await store.write(Session(id: id)) }
        for id in ids { #expect(try await store.read(id)?.id == id) }
        #expect(try await store.count() == ids.count)
        try await store.close()
    }

    @Test func `run keeps the store open until its task is cancelled`() async throws {
        let store = FileSessionStore(
            FileSessionOptions(dirname: "/store"), on: SimulatedDisk(seed: 23))
        let running = Task { try await store.run() }
        try await store.untilOpened()
        try await store.write(Session(id: "a:1"))
        running.cancel()
        try await running.value
        await #expect(throws: SessionStoreError.self) { try await store.read("a:1") }
    }

    @Test func `the recount of a store agrees`() async throws {
        let store = FileSessionStore(
            FileSessionOptions(dirname: "/store"), on: SimulatedDisk(seed: 24))
        try await store.write(Session(id: "a:1"))
        #expect(try await store.recount().isRight)
        try await store.close()
        await #expect(throws: SessionStoreError.self) { try await store.recount() }
    }
}

extension FileSessionStore {
    /// Waits until somebody else has opened the store.
    func untilOpened() async throws {
        for _ in 0..<10_000 where recovery == nil { try await Task.sleep(for: .milliseconds(1)) }
        try #require(recovery != nil)
    }
}
