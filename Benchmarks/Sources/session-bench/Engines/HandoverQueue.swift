import CPeers
import Dispatch
import Glibc
import Synchronization

/// Hands requests of tasks to threads that write for all who wait, with nothing else: what no
/// engine can be faster than whose durable writes are calls that suspend.
///
/// There is no key, checksum or index; the lock and the ways to wait are those of our engine.
final class HandoverQueue: Sendable {
    /// How threads wait for tasks, and for each other; what is best depends on the number of tasks
    /// and on the machine.
    enum Way: Sendable {
        /// One thread, when the task count divided by `part` have come.
        case alone(part: Int)
        /// Two: one appends while the other syncs.
        case inTurns
        /// Two, which sync at the same time.
        case together

        var threadCount: Int {
            if case .alone = self { 1 } else { 2 }
        }

        /// Two threads have a half each.
        fileprivate var part: Int {
            if case .alone(let part) = self { part } else { 2 }
        }
    }

    private typealias Waiter = UnsafeContinuation<Bool, Never>

    private struct State {
        var pending: [Waiter] = []
        var sleeperCount = 0
        /// Nobody will ask any more.
        var isClosed = false
    }

    private let state = Mutex(State())
    /// How many wait, for whoever looks without the lock, again and again.
    private let pendingCount = Atomic(0)
    private let wake = DispatchSemaphore(value: 0)
    /// The right to append.
    private let appending = Mutex(())
    /// The right to sync, where there is only one.
    private let syncing = Mutex(())

    private let file: RawBench
    private let way: Way
    /// As many records as can wait at once.
    private let bytes: [UInt8]
    private let recordByteCount: Int
    private let wantedCount: Int

    /// What waking a thread takes: nobody waits awake any longer for the next one to come.
    private static let wakeNanoseconds: UInt64 = 35_000

    init(_ file: RawBench, _ way: Way, taskCount: Int, recordByteCount: Int) {
        self.file = file
        self.way = way
        self.recordByteCount = recordByteCount
        bytes = [UInt8](repeating: 0x2a, count: recordByteCount * taskCount)
        wantedCount = max(1, taskCount / way.part)
    }

    // MARK: Tasks

    /// Has one record written; returns whether the disk has it.
    func write() async -> Bool {
        await withUnsafeContinuation { continuation in
            let isAsleep = state.withLock { state in
                state.pending.append(continuation)
                pendingCount.store(state.pending.count, ordering: .relaxed)
                guard state.sleeperCount > 0 else { return false }
                state.sleeperCount -= 1
                return true
            }
            if isAsleep { wake.signal() }
        }
    }

    /// Lets the threads end; nobody may wait any more.
    func close() {
        let count = state.withLock { state in
            state.isClosed = true
            return state.sleeperCount
        }
        for _ in 0..<count { wake.signal() }
    }

    // MARK: Threads

    /// Writes what waits until the queue is closed; for as many threads as the way has.
    func work() throws {
        var fault: (any Error)?
        while true {
            let (waiters, appended) = appending.withLock { _ in
                let waiters = take()
                return (waiters, Result { try append(waiters.count) })
            }
            if waiters.isEmpty { break }
            let outcome = Result {
                try appended.get()
                try sync()
            }
            if case .failure(let error) = outcome { fault = error }
            for waiter in waiters { waiter.resume(returning: fault == nil) }
        }
        if let fault { throw fault }
    }

    private func append(_ count: Int) throws {
        try bytes.withUnsafeBytes { bytes in
            guard count > 0, let start = bytes.baseAddress else { return }
            try file.append(start, count * recordByteCount, syncs: false)
        }
    }

    private func sync() throws {
        if case .inTurns = way {
            try syncing.withLock { _ in try file.sync() }
        } else {
            try file.sync()
        }
    }

    /// Takes all that wait, when there are any; none when the queue is closed.
    private func take() -> [Waiter] {
        linger()
        while true {
            var waiters: [Waiter] = []
            let mustSleep = state.withLock { state in
                guard state.pending.isEmpty else {
                    // As many will probably come again.
                    waiters.reserveCapacity(state.pending.count)
                    swap(&waiters, &state.pending)
                    pendingCount.store(0, ordering: .relaxed)
                    return false
                }
                guard !state.isClosed else { return false }
                state.sleeperCount += 1
                return true
            }
            guard mustSleep else { return waiters }
            wake.wait()
        }
    }

    /// Waits awake for as many as are wanted, as long as more of them come.
    private func linger() {
        var (seenCount, changeTime) = (0, bench_now())
        while true {
            let count = pendingCount.load(ordering: .relaxed)
            guard count < wantedCount else { return }
            let now = bench_now()
            if count > seenCount { (seenCount, changeTime) = (count, now) }
            guard now - changeTime < Self.wakeNanoseconds else { return }
            sched_yield()
        }
    }
}
