#if Mongo
    import Foundation
    import Locks
    import SessionCore
    import Testing

    @testable import MongoSessions

    /// What networks and servers do: an answer in time, always, and never the wrong one.
    @Suite(.timeLimit(.minutes(10)), .serialized) struct OutageTests {
        static let timeout = Duration.seconds(1)

        /// A call may be repeated once, and libmongoc may look for a server before and after.
        static let patience = Duration.seconds(5)

        /// A store behind a proxy, with sessions `x:0` to `x:19` in it.
        private struct Bench {
            let proxy: Proxy
            let place: MongoPlace
            let store: MongoSessionStore
            static let ids = (0..<20).map { SessionID(stringLiteral: "x:\($0)") }

            init(
                _ server: MongoServer? = nil,
                options: String = "",
                timeout: Duration = OutageTests.timeout
            ) async throws {
                let server = try server ?? MongoServer.shared.get()
                proxy = try Proxy(to: server.port)
                place = try MongoPlace(url: MongoServer.url(port: proxy.port, options: options))
                store = MongoSessionStore(place.options(timeout: timeout))
                for (number, id) in Self.ids.enumerated() {
                    var session = Session(id: id)
                    session.state["number"] = JSON(number)
                    // A machine that is busy may keep a server from answering in time.
                    let new = session
                    try await heal { try await store.write(new) }
                }
            }

            /// Does `body` until libmongoc has found the server again, for which it looks twice a
            /// second, and has no connection left that broke.
            func heal(_ body: () async throws -> Void) async throws {
                let end = ContinuousClock.now + .seconds(30)
                while ContinuousClock.now < end {
                    do {
                        return try await body()
                    } catch SessionStoreError.unavailable {}
                }
                Issue.record("the store does not find the server again")
            }

            func heal(_ store: MongoSessionStore) async throws {
                try await heal { _ = try await store.read("x:0") }
            }

            func expectHealthy() async throws {
                for (number, id) in Self.ids.enumerated() {
                    try await heal {
                        let session = try await store.read(id)
                        #expect(session?.state["number"] == JSON(number), "\(id)")
                        #expect(try await store.touch(id))
                    }
                }
            }

            func finish() async throws {
                try await store.close()
                try proxy.set(.open)
                try await place.drop()
            }
        }

        /// The case of an error, and nil for none.
        private func outcome(_ body: () async throws -> Void) async -> SessionStoreError? {
            do {
                try await body()
                return nil
            } catch let error as SessionStoreError {
                return error
            } catch {
                Issue.record("\(error)")
                return nil
            }
        }

        private func expectUnavailable(
            _ what: String,
            _ body: () async throws -> Void
        ) async {
            let stopwatch = Stopwatch()
            let error = await outcome(body)
            let took = await stopwatch.stop()
            guard case .unavailable(let fault)? = error else {
                Issue.record("\(what): \(String(describing: error))")
                return
            }
            #expect(took < Self.patience, "\(what) took \(took)")
            #expect(!fault.description.contains("secret"), "\(fault)")
        }

        private func expectUnavailable(_ store: MongoSessionStore) async throws {
            await expectUnavailable("read") { _ = try await store.read("x:1") }
            await expectUnavailable("an unknown id") { _ = try await store.read("x:unknown") }
            await expectUnavailable("write") { try await store.write(Session(id: "x:new")) }
            let asked = Flag()
            await expectUnavailable("update") {
                try await store.update("x:1") { _ in asked.set() }
            }
            #expect(!asked.isSet, "a change is asked for what could not be read")
            await expectUnavailable("count") { _ = try await store.count() }
        }

        @Test func `a refused connection is unavailable, and heals`() async throws {
            let bench = try await Bench()
            try bench.proxy.set(.refusing)
            try await expectUnavailable(bench.store)
            let late = MongoSessionStore(bench.place.options(timeout: Self.timeout))
            await expectUnavailable("opening") { try await late.open() }
            try bench.proxy.set(.open)
            try await bench.expectHealthy()
            try await bench.heal(late)
            #expect(try await late.read("x:1") != nil)
            try await late.close()
            try await bench.finish()
        }

        @Test func `a network that swallows everything is unavailable, and heals`() async throws {
            let bench = try await Bench()
            try bench.proxy.set(.silent)
            try await expectUnavailable(bench.store)
            try bench.proxy.set(.open)
            try await bench.expectHealthy()
            try await bench.finish()
        }

        @Test func `many tasks at once leave a silent server together`() async throws {
            let bench = try await Bench()
            try bench.proxy.set(.silent)
            let store = bench.store
            let stopwatch = Stopwatch()
            // One id, so that all wait for each other, and more ids than there are connections.
            let ids = (0..<64).map { $0 < 32 ? "x:1" : SessionID(stringLiteral: "x:\($0)") }
            let count = await withTaskGroup(of: Bool.self) { group in
                for id in ids {
                    group.addTask {
                        do {
                            try await store.update(id) { $0 = Session(id: id) }
                            return false
                        } catch SessionStoreError.unavailable {
                            return true
                        } catch {
                            Issue.record("\(error)")
                            return false
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(count == ids.count)
            let took = await stopwatch.stop()
            print("mongo: \(ids.count) tasks left a silent server after \(took)")
            #expect(took < Self.patience * 3)
            try bench.proxy.set(.open)
            try await bench.expectHealthy()
            try await bench.finish()
        }

        @Test func `a store closes while the server is silent`() async throws {
            let bench = try await Bench()
            let store = bench.store
            try bench.proxy.set(.silent)
            let reader = Task { await outcome { _ = try await store.read("x:1") } }
            try await Task.sleep(for: .milliseconds(50))
            let stopwatch = Stopwatch()
            try await store.close()
            #expect(await stopwatch.stop() < Self.patience * 2)
            let error = try #require(await reader.value)
            // Closed, if it came as late as that.
            switch error {
            case .unavailable, .closed: break
            default: Issue.record("\(error)")
            }
            let later = try #require(await outcome { _ = try await store.read("x:1") })
            if case .closed = later {} else { Issue.record("\(later)") }
            try bench.proxy.set(.open)
            try await store.open()
            try await bench.expectHealthy()
            try await bench.finish()
        }

        @Test func `an answer that ends in the middle is never taken for one`() async throws {
            let bench = try await Bench(timeout: .seconds(10))
            var failures = 0
            for byteCount in Array(0..<18) + [50, 120] {
                for isWriting in [false, true] {
                    try bench.proxy.set(.cutting(afterBytes: byteCount))
                    let error = await outcome {
                        guard isWriting else {
                            let session = try await bench.store.read("x:3")
                            #expect(session?.state["number"] == 3)
                            return
                        }
                        var session = Session(id: "x:3")
                        session.state["number"] = 3
                        try await bench.store.write(session)
                    }
                    switch error {
                    case nil: break
                    case .unavailable?: failures += 1
                    case let error?: Issue.record("\(byteCount): \(error)")
                    }
                }
            }
            try bench.proxy.set(.open)
            print("mongo: of 40 answers, \(bench.proxy.cutCount) cut, \(failures) were errors")
            #expect(bench.proxy.cutCount >= 30)
            // All are asked for once more.
            #expect(failures == 0)
            try await bench.expectHealthy()
            try await bench.finish()
        }

        @Test func `a server that hangs is unavailable, and goes on`() async throws {
            let server = try MongoServer()
            let bench = try await Bench(server)
            try server.stop()
            try await expectUnavailable(bench.store)
            server.resume()
            try await bench.expectHealthy()
            try await bench.finish()
        }

        @Test func `a server that is killed loses nothing that was acknowledged`() async throws {
            // As safe as a write concern with a journal is: what is acknowledged is in it.
            let server = try MongoServer(["--sync-on-commit"])
            let bench = try await Bench(server, options: "&journal=true")
            let store = bench.store
            let isOver = Flag()
            let total = ContentionTests.Tally()
            let counts = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var (acknowledged, tried) = (0, 0)
                        while !isOver.isSet {
                            tried += 1
                            do {
                                try await store.update("x:count") { session in
                                    var changed = session ?? Session(id: "x:count")
                                    let count = changed.state["count"]?.int64 ?? 0
                                    changed.state["count"] = JSON(count + 1)
                                    session = changed
                                }
                                acknowledged += 1
                                total.add()
                            } catch SessionStoreError.unavailable {
                                try await Task.sleep(for: .milliseconds(10))
                            }
                            // A session is never taken for new.
                            do {
                                let id = try #require(Bench.ids.randomElement())
                                #expect(try await store.read(id) != nil)
                            } catch SessionStoreError.unavailable {}
                        }
                        return (acknowledged, tried)
                    }
                }
                for round in 1...3 {
                    // So that each run of the server has acknowledged some.
                    let end = ContinuousClock.now + .seconds(60)
                    while total.count < 10 * round, ContinuousClock.now < end {
                        try await Task.sleep(for: .milliseconds(10))
                    }
                    server.kill()
                    try await Task.sleep(for: .milliseconds(200))
                    try server.start()
                }
                try await Task.sleep(for: .milliseconds(500))
                isOver.set()
                return try await group.reduce((0, 0)) { ($0.0 + $1.0, $0.1 + $1.1) }
            }
            try await bench.expectHealthy()
            let count = try #require(try await store.read("x:count")?.state["count"]?.int64)
            print("mongo: 3 kills, \(counts.0) of \(counts.1) updates acknowledged, \(count) there")
            #expect(counts.0 >= 30)
            #expect(Int(count) >= counts.0 && Int(count) <= counts.1)
            try await bench.finish()
        }

        @Test func `a task that waits for a connection can be cancelled`() async throws {
            let bench = try await Bench()
            var options = bench.place.options(timeout: Self.timeout)
            options.poolSize = 1
            let store = MongoSessionStore(options)
            try await store.open()
            try bench.proxy.set(.silent)
            let first = Task { await outcome { _ = try await store.read("x:1") } }
            try await Task.sleep(for: .milliseconds(300))
            let second = Task { await outcome { _ = try await store.read("x:2") } }
            try await Task.sleep(for: .milliseconds(50))
            second.cancel()
            let stopwatch = Stopwatch()
            let error = try #require(await second.value)
            if case .cancelled = error {} else { Issue.record("\(error)") }
            #expect(await stopwatch.stop() < .milliseconds(500))
            if case .unavailable? = await first.value {
            } else {
                Issue.record("the first got through")
            }
            try bench.proxy.set(.open)
            // The one connection is not lost.
            try await bench.heal(store)
            #expect(try await store.read("x:2") != nil)
            try await store.close()
            try await bench.finish()
        }
    }

    /// Measures time, but for what the tasks of other tests have kept all threads busy.
    final class Stopwatch: Sendable {
        private let start = ContinuousClock.now
        private let sleeper: Task<Duration, Never>

        init() {
            sleeper = Task {
                var lost = Duration.zero
                while !Task.isCancelled {
                    let start = ContinuousClock.now
                    try? await Task.sleep(for: .milliseconds(20))
                    let late = start.duration(to: .now) - .milliseconds(20)
                    if late > .milliseconds(10) { lost += late }
                }
                return lost
            }
        }

        func stop() async -> Duration {
            sleeper.cancel()
            let lost = await sleeper.value
            return start.duration(to: .now) - lost
        }
    }

    /// Something that tasks look at to see whether to go on.
    final class Flag: Sendable {
        private let state = Mutex(false)
        var isSet: Bool { state.withLock { $0 } }
        func set() { state.withLock { $0 = true } }
    }
#endif
