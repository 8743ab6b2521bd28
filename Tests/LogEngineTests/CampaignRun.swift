import DiskIO
import Foundation
import Locks
import SegmentFormat
import SimulatedDisks

@testable import LogEngine

/// How far a run has come, for whoever cuts its power or reads beside it.
struct CampaignProgress: Sendable {
    /// Numbers of states: after the last step that was acknowledged, after the one at work, and
    /// after the last that is certainly durable.
    var acknowledged = 0
    var issued = 0
    var durable = 0
    var revisionMax: UInt64 = 0
    var step = 0
    /// The setting of this opening.
    var lifetime: UInt64?
    /// What the log's clock said last.
    var now: UInt64 = 0
    var floors = CampaignFloors()
}

final class CampaignProgressBox: Sendable {
    private let value = Mutex(CampaignProgress())

    var current: CampaignProgress { value.withLock { $0 } }

    func change(_ body: (inout CampaignProgress) -> Void) {
        value.withLock { body(&$0) }
    }
}

/// The states that a store ever had; a run adds them, and others may look meanwhile.
final class CampaignHistory: Sendable {
    private let states = Mutex<[CampaignState]>([[:]])

    var all: [CampaignState] { states.withLock { $0 } }
    var last: Int { states.withLock { $0.count - 1 } }

    subscript(range: ClosedRange<Int>) -> [CampaignState] { states.withLock { Array($0[range]) } }

    func append(_ state: CampaignState) { states.withLock { $0.append(state) } }

    func setRevision(_ revision: UInt64, of key: Int) {
        states.withLock { $0[$0.count - 1][key]?.revision = revision }
    }
}

/// Lives a script's life on a disk, and holds every answer against the model's.
final class CampaignRun {
    static let path = "/store"

    let script: CampaignScript
    let disk: SimulatedDisk
    /// What the log is given as its disk: the disk itself, or one that lies about it.
    let world: any Disk
    let progress = CampaignProgressBox()
    /// Counts what the script comes to.
    let tally: CampaignTally
    /// Whether others read meanwhile, without a pause.
    let hasReaders: Bool
    var model: CampaignModel
    /// The expected state after each step that wrote something; the n-th leaves the n-th.
    private let history = CampaignHistory()
    private var options: LogOptions
    private var log: SegmentLog?
    private var readers: CampaignReaders?
    /// Begun by a step, and not yet finished.
    private var pendingCheckpoint: (PendingCheckpoint, relocations: UInt64)?

    var states: [CampaignState] { history.all }

    init(
        _ script: CampaignScript,
        on disk: SimulatedDisk,
        world: (any Disk)? = nil,
        hasReaders: Bool = false,
        tally: CampaignTally = CampaignTally()
    ) {
        self.script = script
        self.disk = disk
        self.world = world ?? disk
        self.hasReaders = hasReaders
        self.tally = tally
        options = script.options
        model = CampaignModel(script, CampaignTimes(options.lifetimeMilliseconds, disk))
    }

    /// Runs all steps, and calls `body` before each.
    func run(_ body: (Int) -> Void = { _ in }) throws {
        // The first violation is enough: who reads beside a step that fails may see one, too.
        defer { try? stopReaders() }
        try open()
        for (number, step) in script.steps.enumerated() {
            progress.change { $0.step = number }
            // For readers to come to something, too.
            if hasReaders { usleep(200) }
            body(number)
            do {
                try perform(step, number)
                if number % 5 == 0 { try finishCheckpoint() }
            } catch {
                throw CampaignViolation("step \(number), \(step): \(error)")
            }
        }
        try stopReaders()
        log = nil
    }

    private func open() throws {
        model.times = CampaignTimes(options.lifetimeMilliseconds, disk)
        let (wall, lifetime) = (disk.wall, options.lifetimeMilliseconds)
        progress.change { progress in
            progress.lifetime = lifetime
            progress.floors.allow(wall, lifetime)
        }
        let observer = CampaignObserver(progress: progress, tally: tally)
        let log = try SegmentLog(Self.path, on: world, options: options, observer: observer)
        self.log = log
        model.times.expiredBefore = log.core.expiredBefore
        try progress.current.floors.check(log, on: disk)
        let now = log.now()
        progress.change { progress in
            // What an opening shows, it has synced.
            progress.durable = progress.acknowledged
            progress.now = now
        }
        let found = try CampaignRun.state(of: log)
        guard CampaignRun.isRead(found, as: model.state) else {
            throw CampaignViolation(CampaignRun.difference(found, model.state))
        }
        guard hasReaders else { return }
        readers = CampaignReaders(of: log, model.times, progress, history, tally, on: world)
    }

    private func stopReaders() throws {
        defer { readers = nil }
        try readers?.stop()
    }

    private func requireLog() throws -> SegmentLog {
        guard let log else { throw CampaignViolation("no log") }
        return log
    }

    private func perform(_ step: CampaignStep, _ number: Int) throws {
        switch step {
        case .advance(let milliseconds):
            disk.advance(milliseconds: milliseconds)
            try noteTime()
        case .stepClock(let milliseconds):
            disk.stepWallClock(milliseconds: milliseconds)
            tally.count(milliseconds < 0 ? .clockSteppedBack : .clockSteppedForward)
            try noteTime()
        case .configure(let lifetime):
            options.lifetimeMilliseconds = lifetime
        case .reopen, .abandon:
            try reopen(isClosing: step == .reopen)
        case .sync:
            try requireLog().syncBlocking()
            progress.change { $0.durable = $0.acknowledged }
        case .checkpoint:
            try beginCheckpoint()
            progress.change { $0.durable = $0.acknowledged }
        case .compact(let choice, let meanwhile):
            try compact(choice, meanwhile, number)
        case .read(let key):
            try read(key)
        case .write, .touch, .remove, .recordExpiry:
            try change(step, number)
        }
    }

    /// Asks the log for the time whenever that has changed, so that what it knows of it does not
    /// depend on who else asks.
    private func noteTime() throws {
        let wall = disk.wall
        progress.change { $0.floors.allow(wall, $0.lifetime) }
        let now = try requireLog().now()
        guard now >= progress.current.now else { throw CampaignViolation("the clock went back") }
        progress.change { $0.now = now }
    }

    /// Leaves it to a later step, a closing or the next one to finish it.
    private func beginCheckpoint() throws {
        try finishCheckpoint()
        let log = try requireLog()
        let result = try log.runBlocking(.checkpoint).get()
        guard case .checkpoint(let pending, _) = result else {
            throw CampaignViolation("the checkpoint was not begun")
        }
        pendingCheckpoint = (pending, log.core.relocations)
    }

    private func finishCheckpoint() throws {
        defer { pendingCheckpoint = nil }
        guard let (pending, relocations) = pendingCheckpoint else { return }
        let isDone = pending.finish()
        // After a compaction it is of no use any more.
        guard try isDone || requireLog().core.relocations != relocations else {
            throw CampaignViolation("the checkpoint was not written")
        }
    }

    private func reopen(isClosing: Bool) throws {
        pendingCheckpoint = nil
        if isClosing {
            // Readers are told that it is closed; only then do they let go of it.
            try requireLog().closeBlocking()
            progress.change { progress in
                progress.durable = progress.acknowledged
                progress.floors.promise(progress.now, progress.lifetime)
            }
        }
        try stopReaders()
        log = nil
        let (old, new) = (model.times.lifetime ?? .max, options.lifetimeMilliseconds ?? .max)
        if old != new { tally.count(old < new ? .lifetimeLoosened : .lifetimeTightened) }
        try open()
    }

    private func read(_ key: Int) throws {
        let log = try requireLog()
        let found = try log.read(CampaignScript.key(key)).map(CampaignEntry.init)
        let now = log.now()
        let expected = model.state[key].flatMap { model.isExpired($0, at: now) ? nil : $0 }
        guard found == expected else { throw CampaignViolation("read another value") }
    }

    private func compact(_ choice: UInt64, _ meanwhile: [CampaignStep], _ number: Int) throws {
        let log = try requireLog()
        let before = try disk.fileNames(in: Self.path)
        let foldedBefore = log.foldedTouchCount
        model.beginCompaction(at: log.now(), on: disk)
        issue(model.state)
        var failure: (any Error)?
        let outcome = Result { () throws(LogError) in
            try CampaignRun.compact(log, choice) {
                failure = CampaignScript.each(meanwhile, of: number, change)
            }
        }
        if let failure { throw failure }
        try outcome.get()
        let found = try CampaignRun.state(of: log)
        guard CampaignRun.isRead(found, as: model.state) else {
            throw CampaignViolation(CampaignRun.difference(found, model.state))
        }
        // What has expired is gone when its segment was among them, and stays gone.
        model.endCompaction(found)
        issue(model.state)
        acknowledge()
        tally.count(.touchRefolded, max(0, log.foldedTouchCount - foldedBefore))
        try tally.countOutputs(on: disk, besides: before)
        try CampaignRun.checkCounts(of: log)
    }

    private func issue(_ state: CampaignState) {
        history.append(state)
        let last = history.last
        progress.change { $0.issued = last }
    }

    /// Notes that the last state is what the log has said it is.
    ///
    /// What a compaction decides rests on durable records only; that it was needed at all, nobody
    /// knows.
    private func acknowledge(_ revision: UInt64 = 0) {
        let isDurable = script.options.durability == .durable
        progress.change { progress in
            progress.acknowledged = progress.issued
            progress.revisionMax = max(progress.revisionMax, revision)
            if isDurable { progress.durable = progress.issued }
        }
    }

    /// Compacts what a step says, and calls `meanwhile` in the middle, if there is one.
    static func compact(
        _ log: SegmentLog,
        _ choice: UInt64,
        meanwhile: () -> Void
    ) throws(LogError) {
        switch choice {
        case 0:
            _ = try log.compactBlocking()
        case 1:
            _ = try log.sweepBlocking()
            _ = try log.compactDueBlocking()
        default:
            var isFirst = true
            _ = try log.compactor?.compact(
                where: { choice >> (UInt64($0.rawValue) % 64) & 1 == 1 },
                pace: { _ throws(LogError) in
                    if isFirst { meanwhile() }
                    isFirst = false
                }
            )
        }
    }

    /// Holds the counters that the log keeps against a recount.
    static func checkCounts(of log: SegmentLog) throws {
        let recount = try log.recountBlocking()
        guard !recount.isRight else { return }
        throw CampaignViolation("counters are wrong: \(recount)")
    }

    private func change(_ step: CampaignStep, _ number: Int) throws {
        let log = try requireLog()
        let prediction = model.predict(step, number: number, now: log.now())
        switch prediction {
        case .written(let next), .done(_, let next?): issue(next)
        case .done(_, nil), .conflict: break
        }
        let revision = try answer(to: step, number, on: log, as: prediction)
        switch prediction {
        case .written(let next), .done(_, let next?): model.state = next
        case .done(_, nil), .conflict: return
        }
        if let revision, case .write(let key, _, _, _) = step {
            history.setRevision(revision, of: key)
            model.state[key]?.revision = revision
        }
        acknowledge(revision ?? 0)
    }

    /// Asks the log, and returns the revision that was written, if one was.
    private func answer(
        to step: CampaignStep,
        _ number: Int,
        on log: SegmentLog,
        as prediction: CampaignModel.Prediction
    ) throws -> UInt64? {
        let answer = Result { () throws(LogError) in
            try CampaignRun.ask(step, number, log, model)
        }
        switch (answer, prediction) {
        case (.success(.written(let revision)), .written):
            guard revision > progress.current.revisionMax else {
                throw CampaignViolation("revision \(revision) was given again")
            }
            return revision
        case (.success(.done(let isDone)), .done(let expected, _)) where isDone == expected:
            return nil
        case (.failure(.conflict(let found)), .conflict(let expected)) where found == expected:
            return nil
        default:
            throw CampaignViolation("answered \(answer) where \(prediction) was expected")
        }
    }

    enum Answer {
        case written(UInt64)
        case done(Bool)
    }

    /// Does a step that changes one key.
    static func ask(
        _ step: CampaignStep,
        _ number: Int,
        _ log: SegmentLog,
        _ model: CampaignModel
    ) throws(LogError) -> Answer {
        switch step {
        case .write(let key, let byteCount, let lifetime, let condition):
            let revision = try log.writeBlocking(
                CampaignScript.key(key),
                model.script.value(ofStep: number, byteCount: byteCount),
                lifetime: lifetime,
                condition: model.condition(condition, key)
            )
            return .written(revision)
        case .touch(let key):
            return .done(try log.touchBlocking(CampaignScript.key(key)))
        case .remove(let key, let condition):
            let isDone = try log.removeBlocking(
                CampaignScript.key(key),
                condition: model.condition(condition, key)
            )
            return .done(isDone)
        case .recordExpiry(let key):
            let isDone = try log.recordExpiryBlocking(
                CampaignScript.key(key),
                revision: model.state[key]?.revision ?? 1
            )
            return .done(isDone)
        case .read, .sync, .checkpoint, .compact, .advance, .stepClock, .configure, .reopen,
            .abandon:
            return .done(true)
        }
    }

    // MARK: States

    /// Returns what a log has for all keys, expired ones included.
    static func state(of log: SegmentLog) throws(LogError) -> CampaignState {
        var state: CampaignState = [:]
        for key in 0..<CampaignScript.keyCount {
            let record = try log.readIncludingExpired(CampaignScript.key(key))
            state[key] = record.map(CampaignEntry.init)
        }
        return state
    }

    static func isRead(_ found: CampaignState, as expected: CampaignState) -> Bool {
        (0..<CampaignScript.keyCount).allSatisfy { isRead(found[$0], as: expected[$0]) }
    }

    static func isRead(_ found: CampaignEntry?, as expected: CampaignEntry?) -> Bool {
        switch (found, expected) {
        case (nil, nil): true
        case (nil, let expected?): expected.isDoomed
        case (let found?, let expected?): expected.isRead(as: found)
        case (_?, nil): false
        }
    }

    static func difference(_ found: CampaignState, _ expected: CampaignState) -> String {
        differences(found, expected).first ?? "no difference"
    }

    static func differences(_ found: CampaignState, _ expected: CampaignState) -> [String] {
        (0..<CampaignScript.keyCount).filter { !isRead(found[$0], as: expected[$0]) }.map { key in
            "key \(key) has \(text(found[key])) instead of \(text(expected[key]))"
        }
    }

    private static func text(_ entry: CampaignEntry?) -> String {
        guard let entry else { return "nothing" }
        let value = String(decoding: entry.value.prefix { $0 != 0x3B }, as: UTF8.self)
        return "'\(value)' (revision \(entry.revision), activity \(entry.activity),"
            + " \(entry.lifetime))"
    }
}
