package import DiskIO
import Locks

/// The machine's files, with chance and the wall clock the same in every run.
///
/// What a key's hash is, and so how long its way through the index, then never changes. The clock
/// is asked all the same, for that is part of what is measured.
package final class SteadyDisk: Disk {
    private let disk = PosixDisk()
    private let chance = Mutex<UInt64>(1)

    /// When the workload's first session was written, in milliseconds since 1970.
    private static let now: Int64 = 1_767_225_600_000

    package init() {}

    package func openDirectory(
        _ path: String,
        creating isCreating: Bool
    ) throws(DiskError) -> any DiskDirectory {
        try disk.openDirectory(path, creating: isCreating)
    }

    package func wallClockMilliseconds() -> Int64 {
        disk.wallClockMilliseconds() > Self.now ? Self.now : Self.now + 1
    }

    package func monotonicNanoseconds() -> UInt64 { disk.monotonicNanoseconds() }

    package func randomBits() -> UInt64 {
        chance.withLock { chance in
            chance = chance &* 0x5851_F42D_4C95_7F2D &+ 0x1405_7B7E_F767_814F
            return chance
        }
    }
}
