internal import Locks

internal import struct Synchronization.Atomic

/// What a lock is on: a session of a store.
struct LockKey: Hashable, Sendable {
    /// The type of the store, or the table when the store has its own.
    let owner: ObjectIdentifier

    /// The store itself, when it has an identity.
    let instance: ObjectIdentifier?

    let id: SessionID
}

/// Who holds which key, and who waits for it in which order.
///
/// An entry exists only while somebody holds its key, so the table is as large as the work in
/// flight.
final class LockTable: Sendable {
    /// The locks of all stores that have no table of their own.
    static let shared = LockTable()

    private let queues = Mutex<[LockKey: WaitingLine]>([:])
    private let lastTicket = Atomic<UInt64>(0)

    /// How many keys are held.
    var heldCount: Int { queues.withLock(\.count) }

    /// How many tasks wait for `key`.
    func waitingCount(for key: LockKey) -> Int {
        queues.withLock { $0[key]?.count ?? 0 }
    }

    /// Waits until the caller holds `key`; returns false when its task was cancelled before.
    ///
    /// Only waiting can be cancelled: a key that is free is had at once, so that a cancelled task
    /// can still save what it is responsible for.
    func acquire(_ key: LockKey) async -> Bool {
        if takeIfFree(key) { return true }
        let ticket = lastTicket.add(1, ordering: .relaxed).newValue
        return await withTaskCancellationHandler {
            await withCheckedContinuation { enqueue($0, ticket, for: key) }
        } onCancel: {
            cancel(ticket, for: key)
        }
    }

    /// Hands `key` to whoever has waited longest.
    func release(_ key: LockKey) {
        let next = queues.withLock { Self.popFirst(of: &$0[key]) }
        next?.resume(returning: true)
    }

    private func takeIfFree(_ key: LockKey) -> Bool {
        queues.withLock { Self.start(&$0[key]) }
    }

    // In these two the table looks its key up once, for what is read and for what is written.

    /// Makes the line of a key that is free; returns false when there is one.
    private static func start(_ line: inout WaitingLine?) -> Bool {
        guard line == nil else { return false }
        line = WaitingLine()
        return true
    }

    /// Returns who is next in the line of a key, or makes the key free when nobody is.
    private static func popFirst(
        of line: inout WaitingLine?
    ) -> CheckedContinuation<Bool, Never>? {
        let next = line?.popFirst()
        if next == nil { line = nil }
        return next
    }

    private func enqueue(
        _ continuation: CheckedContinuation<Bool, Never>,
        _ ticket: UInt64,
        for key: LockKey
    ) {
        let answer = queues.withLock { queues -> Bool? in
            guard queues[key] != nil else {
                queues[key] = WaitingLine()
                return true
            }
            // The task is marked cancelled before its handler runs. So either the mark is seen
            // here, or the handler comes later and finds the ticket.
            if Task.isCancelled { return false }
            queues[key]?.append(continuation, ticket)
            return nil
        }
        if let answer { continuation.resume(returning: answer) }
    }

    private func cancel(_ ticket: UInt64, for key: LockKey) {
        let waiter = queues.withLock { $0[key]?.remove(ticket) }
        waiter?.resume(returning: false)
    }
}

/// The tasks that wait for one key, first come first served.
struct WaitingLine {
    private var waiters: [UInt64: CheckedContinuation<Bool, Never>] = [:]

    /// Tickets in order of arrival from `head` on, with those that were cancelled still among them.
    private var tickets: [UInt64] = []
    private var head = 0

    var count: Int { waiters.count }

    mutating func append(_ waiter: CheckedContinuation<Bool, Never>, _ ticket: UInt64) {
        waiters[ticket] = waiter
        tickets.append(ticket)
    }

    mutating func popFirst() -> CheckedContinuation<Bool, Never>? {
        while head < tickets.count {
            let ticket = tickets[head]
            head += 1
            if let waiter = waiters.removeValue(forKey: ticket) {
                dropDeadTickets()
                return waiter
            }
        }
        return nil
    }

    mutating func remove(_ ticket: UInt64) -> CheckedContinuation<Bool, Never>? {
        let waiter = waiters.removeValue(forKey: ticket)
        dropDeadTickets()
        return waiter
    }

    /// Forgets the tickets of those who left, once they outnumber those who wait.
    private mutating func dropDeadTickets() {
        guard tickets.count > 2 * waiters.count + 16 else { return }
        tickets = tickets[head...].filter { waiters[$0] != nil }
        head = 0
    }
}
