import Glibc

import struct Synchronization.Atomic

/// Slows writers down who are faster than compaction, so that the store stays within its space.
///
/// Nobody is stopped: the nearer the store is to its limit, the fewer bytes a second are let
/// through, until writers and compaction keep pace with each other.
final class WriteBrake: Sendable {
    /// Nanoseconds for each KiB that was written; 0 while writers are free.
    private let delay = Atomic<UInt64>(0)

    /// Bytes a second just after writers stop being free.
    static let rateMax = 64.0 * 1_024 * 1_024
    /// Bytes a second at the limit, and beyond it.
    static let rateMin = 256.0 * 1_024
    /// Up to this part of the way from where compaction starts to the limit, writers are free.
    static let freePressure = 0.25
    /// Nobody waits longer for one round, however much was in it, in nanoseconds.
    static let delayMax: UInt64 = 500_000_000

    /// Bytes a second that writers are held to; nil while they are free.
    var rate: UInt64? {
        let delay = delay.load(ordering: .relaxed)
        return delay == 0 ? nil : 1_024 * 1_000_000_000 / delay
    }

    /// Says how far the store is on its way to its limit: 0 where compaction starts, 1 there.
    func set(pressure: Double) {
        let rate = Self.rate(at: pressure)
        delay.store(rate.map { UInt64(1_024 * 1e9 / $0) } ?? 0, ordering: .relaxed)
    }

    /// Lets writers go: there is nothing to compact, or nobody who would.
    func release() { delay.store(0, ordering: .relaxed) }

    /// Bytes a second at `pressure`; nil for any number of them.
    static func rate(at pressure: Double) -> Double? {
        guard pressure > freePressure else { return nil }
        // The square, so that it is felt late and then soon enough.
        let rest = max(0, (1 - pressure) / (1 - freePressure))
        return max(rateMin, rateMax * rest * rest)
    }

    /// Waits as long as writing `byteCount` bytes is to take; at once returns nearly always.
    func wait(for byteCount: Int) {
        let delay = delay.load(ordering: .relaxed)
        guard delay > 0, byteCount > 0 else { return }
        let wait = min(UInt64(byteCount) * delay / 1_024, Self.delayMax)
        usleep(UInt32(clamping: wait / 1_000))
    }
}
