import DiskIO
import Synchronization

/// The wall clock, as far as expiry may trust it: within one opening it never goes back, and never
/// below the floor that an earlier opening left in the manifest.
final class LogClock: Sendable {
    private let disk: any Disk
    private let latest: Atomic<UInt64>

    init(_ disk: any Disk, floor: UInt64) {
        self.disk = disk
        self.latest = Atomic(floor)
    }

    /// Milliseconds since 1970.
    func now() -> UInt64 {
        let wall = UInt64(clamping: disk.wallClockMilliseconds())
        return max(wall, latest.max(wall, ordering: .relaxed).newValue)
    }

    /// The latest time that was ever given; what the manifest keeps.
    var floor: UInt64 { latest.load(ordering: .relaxed) }

    func raise(to floor: UInt64) {
        latest.max(floor, ordering: .relaxed)
    }

    func monotonicNanoseconds() -> UInt64 { disk.monotonicNanoseconds() }
}
