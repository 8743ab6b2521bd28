#if Redis
    internal import Locks
    internal import SessionCore

    /// A walk over the keys of all servers that may be ids, one after the other.
    final class KeyWalk: Sendable {
        private struct State {
            /// The server that is walked over, and those that are still to come.
            var servers: ArraySlice<RedisAddress> = []
            var cursor = "0"

            /// What the cursor came from, and the run that the server was in.
            var connection: RedisConnection?
            var run = ""

            /// The slots that each server had when its walk began.
            var slots: [RedisAddress: Set<Int>] = [:]

            /// Digests of the ids that have come, as far as there is room.
            var seen: Set<Int> = []
        }

        /// How many ids are remembered, so that none comes twice: a server that gives memory back
        /// while it is walked over names keys again.
        static let seenMax = 1_048_576

        /// How many keys a server looks at in one go.
        private static let stepCount = "64"

        let filter: SessionFilter
        private let keyPrefix: [UInt8]
        private let pattern: [UInt8]
        private let state: Mutex<State>

        init(_ shares: [ServerShare], _ filter: SessionFilter, keyPrefix: String) {
            self.filter = filter
            self.keyPrefix = Array(keyPrefix.utf8)
            pattern = Self.pattern(for: filter, keyPrefix: keyPrefix)
            state = Mutex(State())
            takeUp(shares)
        }

        /// The server to go on with, or nil at the end.
        var address: RedisAddress? { state.withLock { $0.servers.first } }

        /// Adds the servers that have slots which they did not have when they were walked over.
        func takeUp(_ shares: [ServerShare]) {
            state.withLock { state in
                for share in shares {
                    let address = share.node.address
                    let known = state.slots[address]
                    guard known.map({ !share.slots.isSubset(of: $0) }) ?? true else { continue }
                    state.slots[address] = share.slots
                    state.servers.append(address)
                }
            }
        }

        /// The connection that the walk over this server is on, while it is open.
        var connection: RedisConnection? {
            state.withLock { state in
                state.connection.flatMap { $0.isOpen ? $0 : nil }
            }
        }

        /// Goes on over another connection to the server.
        ///
        /// A cursor means nothing to the server once it was started again, or to another one behind
        /// the same name. Unless it says that it is in the same run, the walk over it begins anew.
        func connect(to connection: RedisConnection, run: String) {
            state.withLock { state in
                if run.isEmpty || run != state.run { state.cursor = "0" }
                state.connection = connection
                state.run = run
            }
        }

        /// The command for the next step.
        var command: RedisCommand {
            let cursor = state.withLock(\.cursor)
            let words = ["SCAN", cursor, "MATCH"].map { Array($0.utf8) }
            return RedisCommand(
                arguments: words + [pattern] + ["COUNT", Self.stepCount].map { Array($0.utf8) })
        }

        /// Goes on by what the server has answered, and returns the ids in it that have not come
        /// yet; nil when it is no answer.
        func advance(by reply: RESPValue) -> [SessionID]? {
            guard let parts = reply.list, parts.count == 2, let cursor = parts[0].string,
                let keys = parts[1].list
            else { return nil }
            return state.withLock { state in
                state.cursor = cursor
                if cursor == "0" {
                    state.servers = state.servers.dropFirst()
                    state.connection = nil
                    state.run = ""
                }
                return keys.compactMap { key in
                    guard let id = key.bytes.flatMap(id(of:)), filter.matches(id) else {
                        return nil
                    }
                    let digest = id.hashValue
                    guard !state.seen.contains(digest) else { return nil }
                    if state.seen.count < Self.seenMax { state.seen.insert(digest) }
                    return id
                }
            }
        }

        /// Returns the id that a key stands for, or nil when it can't be one of ours.
        private func id(of key: [UInt8]) -> SessionID? {
            guard key.starts(with: keyPrefix),
                let text = String(validating: key.dropFirst(keyPrefix.count), as: UTF8.self)
            else { return nil }
            return try? SessionID(text)
        }

        /// Returns the pattern of the keys that may match.
        static func pattern(for filter: SessionFilter, keyPrefix: String) -> [UInt8] {
            let start = filter.idPrefix ?? filter.platform.map { $0 + ":" } ?? ""
            let special = Array(#"*?[]^-\"#.utf8)
            var pattern: [UInt8] = []
            for byte in Array(keyPrefix.utf8) + Array(start.utf8) {
                if special.contains(byte) { pattern.append(UInt8(ascii: "\\")) }
                pattern.append(byte)
            }
            return pattern + Array((start.utf8.contains(UInt8(ascii: ":")) ? "*" : "*:*").utf8)
        }
    }
#endif
