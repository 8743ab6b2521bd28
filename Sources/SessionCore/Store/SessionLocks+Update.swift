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
        case (let before, let after?): self = before == after ? .touch(after) : .write(after)
        }
    }
}

extension SessionLocks {
    /// Does what ``SessionStore/update(_:_:)`` promises, with a driver's own plain operations.
    ///
    /// The four closures run while `id` is held, so they must not ask for it again.
    ///
    /// - Throws: What the closures throw; `rejected` when `change` puts the session of another id
    ///   in place; and what ``withLock(on:for:_:)`` throws.
    public func update<Outcome>(
        _ id: SessionID,
        read: () async throws(SessionStoreError) -> Session?,
        write: (Session) async throws(SessionStoreError) -> Void,
        touch: (Session) async throws(SessionStoreError) -> Void,
        destroy: () async throws(SessionStoreError) -> Void,
        change: (inout Session?) async throws -> Outcome
    ) async throws -> Outcome {
        let result = try await withLock(
            on: id,
            for: .update
        ) { () async throws(SessionStoreError) -> Result<Outcome, any Error> in
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
            switch SessionChange(from: before, to: after) {
            case .none: break
            case .touch(let session): try await touch(session)
            case .write(let session): try await write(session)
            case .destroy: try await destroy()
            }
            return .success(outcome)
        }
        return try result.get()
    }
}
