#if Redis
    import Locks
    import SessionConformance
    import SessionCore

    @testable import RedisSessions

    /// Keys of a server that begin like no others, reached by a cable of their own.
    final class RedisSubject: ConformanceSubject {
        enum Place: String, CaseIterable, Sendable {
            case plain, encrypted, cluster
        }

        static let features: Set<ConformanceFeature> = [
            .expiry, .listing, .restoring, .closing, .persistence, .sharing, .outages,
        ]

        private let place: Place
        private let keyPrefix = "t\(UInt64.random(in: .min ... .max)):"
        private let cables = Mutex<[RedisAddress: Proxy]>([:])

        init(_ place: Place) {
            self.place = place
        }

        func makeStore(expiry: Expiry) async throws -> any SessionStore {
            RedisSessionStore(try await options(expiry: expiry))
        }

        func options(expiry: Expiry) async throws -> RedisSessionOptions {
            var options: RedisSessionOptions
            switch place {
            case .plain, .encrypted:
                let server =
                    try await (place == .plain ? SharedServers.plain : SharedServers.encrypted)
                    .value
                options = server.options
                options.deployment = .server(try await cable(to: server.address).address)
            case .cluster:
                let addresses = try await SharedServers.cluster.value.addresses
                options = RedisSessionOptions(.cluster(addresses))
                for address in addresses {
                    options.addressMap[address] = try await cable(to: address).address
                }
            }
            options.keyPrefix = keyPrefix
            options.expiry = expiry
            options.timeout = .seconds(5)
            return options
        }

        private func cable(to address: RedisAddress) async throws -> Proxy {
            if let cable = cables.withLock({ $0[address] }) { return cable }
            let cable = try await Proxy.start(to: address)
            cables.withLock { $0[address] = cable }
            return cable
        }

        func disconnect() async throws {
            for cable in cables.withLock({ Array($0.values) }) { await cable.set(.refuses) }
        }

        func reconnect() async throws {
            for cable in cables.withLock({ Array($0.values) }) { await cable.set(.passes) }
        }

        func cleanUp() async throws {
            try await reconnect()
            let store = RedisSessionStore(try await options(expiry: .never))
            // What can't be read is nobody's business any more.
            _ = try? await store.destroyAll(where: .all)
            try await store.close()
            for cable in cables.withLock({ Array($0.values) }) { await cable.close() }
        }
    }
#endif
