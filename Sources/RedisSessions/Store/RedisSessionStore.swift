#if Redis
    internal import Locks
    public import SessionCore

    /// Keeps sessions on Redis servers, where many processes share them.
    ///
    /// One key for each session, with the same JSON as Bottender 1.x, so that its bots and ours can
    /// take turns on the same data. As safe as the server keeps what it has acknowledged, which its
    /// `appendfsync` decides.
    ///
    /// Updates and conditional writes hold across processes: the server compares what is there with
    /// what was read. The change of an update may therefore run again, with a newer session. Inside
    /// the process, operations on one id act in the order in which they came.
    public final class RedisSessionStore: SessionStore {
        /// Where and how the sessions are kept.
        public let options: RedisSessionOptions

        let holder: ServersHolder
        let leaseLocks = SessionLocks()
        private let locks = SessionLocks()

        /// The latest time that was seen.
        private let time = Mutex<Int64>(0)

        /// Creates a store; nothing is connected until it is used.
        public init(_ options: RedisSessionOptions = RedisSessionOptions()) {
            self.options = options
            holder = ServersHolder { () throws(SessionStoreError) in try options.makeServers() }
        }

        // MARK: Opening and closing

        /// Connects and logs in, so that what is wrong with the settings is known at once.
        ///
        /// - Throws: `misconfigured` naming the setting that a server refused, or `unavailable`.
        public func open() async throws(SessionStoreError) {
            holder.reopen()
            try await act(.open) { (servers) async throws(RedisError) in
                try await servers.connect()
            }
        }

        /// Waits for what servers are being asked, and closes all connections.
        ///
        /// An update or a lease that has more to ask ends with `closed`, and an update has then
        /// changed nothing.
        public func close() async throws(SessionStoreError) {
            await holder.close()
        }

        // MARK: One session

        /// Returns the session under `id`, or nil when there is none or it has expired.
        ///
        /// The server removes expired sessions by itself. One that has expired only by a setting
        /// which was tightened since it was written is removed here, and stays away whatever
        /// setting follows.
        ///
        /// - Throws: `corrupted` when something else than a session is under its key.
        public func read(_ id: SessionID) async throws(SessionStoreError) -> Session? {
            try await living(id, .read)
        }

        /// Puts `session` in place of whatever is under its id, and returns it as it was stored.
        @discardableResult
        public func write(_ session: Session) async throws(SessionStoreError) -> Session {
            try await locks.withLock(
                on: session.id,
                for: .write
            ) { () async throws(SessionStoreError) in
                let new = try self.encoded(session, at: self.now())
                let call = RedisCall(
                    .write, key: self.key(of: session.id), [new.bytes, new.lifetime])
                let reply = try await self.ask(call, .write, session.id)
                return try self.stored(new, reply, .write)
            }
        }

        /// Writes `session` if the store still has the revision that a read gave, whoever writes
        /// it.
        @discardableResult
        public func write(
            _ session: Session,
            ifUnchangedSince revision: SessionRevision
        ) async throws(SessionStoreError) -> Session {
            try await locks.withLock(
                on: session.id,
                for: .write
            ) { () async throws(SessionStoreError) in
                let new = try self.encoded(session, at: self.now())
                try await self.require(revision, of: session.id)
                return try await self.replace(revision, with: new, .write)
            }
        }

        /// Writes `session` with the activity that it has, unless it would have expired.
        @discardableResult
        public func restore(
            _ session: Session,
            ifUnchangedSince revision: SessionRevision
        ) async throws(SessionStoreError) -> Session? {
            try await locks.withLock(
                on: session.id,
                for: .write
            ) { () async throws(SessionStoreError) in
                let now = self.now()
                let new = try self.encoded(session, at: session.restoredActivity(at: now))
                guard !new.session.isExpired(at: now, in: self.options.expiry) else { return nil }
                try await self.require(revision, of: session.id)
                return try await self.replace(revision, with: new, .write)
            }
        }

        /// Reads, changes and writes a session as one step, across all processes.
        ///
        /// When somebody else was faster, `change` runs again with what they wrote. Who loses
        /// several times takes a lease on the session, for which they wait in line.
        public func update<Outcome>(
            _ id: SessionID,
            _ change: (inout Session?) async throws -> Outcome
        ) async throws -> Outcome {
            var seen = SessionRevision.absent
            var lease: HeldLease?
            let result: Result<Outcome, any Error>
            do {
                result = .success(
                    try await locks.update(
                        id,
                        read: { () async throws(SessionStoreError) in
                            let session = try await self.living(id, .update)
                            seen = session?.revision ?? .absent
                            return session
                        },
                        write: { (session) async throws(SessionStoreError) in
                            let new = try self.encoded(session, at: self.now())
                            _ = try await self.replace(seen, with: new, .update)
                        },
                        touch: { (session) async throws(SessionStoreError) in
                            let new = try self.encoded(session, at: self.now())
                            _ = try await self.replace(seen, with: new, .update)
                        },
                        destroy: { (_) async throws(SessionStoreError) in
                            guard try await self.remove(id, seen, .update) else {
                                throw .conflict(id)
                            }
                        },
                        onConflict: { (count) async throws(SessionStoreError) in
                            // A change that takes its time may outlast a place in the line.
                            guard count >= Self.conflictMax, lease?.heldNumber == nil else {
                                return
                            }
                            await lease?.release()
                            lease = try await self.acquireLease(on: id, .update, in: .updates)
                        },
                        change: change
                    )
                )
            } catch {
                result = .failure(error)
            }
            await lease?.release()
            return try result.get()
        }

        /// How many conflicts an update has before it waits in line.
        static let conflictMax = 4

        /// Extends the life of a session, which writes its document again with another
        /// `lastActivity`; the revision becomes another.
        @discardableResult
        public func touch(_ id: SessionID) async throws(SessionStoreError) -> Bool {
            try await locks.withLock(on: id, for: .touch) { () async throws(SessionStoreError) in
                while true {
                    guard let session = try await self.living(id, .touch) else { return false }
                    let new = try self.encoded(session, at: self.now())
                    do throws(SessionStoreError) {
                        _ = try await self.replace(session.revision ?? .absent, with: new, .touch)
                        return true
                    } catch .conflict {
                        // Somebody wrote it, or destroyed it; a write has extended its life.
                        continue
                    }
                }
            }
        }

        /// Removes a session, and says whether there was one that had not expired.
        @discardableResult
        public func destroy(_ id: SessionID) async throws(SessionStoreError) -> Bool {
            try await locks.withLock(on: id, for: .destroy) { () async throws(SessionStoreError) in
                let call = RedisCall(.take, key: self.key(of: id), [Self.byteCountMax])
                switch try await self.ask(call, .destroy, id) {
                case .null: return false
                case .bytes(let bytes):
                    // What can't be read was something that had to go, all the same.
                    let session = try? Session(decoding: bytes.span, under: id)
                    return session?.isExpired(at: self.now(), in: self.options.expiry) != true
                case .integer: return true
                case let other: throw self.nonsense(other, .destroy, id)
                }
            }
        }

        // MARK: Steps

        /// A session that is ready to be sent.
        struct Encoded {
            let session: Session
            let bytes: [UInt8]

            /// How long the server keeps it, in milliseconds, or 0 for ever.
            let lifetime: [UInt8]
        }

        /// Stamps and encodes `session`.
        func encoded(_ session: Session, at activity: Int64) throws(SessionStoreError) -> Encoded {
            let stamped = session.stamped(at: activity)
            // The last millisecond belongs to the session's life.
            let left = stamped.deadline(in: options.expiry).map { max($0 - now(), 0) + 1 }
            return Encoded(
                session: stamped,
                bytes: try stamped.encoded(),
                lifetime: Array("\(left ?? 0)".utf8)
            )
        }

        /// Reads a session, and removes it if it has expired.
        func living(
            _ id: SessionID,
            _ operation: Fault.Operation
        ) async throws(SessionStoreError) -> Session? {
            let call = RedisCall(.read, key: key(of: id), [Self.byteCountMax])
            let reply = try await ask(call, operation, id)
            guard let found = try session(in: reply, id, operation) else { return nil }
            guard found.session.isExpired(at: now(), in: options.expiry) else {
                await keep(found, operation)
                return found.session
            }
            // Unless somebody has given it a new life since.
            _ = try await remove(id, found.session.revision ?? .absent, operation)
            return nil
        }

        /// Tells the server that a session lives for longer than it was told before the setting
        /// was changed.
        func keep(_ found: Found, _ operation: Fault.Operation) async {
            guard options.extendsStoredLives, found.timeLeft >= 0 else { return }
            let left = found.session.deadline(in: options.expiry).map { max($0 - now(), 0) + 1 }
            // The clocks of bots differ by a little, for which the server need not be told.
            let tolerance = max(5_000, (left ?? 0) / 100)
            if let left, left - found.timeLeft <= tolerance { return }
            let revision = found.session.revision ?? .absent
            let key = key(of: found.session.id)
            let call = RedisCall(.keep, key: key, [revision.sha1, Array("\(left ?? 0)".utf8)])
            // Whoever meets it next tries again; for this one the session is there.
            _ = try? await ask(call, operation, found.session.id)
        }

        /// A session as the server has it.
        struct Found {
            let session: Session

            /// In how many milliseconds the server removes it; negative when it does not.
            let timeLeft: Int64
        }

        /// Reads what the script has answered.
        func session(
            in reply: RESPValue,
            _ id: SessionID,
            _ operation: Fault.Operation
        ) throws(SessionStoreError) -> Found? {
            switch reply {
            case .null: return nil
            case .integer(let byteCount):
                let cause = "a value of \(byteCount) bytes is larger than a session may be"
                throw .corrupted(Fault(operation, id: id, place: place, cause: cause))
            case .list(let parts):
                guard parts.count == 3,
                    let revision = parts[0].string.flatMap(SessionRevision.init(sha1:)),
                    let bytes = parts[1].bytes, let timeLeft = parts[2].integer
                else { throw nonsense(reply, operation, id) }
                do throws(SessionDecodingError) {
                    var session = try Session(decoding: bytes.span, under: id)
                    session.revision = revision
                    return Found(session: session, timeLeft: timeLeft)
                } catch {
                    throw .corrupted(error, id: id, place: place)
                }
            default: throw nonsense(reply, operation, id)
            }
        }

        private func require(
            _ revision: SessionRevision,
            of id: SessionID
        ) async throws(SessionStoreError) {
            let current = try await living(id, .write)
            guard (current?.revision ?? .absent) == revision else { throw .conflict(id) }
        }

        private func replace(
            _ revision: SessionRevision,
            with new: Encoded,
            _ operation: Fault.Operation
        ) async throws(SessionStoreError) -> Session {
            let id = new.session.id
            let call = RedisCall(
                .replace, key: key(of: id), [revision.sha1, new.bytes, new.lifetime])
            let reply = try await ask(call, operation, id)
            guard reply != .null else { throw .conflict(id) }
            return try stored(new, reply, operation)
        }

        func remove(
            _ id: SessionID,
            _ revision: SessionRevision,
            _ operation: Fault.Operation
        ) async throws(SessionStoreError) -> Bool {
            let call = RedisCall(.remove, key: key(of: id), [revision.sha1])
            switch try await ask(call, operation, id) {
            case .integer(let count): return count > 0
            case let other: throw nonsense(other, operation, id)
            }
        }

        private func stored(
            _ new: Encoded,
            _ reply: RESPValue,
            _ operation: Fault.Operation
        ) throws(SessionStoreError) -> Session {
            guard let revision = reply.string.flatMap(SessionRevision.init(sha1:)) else {
                throw nonsense(reply, operation, new.session.id)
            }
            var session = new.session
            session.revision = revision
            return session
        }

        // MARK: Asking

        func ask(
            _ call: RedisCall,
            _ operation: Fault.Operation,
            _ id: SessionID? = nil
        ) async throws(SessionStoreError) -> RESPValue {
            try await act(operation, id) { (servers) async throws(RedisError) in
                try await servers.ask(call)
            }
        }

        func act<Outcome>(
            _ operation: Fault.Operation,
            _ id: SessionID? = nil,
            _ body: (RedisServers) async throws(RedisError) -> Outcome
        ) async throws(SessionStoreError) -> Outcome {
            try await holder.use(for: operation, id) { (servers) async throws(SessionStoreError) in
                do throws(RedisError) {
                    return try await body(servers)
                } catch {
                    throw SessionStoreError(error, operation, id: id)
                }
            }
        }

        /// The error for an answer that makes no sense.
        func nonsense(
            _ reply: RESPValue,
            _ operation: Fault.Operation,
            _ id: SessionID?
        ) -> SessionStoreError {
            .unavailable(
                Fault(operation, id: id, place: place, cause: "the server's answer makes no sense"))
        }

        // MARK: Keys and time

        /// The longest value that is read, as scripts are told.
        static let byteCountMax = Array("\(Session.byteCountMax)".utf8)

        /// Servers and database, for errors.
        var place: String { options.description }

        func key(of id: SessionID) -> [UInt8] {
            Array(options.keyPrefix.utf8) + Array(id.rawValue.utf8)
        }

        /// The present time, which never goes back, or what has expired would live again.
        func now() -> Int64 {
            let now = options.clock.now()
            return time.withLock { latest in
                latest = max(latest, now)
                return latest
            }
        }
    }

    extension SessionRevision {
        /// Creates the revision of a value from the first 32 of the 40 digits of its SHA-1.
        init?(sha1 digits: String) {
            let digits = digits.utf8.prefix(32)
            guard digits.count == 32,
                let high = UInt64(String(decoding: digits.prefix(16), as: UTF8.self), radix: 16),
                let low = UInt64(String(decoding: digits.dropFirst(16), as: UTF8.self), radix: 16)
            else { return nil }
            self.init(high: high, low: low)
        }

        /// Those digits, or none for what is absent.
        var sha1: [UInt8] {
            guard self != .absent else { return [] }
            func digits(_ half: UInt64) -> String {
                let digits = String(half, radix: 16)
                return String(repeating: "0", count: 16 - digits.count) + digits
            }
            return Array((digits(high) + digits(low)).utf8)
        }
    }
#endif
