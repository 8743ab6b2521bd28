internal import Glibc

/// Where a store takes the time from.
public struct SessionClock: Sendable {
    /// Returns the milliseconds since 1970.
    public let now: @Sendable () -> Int64

    /// Creates a clock that asks `now`.
    public init(now: @escaping @Sendable () -> Int64) {
        self.now = now
    }

    /// The system's clock, which may jump when somebody sets it.
    public static let system = SessionClock {
        var time = timespec()
        // Unsafe only because C takes a pointer: it is valid for the call, which writes all of it.
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
