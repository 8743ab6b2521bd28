#if Redis
    internal import Locks
    public import SessionCore

    extension RedisSessionStore {
        /// Lists the sessions that match `filter` and have not expired, in no particular order.
        ///
        /// It walks over the keys with SCAN, which holds up nobody, and reads those that can be
        /// ids; keys of others are none of its business. Without a key prefix only documents that
        /// name the key as their `id` are taken for sessions, as all of Bottender's since 2017 do.
        /// With one, whatever text is there and is no session is reported as damaged.
        ///
        /// It begins anew on a server that was started again, and on one of a cluster that has got
        /// slots meanwhile. What is on its way from one server to another just then may be missed.
        /// In a listing of more than a million keys, one may come twice when a server moves its
        /// keys meanwhile.
        public func sessions(
            where filter: SessionFilter
        ) async throws(SessionStoreError) -> SessionListing<Session> {
            // Whether there is anybody to ask is known at once; who it is, when each iteration
            // begins.
            _ = try await shares()
            return SessionListing {
                do throws(SessionStoreError) {
                    let shares = try await self.shares()
                    let walk = KeyWalk(shares, filter, keyPrefix: self.options.keyPrefix)
                    return await self.page(of: walk)
                } catch {
                    return SessionListing.Page([.failure(error)])
                }
            }
        }

        private func shares() async throws(SessionStoreError) -> [ServerShare] {
            try await act(.list) { (servers) async throws(RedisError) in
                try await servers.shares()
            }
        }

        private func page(of walk: KeyWalk) async -> SessionListing<Session>.Page {
            do throws(SessionStoreError) {
                // In a cluster, sessions may have moved to where the walk was already.
                if walk.address == nil { walk.takeUp(try await shares()) }
                guard let address = walk.address else { return SessionListing.Page([]) }
                let reply = try await act(.list) { (servers) async throws(RedisError) in
                    try await servers.step(walk, at: address)
                }
                guard let ids = walk.advance(by: reply) else {
                    guard case .failure(let failure) = reply else {
                        throw nonsense(reply, .list, nil)
                    }
                    let error = RedisError.failed(place: "\(address)", failure)
                    throw SessionStoreError(error, .list)
                }
                var elements: [SessionListing<Session>.Element] = []
                for start in stride(from: 0, to: ids.count, by: Self.readCountMax) {
                    let some = ids[start..<min(start + Self.readCountMax, ids.count)]
                    elements += try await read(some, at: address, walk.filter)
                }
                return SessionListing.Page(elements) { await self.page(of: walk) }
            } catch {
                return SessionListing.Page([.failure(error)])
            }
        }

        /// How many sessions are read at once.
        private static let readCountMax = 16

        /// Reads the sessions of some ids, without those that are none.
        private func read(
            _ ids: ArraySlice<SessionID>,
            at address: RedisAddress,
            _ filter: SessionFilter
        ) async throws(SessionStoreError) -> [SessionListing<Session>.Element] {
            let calls = ids.map { RedisCall(.read, key: key(of: $0), [Self.byteCountMax]) }
            let replies = try await act(.list) { (servers) async throws(RedisError) in
                try await servers.ask(address, calls.map(\.command))
            }
            var elements: [SessionListing<Session>.Element] = []
            for (position, id) in ids.enumerated() {
                var reply = replies[position]
                if case .failure(let failure) = reply {
                    // What is no text is no session. Anything else may be said of a key that is on
                    // its way to another server, or of a script that is not known yet.
                    if failure.code == "WRONGTYPE" { continue }
                    do throws(SessionStoreError) {
                        reply = try await ask(calls[position], .list, id)
                    } catch .corrupted {
                        continue
                    }
                }
                guard let element = try await element(reply, id) else { continue }
                if case .success(let session) = element, !filter.matches(session) { continue }
                elements.append(element)
            }
            return elements
        }

        /// Returns the session of a reply, or why it is damaged, or nil when it is none of ours.
        private func element(
            _ reply: RESPValue,
            _ id: SessionID
        ) async throws(SessionStoreError) -> SessionListing<Session>.Element? {
            guard isOurs(reply, id) else { return nil }
            let found: Found
            do throws(SessionStoreError) {
                guard let session = try session(in: reply, id, .list) else { return nil }
                found = session
            } catch {
                guard case .corrupted = error else { throw error }
                return .failure(error)
            }
            if options.keepsExpired { return .success(found.session) }
            guard found.session.isExpired(at: now(), in: options.expiry) else {
                await keep(found, .list)
                return .success(found.session)
            }
            // What can't be removed now has expired all the same, and goes another time.
            _ = try? await remove(id, found.session.revision ?? .absent, .list)
            return nil
        }

        /// Whether a value can only be a session, or what is left of one.
        private func isOurs(_ reply: RESPValue, _ id: SessionID) -> Bool {
            guard options.keyPrefix.isEmpty else { return true }
            guard let parts = reply.list, parts.count > 1, let bytes = parts[1].bytes,
                bytes.first(where: { !JSON.isSpace($0) }) == UInt8(ascii: "{")
            else { return false }
            guard let document = try? JSON(parsing: bytes).object else {
                // What is left of one begins as it did, with its id.
                let start =
                    Array(#"{"id":"#.utf8) + ((try? JSON.string(id.rawValue).encoded()) ?? [])
                return bytes.starts(with: start)
            }
            return document["id"]?.string.flatMap { try? SessionID($0) } == id
        }
    }

    extension JSON {
        /// Whether JSON lets a byte stand before a value.
        fileprivate static func isSpace(_ byte: UInt8) -> Bool {
            [UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t")]
                .contains(byte)
        }
    }
#endif
