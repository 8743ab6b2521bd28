#if Mongo
    public import SessionCore

    extension MongoSessionStore {
        /// Reads, changes and writes a session as one step.
        ///
        /// When another process writes the session in between, `change` is run again with what that
        /// wrote. In one process updates of an id take turns, so it is run once unless others
        /// interfere.
        public func update<Outcome>(
            _ id: SessionID,
            _ change: (inout Session?) async throws -> Outcome
        ) async throws -> Outcome {
            let start = Call(.update, id)
            var contention = Contention(start)
            // What the change is made to; the conditions of the writes are about it.
            var before: StoredSession?
            return try await locks.update(
                id,
                read: { () async throws(SessionStoreError) in
                    // Who has waited for others that found no server need not try.
                    before = try await self.living(id, .whole, in: self.collection(start), start)
                    return before?.session
                },
                write: { (session) async throws(SessionStoreError) in
                    _ = try session.encodedByteCount()
                    // A call of its own, since the change may have taken its time.
                    let call = Call(.update, id)
                    let collection = try await self.collection(call)
                    let version = before?.version
                    let written = try await self.put(session, over: version, in: collection, call)
                    guard written != nil else { throw .conflict(id) }
                },
                touch: { (_) async throws(SessionStoreError) in
                    guard let before else { return }
                    let call = Call(.update, id)
                    let collection = try await self.collection(call)
                    guard try await self.extend(before, in: collection, call) else {
                        throw .conflict(id)
                    }
                },
                destroy: { (_) async throws(SessionStoreError) in
                    guard let before else { return }
                    let call = Call(.update, id)
                    guard try await self.collection(call).remove(before, call) else {
                        throw .conflict(id)
                    }
                },
                onConflict: { (_) async throws(SessionStoreError) in
                    try await contention.wait()
                },
                change: change
            )
        }

        /// Writes `session` as it is, its `lastActivity` included, if the store still has the
        /// revision that a read gave.
        ///
        /// For copying from store to store.
        ///
        /// - Returns: The session as it was stored, or nil when it would have expired in this
        ///   store; then nothing changed.
        @discardableResult
        public func restore(
            _ session: Session,
            ifUnchangedSince revision: SessionRevision
        ) async throws(SessionStoreError) -> Session? {
            let call = Call(.write, session.id)
            let now = clock.now()
            let moment = try session.restoredActivity(at: now)
            _ = try session.encodedByteCount()
            guard !session.stamped(at: moment).isExpired(at: now, in: options.expiry) else {
                return nil
            }
            let written = try await write(session, at: moment, since: revision, call)
            guard let written else { throw .conflict(session.id) }
            return written
        }
    }
#endif
