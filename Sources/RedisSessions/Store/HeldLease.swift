#if Redis
    internal import Locks
    internal import SessionCore

    /// A place in the line of those who want a session's lease, across all processes.
    ///
    /// The line is in the server's memory, and whoever doesn't come again in time loses their
    /// place, so a process that dies holds up nobody for longer than that.
    final class HeldLease: Sendable {
        /// How long a place is kept for somebody who doesn't come again.
        static let length = Duration.seconds(10)

        private static let lengthMilliseconds = Array("10000".utf8)

        /// How often the holder says that it is still there.
        private static let renewalPeriod = Duration.seconds(3)

        /// How long to wait before looking again: not shorter, not longer.
        private static let waitMin = Duration.milliseconds(2)
        private static let waitMax = Duration.milliseconds(50)

        private let key: [UInt8]
        private let token: [UInt8]
        private let ask: @Sendable (RedisCall) async throws(SessionStoreError) -> RESPValue

        /// What was given with the lease, and until when it is kept; nil once it is lost.
        private let held = Mutex<(number: UInt64, end: ContinuousClock.Instant)?>(nil)

        init(
            _ key: [UInt8],
            ask: @escaping @Sendable (RedisCall) async throws(SessionStoreError) -> RESPValue
        ) {
            self.key = key
            self.ask = ask
            let random = UInt64.random(in: .min ... .max)
            token = Array("\(String(random, radix: 36))-\(UInt64.random(in: .min ... .max))".utf8)
        }

        /// The number of the lease, or nil when it is not held.
        var heldNumber: UInt64? {
            held.withLock { held in
                held.flatMap { $0.end > .now ? $0.number : nil }
            }
        }

        /// Waits in line until everybody ahead has left.
        ///
        /// - Throws: What asking throws, and `cancelled`; then the place is given up.
        func acquire(_ operation: Fault.Operation, _ id: SessionID) async throws(SessionStoreError)
        {
            var ticket: [UInt8] = []
            var wait = Self.waitMin
            while true {
                do throws(SessionStoreError) {
                    // One whose place was given away, because it came too late, is at the end
                    // again.
                    let asked = ContinuousClock.now
                    let place = try await queue(ticket)
                    ticket = place?.ticket ?? []
                    if let place, place.ahead == 0 {
                        // An answer that took longer than a lease lasts is worth nothing.
                        guard asked + Self.length > .now else { continue }
                        held.withLock { $0 = (place.number, asked + Self.length) }
                        return
                    }
                    // Who is far behind need not ask often.
                    wait = min(wait * 2, Self.waitMax)
                    try await pause(wait * Double.random(in: 0.5...1), operation, id)
                } catch {
                    await release()
                    throw error
                }
            }
        }

        /// Says again and again that the holder is there, until the task is cancelled or the lease
        /// lost.
        func keepAlive() async {
            while let number = heldNumber {
                do {
                    try await Task.sleep(for: Self.renewalPeriod)
                } catch {
                    return
                }
                do throws(SessionStoreError) {
                    let asked = ContinuousClock.now
                    let place = try await queue(Array("\(number)".utf8))
                    held.withLock { held in
                        held = place == nil ? nil : (number, asked + Self.length)
                    }
                } catch {
                    // The server may be back before the lease ends; if not, the ticket will be
                    // gone.
                    continue
                }
            }
        }

        /// Leaves the line.
        func release() async {
            held.withLock { $0 = nil }
            // When the server can't be told it will notice by itself, after the length of a lease.
            _ = try? await ask(RedisCall(.leave, key: key, [token]))
        }

        private struct Place {
            let ticket: [UInt8]
            let number: UInt64
            let ahead: Int64
        }

        private func queue(_ ticket: [UInt8]) async throws(SessionStoreError) -> Place? {
            let call = RedisCall(.queue, key: key, [token, Self.lengthMilliseconds, ticket])
            let reply = try await ask(call)
            if reply == .null { return nil }
            guard let parts = reply.list, parts.count == 3, let ticket = parts[0].string,
                let number = UInt64(ticket), let ahead = parts[1].integer
            else {
                throw .unavailable(Fault(.update, cause: "the server's answer makes no sense"))
            }
            return Place(ticket: Array(ticket.utf8), number: number, ahead: ahead)
        }

        private func pause(
            _ length: Duration,
            _ operation: Fault.Operation,
            _ id: SessionID
        ) async throws(SessionStoreError) {
            do {
                try await Task.sleep(for: length)
            } catch {
                let cause = "the task was cancelled while it waited for a lease"
                throw .cancelled(Fault(operation, id: id, cause: cause))
            }
        }
    }
#endif
