import DiskIO
import Locks
import SegmentFormat
import SimulatedDisks

@testable import LogEngine

/// How far a run has come, for whoever cuts its power.
struct CampaignProgress: Sendable {
    /// Numbers of states: after the last step that was acknowledged, after the one at work, and
    /// after the last that is certainly durable.
    var acknowledged = 0
    var issued = 0
    var durable = 0
    var revisionMax: UInt64 = 0
    var step = 0
}

final class CampaignProgressBox: Sendable {
    private let value = Mutex(CampaignProgress())

    var current: CampaignProgress { value.withLock { $0 } }

    func change(_ body: (inout CampaignProgress) -> Void) {
        value.withLock { body(&$0) }
    }
}

/// Lives a script's life on a disk, and holds every answer against the model's.
final class CampaignRun {
    static let path = "/store"

    let script: CampaignScript
    let disk: SimulatedDisk
    /// What the log is given as its disk: the disk itself, or one that lies about it.
    let world: any Disk
    let progress: CampaignProgressBox
    var model: CampaignModel
    /// The expected state after each step that wrote something; the n-th leaves the n-th.
    private(set) var states: [CampaignState] = [[:]]
    private var log: SegmentLog?

    init(_ script: CampaignScript, on disk: SimulatedDisk, world: (any Disk)? = nil) {
        self.script = script
        self.disk = disk
        self.world = world ?? disk
        progress = CampaignProgressBox()
        model = CampaignModel(script)
    }

    /// Runs all steps, and calls `body` before each.
    func run(_ body: (Int) -> Void = { _ in }) throws {
        try open()
        for (number, step) in script.steps.enumerated() {
            progress.change { $0.step = number }
            body(number)
            do {
                try perform(step, number)
            } catch {
                throw CampaignViolation("step \(number), \(step): \(error)")
            }
        }
        log = nil
    }

    private func open() throws {
        log = try SegmentLog(Self.path, on: world, options: script.options)
        // What an opening shows, it has synced.
        progress.change { $0.durable = $0.acknowledged }
        let found = try CampaignRun.state(of: try requireLog())
        guard CampaignRun.isRead(found, as: model.state) else {
            throw CampaignViolation(CampaignRun.difference(found, model.state))
        }
    }

    private func requireLog() throws -> SegmentLog {
        guard let log else { throw CampaignViolation("no log") }
        return log
    }

    private func perform(_ step: CampaignStep, _ number: Int) throws {
        switch step {
        case .advance(let milliseconds):
            disk.advance(milliseconds: milliseconds)
        case .reopen:
            try requireLog().closeBlocking()
            progress.change { $0.durable = $0.acknowledged }
            log = nil
            try open()
        case .abandon:
            log = nil
            try open()
        case .sync, .checkpoint:
            let log = try requireLog()
            if step == .sync {
                try log.syncBlocking()
            } else if try !log.checkpointBlocking() {
                throw CampaignViolation("the checkpoint was not written")
            }
            progress.change { $0.durable = $0.acknowledged }
        case .compact(let choice):
            try compact(choice)
        case .read(let key):
            try read(key)
        case .write, .touch, .remove, .recordExpiry:
            try change(step, number)
        }
    }

    private func read(_ key: Int) throws {
        let log = try requireLog()
        let found = try log.read(CampaignScript.key(key)).map(CampaignEntry.init)
        let now = log.now()
        let expected = model.state[key].flatMap { model.isExpired($0, at: now) ? nil : $0 }
        guard found == expected else { throw CampaignViolation("read another value") }
    }

    private func compact(_ choice: UInt64) throws {
        let log = try requireLog()
        states.append(model.compacting(at: log.now()))
        progress.change { $0.issued = states.count - 1 }
        try CampaignRun.compact(log, choice)
        let found = try CampaignRun.state(of: log)
        guard CampaignRun.isRead(found, as: states[states.count - 1]) else {
            throw CampaignViolation(CampaignRun.difference(found, states[states.count - 1]))
        }
        // What has expired is gone when its segment was among them, and stays gone.
        model.state = model.state.filter { found[$0.key] != nil }
        states.append(model.state)
        progress.change { progress in
            progress.issued = states.count - 1
            progress.acknowledged = progress.issued
            // What a compaction decides rests on durable records only; that it was needed at all,
            // nobody knows.
            if script.options.durability == .durable { progress.durable = progress.issued }
        }
        try CampaignRun.checkCounts(of: log)
    }

    /// Compacts what a step says.
    static func compact(_ log: SegmentLog, _ choice: UInt64) throws(LogError) {
        switch choice {
        case 0:
            _ = try log.compactBlocking()
        case 1:
            _ = try log.sweepBlocking()
            _ = try log.compactDueBlocking()
        default:
            _ = try log.compactor?.compact { choice >> (UInt64($0.rawValue) % 64) & 1 == 1 }
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
        case .written(let next), .done(_, let next?):
            states.append(next)
            progress.change { $0.issued = states.count - 1 }
        case .done(_, nil), .conflict:
            break
        }
        let revision = try answer(to: step, number, on: log, as: prediction)
        guard progress.current.issued > progress.current.acknowledged else { return }
        if let revision, case .write(let key, _, _, _) = step {
            states[states.count - 1][key]?.revision = revision
        }
        model.state = states[states.count - 1]
        progress.change { progress in
            progress.acknowledged = progress.issued
            progress.revisionMax = max(progress.revisionMax, revision ?? 0)
            if script.options.durability == .durable { progress.durable = progress.issued }
        }
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
        case .read, .sync, .checkpoint, .compact, .advance, .reopen, .abandon:
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
        for key in 0..<CampaignScript.keyCount where !isRead(found[key], as: expected[key]) {
            return "key \(key) has \(text(found[key])) instead of \(text(expected[key]))"
        }
        return "no difference"
    }

    private static func text(_ entry: CampaignEntry?) -> String {
        guard let entry else { return "nothing" }
        let value = String(decoding: entry.value.prefix { $0 != 0x3B }, as: UTF8.self)
        return "'\(value)' (revision \(entry.revision), activity \(entry.activity),"
            + " \(entry.lifetime))"
    }
}
