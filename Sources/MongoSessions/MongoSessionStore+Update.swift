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
            let call = Call(.update, id)
            let result = try await locks.withLock(
                on: id,
                for: .update
            ) { () async throws(SessionStoreError) -> Result<Outcome, any Error> in
                let collection = try await self.collection(call)
                var contention = Contention(call)
                while true {
                    let before = try await self.living(id, .whole, in: collection, call)
                    var after = before?.session
                    let outcome: Outcome
                    do {
                        outcome = try await locks.marking(id) { try await change(&after) }
                    } catch {
                        return .failure(error)
                    }
                    if try await self.finish(before, after, in: collection, call) {
                        return .success(outcome)
                    }
                    try await contention.wait()
                }
            }
            return try result.get()
        }

        /// Writes what a change has made; returns false when somebody was faster.
        private func finish(
            _ before: StoredSession?,
            _ after: Session?,
            in collection: SessionCollection,
            _ call: Call
        ) async throws(SessionStoreError) -> Bool {
            guard after == nil || after?.id == call.id else {
                let cause = "the update put the session of another id in place"
                throw .rejected(call.fault(at: nil, cause))
            }
            switch (before, after) {
            case (nil, nil): return true
            case (let before?, nil): return try await collection.remove(before, call)
            case (let before?, let after?) where before.session == after:
                return try await extend(before, in: collection, call)
            case (let before, let after?):
                _ = try after.encodedByteCount()
                return try await put(after, over: before?.version, in: collection, call) != nil
            }
        }

        /// Writes `session` as it is, its `lastActivity` included, if the store still has the
        /// revision that a read gave.
        ///
        /// For copying between stores. A session that would have expired in this store is not written: nil.
        @discardableResult
        public func restore(
            _ session: Session,
            ifUnchangedSince revision: SessionRevision
        ) async throws(SessionStoreError) -> Session? {
            let call = Call(.write, session.id)
            let moment = session.lastActivity ?? clock.now()
            guard moment >= 0 else {
                let cause = "lastActivity is negative"
                throw .rejected(call.fault(at: nil, cause))
            }
            _ = try session.encodedByteCount()
            guard !isExpired(session) else { return nil }
            let written = try await write(session, at: moment, since: revision, call)
            guard let written else { throw .conflict(session.id) }
            return written
        }
    }
#endif
