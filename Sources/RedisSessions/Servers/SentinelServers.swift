#if Redis
    internal import Locks

    /// The primary of a set of servers, as sentinels know it.
    final class SentinelServers: ServerMap {
        /// In the order in which they are asked: those that have answered before the others.
        private let order: Mutex<[RedisAddress]>
        private let name: String
        private let nodes: NodeTable
        private let sentinelNodes: NodeTable
        private let primary = Mutex<RedisAddress?>(nil)
        private let search = SharedAttempt<RedisAddress>()

        init(
            _ sentinels: [RedisAddress],
            name: String,
            nodes: NodeTable,
            sentinelNodes: NodeTable
        ) {
            order = Mutex(sentinels)
            self.name = name
            self.nodes = nodes
            self.sentinelNodes = sentinelNodes
        }

        func node(for key: [UInt8]) async throws(RedisError) -> RedisNode { try await node() }

        func node(at address: RedisAddress) -> RedisNode { nodes.node(at: address) }

        func shares() async throws(RedisError) -> [ServerShare] {
            [ServerShare(node: try await node())]
        }

        func note(slot: Int, at address: RedisAddress) {}

        func doubt(_ address: RedisAddress) {
            primary.withLock { if $0 == address { $0 = nil } }
        }

        /// A server that is read-only is a replica now, and the sentinels know who is not.
        func heals(_ failure: RedisFailure) -> Bool {
            ["READONLY", "LOADING", "MASTERDOWN", "BUSY", "UNBLOCKED"].contains(failure.code)
        }

        func close() async {
            await nodes.close()
            await sentinelNodes.close()
        }

        private func node() async throws(RedisError) -> RedisNode {
            if let address = primary.withLock({ $0 }) { return nodes.node(at: address) }
            let address = try await search.run { () async throws(RedisError) in
                let address = try await self.find()
                self.primary.withLock { $0 = address }
                self.nodes.keep([address])
                return address
            }
            return nodes.node(at: address)
        }

        private func askLast(_ sentinel: RedisAddress) {
            order.withLock { order in
                order.removeAll { $0 == sentinel }
                order.append(sentinel)
            }
        }

        /// Asks the sentinels in turn.
        private func find() async throws(RedisError) -> RedisAddress {
            let command = RedisCommand("SENTINEL", "GET-MASTER-ADDR-BY-NAME", name)
            let sentinels = order.withLock { $0 }
            var unknowing: RedisAddress?
            var refusal: RedisError?
            for sentinel in sentinels {
                do throws(RedisError) {
                    let reply = try await sentinelNodes.node(at: sentinel).connection().ask(command)
                    if let parts = reply.list, parts.count == 2, let host = parts[0].string,
                        let port = parts[1].string.flatMap({ Int($0) })
                    {
                        return RedisAddress(host, port, seenFrom: sentinel)
                    }
                    if case .failure(let failure) = reply {
                        refusal = .failed(place: "\(sentinel)", failure)
                    } else {
                        unknowing = sentinel
                    }
                } catch {
                    switch error {
                    case .unreachable, .lost: askLast(sentinel)
                    default: refusal = error
                    }
                }
            }
            if let unknowing {
                throw .refused(
                    place: "\(unknowing)",
                    setting: RedisSetting.sentinelName,
                    cause: "the sentinels know no set of servers with this name"
                )
            }
            if let refusal { throw refusal }
            let places = sentinels.map(\.description).joined(separator: ", ")
            throw .unreachable(place: places, cause: "no sentinel answers")
        }
    }
#endif
