#if Redis
    internal import Locks

    /// The servers of a cluster, and who of them has which slots.
    final class ClusterServers: ServerMap {
        private struct State {
            /// The server of each slot, as far as it is known.
            var slots: [RedisAddress?] = Array(repeating: nil, count: KeySlot.count)

            /// Whether a server was seen to be gone, or keys to have moved, since we asked.
            var isStale = true
        }

        private let seeds: [RedisAddress]
        private let nodes: NodeTable
        private let state = Mutex(State())
        private let survey = SharedAttempt<Void>()

        init(_ seeds: [RedisAddress], nodes: NodeTable) {
            self.seeds = seeds
            self.nodes = nodes
        }

        func node(for key: [UInt8]) async throws(RedisError) -> RedisNode {
            let slot = KeySlot.of(key)
            if state.withLock(\.isStale) { try await look() }
            guard let address = state.withLock({ $0.slots[slot] }) else {
                state.withLock { $0.isStale = true }
                let cause = "no server of the cluster has slot \(slot)"
                throw .unreachable(place: seedPlaces, cause: cause)
            }
            return nodes.node(at: address)
        }

        func node(at address: RedisAddress) -> RedisNode { nodes.node(at: address) }

        func primaries() async throws(RedisError) -> [RedisNode] {
            try await look()
            let missing = state.withLock { $0.slots.firstIndex { $0 == nil } }
            if let missing {
                state.withLock { $0.isStale = true }
                let cause = "no server of the cluster has slot \(missing)"
                throw .unreachable(place: seedPlaces, cause: cause)
            }
            return known.sorted { "\($0)" < "\($1)" }.map { nodes.node(at: $0) }
        }

        func note(slot: Int, at address: RedisAddress) {
            state.withLock { $0.slots[slot] = address }
        }

        func doubt(_ address: RedisAddress) { state.withLock { $0.isStale = true } }

        func heals(_ failure: RedisFailure) -> Bool {
            ["CLUSTERDOWN", "TRYAGAIN", "READONLY", "LOADING", "MASTERDOWN", "BUSY"]
                .contains(failure.code)
        }

        func close() async { await nodes.close() }

        private var seedPlaces: String { seeds.map(\.description).joined(separator: ", ") }

        private var known: Set<RedisAddress> {
            state.withLock { Set($0.slots.compactMap { $0 }) }
        }

        /// Asks any server of the cluster who has what.
        private func look() async throws(RedisError) {
            try await survey.run { () async throws(RedisError) in
                // What is doubted from here on is doubted for good reason.
                self.state.withLock { $0.isStale = false }
                do throws(RedisError) {
                    let slots = try await self.findSlots()
                    self.state.withLock { $0.slots = slots }
                    await self.nodes.keep(self.known.union(self.seeds))
                } catch {
                    self.state.withLock { $0.isStale = true }
                    throw error
                }
            }
        }

        private func findSlots() async throws(RedisError) -> [RedisAddress?] {
            var lastError: RedisError?
            // One that has just joined, or has lost its memory, knows less than others.
            var best: [RedisAddress?]?
            for address in known.subtracting(seeds).sorted(by: { "\($0)" < "\($1)" }) + seeds {
                do throws(RedisError) {
                    let reply = try await nodes.node(at: address).connection()
                        .ask(RedisCommand("CLUSTER", "SLOTS"))
                    if case .failure(let failure) = reply {
                        guard failure.code == "ERR" else {
                            throw .failed(place: "\(address)", failure)
                        }
                        let cause = "this server is not part of a cluster"
                        throw .refused(
                            place: "\(address)", setting: RedisSetting.cluster, cause: cause)
                    }
                    guard let slots = Self.slots(in: reply, from: address) else {
                        let cause = "no answer to who has which slots"
                        throw .malformed(place: "\(address)", cause: cause)
                    }
                    guard slots.contains(nil) else { return slots }
                    let missing = slots.count { $0 == nil }
                    if missing < best?.count(where: { $0 == nil }) ?? .max { best = slots }
                } catch {
                    if case .closed = error { throw error }
                    lastError = lastError.map { Self.clearer($0, error) } ?? error
                }
            }
            if let best { return best }
            throw lastError ?? .unreachable(place: seedPlaces, cause: "no server answers")
        }

        /// Of two errors, the one that says more than that somebody wasn't there.
        private static func clearer(_ one: RedisError, _ other: RedisError) -> RedisError {
            switch one {
            case .unreachable, .lost: other
            default: one
            }
        }

        /// Reads ranges of slots, each with its first and last and the servers that have it, the
        /// primary before its replicas.
        static func slots(
            in reply: RESPValue,
            from address: RedisAddress
        ) -> [RedisAddress?]? {
            guard let ranges = reply.list else { return nil }
            var slots: [RedisAddress?] = Array(repeating: nil, count: KeySlot.count)
            for range in ranges {
                guard let parts = range.list, parts.count >= 3,
                    let first = parts[0].integer, let last = parts[1].integer,
                    0 <= first, first <= last, last < Int64(KeySlot.count),
                    let server = parts[2].list, server.count >= 2,
                    let port = server[1].integer, (1...65_535).contains(port)
                else { return nil }
                let host = server[0].string ?? ""
                let primary = RedisAddress(host, Int(port), seenFrom: address)
                for slot in Int(first)...Int(last) { slots[slot] = primary }
            }
            return slots
        }
    }
#endif
