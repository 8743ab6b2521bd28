#if Redis
    internal import Locks

    /// The servers of a cluster, and who of them has which slots.
    final class ClusterServers: ServerMap {
        private struct State {
            /// The server of each slot, as far as it is known.
            var slots: [RedisAddress?] = Array(repeating: nil, count: KeySlot.count)

            /// Servers that were seen to be gone, or not to be what they were, since we asked.
            var doubted: Set<RedisAddress> = []
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
            // Only for who needs to know: the other servers have nothing to do with it.
            if server(of: slot) == nil { try await look() }
            guard let address = state.withLock({ $0.slots[slot] }) else { throw missing(slot) }
            return nodes.node(at: address)
        }

        /// Returns the server of a slot, unless it is unknown or in doubt.
        private func server(of slot: Int) -> RedisAddress? {
            state.withLock { state in
                state.slots[slot].flatMap { state.doubted.contains($0) ? nil : $0 }
            }
        }

        private func missing(_ slot: Int) -> RedisError {
            let cause = "no server of the cluster has slot \(slot)"
            return .unreachable(place: seedPlaces, cause: cause)
        }

        func node(at address: RedisAddress) -> RedisNode { nodes.node(at: address) }

        func shares() async throws(RedisError) -> [ServerShare] {
            try await look()
            var shares: [RedisAddress: Set<Int>] = [:]
            for (slot, address) in state.withLock(\.slots).enumerated() {
                guard let address else { throw missing(slot) }
                shares[address, default: []].insert(slot)
            }
            return shares.sorted { "\($0.key)" < "\($1.key)" }
                .map { ServerShare(node: nodes.node(at: $0.key), slots: $0.value) }
        }

        func note(slot: Int, at address: RedisAddress) {
            state.withLock { $0.slots[slot] = address }
        }

        func doubt(_ address: RedisAddress) { state.withLock { _ = $0.doubted.insert(address) } }

        func heals(_ failure: RedisFailure) -> Bool {
            ["CLUSTERDOWN", "TRYAGAIN", "READONLY", "LOADING", "MASTERDOWN", "BUSY"]
                .contains(failure.code)
        }

        func close() async { await nodes.close() }

        var isCluster: Bool { true }

        private var seedPlaces: String { seeds.map(\.description).joined(separator: ", ") }

        private var known: Set<RedisAddress> {
            state.withLock { Set($0.slots.compactMap { $0 }) }
        }

        /// Asks any server of the cluster who has what.
        private func look() async throws(RedisError) {
            try await survey.run { () async throws(RedisError) in
                // What is doubted from here on is doubted for good reason.
                let doubted = self.state.withLock { state in
                    defer { state.doubted = [] }
                    return state.doubted
                }
                do throws(RedisError) {
                    let slots = try await self.findSlots(askingLast: doubted)
                    self.state.withLock { $0.slots = slots }
                    self.nodes.keep(self.known.union(self.seeds))
                } catch {
                    self.state.withLock { $0.doubted.formUnion(doubted) }
                    throw error
                }
            }
        }

        private func findSlots(
            askingLast doubted: Set<RedisAddress>
        ) async throws(RedisError) -> [RedisAddress?] {
            var lastError: RedisError?
            // One that has just joined, or has lost its memory, knows less than others.
            var best: [RedisAddress?]?
            let servers = known.subtracting(seeds).sorted { "\($0)" < "\($1)" } + seeds
            let first = servers.filter { !doubted.contains($0) }
            for address in first + servers.filter({ doubted.contains($0) }) {
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
                    // The next survey asks the others first.
                    state.withLock { _ = $0.doubted.insert(address) }
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
