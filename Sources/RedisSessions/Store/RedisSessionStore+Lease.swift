#if Redis
    public import SessionCore

    /// The right to be the only one who handles a session, among all processes that ask for it.
    public struct RedisSessionLease: Sendable {
        private let held: HeldLease

        /// A number greater than that of earlier leases on the session, as long as the server's
        /// clock is not set back, by which a system that is told it can refuse whoever comes late.
        public let number: UInt64

        init(_ held: HeldLease, _ number: UInt64) {
            self.held = held
            self.number = number
        }

        /// Whether the lease is still there, as far as this process knows.
        ///
        /// It is lost when the server can't be told for ten seconds that the holder is alive.
        public var isHeld: Bool { held.heldNumber == number }
    }

    extension RedisSessionStore {
        /// Does `body` while nobody else, in this process or another, holds the session's lease.
        ///
        /// For turns that take longer than an update should, such as asking another service in the
        /// middle of a conversation. Leases are given in the order in which processes ask, and
        /// inside a process in the order of its tasks. A lease keeps out only those who ask for it:
        /// reads, writes and updates go on, also inside `body`, where ``update(_:_:)`` is still the
        /// way to change the session. The lease of a process that dies ends after ten seconds.
        ///
        /// - Parameters:
        ///   - id: The session.
        ///   - body: What to do. It goes on when the lease is lost, and can ask whether it is.
        /// - Returns: What `body` returns.
        /// - Throws: `rejected` inside a `body` of the same session; `cancelled` when the task is
        ///   cancelled while it waits; `unavailable`; or what `body` throws.
        public func withLease<Outcome: Sendable>(
            on id: SessionID,
            _ body: (RedisSessionLease) async throws -> Outcome
        ) async throws -> Outcome {
            let result = try await leaseLocks.withLock(
                on: id,
                for: .update
            ) { () async throws(SessionStoreError) -> Result<Outcome, any Error> in
                let held = try await acquireLease(on: id, .update, in: .turns)
                let lease = RedisSessionLease(held, held.heldNumber ?? 0)
                // Of its own: a body whose task is cancelled may go on, and so does its lease.
                let renewal = Task { await held.keepAlive() }
                let result: Result<Outcome, any Error>
                do {
                    result = .success(
                        try await leaseLocks.marking(id) { try await body(lease) })
                } catch {
                    result = .failure(error)
                }
                renewal.cancel()
                await renewal.value
                await held.release()
                return result
            }
            return try result.get()
        }

        /// Which line of a session is waited in.
        ///
        /// Two, since an update inside a turn would wait for the turn, which waits for the update.
        enum Line: String {
            case turns = "session-lease/"
            case updates = "session-update/"
        }

        /// Waits for the lease of a session.
        func acquireLease(
            on id: SessionID,
            _ operation: Fault.Operation,
            in line: Line
        ) async throws(SessionStoreError) -> HeldLease {
            let lease = HeldLease(leaseKey(of: id, in: line)) {
                (call) async throws(SessionStoreError) in
                try await self.ask(call, operation, id)
            }
            try await lease.acquire(operation, id)
            return lease
        }

        /// The key of the line that waits for a session.
        ///
        /// No session can have it, since an id has a colon. In a cluster it may be on another
        /// server.
        func leaseKey(of id: SessionID, in line: Line) -> [UInt8] {
            let digits = Array("0123456789abcdef".utf8)
            let name = id.rawValue.utf8.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
            return Array(options.keyPrefix.utf8) + Array(line.rawValue.utf8) + name
        }
    }
#endif
