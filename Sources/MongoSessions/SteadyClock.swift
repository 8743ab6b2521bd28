#if Mongo
    import Locks
    import SessionCore

    /// A clock that never goes back, or what has expired would live again.
    final class SteadyClock: Sendable {
        private let latest = Mutex(Int64.min)
        private let clock: SessionClock

        init(_ clock: SessionClock) {
            self.clock = clock
        }

        func now() -> Int64 {
            let time = clock.now()
            return latest.withLock { latest in
                latest = max(latest, time)
                return latest
            }
        }
    }
#endif
