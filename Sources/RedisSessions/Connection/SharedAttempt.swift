#if Redis
    internal import Locks

    /// Work that is done once for all who want it done at the same time.
    final class SharedAttempt<Value: Sendable>: Sendable {
        /// What came of the work; nil tells one who joined too late to do it anew.
        private typealias Waiter = CheckedContinuation<Result<Value, RedisError>?, Never>

        /// Those who wait for the work that somebody does; nil when nobody does.
        private let waiters = Mutex<[Waiter]?>(nil)

        /// Does `work`, or waits for whoever does it already, and returns what came of it.
        func run(_ work: () async throws(RedisError) -> Value) async throws(RedisError) -> Value {
            while !begin() {
                if let outcome = await join() { return try outcome.get() }
            }
            let outcome: Result<Value, RedisError>
            do throws(RedisError) {
                outcome = .success(try await work())
            } catch {
                outcome = .failure(error)
            }
            let joined = waiters.withLock { waiters in
                defer { waiters = nil }
                return waiters ?? []
            }
            for waiter in joined { waiter.resume(returning: outcome) }
            return try outcome.get()
        }

        private func begin() -> Bool {
            waiters.withLock { waiters in
                guard waiters == nil else { return false }
                waiters = []
                return true
            }
        }

        private func join() async -> Result<Value, RedisError>? {
            await withCheckedContinuation { (waiter: Waiter) in
                let hasJoined = waiters.withLock { waiters in
                    guard waiters != nil else { return false }
                    waiters?.append(waiter)
                    return true
                }
                if !hasJoined { waiter.resume(returning: nil) }
            }
        }
    }
#endif
