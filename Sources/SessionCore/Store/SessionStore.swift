/// A place where sessions outlive the messages that made them.
///
/// Every driver gives the same answers, and <doc:Contract> says which. A driver of your own, for
/// which there is <doc:WritingADriver>, has to
/// write only ``read(_:)``, ``write(_:)`` and ``destroy(_:)``; whatever can be made of these is
/// there already, and the rest answers `unsupported` until you add it.
///
/// Unless it says otherwise, an operation throws `unavailable`, `corrupted`, `poisoned` or `closed`
/// as its driver has reason to, and then has changed nothing.
public protocol SessionStore: Sendable {
    /// Connects or recovers, so that later calls don't have to.
    ///
    /// Idempotent. Using a store that was never opened opens it; only one that was closed needs
    /// this.
    ///
    /// - Throws: Also `locked` and `misconfigured`.
    func open() async throws(SessionStoreError)

    /// Makes all acknowledged work durable and lets go of everything.
    ///
    /// Idempotent. Later calls throw `closed` until the store is opened again.
    func close() async throws(SessionStoreError)

    /// Returns the session under `id`, or nil when there is none or it has expired.
    ///
    /// An outage or damage is an error and never nil, or the next write would bury what is there.
    /// Reading does not extend a session's life.
    func read(_ id: SessionID) async throws(SessionStoreError) -> Session?

    /// Puts `session` in place of whatever is under its id, and returns it as it was stored.
    ///
    /// The store sets `lastActivity`, and the result's revision is that of this write. When this
    /// returns, the session is as safe as the driver's durability says, and no safer. It replaces
    /// what another task wrote meanwhile; use ``update(_:_:)`` where that matters.
    ///
    /// - Throws: Also `rejected` when the session can't be encoded, see ``Session/encoded()``, and
    ///   `outOfSpace`.
    @discardableResult
    func write(_ session: Session) async throws(SessionStoreError) -> Session

    /// Writes `session` if the store still has the revision that a read gave.
    ///
    /// With ``SessionRevision/absent`` it is written only if there is none.
    ///
    /// - Throws: `conflict` when somebody wrote or destroyed it since, or it has expired; and what
    ///   ``write(_:)`` throws.
    @discardableResult
    func write(
        _ session: Session,
        ifUnchangedSince revision: SessionRevision
    ) async throws(SessionStoreError) -> Session

    /// Writes `session` as it is, its `lastActivity` included, if the store still has the revision
    /// that a read gave.
    ///
    /// For copying from store to store: what was idle for an hour there is idle for an hour here.
    /// Without a `lastActivity` it gets the present time.
    ///
    /// - Returns: The session as it was stored, or nil when it would have expired in this store;
    ///   then nothing changed.
    /// - Throws: `conflict` as the conditional write does, `rejected` also for a `lastActivity`
    ///   before 1970, and `unsupported` when the driver can't write a time that it didn't choose.
    @discardableResult
    func restore(
        _ session: Session,
        ifUnchangedSince revision: SessionRevision
    ) async throws(SessionStoreError) -> Session?

    /// Reads a session, lets `change` change it, and writes it, as one step.
    ///
    /// `change` gets nil when there is no session, and may put one in place; setting nil destroys
    /// the session. If it leaves the session as it was, the session is touched and not rewritten.
    /// If it throws, nothing changes, and its error is thrown on as it is.
    ///
    /// No other update of the id, by whomever, is lost; they take turns in the order in which they
    /// came. In one process `change` runs once. A driver that works across processes may have to
    /// run it again with a newer session, and says so.
    ///
    /// A driver's own must have `nonisolated(nonsending)` in front of the type of `change`, unless
    /// its module enables `NonisolatedNonsendingByDefault`. Without, it is another method, and the
    /// default is what callers get.
    ///
    /// - Throws: ``SessionStoreError``, with `rejected` for an update of the same id inside
    ///   `change`, and `cancelled` for a task that was cancelled while it waited; or what `change`
    ///   throws.
    func update<Outcome>(
        _ id: SessionID,
        _ change: nonisolated(nonsending) (inout Session?) async throws -> Outcome
    ) async throws -> Outcome

    /// Extends the life of a session as a write would, and says whether there was one.
    ///
    /// Its revision may stay the same.
    @discardableResult
    func touch(_ id: SessionID) async throws(SessionStoreError) -> Bool

    /// Removes a session, and says whether there was one that had not expired.
    @discardableResult
    func destroy(_ id: SessionID) async throws(SessionStoreError) -> Bool

    /// Lists the ids of the sessions that match `filter` and have not expired.
    ///
    /// - Throws: `unsupported` when the driver can't list.
    func ids(
        where filter: SessionFilter
    ) async throws(SessionStoreError) -> SessionListing<SessionID>

    /// Lists the sessions that match `filter` and have not expired.
    ///
    /// - Throws: `unsupported` when the driver can't list.
    func sessions(
        where filter: SessionFilter
    ) async throws(SessionStoreError) -> SessionListing<Session>

    /// Counts the sessions that match `filter` and have not expired.
    ///
    /// - Throws: Also `unsupported` when the driver can't list; `corrupted` when a record is
    ///   damaged that would have to be read to know.
    /// - Complexity: O(sessions), unless the driver says better.
    func count(where filter: SessionFilter) async throws(SessionStoreError) -> Int

    /// Destroys the sessions that match `filter`, and returns how many there were.
    ///
    /// They are destroyed one by one, and one that is written after it was listed is destroyed all
    /// the same. Damage doesn't keep it from going on: `corrupted` is thrown at the end.
    ///
    /// - Throws: Also `unsupported` when the driver can't list.
    @discardableResult
    func destroyAll(where filter: SessionFilter) async throws(SessionStoreError) -> Int

    /// Destroys every session that names a person.
    ///
    /// When it returns, a driver that can has also removed the bytes from its storage.
    ///
    /// - Parameters:
    ///   - participant: The id that the platform gave to the person.
    ///   - platform: That platform; nil for every platform on which somebody has this id.
    /// - Returns: How many sessions there were.
    /// - Throws: What ``destroyAll(where:)`` throws.
    @discardableResult
    func erase(
        participant: String,
        on platform: String?
    ) async throws(SessionStoreError) -> Int

    /// Returns the sessions that expire from now on.
    ///
    /// - Throws: `unsupported` when the driver doesn't notice.
    func expirations() async throws(SessionStoreError) -> SessionExpirations
}

extension SessionStore {
    /// Lists all ids; see ``ids(where:)``.
    public func ids() async throws(SessionStoreError) -> SessionListing<SessionID> {
        try await ids(where: .all)
    }

    /// Lists all sessions; see ``sessions(where:)``.
    public func sessions() async throws(SessionStoreError) -> SessionListing<Session> {
        try await sessions(where: .all)
    }

    /// Counts all sessions; see ``count(where:)``.
    public func count() async throws(SessionStoreError) -> Int {
        try await count(where: .all)
    }
}
