#if Mongo
    import Locks
    import SessionCore
    import Testing

    @testable import MongoSessions

    /// A store is opened once, by whoever comes first.
    @Suite(.timeLimit(.minutes(2))) struct HolderTests {
        /// Counts openings, and holds them up until it is told to go on.
        private final class Opening: Sendable {
            private let state = Mutex((count: 0, mayGoOn: false, fails: false))

            var count: Int { state.withLock(\.count) }

            func goOn(failing: Bool) { state.withLock { ($0.mayGoOn, $0.fails) = (true, failing) } }

            func run() async throws(SessionStoreError) -> MongoConnection {
                state.withLock { $0.count += 1 }
                while !state.withLock(\.mayGoOn) { await Task.yield() }
                guard !state.withLock(\.fails) else {
                    throw .unavailable(Fault(.open, cause: "on order"))
                }
                return try await .open(
                    MongoSessionOptions(url: "mongodb://127.0.0.1:1"), Call(.open))
            }
        }

        private func outcome(_ holder: ConnectionHolder) -> Task<String, Never> {
            Task {
                do throws(SessionStoreError) {
                    _ = try await holder.connection(for: Call(.read))
                    return "open"
                } catch {
                    return error.caseName
                }
            }
        }

        private func until(_ condition: () -> Bool) async throws {
            let end = ContinuousClock.now + .seconds(50)
            while !condition() {
                try #require(ContinuousClock.now < end)
                try await Task.sleep(for: .milliseconds(1))
            }
        }

        @Test func `many that come at once open one connection`() async throws {
            let opening = Opening()
            let holder = ConnectionHolder { () async throws(SessionStoreError) in
                try await opening.run()
            }
            let callers = (0..<50).map { _ in outcome(holder) }
            try await until { opening.count == 1 }
            opening.goOn(failing: false)
            for caller in callers { #expect(await caller.value == "open") }
            #expect(opening.count == 1)
            await holder.close()
            #expect(await outcome(holder).value == "closed")
            _ = try await holder.connection(for: Call(.open), mayReopen: true)
            #expect(opening.count == 2)
            await holder.close()
        }

        @Test func `whoever waits hears why it failed, and the next tries again`() async throws {
            let opening = Opening()
            let holder = ConnectionHolder { () async throws(SessionStoreError) in
                try await opening.run()
            }
            let callers = (0..<50).map { _ in outcome(holder) }
            try await until { opening.count == 1 }
            opening.goOn(failing: true)
            for caller in callers { #expect(await caller.value == "unavailable") }
            let before = opening.count
            opening.goOn(failing: false)
            #expect(await outcome(holder).value == "open")
            #expect(opening.count == before + 1)
            await holder.close()
        }

        @Test func `closing waits for an opening`() async throws {
            let opening = Opening()
            let holder = ConnectionHolder { () async throws(SessionStoreError) in
                try await opening.run()
            }
            let caller = outcome(holder)
            try await until { opening.count == 1 }
            let isClosed = Flag()
            let closing = Task {
                await holder.close()
                isClosed.set()
            }
            try await Task.sleep(for: .milliseconds(20))
            #expect(!isClosed.isSet)
            opening.goOn(failing: false)
            #expect(await caller.value == "open")
            await closing.value
            #expect(await outcome(holder).value == "closed")
        }
    }
#endif
