#if Mongo
    public import SessionCore

    /// Keeps sessions in a collection of MongoDB, for bots that run in several processes.
    ///
    /// What a returned write is worth is what the write concern of the URL says; without one, most
    /// servers of a replica set have it. Blocking calls are made on threads of the store's own.
    /// The documents are those of Bottender 1.x, which may use the same collection.
    ///
    /// Operations on one id act in the order in which they came, in one process: a write waits for
    /// an update of the same id that runs, a read does not. Across processes an update that was
    /// overtaken is done again.
    public final class MongoSessionStore: SessionStore {
        /// How long a store waits between two looks for sessions that have expired.
        static let sweepInterval = Duration.seconds(60)

        /// Where and how the sessions are kept, with a URL that is secret.
        public let options: MongoSessionOptions

        let clock: SteadyClock
        let locks = SessionLocks()
        private let holder: ConnectionHolder

        /// Creates a store; nothing is connected until it is used.
        public init(_ options: MongoSessionOptions = MongoSessionOptions()) {
            self.options = options
            let clock = SteadyClock(options.clock)
            self.clock = clock
            holder = ConnectionHolder { () async throws(SessionStoreError) in
                try await Self.connect(options, clock)
            }
        }

        // MARK: Opening and closing

        /// Connects, and creates the indexes that are missing.
        ///
        /// - Throws: `unavailable`; `misconfigured` when the URL is malformed, a name is none, or
        ///   the server does not let the user in or create indexes; `corrupted` when several
        ///   documents have the same id.
        public func open() async throws(SessionStoreError) {
            _ = try await holder.connection(for: Call(.open), mayReopen: true)
        }

        /// Waits for the calls that are being made, and ends all connections.
        public func close() async throws(SessionStoreError) {
            await holder.close()
        }

        private static func connect(
            _ options: MongoSessionOptions,
            _ clock: SteadyClock
        ) async throws(SessionStoreError) -> MongoConnection {
            let connection = try await MongoConnection.open(options, Call(.open))
            do throws(SessionStoreError) {
                let collection = SessionCollection(connection: connection)
                try await collection.prepare(options, Call(.open))
            } catch {
                await connection.close()
                throw error
            }
            connection.keepSweeping(every: sweepInterval) { connection in
                let collection = SessionCollection(connection: connection)
                // What it could not remove now has expired all the same, and goes another time.
                _ = try? await collection.sweep(clock, options.expiry)
            }
            return connection
        }

        /// Returns the collection, connecting first when nobody has.
        func collection(_ call: Call) async throws(SessionStoreError) -> SessionCollection {
            SessionCollection(connection: try await holder.connection(for: call))
        }

        /// How often a write may find that others have just made and removed the session.
        static let refusalsMax = 100

        /// How many documents the collection has, sessions or not.
        package func documentCount() async throws(SessionStoreError) -> Int {
            let call = Call(.list)
            return try await collection(call).documentCount(call)
        }

        /// Whether the collection is there; an empty one may not be.
        package func hasCollection() async throws(SessionStoreError) -> Bool {
            let call = Call(.open)
            return try await collection(call).isThere(call)
        }

        // MARK: One session

        /// Returns the session under `id`, or nil when there is none or it has expired.
        ///
        /// It is read from the primary, so that it is what was written last. An expired one is
        /// removed, so that no later setting or clock brings it back.
        public func read(_ id: SessionID) async throws(SessionStoreError) -> Session? {
            let call = Call(.read, id)
            return try await living(id, .whole, in: try await collection(call), call)?.session
        }

        /// Puts `session` in place of whatever is under its id, and returns it as it was stored.
        ///
        /// - Throws: Also `rejected` when its document would be larger than MongoDB allows: 16 MiB
        ///   of BSON, which has the session twice when BSON can't express all of it.
        @discardableResult
        public func write(_ session: Session) async throws(SessionStoreError) -> Session {
            _ = try session.encodedByteCount()
            let call = Call(.write, session.id)
            return try await locks.withLock(
                on: session.id,
                for: .write
            ) { () async throws(SessionStoreError) in
                let collection = try await self.collection(call)
                let (document, stored) = try self.prepared(session)
                var contention = Contention(call)
                while try await !collection.put(document, under: session.id, call) {
                    // A server that doesn't say which index refuses it.
                    guard contention.tries < Self.refusalsMax else {
                        let cause = MongoConnection.otherIndex
                        throw .rejected(call.fault(at: collection.connection.place, cause))
                    }
                    try await contention.wait()
                }
                return stored
            }
        }

        /// Writes `session` if the store still has the revision that a read gave.
        ///
        /// A touch gives a new revision, too.
        @discardableResult
        public func write(
            _ session: Session,
            ifUnchangedSince revision: SessionRevision
        ) async throws(SessionStoreError) -> Session {
            _ = try session.encodedByteCount()
            let call = Call(.write, session.id)
            let written = try await write(session, at: nil, since: revision, call)
            guard let written else { throw .conflict(session.id) }
            return written
        }

        /// Extends the life of a session without sending the rest of it; its revision changes.
        @discardableResult
        public func touch(_ id: SessionID) async throws(SessionStoreError) -> Bool {
            let call = Call(.touch, id)
            return try await locks.withLock(
                on: id,
                for: .touch
            ) { () async throws(SessionStoreError) in
                let collection = try await self.collection(call)
                var contention = Contention(call)
                while true {
                    let head = try await self.living(id, .head, in: collection, call)
                    guard let head else { return false }
                    if try await self.extend(head, in: collection, call) { return true }
                    try await contention.wait()
                }
            }
        }

        /// Removes a session, and says whether there was one that had not expired.
        ///
        /// One that can't be read is removed as well, and counts as one.
        @discardableResult
        public func destroy(_ id: SessionID) async throws(SessionStoreError) -> Bool {
            let call = Call(.destroy, id)
            return try await locks.withLock(
                on: id,
                for: .destroy
            ) { () async throws(SessionStoreError) in
                let collection = try await self.collection(call)
                guard let head = try await collection.take(id, call) else { return false }
                guard let stored = try? collection.session(in: head, id, call) else { return true }
                return !self.isExpired(stored.session)
            }
        }

        // MARK: Steps

        func isExpired(_ session: Session) -> Bool {
            session.isExpired(at: clock.now(), in: options.expiry)
        }

        /// Reads the session under `id`, and removes it if it has expired.
        func living(
            _ id: SessionID,
            _ part: SessionCollection.Part,
            in collection: SessionCollection,
            _ call: Call
        ) async throws(SessionStoreError) -> StoredSession? {
            var contention = Contention(call)
            while true {
                guard let stored = try await collection.read(id, part, call) else { return nil }
                guard isExpired(stored.session) else { return stored }
                // Unless somebody has written it just now.
                if try await collection.remove(stored, call) { return nil }
                try await contention.wait()
            }
        }

        /// Returns the document that `session` is stored as now, and the session as it is then.
        func prepared(
            _ session: Session,
            at moment: Int64? = nil
        ) throws(SessionStoreError) -> (document: [UInt8], stored: Session) {
            let now = moment ?? clock.now()
            let number = Int64.random(in: 1...Int64.max)
            let revision = SessionRevision(
                high: UInt64(bitPattern: now),
                low: UInt64(bitPattern: number)
            )
            let stored = session.stamped(at: now, revision: revision)
            return (try StoredSession.document(of: stored, revision: number), stored)
        }

        /// Puts `session` in place of `version`, or where there is nothing; returns nil when
        /// somebody was faster.
        func put(
            _ session: Session,
            over version: StoredSession.Version?,
            at moment: Int64? = nil,
            in collection: SessionCollection,
            _ call: Call
        ) async throws(SessionStoreError) -> Session? {
            let (document, stored) = try prepared(session, at: moment)
            let isDone =
                if let version {
                    try await collection.replace(version, of: session.id, with: document, call)
                } else {
                    try await collection.insert(document, call)
                }
            return isDone ? stored : nil
        }

        /// Writes `session` if what is there has `revision`; returns nil when it has another.
        func write(
            _ session: Session,
            at moment: Int64?,
            since revision: SessionRevision,
            _ call: Call
        ) async throws(SessionStoreError) -> Session? {
            try await locks.withLock(
                on: session.id,
                for: call.operation
            ) { () async throws(SessionStoreError) in
                let collection = try await self.collection(call)
                let head = try await self.living(session.id, .head, in: collection, call)
                guard (head?.version.revision ?? .absent) == revision else { return nil }
                return try await self.put(
                    session,
                    over: head?.version,
                    at: moment,
                    in: collection,
                    call
                )
            }
        }

        func extend(
            _ stored: StoredSession,
            in collection: SessionCollection,
            _ call: Call
        ) async throws(SessionStoreError) -> Bool {
            try await collection.extend(stored.version, of: stored.session, to: clock.now(), call)
        }
    }
#endif
