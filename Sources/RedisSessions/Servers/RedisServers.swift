#if Redis
    internal import Locks

    /// The servers of a store: which of them has a key, and asking it until there is an answer.
    final class RedisServers: Sendable {
        let timeout: Duration
        private let map: any ServerMap

        init(_ map: any ServerMap, timeout: Duration) {
            self.map = map
            self.timeout = timeout
        }

        /// Asks the server that has the call's key, and follows it when the key has moved.
        ///
        /// - Throws: `unreachable` when for as long as the timeout nobody could be asked, `lost`
        ///   for what must not be asked twice, `failed`, `refused`, `malformed`, `cancelled`,
        ///   `closed`.
        func ask(_ call: RedisCall) async throws(RedisError) -> RESPValue {
            var pause = Pause(until: .now + timeout)
            var detour: Detour?
            while true {
                let problem: RedisError
                do throws(RedisError) {
                    let reply = try await tryOnce(call, detour)
                    guard case .failure(let failure) = reply.value else { return reply.value }
                    let failed = RedisError.failed(place: "\(reply.address)", failure)
                    if map.isCluster, let next = Detour(failure, from: reply.address) {
                        if case .moved(let slot, let address) = next {
                            map.note(slot: slot, at: address)
                        }
                        // Where the key has gone is known: no need to wait.
                        if pause.takeDetour() {
                            detour = next
                            continue
                        }
                    } else {
                        // A name may lead to another server by now, and these connections don't.
                        if failure.code == "READONLY" { map.node(at: reply.address).reconnect() }
                        guard map.heals(failure) else { throw failed }
                    }
                    map.doubt(reply.address)
                    problem = failed
                } catch {
                    guard isWorthAnother(error, call) else { throw error }
                    problem = error
                }
                detour = nil
                guard try await pause.wait() else { throw problem }
            }
        }

        /// Returns every server that has keys of its own, as of now.
        func shares() async throws(RedisError) -> [ServerShare] {
            var pause = Pause(until: .now + timeout)
            while true {
                do throws(RedisError) {
                    return try await map.shares()
                } catch {
                    guard case .unreachable = error, try await pause.wait() else { throw error }
                }
            }
        }

        /// Connects to every server that has keys of its own.
        func connect() async throws(RedisError) {
            var pause = Pause(until: .now + timeout)
            while true {
                var asked: RedisAddress?
                do throws(RedisError) {
                    for share in try await map.shares() {
                        asked = share.node.address
                        let reply = try await share.node.connection().ask(RedisCommand("PING"))
                        if case .failure(let failure) = reply, map.heals(failure) {
                            throw .unreachable(
                                place: "\(share.node.address)", cause: failure.summary)
                        }
                    }
                    return
                } catch {
                    // Another may have taken its part by now.
                    if let asked { map.doubt(asked) }
                    switch error {
                    case .unreachable, .lost: guard try await pause.wait() else { throw error }
                    default: throw error
                    }
                }
            }
        }

        /// Asks one server, again while it can't be reached.
        func ask(
            _ address: RedisAddress,
            _ commands: [RedisCommand]
        ) async throws(RedisError) -> [RESPValue] {
            try await using(address) { (connection) async throws(RedisError) in
                try await connection.send(commands)
            }
        }

        /// Takes the next step of a walk over the keys of one server, again while it can't be
        /// asked.
        func step(
            _ walk: KeyWalk,
            at address: RedisAddress
        ) async throws(RedisError) -> RESPValue {
            try await using(address) { (other) async throws(RedisError) in
                // A connection has one end only, so its server is in the same run as before.
                let connection = walk.connection ?? other
                if connection !== walk.connection {
                    walk.connect(to: connection, run: try await connection.run())
                }
                let reply = try await connection.ask(walk.command)
                if case .failure(let failure) = reply, self.map.heals(failure) {
                    throw .unreachable(place: "\(address)", cause: failure.summary)
                }
                return reply
            }
        }

        private func using<Outcome>(
            _ address: RedisAddress,
            _ body: (RedisConnection) async throws(RedisError) -> Outcome
        ) async throws(RedisError) -> Outcome {
            var pause = Pause(until: .now + timeout)
            while true {
                do throws(RedisError) {
                    return try await body(try await map.node(at: address).connection())
                } catch {
                    map.doubt(address)
                    switch error {
                    case .unreachable, .lost: guard try await pause.wait() else { throw error }
                    default: throw error
                    }
                }
            }
        }

        func close() async { await map.close() }

        private func tryOnce(
            _ call: RedisCall,
            _ detour: Detour?
        ) async throws(RedisError) -> (value: RESPValue, address: RedisAddress) {
            let node: RedisNode
            switch detour {
            case .asked(let address), .moved(_, let address): node = map.node(at: address)
            case nil: node = try await map.node(for: call.key)
            }
            do throws(RedisError) {
                let connection = try await node.connection()
                var prefix: [RedisCommand] = []
                if case .asked = detour { prefix = [RedisCommand("ASKING")] }
                var reply = try await connection.send(prefix + [call.command])[prefix.count]
                if case .failure(let failure) = reply, failure.code == "NOSCRIPT",
                    let command = call.spelledOut
                {
                    reply = try await connection.send(prefix + [command])[prefix.count]
                }
                return (reply, node.address)
            } catch {
                map.doubt(node.address)
                throw error
            }
        }

        private func isWorthAnother(_ error: RedisError, _ call: RedisCall) -> Bool {
            switch error {
            case .unreachable: true
            case .lost: call.isRepeatable
            case .refused, .failed, .malformed, .cancelled, .closed: false
            }
        }
    }

    /// Another server than the map says, by a server's own word.
    enum Detour: Sendable {
        /// The slot is there from now on.
        case moved(slot: Int, RedisAddress)

        /// The key is there already, while its slot is on the way.
        case asked(RedisAddress)

        /// Creates the detour that an error like `MOVED 3999 127.0.0.1:6381` sends us on.
        init?(_ failure: RedisFailure, from address: RedisAddress) {
            let parts = failure.detail.split(separator: " ")
            guard failure.code == "MOVED" || failure.code == "ASK", parts.count == 2,
                let slot = Int(parts[0]), (0..<KeySlot.count).contains(slot),
                let colon = parts[1].lastIndex(of: ":"),
                let port = Int(parts[1][parts[1].index(after: colon)...])
            else { return nil }
            let other = RedisAddress(String(parts[1][..<colon]), port, seenFrom: address)
            self = failure.code == "MOVED" ? .moved(slot: slot, other) : .asked(other)
        }
    }

    extension RedisAddress {
        /// Creates the address that a server names; without a host it means its own.
        init(_ host: String, _ port: Int, seenFrom address: RedisAddress) {
            if host.isEmpty || host == "?", case .host(let own, _) = address {
                self = .host(own, port: port)
            } else {
                self = .host(host, port: port)
            }
        }
    }

    /// How long to wait before the next attempt: longer each time, and never past the end.
    struct Pause: Sendable {
        private let end: ContinuousClock.Instant
        private var length = Duration.milliseconds(5)
        private var detourCount = 0

        /// How many servers in turn may send a call to another one.
        private static let detourMax = 5
        private static let longest = Duration.milliseconds(500)

        init(until end: ContinuousClock.Instant) {
            self.end = end
        }

        /// Returns whether one more detour may be taken without waiting.
        mutating func takeDetour() -> Bool {
            detourCount += 1
            return detourCount <= Self.detourMax
        }

        /// Waits, and returns false when there is no time left.
        mutating func wait() async throws(RedisError) -> Bool {
            detourCount = 0
            // At random, so that all who failed together don't try again together.
            let pause = length * Double.random(in: 0.5...1)
            length = min(length * 2, Self.longest)
            guard ContinuousClock.now + pause < end else { return false }
            do {
                try await Task.sleep(for: pause)
            } catch {
                throw .cancelled
            }
            return true
        }
    }
#endif
