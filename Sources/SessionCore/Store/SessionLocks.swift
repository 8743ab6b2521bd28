internal import Synchronization

/// Takes turns on sessions, inside one process.
///
/// One task at a time holds an id; the others wait in the order in which they came, without
/// blocking a thread. An id that nobody holds takes no memory. For drivers, whose `update` needs
/// it.
public struct SessionLocks: Sendable {
    private let table: LockTable
    private let owner: ObjectIdentifier
    private let instance: ObjectIdentifier?

    /// Creates locks that are shared by all copies of the value, and by nothing else.
    public init() {
        table = LockTable()
        owner = ObjectIdentifier(table)
        instance = nil
    }

    /// Creates the locks of a store that brings none.
    ///
    /// A class or an actor has its own. Structures have no identity, so all of a type share theirs.
    init(of store: some SessionStore) {
        table = .shared
        owner = ObjectIdentifier(type(of: store))
        instance = type(of: store) is AnyClass ? ObjectIdentifier(store as AnyObject) : nil
    }

    /// How many ids are held.
    public var heldCount: Int { table.heldCount }

    /// How many tasks wait for `id`.
    public func waitingCount(for id: SessionID) -> Int {
        table.waitingCount(for: key(of: id))
    }

    /// Runs `body` while no other task holds `id`.
    ///
    /// - Parameters:
    ///   - id: What to hold.
    ///   - operation: What for; a fault names it.
    ///   - body: What to do. It runs on the caller's actor.
    /// - Returns: What `body` returns.
    /// - Throws: `cancelled` when the task is cancelled while it waits; an id that is free is had
    ///   even by a cancelled task. `rejected` inside the change of an update of the id, or in a
    ///   task that was started there and while it runs: it would wait for itself. Else what
    ///   `body` throws.
    public func withLock<Outcome>(
        on id: SessionID,
        for operation: Fault.Operation,
        _ body: () async throws(SessionStoreError) -> Outcome
    ) async throws(SessionStoreError) -> Outcome {
        let key = key(of: id)
        guard !HeldLock.current.contains(where: { $0.holds(key) }) else {
            let cause = "this session is being updated by the caller; change it there instead"
            throw .rejected(Fault(operation, id: id, cause: cause))
        }
        guard await table.acquire(key) else {
            let cause = "the task was cancelled while it waited for others to be done"
            throw .cancelled(Fault(operation, id: id, cause: cause))
        }
        defer { table.release(key) }
        return try await body()
    }

    /// Runs a caller's `change` while its task knows that it holds `id`.
    ///
    /// What a driver itself does under the lock needs no such mark.
    package func marking<Outcome>(
        _ id: SessionID,
        isolation: isolated (any Actor)? = #isolation,
        as operation: () async throws -> Outcome
    ) async throws -> Outcome {
        let held = HeldLock(key(of: id))
        defer { held.end() }
        return try await HeldLock.$current.withValue(HeldLock.current + [held]) {
            // Named here so that the closure stays on the caller's actor instead of leaving it.
            _ = isolation
            return try await operation()
        }
    }

    private func key(of id: SessionID) -> LockKey {
        LockKey(owner: owner, instance: instance, id: id)
    }
}

/// A lock that the current task, or one that started it, has taken.
///
/// The task knows it so that asking for it again is an error and not a wait without end.
private final class HeldLock: Sendable {
    @TaskLocal static var current: [HeldLock] = []

    private let key: LockKey

    /// A task that outlives the lock still inherits it, and may take it anew.
    private let isOver = Atomic(false)

    init(_ key: LockKey) {
        self.key = key
    }

    func holds(_ key: LockKey) -> Bool {
        self.key == key && !isOver.load(ordering: .acquiring)
    }

    func end() {
        isOver.store(true, ordering: .releasing)
    }
}
