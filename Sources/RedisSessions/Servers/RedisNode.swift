#if Redis
    internal import Locks
    internal import NIOCore

    /// The connections to one server: made when they are needed, and again when they broke.
    final class RedisNode: Sendable {
        let address: RedisAddress
        private let setup: RedisSetup

        private struct Slot {
            var connection: RedisConnection?
            let attempt = SharedAttempt<RedisConnection>()
            var isConnecting = false
        }

        private struct State {
            var slots: [Slot]
            var isClosed = false
        }

        private let state: Mutex<State>

        init(_ address: RedisAddress, _ setup: RedisSetup, poolSize: Int) {
            self.address = address
            self.setup = setup
            state = Mutex(State(slots: (0..<poolSize).map { _ in Slot() }))
        }

        /// What a caller that wants a connection has to do.
        private enum Step {
            case use(RedisConnection)
            case connect(slot: Int, orUse: RedisConnection?)
            case refuse
        }

        /// Returns the connection that has the least to do, or a new one when all have something to
        /// do and there may be more.
        func connection() async throws(RedisError) -> RedisConnection {
            let step = state.withLock { Self.step($0) }
            switch step {
            case .use(let connection): return connection
            case .refuse: throw givenUp
            case .connect(let slot, let other):
                do throws(RedisError) {
                    return try await connect(slot)
                } catch {
                    // One connection less than there might be is no reason to fail.
                    guard let other, other.isOpen else { throw error }
                    return other
                }
            }
        }

        private static func step(_ state: State) -> Step {
            guard !state.isClosed else { return .refuse }
            let open = state.slots.compactMap { slot in
                slot.connection.flatMap { $0.isOpen ? $0 : nil }
            }
            let best = open.min { $0.waitingCount < $1.waitingCount }
            if let best, best.waitingCount == 0 { return .use(best) }
            let free = state.slots.firstIndex { $0.connection?.isOpen != true }
            guard let free else { return best.map(Step.use) ?? .refuse }
            // Whoever has something to use need not wait for what somebody else is making.
            if let best, state.slots[free].isConnecting { return .use(best) }
            return .connect(slot: free, orUse: best)
        }

        private func connect(_ slot: Int) async throws(RedisError) -> RedisConnection {
            let attempt = state.withLock { state in
                state.slots[slot].isConnecting = true
                return state.slots[slot].attempt
            }
            defer { state.withLock { $0.slots[slot].isConnecting = false } }
            return try await attempt.run { () async throws(RedisError) in
                if let connection = self.state.withLock({ $0.slots[slot].connection }),
                    connection.isOpen
                {
                    return connection
                }
                let connection = try await RedisConnection.connect(to: self.address, self.setup)
                do throws(RedisError) {
                    try await connection.introduce(self.setup)
                } catch {
                    connection.startClosing()
                    // What was asked for here was only how do you do.
                    guard case .lost(let place, let cause) = error else { throw error }
                    throw .unreachable(place: place, cause: cause)
                }
                let isWanted = self.state.withLock { state in
                    guard !state.isClosed else { return false }
                    state.slots[slot].connection = connection
                    return true
                }
                guard isWanted else {
                    connection.startClosing()
                    throw self.givenUp
                }
                return connection
            }
        }

        /// Nothing was sent; whoever asks again is sent to where the keys are now.
        private var givenUp: RedisError {
            .unreachable(place: "\(address)", cause: "this server is not used any more")
        }

        /// How many calls wait for replies of this server.
        var waitingCount: Int {
            state.withLock { $0.slots.reduce(0) { $0 + ($1.connection?.waitingCount ?? 0) } }
        }

        /// Begins to close every connection, so that the next calls make new ones, perhaps to
        /// another server that has the name by now.
        func reconnect() { _ = startClosing(forGood: false) }

        /// Begins to close every connection, and makes no more when it is for good.
        @discardableResult
        func startClosing(forGood isOver: Bool = true) -> [EventLoopFuture<Void>] {
            let connections = state.withLock { state in
                if isOver { state.isClosed = true }
                defer { for slot in state.slots.indices { state.slots[slot].connection = nil } }
                return state.slots.compactMap(\.connection)
            }
            return connections.map { $0.startClosing() }
        }
    }
#endif
