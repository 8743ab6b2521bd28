#if Redis
    internal import Locks
    internal import NIOCore

    /// Knows which server has a key; one kind for each way of setting servers up.
    protocol ServerMap: Sendable {
        /// Returns the server that has `key`, finding out first if need be.
        func node(for key: [UInt8]) async throws(RedisError) -> RedisNode

        /// Returns the server at an address that another one named.
        func node(at address: RedisAddress) -> RedisNode

        /// Returns every server that has keys of its own.
        func shares() async throws(RedisError) -> [ServerShare]

        /// Takes down where a slot has gone.
        func note(slot: Int, at address: RedisAddress)

        /// Takes down that the server at `address` may no longer be what it was.
        func doubt(_ address: RedisAddress)

        /// Whether keys move from server to server.
        var isCluster: Bool { get }

        /// Whether an error may go away by itself within the time that a call has.
        func heals(_ failure: RedisFailure) -> Bool
        func close() async
    }

    extension ServerMap {
        var isCluster: Bool { false }
    }

    /// A server that has keys of its own.
    struct ServerShare: Sendable {
        let node: RedisNode

        /// The slots that it has in a cluster.
        var slots: Set<Int> = []
    }

    /// All nodes that were ever needed, by address.
    final class NodeTable: Sendable {
        private let setup: RedisSetup
        private let poolSize: Int

        private struct State {
            var nodes: [RedisAddress: RedisNode] = [:]
            var isClosed = false
        }

        private let state = Mutex(State())

        init(_ setup: RedisSetup, poolSize: Int) {
            self.setup = setup
            self.poolSize = poolSize
        }

        func node(at address: RedisAddress) -> RedisNode {
            state.withLock { state in
                if let node = state.nodes[address] { return node }
                let node = RedisNode(address, setup, poolSize: poolSize)
                if !state.isClosed { state.nodes[address] = node }
                return node
            }
        }

        /// Forgets the nodes at other addresses that nobody waits for.
        func keep(_ addresses: Set<RedisAddress>) {
            let gone = state.withLock { state in
                let gone = state.nodes.values.filter {
                    !addresses.contains($0.address) && $0.waitingCount == 0
                }
                for node in gone { state.nodes[node.address] = nil }
                return gone
            }
            // Without waiting: one that says nothing takes its time.
            for node in gone { node.startClosing() }
        }

        func close() async {
            let nodes = state.withLock { state in
                state.isClosed = true
                defer { state.nodes = [:] }
                return Array(state.nodes.values)
            }
            // All at once, since each may be waited for.
            for end in nodes.flatMap({ $0.startClosing() }) { try? await end.get() }
        }
    }

    /// One server.
    struct SingleServer: ServerMap {
        let address: RedisAddress
        let nodes: NodeTable

        func node(for key: [UInt8]) -> RedisNode { nodes.node(at: address) }
        func node(at address: RedisAddress) -> RedisNode { nodes.node(at: address) }
        func shares() -> [ServerShare] { [ServerShare(node: nodes.node(at: address))] }
        func note(slot: Int, at address: RedisAddress) {}
        func doubt(_ address: RedisAddress) {}

        func heals(_ failure: RedisFailure) -> Bool {
            ["LOADING", "BUSY", "TRYAGAIN", "CLUSTERDOWN"].contains(failure.code)
        }

        func close() async { await nodes.close() }
    }
#endif
