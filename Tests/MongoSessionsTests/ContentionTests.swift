#if Mongo
    import Foundation
    import Locks
    import SessionCore
    import Testing

    @testable import MongoSessions

    /// Two processes that change the same sessions all the time.
    @Suite(.timeLimit(.minutes(20)), .serialized) struct ContentionTests {
        static let idCount = 10
        static let taskCount = 64

        /// How many updates each task makes; a multiple of `idCount`, so that all ids get the same.
        static let updateCount =
            ProcessInfo.processInfo.environment["SESSION_MONGO_UPDATES"].flatMap { Int($0) } ?? 50

        /// Adds one to each session in turn, with many tasks, and returns how often a change was
        /// run.
        static func addUp(in store: MongoSessionStore) async throws -> Int {
            let runs = Tally()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<taskCount {
                    group.addTask {
                        for turn in 0..<updateCount {
                            let id = SessionID(stringLiteral: "x:\((task + turn) % idCount)")
                            try await store.update(id) { session in
                                runs.add()
                                var changed = session ?? Session(id: id)
                                let count = changed.state["counter"]?.int64 ?? 0
                                changed.state["counter"] = JSON(count + 1)
                                session = changed
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            return runs.count
        }

        /// Waits until the other process is ready, too.
        private static func meet(
            in store: MongoSessionStore,
            as id: SessionID,
            with other: SessionID
        ) async throws {
            try await store.write(Session(id: id))
            while try await store.read(other) == nil {
                try await Task.sleep(for: .milliseconds(5))
            }
        }

        private static func measured(
            _ body: () async throws -> Int
        ) async throws -> (Int, Duration) {
            let start = ContinuousClock.now
            let value = try await body()
            return (value, start.duration(to: .now))
        }

        final class Tally: Sendable {
            private let state = Mutex(0)
            var count: Int { state.withLock { $0 } }
            func add() { state.withLock { $0 += 1 } }
        }

        @Test func `no update of two processes is lost`() async throws {
            // One that keeps no log for others, which would make it slower with every write.
            let url = ProcessInfo.processInfo.environment["SESSION_MONGO_URL"]
            let server = url == nil ? try MongoServer(["--standalone"]) : nil
            let place = try MongoPlace(url: url ?? server?.url)
            let store = place.store()
            try await store.open()
            async let ours = Self.measured {
                try await Self.meet(in: store, as: "y:2", with: "y:1")
                return try await Self.addUp(in: store)
            }
            let name = place.collectionName
            await #expect(processExitsWith: .success) {
                [url = place.url as String, name = name as String] in
                let options = MongoSessionOptions(
                    url: url, collectionName: name, database: "conformance", timeout: .seconds(20))
                let store = MongoSessionStore(options)
                try await Self.meet(in: store, as: "y:1", with: "y:2")
                let runs = try await Self.addUp(in: store)
                var report = Session(id: "y:1")
                report.state["runs"] = JSON(runs)
                try await store.write(report)
                try await store.close()
            }
            let (runs, took) = try await ours
            let others = try await store.read("y:1")?.state["runs"]?.int64 ?? 0
            let total = 2 * Self.taskCount * Self.updateCount
            print(
                """
                mongo: 2 processes with \(Self.taskCount) tasks made \(total) updates of \
                \(Self.idCount) sessions in \(took), and ran their changes \(runs) and \(others) \
                times
                """
            )
            for number in 0..<Self.idCount {
                let id = SessionID(stringLiteral: "x:\(number)")
                let count = try await store.read(id)?.state["counter"]?.int64
                #expect(count == Int64(total / Self.idCount))
            }
            try await store.close()
            try await place.drop()
        }
    }
#endif
