// What can be made of `read`, `write` and `destroy`. A plain write or destroy doesn't wait for
// these, since it is the driver's own and knows no lock: one that lands between the two halves of
// an update is overwritten by it. `WritingADriver.md` tells authors of drivers so.
extension SessionStore {
    /// Does nothing.
    public func open() async throws(SessionStoreError) {}

    /// Does nothing.
    public func close() async throws(SessionStoreError) {}

    /// Compares the revision of what is there and writes, while no other such write or update of
    /// the id runs in this process.
    @discardableResult
    public func write(
        _ session: Session,
        ifUnchangedSince revision: SessionRevision
    ) async throws(SessionStoreError) -> Session {
        try await SessionLocks(of: self).withLock(
            on: session.id,
            for: .write
        ) { () async throws(SessionStoreError) in
            let current = try await read(session.id)
            guard (current?.revision ?? .absent) == revision else { throw .conflict(session.id) }
            return try await write(session)
        }
    }

    /// Throws `unsupported`.
    @discardableResult
    public func restore(
        _ session: Session,
        ifUnchangedSince revision: SessionRevision
    ) async throws(SessionStoreError) -> Session? {
        let cause = "this driver can't keep the time of a session's last activity"
        throw .unsupported(Fault(.write, id: session.id, cause: cause))
    }

    /// Reads, changes and writes while no other update of the id runs in this process.
    public func update<Outcome>(
        _ id: SessionID,
        _ change: (inout Session?) async throws -> Outcome
    ) async throws -> Outcome {
        try await SessionLocks(of: self).update(
            id,
            read: { () async throws(SessionStoreError) in try await read(id) },
            write: { (session) async throws(SessionStoreError) in try await write(session) },
            touch: { (session) async throws(SessionStoreError) in try await write(session) },
            destroy: { (_) async throws(SessionStoreError) in try await destroy(id) },
            change: change
        )
    }

    /// Reads the session and writes it again, while no update of the id runs in this process.
    @discardableResult
    public func touch(_ id: SessionID) async throws(SessionStoreError) -> Bool {
        try await SessionLocks(of: self).withLock(
            on: id,
            for: .touch
        ) { () async throws(SessionStoreError) in
            guard let session = try await read(id) else { return false }
            try await write(session)
            return true
        }
    }

    /// Takes the ids of ``sessions(where:)``.
    public func ids(
        where filter: SessionFilter
    ) async throws(SessionStoreError) -> SessionListing<SessionID> {
        try await sessions(where: filter).mapItems(\.id)
    }

    /// Throws `unsupported`.
    public func sessions(
        where filter: SessionFilter
    ) async throws(SessionStoreError) -> SessionListing<Session> {
        throw .unsupported(Fault(.list, cause: "this driver can't list its sessions"))
    }

    /// Counts the elements of ``ids(where:)``.
    public func count(where filter: SessionFilter) async throws(SessionStoreError) -> Int {
        var count = 0
        for await id in try await ids(where: filter) {
            _ = try id.get()
            count += 1
        }
        return count
    }

    /// Destroys the elements of ``ids(where:)`` one by one.
    @discardableResult
    public func destroyAll(where filter: SessionFilter) async throws(SessionStoreError) -> Int {
        var count = 0
        var firstDamage: SessionStoreError?
        for await id in try await ids(where: filter) {
            do throws(SessionStoreError) {
                if try await destroy(id.get()) { count += 1 }
            } catch {
                // Damage is one session's; anything else would be met again with every other.
                guard case .corrupted = error else { throw error }
                firstDamage = firstDamage ?? error
            }
        }
        if let firstDamage { throw firstDamage }
        return count
    }

    /// Destroys all sessions with the participant.
    @discardableResult
    public func erase(
        participant: String,
        on platform: String? = nil
    ) async throws(SessionStoreError) -> Int {
        try await destroyAll(where: SessionFilter(platform: platform, participant: participant))
    }

    /// Throws `unsupported`.
    public func expirations() async throws(SessionStoreError) -> SessionExpirations {
        throw .unsupported(Fault(.expire, cause: "this driver doesn't notice what expires"))
    }
}
