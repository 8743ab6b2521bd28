#if Redis
    internal import Locks
    internal import SessionCore

    /// The servers of a store that is open, and how many calls use them.
    final class ServersHolder: Sendable {
        private struct State {
            var servers: RedisServers?
            var isClosed = false
            var useCount = 0
            var closers: [CheckedContinuation<Void, Never>] = []
        }

        private let state = Mutex(State())
        private let make: @Sendable () throws(SessionStoreError) -> RedisServers

        init(_ make: @escaping @Sendable () throws(SessionStoreError) -> RedisServers) {
            self.make = make
        }

        /// Lets a closed store be used again.
        func reopen() {
            let closers = state.withLock { state in
                state.isClosed = false
                defer { state.closers = [] }
                return state.closers
            }
            // Whoever waited to close finds that there is nothing to close any more.
            for closer in closers { closer.resume() }
        }

        /// Does `body` with the servers, which are not closed before it is done.
        func use<Outcome>(
            for operation: Fault.Operation,
            _ id: SessionID?,
            _ body: (RedisServers) async throws(SessionStoreError) -> Outcome
        ) async throws(SessionStoreError) -> Outcome {
            let entered = state.withLock { state -> Result<RedisServers, SessionStoreError> in
                guard !state.isClosed else {
                    return .failure(
                        .closed(Fault(operation, id: id, cause: "the store was closed before")))
                }
                if state.servers == nil {
                    do throws(SessionStoreError) {
                        state.servers = try make()
                    } catch {
                        return .failure(error)
                    }
                }
                state.useCount += 1
                // Made above when there were none.
                return state.servers.map(Result.success)
                    ?? .failure(
                        .closed(Fault(operation, id: id, cause: "the store has no servers")))
            }
            let servers = try entered.get()
            defer { leave() }
            return try await body(servers)
        }

        private func leave() {
            let closers = state.withLock { state -> [CheckedContinuation<Void, Never>] in
                state.useCount -= 1
                guard state.useCount == 0, state.isClosed else { return [] }
                defer { state.closers = [] }
                return state.closers
            }
            for closer in closers { closer.resume() }
        }

        /// Refuses later calls, waits for those under way, and closes the servers.
        func close() async {
            await withCheckedContinuation { (closer: CheckedContinuation<Void, Never>) in
                let mustWait = state.withLock { state in
                    state.isClosed = true
                    guard state.useCount > 0 else { return false }
                    state.closers.append(closer)
                    return true
                }
                if !mustWait { closer.resume() }
            }
            let servers = state.withLock { state -> RedisServers? in
                // Somebody may have opened the store again meanwhile.
                guard state.isClosed, state.useCount == 0 else { return nil }
                defer { state.servers = nil }
                return state.servers
            }
            await servers?.close()
        }
    }
#endif
