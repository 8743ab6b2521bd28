/// What an `update` has to do to its store after the change.
enum SessionChange: Equatable {
    /// There was no session, and there is none.
    case none

    /// The session is as it was: only its life is extended.
    case touch(Session)

    /// The session is new or changed.
    case write(Session)

    /// There was a session, and there shall be none.
    case destroy

    init(from before: Session?, to after: Session?) {
        switch (before, after) {
        case (nil, nil): self = .none
        case (_?, nil): self = .destroy
        case (nil, let after?): self = .write(after)
        case (let before?, let after?): self = before == after ? .touch(after) : .write(after)
        }
    }
}

extension SessionLocks {
    /// Does what ``SessionStore/update(_:_:)`` promises, with a driver's own plain operations.
    ///
    /// The closures run while `id` is held, so they must not ask for it again.
    ///
    /// - Parameters:
    ///   - id: The session to update.
    ///   - read: Returns the session, or nil.
    ///   - write: Writes the changed session. Where other processes write as well, on condition
    ///     that it is still as it was read, which the session's revision says; so do the next two.
    ///   - touch: Extends the life of a session that the change left as it was.
    ///   - destroy: Removes the session, which it is given as it was read.
    ///   - onConflict: Called when one of these three threw `conflict`, with the number of
    ///     conflicts so far; then the session is read and changed again. It may wait, or throw to
    ///     give up. Without it a conflict is thrown on.
    ///   - change: What the caller wants done.
    /// - Returns: What `change` returned.
    /// - Throws: What the closures throw; `rejected` when `change` puts the session of another id
    ///   in place; and what ``withLock(on:for:_:)`` throws.
    public func update<Outcome>(
        _ id: SessionID,
        read: () async throws(SessionStoreError) -> Session?,
        write: (Session) async throws(SessionStoreError) -> Void,
        touch: (Session) async throws(SessionStoreError) -> Void,
        destroy: (Session) async throws(SessionStoreError) -> Void,
        onConflict: ((Int) async throws(SessionStoreError) -> Void)? = nil,
        change: (inout Session?) async throws -> Outcome
    ) async throws -> Outcome {
        let result = try await withLock(
            on: id,
            for: .update
        ) { () async throws(SessionStoreError) -> Result<Outcome, any Error> in
            var conflictCount = 0
            while true {
                let before = try await read()
                var after = before
                let outcome: Outcome
                do {
                    outcome = try await marking(id) { try await change(&after) }
                } catch {
                    return .failure(error)
                }
                guard after == nil || after?.id == id else {
                    let cause = "the update put the session of another id in place"
                    throw .rejected(Fault(.update, id: id, cause: cause))
                }
                do throws(SessionStoreError) {
                    switch (SessionChange(from: before, to: after), before) {
                    case (.touch(let session), _): try await touch(session)
                    case (.write(let session), _): try await write(session)
                    case (.destroy, let session?): try await destroy(session)
                    case (.destroy, nil), (.none, _): break
                    }
                    return .success(outcome)
                } catch .conflict where onConflict != nil {
                    conflictCount += 1
                    try await onConflict?(conflictCount)
                }
            }
        }
        return try result.get()
    }
}
