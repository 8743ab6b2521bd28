import Locks
import SessionCore
import Testing

@Suite(.timeLimit(.minutes(15))) struct SessionLocksTests {
    let locks = SessionLocks()
    let id: SessionID = "x:1"

    @Test func `waiters are served in the order in which they came`() async throws {
        let line = Line(locks: locks, id: id)
        try await locks.withLock(on: id, for: .update) { await line.grow(to: 20) }
        for task in line.tasks { try await task.value }

        #expect(line.served == Array(0..<20))
        #expect(locks.heldCount == 0)
    }

    @Test func `a cancelled waiter leaves and nobody is forgotten`() async throws {
        let line = Line(locks: locks, id: id)
        try await locks.withLock(on: id, for: .update) {
            await line.grow(to: 60)
            for number in 0..<60 where !number.isMultiple(of: 20) { line.tasks[number].cancel() }
            while locks.waitingCount(for: id) > 3 { await Task.yield() }
        }
        for (number, task) in line.tasks.enumerated() {
            let result = await task.result
            if number.isMultiple(of: 20) {
                #expect(throws: Never.self) { try result.get() }
            } else {
                let error = #expect(throws: SessionStoreError.self) { try result.get() }
                guard case .cancelled? = error else {
                    Issue.record("not cancelled")
                    return
                }
            }
        }

        #expect(line.served == [0, 20, 40])
        #expect(locks.heldCount == 0)
    }

    @Test func `a cancelled task takes a free lock, and waits for none`() async throws {
        let outcome = await Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await locks.withLock(on: id, for: .write) { Task.isCancelled }
        }.result
        #expect(try outcome.get())

        try await locks.withLock(on: id, for: .write) { () async throws(SessionStoreError) in
            let waiting = await Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await locks.withLock(on: id, for: .write) { true }
            }.result
            #expect(throws: SessionStoreError.self) { try waiting.get() }
        }
        #expect(locks.heldCount == 0)
    }

    @Test func `different ids don't wait for each other`() async throws {
        let outcome = try await locks.withLock(
            on: id,
            for: .write
        ) { () async throws(SessionStoreError) in
            try await locks.withLock(on: "x:2", for: .write) { locks.heldCount }
        }

        #expect(outcome == 2)
    }

    @Test func `a body that throws gives the lock back`() async throws {
        await #expect(throws: SessionStoreError.conflict(id)) {
            try await locks.withLock(on: id, for: .write) { () async throws(SessionStoreError) in
                throw .conflict(id)
            }
        }
        #expect(locks.heldCount == 0)
    }

    @Test func `thousands of tasks that come, wait and are cancelled leave nothing`() async throws {
        await withTaskGroup { group in
            for number in 0..<2_000 {
                group.addTask {
                    let id = SessionID(stringLiteral: "x:\(number % 5)")
                    let task = Task {
                        try await locks.withLock(on: id, for: .update) { await Task.yield() }
                    }
                    if number.isMultiple(of: 3) { task.cancel() }
                    _ = await task.result
                }
            }
        }

        #expect(locks.heldCount == 0)
    }
}

/// Tasks that queue up for one lock, and the order in which they got it.
private final class Line: Sendable {
    private let state = Mutex((tasks: [Task<Void, any Error>](), served: [Int]()))
    private let locks: SessionLocks
    private let id: SessionID

    init(locks: SessionLocks, id: SessionID) {
        self.locks = locks
        self.id = id
    }

    var tasks: [Task<Void, any Error>] { state.withLock { $0.tasks } }
    var served: [Int] { state.withLock { $0.served } }

    func grow(to count: Int) async {
        for number in 0..<count {
            let task = Task {
                try await self.locks.withLock(on: self.id, for: .update) {
                    self.state.withLock { $0.served.append(number) }
                }
            }
            state.withLock { $0.tasks.append(task) }
            while locks.waitingCount(for: id) <= number { await Task.yield() }
        }
    }
}
