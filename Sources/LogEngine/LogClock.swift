import DiskIO
import Synchronization

/// The wall clock, as far as expiry may trust it: within one opening it never goes back, and never
/// below the floor that an earlier opening left in the manifest.
final class LogClock: Sendable {
    private let disk: any Disk
    private let latest: Atomic<UInt64>
    /// Both clocks when the log was opened.
    private let openedWall: UInt64
    private let openedAt: UInt64

    init(_ disk: any Disk, floor: UInt64) {
        self.disk = disk
        openedWall = UInt64(clamping: disk.wallClockMilliseconds())
        openedAt = disk.monotonicNanoseconds()
        self.latest = Atomic(floor)
    }

    /// Milliseconds since 1970.
    func now() -> UInt64 {
        let wall = UInt64(clamping: disk.wallClockMilliseconds())
        // Looked at first: what every reader writes to, their processors take from each other.
        let seen = latest.load(ordering: .relaxed)
        guard wall > seen else { return seen }
        return max(wall, latest.max(wall, ordering: .relaxed).newValue)
    }

    /// A time that what is done for good may rest on: `grace` milliseconds ago, and no later than
    /// the time that has passed since opening allows.
    ///
    /// A wall clock that jumps ahead makes values unreadable until it is set right; it must not
    /// make them go.
    func settled(grace: UInt64) -> UInt64 {
        let elapsed = (disk.monotonicNanoseconds() - openedAt) / 1_000_000
        let latest = min(now(), openedWall + elapsed + grace)
        return latest - min(latest, grace)
    }

    /// The latest time that was ever given; what the manifest keeps.
    var floor: UInt64 { latest.load(ordering: .relaxed) }

    func raise(to floor: UInt64) {
        latest.max(floor, ordering: .relaxed)
    }

    func monotonicNanoseconds() -> UInt64 { disk.monotonicNanoseconds() }
}
