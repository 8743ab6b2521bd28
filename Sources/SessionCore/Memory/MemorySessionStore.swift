internal import Locks

/// Keeps sessions in memory, and only those used most recently when there are too many.
///
/// For bots that may forget, and for tests. Nothing survives the process. Sessions are values, so
/// what a caller changes after a write, or after a read, changes nothing here. Operations on one id
/// act in the order in which they came: a write waits for an update of the same id that runs, a
/// read does not.
public final class MemorySessionStore: SessionStore {
    /// How many sessions a store keeps unless told otherwise.
    public static let maxSizeDefault = 500

    /// How many slots a listing looks at in one go, and so how many sessions it holds in memory.
    static let pageSize = 64

    private let state: Mutex<MemoryState>
    private let locks = SessionLocks()
    private let source = ExpirationSource()
    private let clock: SessionClock
    private let onEviction: (@Sendable (Session) -> Void)?

    /// Creates an empty store.
    ///
    /// - Parameters:
    ///   - maxSize: How many sessions to keep; past it, the one not read or written for the longest
    ///     time is evicted. 0 is no limit.
    ///   - expiry: How long sessions live that don't say so themselves.
    ///   - clock: Where the time comes from. When it goes back, the store waits for it to catch up.
    ///   - onEviction: Called with each evicted session, on the task whose write was one too many.
    ///     It must not block.
    /// - Throws: `misconfigured` when `maxSize` is negative.
    public init(
        maxSize: Int = maxSizeDefault,
        expiry: Expiry = .never,
        clock: SessionClock = .system,
        onEviction: (@Sendable (Session) -> Void)? = nil
    ) throws(SessionStoreError) {
        guard maxSize >= 0 else {
            throw .misconfigured(
                Fault(
                    .configure,
                    setting: "session.stores.memory.maxSize",
                    cause: "\(maxSize) is negative; 0 is no limit"
                )
            )
        }
        state = Mutex(MemoryState(maxSize: maxSize, expiry: expiry))
        self.clock = clock
        self.onEviction = onEviction
    }

    /// How many sessions were evicted since the store was created.
    public var evictionCount: Int { state.withLock(\.evictionCount) }

    /// Returns the session under `id`, or nil when there is none or it has expired; it counts as
    /// used.
    public func read(_ id: SessionID) async throws(SessionStoreError) -> Session? {
        try act(.read, on: id) { $0.read(id) }
    }

    /// Puts `session` in place of whatever is under its id, and evicts what is too much.
    @discardableResult
    public func write(_ session: Session) async throws(SessionStoreError) -> Session {
        _ = try session.encodedByteCount()
        return try await locks.withLock(
            on: session.id,
            for: .write
        ) { () async throws(SessionStoreError) in
            try act(.write, on: session.id) { $0.write(session) }
        }
    }

    /// Writes `session` if the store still has the revision that a read gave.
    @discardableResult
    public func write(
        _ session: Session,
        ifUnchangedSince revision: SessionRevision
    ) async throws(SessionStoreError) -> Session {
        _ = try session.encodedByteCount()
        let written = try await locks.withLock(
            on: session.id,
            for: .write
        ) { () async throws(SessionStoreError) in
            try act(.write, on: session.id) { $0.write(session, ifUnchangedSince: revision) }
        }
        guard let written else { throw .conflict(session.id) }
        return written
    }

    /// Writes `session` with the activity that it has, unless it would have expired.
    @discardableResult
    public func restore(
        _ session: Session,
        ifUnchangedSince revision: SessionRevision
    ) async throws(SessionStoreError) -> Session? {
        _ = try session.encodedByteCount()
        let result = try await locks.withLock(
            on: session.id,
            for: .write
        ) { () async throws(SessionStoreError) in
            try act(.write, on: session.id) { state in
                Result { () throws(SessionStoreError) in
                    try state.restore(session, ifUnchangedSince: revision)
                }
            }
        }
        switch try result.get() {
        case .stored(let stored): return stored
        case .expired: return nil
        case .conflict: throw .conflict(session.id)
        }
    }

    /// Reads, changes and writes a session as one step; `change` runs once.
    public func update<Outcome>(
        _ id: SessionID,
        _ change: (inout Session?) async throws -> Outcome
    ) async throws -> Outcome {
        try await locks.update(
            id,
            read: { () async throws(SessionStoreError) in
                try act(.update, on: id) { $0.read(id) }
            },
            write: { (session) async throws(SessionStoreError) in
                _ = try session.encodedByteCount()
                _ = try act(.update, on: id) { $0.write(session) }
            },
            touch: { (_) async throws(SessionStoreError) in
                _ = try act(.update, on: id) { $0.touch(id) }
            },
            destroy: { (_) async throws(SessionStoreError) in
                _ = try act(.update, on: id) { $0.destroy(id) }
            },
            change: change
        )
    }

    /// Extends the life of a session; its revision stays the same.
    @discardableResult
    public func touch(_ id: SessionID) async throws(SessionStoreError) -> Bool {
        try await locks.withLock(on: id, for: .touch) { () async throws(SessionStoreError) in
            try act(.touch, on: id) { $0.touch(id) }
        }
    }

    /// Removes a session, and says whether there was one that had not expired.
    @discardableResult
    public func destroy(_ id: SessionID) async throws(SessionStoreError) -> Bool {
        try await locks.withLock(on: id, for: .destroy) { () async throws(SessionStoreError) in
            try act(.destroy, on: id) { $0.destroy(id) }
        }
    }

    /// Lists sessions in no particular order; listing doesn't count as use.
    public func sessions(
        where filter: SessionFilter
    ) async throws(SessionStoreError) -> SessionListing<Session> {
        try act(.list) { _ in }
        return SessionListing { self.page(from: 0, where: filter) }
    }

    /// Returns the sessions that expire from now on.
    public func expirations() async throws(SessionStoreError) -> SessionExpirations {
        try act(.expire) { _ in source.watch() }
    }

    /// Drops every session that has expired, and returns how many there were.
    ///
    /// Without it they go when somebody asks for them, or when there are too many.
    ///
    /// - Complexity: O(sessions), with all other operations waiting.
    @discardableResult
    public func sweep() async throws(SessionStoreError) -> Int {
        try act(.expire) { $0.sweep() }
    }

    /// Lets a closed store be used again; the sessions are still there.
    public func open() async throws(SessionStoreError) {
        state.withLock { $0.isClosed = false }
    }

    /// Ends all expirations, and refuses later calls.
    public func close() async throws(SessionStoreError) {
        state.withLock { $0.isClosed = true }
        source.finish()
    }

    /// Does `body` at the current time, and then tells who left because of it.
    private func act<Outcome: Sendable>(
        _ operation: Fault.Operation,
        on id: SessionID? = nil,
        _ body: (inout MemoryState) -> Outcome
    ) throws(SessionStoreError) -> Outcome {
        let result = state.withLock { state -> (Outcome, [MemoryState.Departure])? in
            guard !state.isClosed else { return nil }
            state.advance(to: clock.now())
            return (body(&state), state.takeDepartures())
        }
        guard let (outcome, departures) = result else {
            throw .closed(Fault(operation, id: id, cause: "the store was closed before"))
        }
        for departure in departures { announce(departure) }
        return outcome
    }

    private func announce(_ departure: MemoryState.Departure) {
        switch departure {
        case .expired(let session): source.send(session)
        case .evicted(let session): onEviction?(session)
        }
    }

    private func page(
        from place: Int,
        where filter: SessionFilter
    ) -> SessionListing<Session>.Page {
        do throws(SessionStoreError) {
            let end = place + Self.pageSize
            let (sessions, hasMore) = try act(.list) { state in
                let sessions = state.sessions(inSlots: place..<end, where: filter)
                return (sessions, end < state.table.slots.count)
            }
            let elements = sessions.map(SessionListing<Session>.Element.success)
            guard hasMore else { return SessionListing.Page(elements) }
            return SessionListing.Page(elements) { self.page(from: end, where: filter) }
        } catch {
            return SessionListing.Page([.failure(error)])
        }
    }
}
