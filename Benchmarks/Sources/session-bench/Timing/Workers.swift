import Dispatch
import Foundation
import Synchronization

/// Threads and tasks that begin together.
enum Workers {
    /// Runs `body` on `count` threads of their own and returns what each came to.
    ///
    /// `body` gets the worker's number and a function that waits until all are ready.
    static func threads<Value: Sendable>(
        _ count: Int,
        _ body: @escaping @Sendable (_ worker: Int, _ ready: () -> Void) throws -> Value
    ) throws -> [Value] {
        let results = Shared([Result<Value, any Error>?](repeating: nil, count: count))
        let (gate, done) = (Gate(count), DispatchSemaphore(value: 0))
        for worker in 0..<count {
            let thread = Thread {
                let pass = OncePass(gate)
                let result = Result { try body(worker, pass.wait) }
                // One that failed before it was ready must not keep the others waiting.
                pass.wait()
                results.with { $0[worker] = result }
                done.signal()
            }
            thread.stackSize = 1 << 20
            thread.start()
        }
        for _ in 0..<count { done.wait() }
        return try results.with { try $0.compactMap { try $0?.get() } }
    }

    /// Runs `body` in `count` tasks and returns what each came to.
    static func tasks<Value: Sendable>(
        _ count: Int,
        _ body: @escaping @Sendable (_ worker: Int) async throws -> Value
    ) throws -> [Value] {
        try wait {
            try await withThrowingTaskGroup(of: Value.self) { group in
                for worker in 0..<count { group.addTask { try await body(worker) } }
                var values: [Value] = []
                for try await value in group { values.append(value) }
                return values
            }
        }
    }

    /// Waits for `body`, which runs where a server's tasks do: not on this thread.
    static func wait<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) throws -> Value {
        let (result, done) = (Shared<Result<Value, any Error>?>(nil), DispatchSemaphore(value: 0))
        Task.detached {
            let outcome: Result<Value, any Error>
            do {
                outcome = .success(try await body())
            } catch {
                outcome = .failure(error)
            }
            result.with { $0 = outcome }
            done.signal()
        }
        done.wait()
        guard let outcome = result.with({ $0 }) else {
            preconditionFailure("A task signalled that it is done, and is not.")
        }
        return try outcome.get()
    }
}

/// A value behind a lock that closures can share.
final class Shared<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) {
        self.value = Mutex(value)
    }

    func with<Outcome: Sendable>(
        _ body: (inout sending Value) throws -> sending Outcome
    ) rethrows -> Outcome {
        try value.withLock { value in try body(&value) }
    }
}

/// Opens when as many threads wait as it was made for; a lock guards what it counts.
private final class Gate: @unchecked Sendable {
    private let condition = NSCondition()
    private var missing: Int

    init(_ count: Int) {
        missing = count
    }

    func wait() {
        condition.lock()
        defer { condition.unlock() }
        missing -= 1
        if missing == 0 { condition.broadcast() }
        while missing > 0 { condition.wait() }
    }
}

/// One thread's way through a gate, which it takes once however often it asks.
private final class OncePass {
    private let gate: Gate
    private var hasPassed = false

    init(_ gate: Gate) {
        self.gate = gate
    }

    func wait() {
        guard !hasPassed else { return }
        hasPassed = true
        gate.wait()
    }
}
