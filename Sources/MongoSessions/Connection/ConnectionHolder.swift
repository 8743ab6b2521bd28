#if Mongo
    import Locks
    import SessionCore

    /// The connection of a store: opened once, by whoever needs it first, while others wait for the
    /// same.
    final class ConnectionHolder: Sendable {
        private typealias Opened = Result<MongoConnection, SessionStoreError>
        private typealias Waiter = CheckedContinuation<Opened?, Never>

        private enum State {
            case unopened
            case opening([Waiter])
            case open(MongoConnection)
            case closing([Waiter])
            case closed
        }

        private let state = Mutex(State.unopened)
        private let connect: @Sendable () async throws(SessionStoreError) -> MongoConnection

        init(_ connect: @escaping @Sendable () async throws(SessionStoreError) -> MongoConnection) {
            self.connect = connect
        }

        /// What a caller that wants the connection has to do.
        private enum Step {
            case use(MongoConnection)
            case open
            case wait
            case refuse
        }

        /// Returns the connection, opening it first; a closed one only when it `mayReopen`.
        func connection(
            for call: Call,
            mayReopen: Bool = false
        ) async throws(SessionStoreError) -> MongoConnection {
            while true {
                switch nextStep(mayReopen) {
                case .use(let connection): return connection
                case .open: return try await open()
                case .refuse: throw SessionStoreError(WorkerLine.Refusal.closed, call, at: nil)
                // Nil: whatever it was is over, and the state says what is next.
                case .wait: if let result = await wait() { return try result.get() }
                }
            }
        }

        private func nextStep(_ mayReopen: Bool) -> Step {
            state.withLock { state in
                switch state {
                case .open(let connection): return .use(connection)
                case .opening: return .wait
                case .closing: return mayReopen ? .wait : .refuse
                case .closed where !mayReopen: return .refuse
                case .unopened, .closed:
                    state = .opening([])
                    return .open
                }
            }
        }

        private func open() async throws(SessionStoreError) -> MongoConnection {
            do throws(SessionStoreError) {
                let connection = try await connect()
                finish(.open(connection), .success(connection))
                return connection
            } catch {
                finish(.unopened, .failure(error))
                throw error
            }
        }

        /// Waits until the store is open, and returns its connection or why there is none; nil when
        /// it is closed, or there is nothing to wait for any more.
        private func wait() async -> Opened? {
            await withCheckedContinuation { continuation in
                let mustWait = state.withLock { state in
                    switch state {
                    case .opening(let waiting):
                        state = .opening(waiting + [continuation])
                        return true
                    case .closing(let waiting):
                        state = .closing(waiting + [continuation])
                        return true
                    case .unopened, .open, .closed: return false
                    }
                }
                if !mustWait { continuation.resume(returning: nil) }
            }
        }

        /// Goes on to `next`, and tells whoever waits.
        private func finish(_ next: State, _ result: Opened?) {
            let waiting: [Waiter] = state.withLock { state in
                defer { state = next }
                switch state {
                case .opening(let waiting), .closing(let waiting): return waiting
                case .unopened, .open, .closed: return []
                }
            }
            for continuation in waiting { continuation.resume(returning: result) }
        }

        /// Closes the connection, waiting first for whoever is about to open or close it.
        func close() async {
            while true {
                var (mustWait, isOther) = (false, false)
                let connection: MongoConnection? = state.withLock { state in
                    switch state {
                    case .open(let connection):
                        state = .closing([])
                        return connection
                    case .opening:
                        mustWait = true
                        return nil
                    case .closing:
                        (mustWait, isOther) = (true, true)
                        return nil
                    case .unopened, .closed:
                        state = .closed
                        return nil
                    }
                }
                if mustWait {
                    _ = await wait()
                    // Whoever closed it did so for both; what is open now was opened after that.
                    if isOther { return }
                    continue
                }
                guard let connection else { return }
                await connection.close()
                return finish(.closed, nil)
            }
        }
    }
#endif
