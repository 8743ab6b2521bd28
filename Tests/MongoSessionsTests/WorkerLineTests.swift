#if Mongo
    import Foundation
    import Locks
    import Testing

    @testable import MongoSessions

    /// Blocking calls in a line: so many at once, in order, and nobody is forgotten.
    @Suite(.timeLimit(.minutes(2))) struct WorkerLineTests {
        /// Holds blocking calls until it is opened.
        private final class Gate: Sendable {
            private let state = Mutex((isOpen: false, inside: 0, most: 0))

            var inside: Int { state.withLock(\.inside) }
            var most: Int { state.withLock(\.most) }

            func open() { state.withLock { $0.isOpen = true } }

            func pass() {
                state.withLock { state in
                    state.inside += 1
                    state.most = max(state.most, state.inside)
                }
                while !state.withLock(\.isOpen) { usleep(1_000) }
                state.withLock { $0.inside -= 1 }
            }
        }

        private func until(_ condition: () -> Bool) async throws {
            let end = ContinuousClock.now + .seconds(50)
            while !condition() {
                try #require(ContinuousClock.now < end)
                try await Task.sleep(for: .milliseconds(1))
            }
        }

        /// Starts a call that blocks until `gate` opens.
        private func call(
            _ line: WorkerLine,
            _ gate: Gate,
            since start: ContinuousClock.Instant = .now,
            isAnswer: Bool = true,
            then done: @escaping @Sendable () -> Void = {}
        ) -> Task<WorkerLine.Refusal?, Never> {
            Task {
                do throws(WorkerLine.Refusal) {
                    try await line.run(since: start) {
                        gate.pass()
                        done()
                        return ((), isAnswer)
                    }
                    return nil
                } catch {
                    return error
                }
            }
        }

        @Test func `so many calls block at once, and all are made`() async throws {
            let (line, gate) = (WorkerLine(count: 3, patience: .seconds(5)), Gate())
            let calls = (0..<20).map { _ in call(line, gate) }
            try await until { gate.inside == 3 && line.waitingCount == 17 }
            gate.open()
            for call in calls { #expect(await call.value == nil) }
            #expect(gate.most == 3)
        }

        @Test func `calls are made in the order in which they came`() async throws {
            let (line, gate) = (WorkerLine(count: 1, patience: .seconds(5)), Gate())
            let order = Order()
            var calls = [call(line, gate)]
            try await until { gate.inside == 1 }
            for number in 0..<10 {
                calls.append(call(line, gate) { order.note(number) })
                try await until { line.waitingCount == number + 1 }
            }
            gate.open()
            for call in calls { #expect(await call.value == nil) }
            #expect(order.numbers == Array(0..<10))
        }

        private final class Order: Sendable {
            private let state = Mutex<[Int]>([])
            var numbers: [Int] { state.withLock { $0 } }
            func note(_ number: Int) { state.withLock { $0.append(number) } }
        }

        @Test func `a cancelled task leaves the line, and takes a place that is free`() async throws
        {
            let (line, gate) = (WorkerLine(count: 1, patience: .seconds(5)), Gate())
            let first = call(line, gate)
            try await until { gate.inside == 1 }
            let second = call(line, gate)
            try await until { line.waitingCount == 1 }
            second.cancel()
            #expect(await second.value == .cancelled)
            #expect(line.waitingCount == 0)
            gate.open()
            #expect(await first.value == nil)
            let third = Task {
                while !Task.isCancelled { await Task.yield() }
                // Itself, and no task that it starts, which would not be cancelled.
                do throws(WorkerLine.Refusal) {
                    return try await line.run(since: .now) { (true, true) }
                } catch {
                    return false
                }
            }
            third.cancel()
            #expect(await third.value)
        }

        @Test func `closing waits for what runs, and refuses the rest`() async throws {
            let (line, gate) = (WorkerLine(count: 1, patience: .seconds(5)), Gate())
            let first = call(line, gate)
            try await until { gate.inside == 1 }
            let second = call(line, gate)
            try await until { line.waitingCount == 1 }
            let isClosed = Flag()
            let closing = Task {
                await line.close()
                isClosed.set()
            }
            #expect(await second.value == .closed)
            #expect(!isClosed.isSet)
            gate.open()
            #expect(await first.value == nil)
            await closing.value
            #expect(await call(line, gate).value == .closed)
            await line.close()
        }

        @Test func `whoever is late leaves when the server does not answer`() async throws {
            let (line, gate) = (WorkerLine(count: 1, patience: .seconds(600)), Gate())
            let first = call(line, gate, isAnswer: false)
            try await until { gate.inside == 1 }
            let late = call(line, gate, since: .now - .seconds(601))
            try await until { line.waitingCount == 1 }
            let early = call(line, gate, isAnswer: false)
            try await until { line.waitingCount == 2 }
            gate.open()
            #expect(await first.value == nil)
            #expect(await late.value == .unreachable)
            #expect(await early.value == nil)
            // Also when it need not wait, as behind others on the same session.
            #expect(await call(line, gate, since: .now - .seconds(601)).value == .unreachable)
            // Once it answers again, lateness doesn't matter.
            #expect(await call(line, gate).value == nil)
            #expect(await call(line, gate, since: .now - .seconds(601)).value == nil)
        }

        @Test func `many come and go at once`() async throws {
            let line = WorkerLine(count: 4, patience: .seconds(600))
            let counts = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<2_000 {
                    group.addTask {
                        let task = Task { () -> Bool in
                            do throws(WorkerLine.Refusal) {
                                return try await line.run(since: .now) { (true, true) }
                            } catch {
                                return false
                            }
                        }
                        if number.isMultiple(of: 3) { task.cancel() }
                        return await task.value
                    }
                }
                return await group.reduce(into: (made: 0, left: 0)) { counts, isMade in
                    if isMade { counts.made += 1 } else { counts.left += 1 }
                }
            }
            #expect(counts.made + counts.left == 2_000)
            #expect(counts.made >= 1_333)
            #expect(line.waitingCount == 0)
            await line.close()
        }
    }
#endif
