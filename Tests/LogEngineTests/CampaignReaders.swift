import DiskIO
import Dispatch
import Foundation
import Locks
import SimulatedDisks

@testable import LogEngine

/// Reads a log on threads of its own while its script changes it, and holds what it sees against
/// the states that there were meanwhile.
final class CampaignReaders: Sendable {
    private static let threadCount = 2

    /// Nil when they are to let go of it: whoever drops a log wants its lock back.
    private let log: Mutex<SegmentLog?>
    private let times: CampaignTimes
    private let progress: CampaignProgressBox
    private let history: CampaignHistory
    private let tally: CampaignTally
    private let world: any Disk
    private let violation = Mutex<CampaignViolation?>(nil)
    private let done = DispatchSemaphore(value: 0)

    /// Begins at once.
    init(
        of log: SegmentLog,
        _ times: CampaignTimes,
        _ progress: CampaignProgressBox,
        _ history: CampaignHistory,
        _ tally: CampaignTally,
        on world: any Disk
    ) {
        self.log = Mutex(log)
        (self.times, self.progress, self.history) = (times, progress, history)
        (self.tally, self.world) = (tally, world)
        for number in 0..<Self.threadCount {
            Thread { [self] in
                run(number)
                done.signal()
            }.start()
        }
    }

    /// Waits until nobody reads any more.
    func stop() throws {
        log.withLock { $0 = nil }
        for _ in 0..<Self.threadCount { done.wait() }
        if let violation = violation.withLock({ $0 }) { throw violation }
    }

    private func run(_ thread: Int) {
        var random = SplitMix64(seed: UInt64(thread))
        var isGoing = true
        while isGoing {
            do {
                isGoing = try look(&random)
            } catch LogError.closed {
                isGoing = false
            } catch {
                violation.withLock { violation in
                    violation = violation ?? CampaignViolation("beside the script: \(error)")
                }
                isGoing = false
            }
            // The script has to come to something, too.
            usleep(20)
        }
    }

    /// Looks at one thing; false when there is nothing to look at any more.
    private func look(_ random: inout SplitMix64) throws -> Bool {
        guard let log = log.withLock({ $0 }) else { return false }
        switch random.number(below: 12) {
        case 0: try open(log.core.options)
        case 1..<4: try list(log)
        default: try read(random.number(below: CampaignScript.keyCount), of: log)
        }
        return true
    }

    // MARK: What is seen

    /// The states there were from before something was looked at until after it.
    private func states(while body: () throws -> Void) rethrows -> [CampaignState] {
        let first = progress.current.acknowledged
        try body()
        return history[first...progress.current.issued]
    }

    private func read(_ key: Int, of log: SegmentLog) throws {
        var found: CampaignEntry?
        let early = log.now()
        let states = try states {
            found = try log.read(CampaignScript.key(key)).map(CampaignEntry.init)
        }
        let late = log.now()
        guard states.contains(where: { isSeen(found, of: $0[key], early, late) }) else {
            throw CampaignViolation("key \(key) is read as it never was, among \(states.count)")
        }
        tally.count(.read)
    }

    private func list(_ log: SegmentLog) throws {
        var found: CampaignState = [:]
        let early = log.now()
        let states = try states {
            for result in log.records() {
                let record = try result.get()
                guard let key = CampaignScript.number(of: record.key) else {
                    throw CampaignViolation("a key is listed that was never written")
                }
                guard found.updateValue(CampaignEntry(record), forKey: key) == nil else {
                    throw CampaignViolation("key \(key) is listed twice")
                }
            }
        }
        let late = log.now()
        for key in 0..<CampaignScript.keyCount {
            // What changes meanwhile may be missed only when it was not there at some moment.
            guard states.contains(where: { isSeen(found[key], of: $0[key], early, late) }) else {
                throw CampaignViolation("key \(key) is listed as it never was")
            }
        }
        tally.count(.listed)
    }

    /// Whether a key that has `entry` may be seen like this, at some time between the two.
    private func isSeen(
        _ found: CampaignEntry?,
        of entry: CampaignEntry?,
        _ early: UInt64,
        _ late: UInt64
    ) -> Bool {
        switch (found, entry) {
        case (nil, nil): true
        case (nil, let entry?): entry.isDoomed || times.isExpired(entry, at: late)
        case (let found?, let entry?):
            entry.isRead(as: found) && !times.isExpired(entry, at: early)
        case (_?, nil): false
        }
    }

    /// Looks at the store like another process, which holds nothing back: what it opens too late
    /// may be gone.
    private func open(_ options: LogOptions) throws {
        var found: CampaignState = [:]
        do {
            let states = try states {
                let log = try SegmentLog(reading: CampaignRun.path, on: world, options: options)
                found = try CampaignRun.state(of: log)
                if let damage = log.recovery.damages.first {
                    throw CampaignViolation("opened for reading, found \(damage)")
                }
            }
            guard states.contains(where: { CampaignRun.isRead(found, as: $0) }) else {
                let differences = states.map { CampaignRun.differences(found, $0) }
                let nearest = differences.min { $0.count < $1.count } ?? []
                throw CampaignViolation(
                    "opened for reading, and from the nearest of \(states.count) states:"
                        + " \(nearest)"
                )
            }
            tally.count(.openedForReading)
        } catch LogError.unavailable {
            return
        }
    }
}
