#if Redis
    import Locks
    import SessionCore
    import TestServers
    import Testing

    @testable import RedisSessions

    @Suite(.timeLimit(.minutes(5))) struct RedisLeaseTests {
        private func makeStores(_ count: Int) async throws -> [RedisSessionStore] {
            var options = try await SharedServers.plain.value.options
            options.keyPrefix = "lease\(UInt64.random(in: .min ... .max)):"
            return (0..<count).map { _ in RedisSessionStore(options) }
        }

        /// How many have a place in the line for `x:1`.
        private func waiting(at store: RedisSessionStore) async throws -> Int {
            let key = store.leaseKey(of: "x:1", in: .turns)
            let server = try await SharedServers.plain.value
            return Int(try await server.ask([Array("HLEN".utf8), key]).integer ?? 0)
        }

        @Test func `one at a time has the lease, in all processes`() async throws {
            let stores = try await makeStores(4)
            let log = Log()
            try await withThrowingTaskGroup { group in
                for task in 0..<32 {
                    let store = stores[task % 4]
                    group.addTask {
                        try await store.withLease(on: "x:1") { lease in
                            log.enter(lease.number)
                            try await Task.sleep(for: .milliseconds(3))
                            #expect(lease.isHeld)
                            log.leave()
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(log.most == 1)
            #expect(log.numbers.count == 32)
            #expect(log.numbers == log.numbers.sorted())
            #expect(Set(log.numbers).count == 32)
        }

        @Test func `who asks first has it first`() async throws {
            let stores = try await makeStores(6)
            let log = Log()
            try await withThrowingTaskGroup { group in
                for (number, store) in stores.enumerated() {
                    group.addTask {
                        try await store.withLease(on: "x:1") { _ in
                            log.enter(UInt64(number))
                            // The first holds it until all others wait.
                            if number == 0 {
                                try await waitUntil("all wait") {
                                    try await waiting(at: store) == 6
                                }
                            }
                            log.leave()
                        }
                    }
                    // The next comes when this one is in the line; after the last they leave.
                    guard number < stores.count - 1 else { break }
                    try await waitUntil("it waits") {
                        try await waiting(at: store) == number + 1
                    }
                }
                try await group.waitForAll()
            }
            #expect(log.numbers == [0, 1, 2, 3, 4, 5])
        }

        @Test func `leases of two sessions have nothing to do with each other`() async throws {
            let stores = try await makeStores(2)
            try await stores[0].withLease(on: "x:1") { _ in
                try await stores[1].withLease(on: "x:2") { lease in #expect(lease.isHeld) }
            }
        }

        @Test func `a lease inside itself is rejected, and updates go on`() async throws {
            let stores = try await makeStores(1)
            let store = stores[0]
            try await store.withLease(on: "x:1") { _ in
                try await store.update("x:1") { $0 = Session(id: "x:1") }
                do {
                    try await store.withLease(on: "x:1") { _ in _ = Issue.record("it was had twice")
                    }
                } catch SessionStoreError.rejected(let fault) {
                    #expect(fault.id == "x:1")
                }
            }
            #expect(try await store.destroy("x:1"))
        }

        @Test func `an update inside a lease loses several times, and goes on`() async throws {
            let stores = try await makeStores(2)
            try await stores[0].withLease(on: "x:1") { _ in
                var count = 0
                try await stores[0].update("x:1") { session in
                    count += 1
                    if count < 7 { try await stores[1].write(Session(id: "x:1")) }
                    session = Session(id: "x:1")
                    session?.state["count"] = JSON(count)
                }
                #expect(count == 7)
            }
            #expect(try await stores[1].read("x:1")?.state["count"] == 7)
            try await stores[1].destroy("x:1")
        }

        @Test func `an error gives the lease back`() async throws {
            struct Refusal: Error {}
            let stores = try await makeStores(2)
            await #expect(throws: Refusal.self) {
                try await stores[0].withLease(on: "x:1") { _ in throw Refusal() }
            }
            let started = ContinuousClock.now
            try await stores[1].withLease(on: "x:1") { _ in }
            #expect(started.duration(to: .now) < .seconds(5))
        }

        @Test func `a cancelled task leaves the line`() async throws {
            let stores = try await makeStores(3)
            try await stores[0].withLease(on: "x:1") { _ in
                let waiting = Task { try await stores[1].withLease(on: "x:1") { _ in } }
                try await Task.sleep(for: .milliseconds(100))
                waiting.cancel()
                do {
                    try await waiting.value
                    Issue.record("it got the lease")
                } catch SessionStoreError.cancelled {}
            }
            let started = ContinuousClock.now
            try await stores[2].withLease(on: "x:1") { _ in }
            #expect(started.duration(to: .now) < .seconds(5))
        }

        @Test func `the lease of a process that died ends`() async throws {
            let stores = try await makeStores(2)
            let dead = try await stores[0].acquireLease(on: "x:1", .update, in: .turns)
            let started = ContinuousClock.now
            try await stores[1].withLease(on: "x:1") { lease in
                #expect(lease.number > dead.heldNumber ?? 0)
            }
            let waited = started.duration(to: .now)
            #expect(waited > .seconds(8))
            // Whoever was dead only for a while is told so, and has no place any more.
            let renewal = RedisCall(
                .queue, key: stores[0].leaseKey(of: "x:1", in: .turns),
                [Array("somebody".utf8), Array("10000".utf8), Array("1".utf8)])
            #expect(try await stores[0].ask(renewal, .update) == .null)
        }

        @Test(arguments: [false, true])
        func `a lease that is held longer than it lasts is kept`(
            whileCancelled: Bool
        ) async throws {
            let stores = try await makeStores(2)
            let (isHeld, isOver) = (Flag(), Flag())
            let holder = Task {
                try await stores[0].withLease(on: "x:1") { lease in
                    isHeld.set()
                    // A body that doesn't look whether it is cancelled.
                    await Task { try? await Task.sleep(for: .seconds(12)) }.value
                    #expect(lease.isHeld)
                    isOver.set()
                }
            }
            try await waitUntil("it is held") { isHeld.isSet }
            if whileCancelled { holder.cancel() }
            try await stores[1].withLease(on: "x:1") { _ in #expect(isOver.isSet) }
            try await holder.value
        }

        @Test func `no session can have the key of a line`() async throws {
            let stores = try await makeStores(1)
            let key = stores[0].leaseKey(of: "telegram:1", in: .turns)
            let name = String(
                decoding: key.dropFirst(stores[0].options.keyPrefix.utf8.count), as: UTF8.self)
            #expect(throws: InvalidSessionID.noColon) { _ = try SessionID(name) }
            try await stores[0].withLease(on: "telegram:1") { _ in
                let count = try await stores[0].count()
                #expect(count == 0)
            }
        }
    }

    /// Who was inside, and how many at once.
    private final class Log: Sendable {
        private let state = Mutex((now: 0, most: 0, numbers: [UInt64]()))
        var most: Int { state.withLock(\.most) }
        var numbers: [UInt64] { state.withLock(\.numbers) }

        func enter(_ number: UInt64) {
            state.withLock { state in
                state.now += 1
                state.most = max(state.most, state.now)
                state.numbers.append(number)
            }
        }

        func leave() { state.withLock { $0.now -= 1 } }
    }
#endif
