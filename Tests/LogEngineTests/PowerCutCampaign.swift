import DiskIO
import Locks
import SimulatedDisks

@testable import LogEngine

/// A moment at which the power may be cut: the disk as it is then, and what it may hold afterwards.
///
/// There is one before every operation that changes the disk, and one at the end. A cut at an
/// operation that only reads leaves what the next one of these leaves.
struct PowerCut: Sendable {
    /// The operation that did not happen any more.
    let operationNumber: Int
    let disk: SimulatedDisk
    let progress: CampaignProgress
}

/// Collects the moments of one life.
final class PowerCutRecorder: Sendable {
    private let cuts = Mutex<[PowerCut]>([])

    var all: [PowerCut] { cuts.withLock { $0 } }

    func record(_ disk: SimulatedDisk, _ progress: CampaignProgressBox) {
        disk.onOperation { number, operation in
            guard operation.isChanging else { return }
            self.add(number, disk, progress.current)
        }
    }

    func add(_ number: Int, _ disk: SimulatedDisk, _ progress: CampaignProgress) {
        let cut = PowerCut(operationNumber: number, disk: disk.clone(), progress: progress)
        cuts.withLock { $0.append(cut) }
    }
}

/// Cuts the power at every operation of one script, with every survival pattern, and again while
/// the store recovers from that.
struct PowerCutCampaign: Sendable {
    let script: CampaignScript
    let tally: CampaignTally
    /// Every how many cuts, recovery is cut as well.
    var doubleCutStride = 193
    /// Every how many survival patterns one is tried at an operation, another one at the next: many
    /// scripts in part find more than a few in full.
    var patternStride = 1
    /// Every how many cuts, the store is also opened with a setting by which nothing expires, and
    /// another clock.
    var loosenedStride = 5
    /// Makes the world the script lives in from its disk; the disk itself unless something lies.
    var world: @Sendable (SimulatedDisk) -> any Disk = { $0 }
    var isRecoveryCut = true
    /// Whether others read all the time; what they see of the disk is in no trace.
    var hasReaders = false
    /// Whether the first violation is enough.
    var stopsEarly = false

    /// Lives the script once and tries every cut.
    func run() {
        let disk = SimulatedDisk(seed: script.seed, recordsOperations: !hasReaders)
        let life = CampaignRun(
            script,
            on: disk,
            world: world(disk),
            hasReaders: hasReaders,
            tally: tally
        )
        let recorder = PowerCutRecorder()
        recorder.record(disk, life.progress)
        do {
            try life.run()
        } catch {
            tally.violate("script \(script.seed), with no cut at all: \(error)")
            return
        }
        disk.onOperation(nil)
        recorder.add(disk.operationCount + 1, disk, life.progress.current)
        let states = life.states
        let trace = disk.operations
        let cuts = recorder.all
        CampaignTally.forEach(Array(cuts.indices)) { index in
            if stopsEarly, tally.violationCount > 0 { return }
            tryCut(cuts[index], index, states, trace)
        }
    }

    private func tryCut(
        _ cut: PowerCut,
        _ index: Int,
        _ states: [CampaignState],
        _ trace: [DiskOperation]
    ) {
        let expectation = CampaignExpectation(
            script: script,
            allowed: Array(states[cut.progress.durable...cut.progress.issued]),
            revisionMax: cut.progress.revisionMax,
            lifetime: cut.progress.lifetime,
            floors: cut.progress.floors
        )
        var seen: Set<DiskSnapshot> = []
        for (number, pattern) in SurvivalPattern.all.enumerated()
        where (index + number) % patternStride == 0 {
            let seed = script.seed &* 1_000_003 &+ UInt64(index * 32 + number)
            let after = cut.disk.afterPowerCut(pattern, seed: seed)
            // Often there is so little to lose that patterns agree.
            guard seen.insert(after.snapshot()).inserted else { continue }
            let label = "cut \(cut.operationNumber), \(pattern)"
            CampaignSettings.trace("script \(script.seed) \(label)")
            tally.count("cuts")
            let isDouble = isRecoveryCut && (index + number) % doubleCutStride == 0
            do {
                if (index + number) % loosenedStride == 0 {
                    tally.count("loosened cuts")
                    try expectation.checkLoosened(after.clone(), seed)
                }
                if isDouble {
                    try cutRecovery(of: after, expectation, label)
                } else {
                    try expectation.check(after, writing: index)
                }
            } catch {
                violate(cut, "\(label): \(error)", trace)
            }
        }
    }

    private func violate(_ cut: PowerCut, _ text: String, _ trace: [DiskOperation]) {
        let tail = trace[..<min(trace.count, cut.operationNumber)].suffix(12)
        tally.violate(
            "POWER_CUT_SEED=\(script.seed), step \(cut.progress.step), \(text)\n"
                + tail.map { "    \($0)" }.joined(separator: "\n")
        )
    }

    /// Recovers `disk` and writes once, and cuts the power at every operation of that.
    private func cutRecovery(
        of disk: SimulatedDisk,
        _ expectation: CampaignExpectation,
        _ label: String
    ) throws {
        let recorder = PowerCutRecorder()
        let progress = CampaignProgressBox()
        recorder.record(disk, progress)
        let outcome = try expectation.recoverAndWrite(disk, progress)
        disk.onOperation(nil)
        let trace = disk.operations
        for (index, cut) in recorder.all.enumerated() {
            let second = CampaignExpectation(
                script: script,
                allowed: outcome.allowed(at: cut.progress, expectation),
                revisionMax: max(expectation.revisionMax, cut.progress.revisionMax),
                lifetime: expectation.lifetime,
                floors: expectation.floors
            )
            for offset in 0..<4 {
                let place = (index * 5 + offset * 4) % SurvivalPattern.all.count
                let pattern = SurvivalPattern.all[place]
                let after = cut.disk.afterPowerCut(pattern, seed: UInt64(index * 32 + place))
                let secondLabel = "then cut \(cut.operationNumber) of recovery, \(pattern)"
                CampaignSettings.trace("script \(script.seed) \(label) \(secondLabel)")
                tally.count("cuts")
                tally.count("recovery cuts")
                do {
                    try second.check(after, writing: index)
                } catch {
                    let tail = trace[..<min(trace.count, cut.operationNumber)].suffix(12)
                    let text = tail.map { "      \($0)" }.joined(separator: "\n")
                    throw CampaignViolation("\(secondLabel): \(error)\n\(text)")
                }
            }
        }
    }
}

/// What a disk may hold after a power cut.
struct CampaignExpectation: Sendable {
    let script: CampaignScript
    /// Any of these.
    let allowed: [CampaignState]
    /// The greatest revision that anybody was told.
    let revisionMax: UInt64
    /// The setting that was in force.
    var lifetime: UInt64?
    let floors: CampaignFloors

    /// The number of the step whose value the write after recovery has: no script is as long.
    static let laterStep = 1_000_000

    /// Opens the store that a power cut left, holds it against what is allowed, writes, closes and
    /// opens it again.
    func check(_ disk: SimulatedDisk, writing number: Int) throws {
        if number % 4 == 0 { try checkReading(disk) }
        let expected = try open(disk) { log, found in
            var next = found
            let key = number % CampaignScript.keyCount
            let entry = try write(log, key, found)
            next[key] = entry
            try log.closeBlocking()
            return next
        }
        _ = try open(disk, expecting: expected) { log, found in
            guard log.recovery.wasClosed else {
                throw CampaignViolation("a closed store was taken for one that was not")
            }
            return found
        }
    }

    /// Opens the store with a setting by which nothing expires any more, and some clock: what was
    /// gone must stay so.
    func checkLoosened(_ disk: SimulatedDisk, _ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        disk.stepWallClock(milliseconds: Int64(random.number(below: 500_000_000)) - 400_000_000)
        var loosened = self
        loosened.lifetime = nil
        do {
            _ = try loosened.open(disk) { _, found in found }
        } catch {
            throw CampaignViolation("with another setting and clock: \(error)")
        }
    }

    /// What was found when the store was recovered, and what was written then.
    struct Outcome {
        var found: CampaignState
        var written: CampaignState

        /// What may be found after a cut during this.
        func allowed(
            at progress: CampaignProgress,
            _ expectation: CampaignExpectation
        ) -> [CampaignState] {
            guard progress.step > 0 else { return expectation.allowed }
            let isDurable = expectation.script.options.durability == .durable
            if progress.acknowledged > 0, isDurable { return [written] }
            return progress.issued > 0 ? [found, written] : [found]
        }
    }

    /// Recovers and writes once; `progress` gets past step 0 once the log has been opened.
    func recoverAndWrite(
        _ disk: SimulatedDisk,
        _ progress: CampaignProgressBox
    ) throws -> Outcome {
        var found: CampaignState = [:]
        let written = try open(disk) { log, state in
            found = state
            let visible = state.values.map(\.revision).max() ?? 0
            progress.change { progress in
                progress.step = 1
                progress.revisionMax = visible
                progress.issued = 1
            }
            let entry = try write(log, 0, state)
            progress.change { progress in
                progress.acknowledged = 1
                progress.revisionMax = entry.revision
            }
            try log.closeBlocking()
            var next = state
            next[0] = entry
            return next
        }
        return Outcome(found: found, written: written)
    }

    private func write(
        _ log: SegmentLog,
        _ key: Int,
        _ found: CampaignState
    ) throws -> CampaignEntry {
        let value = script.value(ofStep: Self.laterStep, byteCount: 80)
        let revision = try log.writeBlocking(CampaignScript.key(key), value, lifetime: .endless)
        let visible = found.values.map(\.revision).max() ?? 0
        guard revision > max(revisionMax, visible) else {
            throw CampaignViolation("revision \(revision) was given again")
        }
        guard let record = try log.read(CampaignScript.key(key)), record.value == value,
            record.revision == revision
        else { throw CampaignViolation("the new value is not read") }
        return CampaignEntry(record)
    }

    private var options: LogOptions {
        var options = script.options
        options.lifetimeMilliseconds = lifetime
        return options
    }

    private func open(
        _ disk: SimulatedDisk,
        expecting expected: CampaignState? = nil,
        _ body: (SegmentLog, CampaignState) throws -> CampaignState
    ) throws -> CampaignState {
        var times = CampaignTimes(lifetime, disk)
        let log = try SegmentLog(CampaignRun.path, on: disk, options: options)
        times.expiredBefore = log.core.expiredBefore
        let found = try CampaignRun.state(of: log)
        try check(found, expected.map { [$0] } ?? allowed)
        try checkReport(log)
        try floors.check(log, on: disk)
        try checkLists(log, found, times)
        return try body(log, found)
    }

    private func check(_ found: CampaignState, _ allowed: [CampaignState]) throws {
        guard !allowed.contains(where: { CampaignRun.isRead(found, as: $0) }) else { return }
        let differences = allowed.suffix(2).map { CampaignRun.difference(found, $0) }
        throw CampaignViolation(
            "the state is none of \(allowed.count) allowed ones: "
                + differences.joined(separator: "; or: ")
        )
    }

    /// Power cuts are no damage, and must not be taken for it.
    private func checkReport(_ log: SegmentLog) throws {
        if let damage = log.recovery.damages.first {
            throw CampaignViolation("a power cut was reported as damage: \(damage)")
        }
        if let reason = log.recovery.discardedCheckpoint {
            throw CampaignViolation("a good checkpoint was discarded: \(reason)")
        }
    }

    private func checkLists(
        _ log: SegmentLog,
        _ found: CampaignState,
        _ times: CampaignTimes
    ) throws {
        let now = log.now()
        let alive = found.filter { !times.isExpired($0.value, at: now) }
        if let back = alive.first(where: { floors.isGone($0.value) }) {
            throw CampaignViolation("key \(back.key) had expired for good, and is back")
        }
        guard try log.count() == alive.count else {
            throw CampaignViolation("count says \(try log.count()), not \(alive.count)")
        }
        var listed: [[UInt8]: CampaignEntry] = [:]
        for result in log.records() {
            let record = try result.get()
            listed[record.key] = CampaignEntry(record)
        }
        guard listed.count == alive.count else {
            throw CampaignViolation("\(listed.count) values are listed, not \(alive.count)")
        }
        for (key, entry) in found {
            let bytes = CampaignScript.key(key)
            let isAlive = alive[key] != nil
            guard listed[bytes] == (isAlive ? entry : nil) else {
                throw CampaignViolation("key \(key) is listed with another value")
            }
            guard try log.read(bytes).map(CampaignEntry.init) == (isAlive ? entry : nil) else {
                throw CampaignViolation("key \(key) is read with another value")
            }
        }
    }

    /// Whoever only looks sees an allowed state as well, and changes nothing.
    private func checkReading(_ disk: SimulatedDisk) throws {
        let before = disk.snapshot()
        do {
            let log = try SegmentLog(reading: CampaignRun.path, on: disk, options: options)
            try check(CampaignRun.state(of: log), allowed)
            try checkReport(log)
        } catch LogError.notFound where allowed.contains(where: \.isEmpty) {
            // Cut before there was a store.
        } catch {
            throw CampaignViolation("opened for reading: \(error)")
        }
        guard disk.snapshot() == before else {
            throw CampaignViolation("opening for reading changed the disk")
        }
    }
}
