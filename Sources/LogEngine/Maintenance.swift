import DiskIO
import Dispatch
import Glibc
import Locks

/// Gives space back and lets expired values go while nobody asks, on a thread of its own.
final class Maintenance: Sendable {
    private struct State {
        var isPaused = false
        var isStopped = false
    }

    private let core: LogCore
    private let queue: WriteQueue
    private let compactor: Compactor
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)

    /// How often it looks whether there is something to do, in nanoseconds.
    private static let tick: UInt64 = 1_000_000_000
    /// How often it sweeps.
    private static let sweepInterval: UInt64 = 30_000_000_000
    /// After so many failures in a row it is a minute between two attempts.
    private static let failureCountMax = 6

    init(_ core: LogCore, _ queue: WriteQueue, _ compactor: Compactor) {
        self.core = core
        self.queue = queue
        self.compactor = compactor
    }

    /// Starts the thread.
    func start() throws(LogError) {
        try LogThread.start { self.work() }
    }

    /// Lets what is at work finish its step, and does nothing more until it is resumed.
    func pause() { state.withLock { $0.isPaused = true } }

    func resume() {
        state.withLock { $0.isPaused = false }
        wake.signal()
    }

    /// Ends the thread soon; whoever must know that it does nothing more stops the compactor.
    func stop() {
        state.withLock { $0.isStopped = true }
        wake.signal()
    }

    // MARK: The thread

    private func work() {
        // Whoever opens a store has better things to do first, and not all of a fleet at once.
        let jitter = core.disk.randomBits() % (core.options.maintenanceDelayNanoseconds / 8 + 1)
        rest(core.options.maintenanceDelayNanoseconds + jitter)
        var pacer = Pacer()
        var nextSweep: UInt64 = 0
        var failureCount = 0
        while !state.withLock({ $0.isStopped }) {
            if !state.withLock({ $0.isPaused }) {
                let now = core.clock.monotonicNanoseconds()
                let isSweeping = now >= nextSweep
                if isSweeping { nextSweep = now + Self.sweepInterval }
                let isDone = act(&pacer, isSweeping: isSweeping)
                if isSweeping { LogMeasurement(core: core, queue: queue).tell() }
                failureCount = isDone ? 0 : min(failureCount + 1, Self.failureCountMax)
            }
            sleep(Self.tick << UInt64(failureCount))
        }
    }

    /// Returns whether nothing failed.
    private func act(_ pacer: inout Pacer, isSweeping: Bool) -> Bool {
        // Without anybody who makes room, waiting is of no use.
        defer { queue.brake.release() }
        do throws(LogError) {
            if isSweeping {
                _ = try compactor.sweep { (byteCount) throws(LogError) in
                    try wait(pacer.delay(for: byteCount))
                }
            }
            var compactedByteCount: UInt64 = 0
            while !state.withLock({ $0.isPaused || $0.isStopped }) {
                compactor.recount()
                _ = compactor.measure()
                keepPace(&pacer)
                let report = try compactor.compactDue { (byteCount) throws(LogError) in
                    keepPace(&pacer)
                    try wait(pacer.delay(for: byteCount))
                }
                guard let report else { break }
                compactedByteCount += report.inputByteCount
            }
            try writeCheckpoint(after: compactedByteCount)
            if compactedByteCount > 0, !isSweeping {
                LogMeasurement(core: core, queue: queue).tell()
            }
            return true
        } catch {
            switch error {
            // Whoever uses the log has been told already, and nothing will change.
            case .closed, .poisoned: stop()
            default: core.observer.didFail(error)
            }
            return false
        }
    }

    /// Speeds compaction up and slows writers down as far as space asks for it.
    private func keepPace(_ pacer: inout Pacer) {
        let pressure = compactor.pressure
        pacer.tune(pressure: pressure)
        queue.brake.set(pressure: pressure)
    }

    /// A compaction makes the index on disk useless; a new one is worth a quarter of what the
    /// compaction was about.
    private func writeCheckpoint(after byteCount: UInt64) throws(LogError) {
        guard byteCount > UInt64(core.index.memoryUse.byteCount) * 4 else { return }
        _ = try queue.checkpointBlocking()
    }

    /// To be called when the log has grown by a segment: until the next tick it may grow by more
    /// than it should.
    func wakeUp() { wake.signal() }

    /// Waits, and throws when the log is to be closed.
    private func wait(_ nanoseconds: UInt64) throws(LogError) {
        usleep(UInt32(clamping: nanoseconds / 1_000))
        if state.withLock({ $0.isStopped }) { throw .closed }
    }

    /// Waits whatever grows meanwhile; returns early when it is stopped.
    private func rest(_ nanoseconds: UInt64) {
        let end = core.clock.monotonicNanoseconds() + nanoseconds
        while !state.withLock({ $0.isStopped }) {
            let now = core.clock.monotonicNanoseconds()
            guard now < end else { return }
            sleep(end - now)
        }
    }

    /// Returns early when it is stopped, resumed or woken.
    private func sleep(_ nanoseconds: UInt64) {
        guard nanoseconds > 0, !state.withLock({ $0.isStopped }) else { return }
        _ = wake.wait(timeout: .now() + .nanoseconds(Int(clamping: nanoseconds)))
    }
}

/// How fast compaction may write: slowly while there is room, and twice as fast at each step that
/// finds the store well on its way to its limit.
struct Pacer: Equatable {
    /// Bytes a second.
    private(set) var rate = rateMin

    static let rateMin: UInt64 = 8 * 1_024 * 1_024
    static let rateMax: UInt64 = 1_024 * 1_024 * 1_024

    /// Takes in how far the store is from where compaction starts, 0, to its limit, 1.
    mutating func tune(pressure: Double) {
        // Up to where writers are slowed down it is soon enough to go on as before.
        if pressure > WriteBrake.freePressure / 2 {
            rate = min(rate * 2, Self.rateMax)
        } else if pressure <= 0 {
            rate = max(rate / 2, Self.rateMin)
        }
    }

    /// How long to wait after writing so much, in nanoseconds.
    func delay(for byteCount: Int) -> UInt64 {
        UInt64(byteCount) * 1_000_000_000 / rate
    }
}
