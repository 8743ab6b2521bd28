import Dispatch
import Synchronization

/// A peer whose writers share transactions, as an expert would have it for an engine that syncs
/// once for each: the first to come writes for all who wait, and then lets the next go ahead.
struct CombiningBench: Engine {
    private let peer: PeerBench
    private let queue = CombiningQueue()

    init(_ peer: PeerBench) {
        self.peer = peer
    }

    var settings: String { peer.settings + ", waiting writers share a transaction" }
    var process: Int { peer.process }

    func attach() throws -> CombiningUser { CombiningUser(try peer.attach()) }
    func detach(_ user: CombiningUser) { peer.detach(user.user) }

    func put(
        _ keys: ByteBlock,
        _ key: Int,
        _ values: ByteBlock,
        _ value: Int,
        with user: CombiningUser
    ) throws {
        try keys.with(key) { key, keyCount in
            try values.with(value) { value, valueCount in
                let put = PendingPut(
                    key: UnsafeRawBufferPointer(start: key, count: keyCount),
                    value: UnsafeRawBufferPointer(start: value, count: valueCount)
                )
                try queue.run(put, user.waiter) { puts in
                    try peer.putAll(puts, with: user.user)
                }
            }
        }
    }

    func get(_ keys: ByteBlock, _ key: Int, with user: CombiningUser) throws -> Int {
        try peer.get(keys, key, with: user.user)
    }

    func value(_ keys: ByteBlock, _ key: Int, with user: CombiningUser) throws -> [UInt8]? {
        try peer.value(keys, key, with: user.user)
    }

    func sync() throws { try peer.sync() }
    func compact() throws { try peer.compact() }
    func close() throws { try peer.close() }
}

/// What one thread needs to write with others.
struct CombiningUser {
    let user: PeerUser
    let waiter = CombiningQueue.Waiter()

    init(_ user: PeerUser) {
        self.user = user
    }
}

/// Writes that wait for the one that is being done.
final class CombiningQueue: Sendable {
    /// A thread that has one write in the queue.
    final class Waiter: Sendable {
        fileprivate let wakeUp = DispatchSemaphore(value: 0)
        fileprivate let answer = Mutex(Answer.lead)
    }

    /// What a thread is woken up with.
    fileprivate enum Answer: Sendable {
        /// Its write is the first that waits: it is to do them all.
        case lead
        case done
        case failed(any Error)
    }

    private struct State: Sendable {
        var waiting: [(put: PendingPut, waiter: Waiter)] = []
        var isBusy = false
    }

    private let state = Mutex(State())

    /// Returns when `put` is done, by this thread with `write` or by another.
    func run(_ put: PendingPut, _ waiter: Waiter, _ write: ([PendingPut]) throws -> Void) throws {
        let isFirst = state.withLock { state in
            state.waiting.append((put, waiter))
            defer { state.isBusy = true }
            return !state.isBusy
        }
        if !isFirst {
            waiter.wakeUp.wait()
            switch waiter.answer.withLock({ $0 }) {
            case .lead: break
            case .done: return
            case .failed(let error): throw error
            }
        }
        try lead(waiter, write)
    }

    private func lead(_ leader: Waiter, _ write: ([PendingPut]) throws -> Void) throws {
        let batch = state.withLock { state in
            defer { state.waiting.removeAll(keepingCapacity: true) }
            return state.waiting
        }
        let outcome = Result { try write(batch.map(\.put)) }
        let next = state.withLock { state in
            state.isBusy = !state.waiting.isEmpty
            return state.waiting.first?.waiter
        }
        if let next { wake(next, .lead) }
        for (_, waiter) in batch where waiter !== leader {
            switch outcome {
            case .success: wake(waiter, .done)
            case .failure(let error): wake(waiter, .failed(error))
            }
        }
        try outcome.get()
    }

    private func wake(_ waiter: Waiter, _ answer: Answer) {
        waiter.answer.withLock { $0 = answer }
        waiter.wakeUp.signal()
    }
}
