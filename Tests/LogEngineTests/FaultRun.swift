import DiskIO
import Locks
import SimulatedDisks

@testable import LogEngine

/// Lives a script's life on a disk of which one call fails, or all from one on, and holds what the
/// log answers against what it may.
final class FaultRun {
    /// What goes wrong, and where.
    struct Case: Sendable, CustomStringConvertible {
        var number: Int
        var operation: DiskOperation
        var fault: Fault
        var isLasting: Bool

        var description: String {
            "\(fault) \(isLasting ? "from" : "at") operation \(number), \(operation)"
        }
    }

    /// The call that met the fault: looks that a script's life takes and this does not shift the
    /// numbers behind them.
    private final class Hit: Sendable {
        private let operation = Mutex<DiskOperation?>(nil)

        var kind: DiskError.Operation? { operation.withLock { $0?.kind } }

        func note(_ met: DiskOperation) { operation.withLock { $0 = met } }
    }

    private let script: CampaignScript
    private let disk: SimulatedDisk
    private let trial: Case
    private let hit = Hit()
    /// The state that was acknowledged, as far as it is certain.
    private var model: CampaignModel
    /// What failed writes may have left of a key.
    private var possible: [Int: [CampaignEntry?]] = [:]
    private var revisionMax: UInt64 = 0
    private var isPoisoned = false
    /// The disk as the last closing left it, until something is written.
    private var closed: DiskSnapshot?
    private var log: SegmentLog?
    private var options: LogOptions
    private var floors = CampaignFloors()
    /// What the log's clock said last.
    private var now: UInt64 = 0

    init(_ script: CampaignScript, _ trial: Case) {
        self.script = script
        self.trial = trial
        disk = SimulatedDisk(seed: script.seed, recordsOperations: false)
        options = script.options
        model = CampaignModel(script, CampaignTimes(options.lifetimeMilliseconds, disk))
        disk.failOperation(trial.number, with: trial.fault, lasting: trial.isLasting)
        disk.onOperation { [hit] number, operation in
            if number == trial.number { hit.note(operation) }
        }
    }

    /// Whether the fault came to anything.
    var wasMet: Bool { disk.faultWasMet }

    func run() throws {
        try live()
        log = nil
        disk.clearFaults()
        try checkAfterwards(disk.clone(), "reopened")
        try checkAfterwards(
            disk.afterPowerCut(.nothing),
            "reopened after a power cut",
            isComplete: script.options.durability == .durable
        )
    }

    private func live() throws {
        guard try open() else { return }
        for (number, step) in script.steps.enumerated() {
            do {
                guard try perform(step, number) else { return }
            } catch {
                throw CampaignViolation("step \(number), \(step): \(error)")
            }
        }
    }

    // MARK: What may fail

    /// Whether nothing may be noticed of the fault at all.
    private var mustBeHidden: Bool {
        trial.fault == .shortTransfer || trial.fault == .interrupted && !trial.isLasting
    }

    private func checkFailure(_ error: LogError, opening isOpening: Bool = false) throws {
        guard wasMet, !mustBeHidden else { throw CampaignViolation("failed with \(error)") }
        switch error {
        case .unavailable, .readOnly:
            return
        case .diskFull:
            // A lasting failure of another kind is no full disk.
            guard trial.fault != .diskFull, trial.fault != .refusedWrite else { return }
            throw CampaignViolation("failed with \(error)")
        case .poisoned where !isOpening:
            isPoisoned = true
            let syncing: [DiskError.Operation] = [.sync, .syncDirectory, .rename]
            let kind = hit.kind ?? trial.operation.kind
            let isFullRename = trial.fault == .diskFull && kind == .rename
            guard trial.isLasting || syncing.contains(kind) && !isFullRename else {
                throw CampaignViolation("poisoned without a failed sync: \(error)")
            }
        default:
            throw CampaignViolation("failed with \(error)")
        }
    }

    // MARK: Steps

    /// Opens the log, twice when that fails; false when it fails as long as the fault lasts.
    private func open() throws -> Bool {
        model.times = CampaignTimes(options.lifetimeMilliseconds, disk)
        floors.allow(disk.wall, options.lifetimeMilliseconds)
        for attempt in 1...2 {
            do throws(LogError) {
                log = try SegmentLog(CampaignRun.path, on: disk, options: options)
                break
            } catch {
                try checkFailure(error, opening: true)
                try checkUntouched()
                if trial.isLasting { return false }
                guard attempt == 1 else { throw CampaignViolation("again: \(error)") }
            }
        }
        isPoisoned = false
        guard let log else { return false }
        try floors.check(log, on: disk)
        model.times.expiredBefore = log.core.expiredBefore
        now = log.now()
        return try settle(on: log)
    }

    /// An opening that failed leaves a store as the closing left it; only what the next opening
    /// removes or takes over by itself may be there besides.
    private func checkUntouched() throws {
        guard let closed else { return }
        let now = disk.snapshot()
        let names = Set(closed.files.keys).union(now.files.keys)
        for name in names.sorted() where closed.files[name] != now.files[name] {
            let isHarmless = name.hasSuffix("/LOCK") || name.hasSuffix(".new")
            guard isHarmless else {
                throw CampaignViolation("an opening that failed has changed \(name)")
            }
        }
    }

    /// Finds out what the failed writes have left; false when that cannot be read as long as the
    /// fault lasts.
    private func settle(on log: SegmentLog) throws -> Bool {
        var found: CampaignState = [:]
        for attempt in 1...2 {
            do throws(LogError) {
                found = try CampaignRun.state(of: log)
                break
            } catch {
                try checkFailure(error)
                if trial.isLasting { return false }
                guard attempt == 1 else { throw CampaignViolation("again: \(error)") }
            }
        }
        try checkFound(found)
        model.state = found
        possible = [:]
        return true
    }

    private func checkFound(_ found: CampaignState) throws {
        for key in 0..<CampaignScript.keyCount {
            let choices = [model.state[key]] + (possible[key] ?? [])
            let isAllowed = choices.contains { choice in
                switch (choice, found[key]) {
                case (nil, nil): true
                case (let choice?, let found?): choice.isRead(as: found)
                default: false
                }
            }
            guard !isAllowed else { continue }
            throw CampaignViolation(CampaignRun.difference(found, model.state))
        }
    }

    /// Returns false when the log could not be opened any more.
    private func perform(_ step: CampaignStep, _ number: Int) throws -> Bool {
        switch step {
        case .advance(let milliseconds):
            disk.advance(milliseconds: milliseconds)
            noteTime()
            return true
        case .stepClock(let milliseconds):
            disk.stepWallClock(milliseconds: milliseconds)
            noteTime()
            return true
        case .configure(let lifetime):
            options.lifetimeMilliseconds = lifetime
            return true
        case .reopen:
            if try close() {
                closed = disk.snapshot()
                floors.promise(now, model.times.lifetime)
            }
            log = nil
            defer { closed = nil }
            return try open()
        case .abandon:
            log = nil
            return try open()
        case .sync, .checkpoint, .compact, .read, .write, .touch, .remove, .recordExpiry:
            guard let log else { throw CampaignViolation("no log") }
            try perform(step, number, on: log)
            return true
        }
    }

    private func perform(_ step: CampaignStep, _ number: Int, on log: SegmentLog) throws {
        switch step {
        case .sync:
            try attempt { () throws(LogError) in try log.syncBlocking() }
        case .checkpoint:
            let isDone = try attempt { () throws(LogError) in try log.checkpointBlocking() }
            guard isDone ?? true || wasMet && !mustBeHidden else {
                throw CampaignViolation("the checkpoint was not written")
            }
        case .compact(let choice, let meanwhile):
            try compact(log, choice, meanwhile, number)
        case .read(let key):
            try read(key, on: log)
        case .write, .touch, .remove, .recordExpiry:
            try change(step, number, on: log)
        case .advance, .stepClock, .configure, .reopen, .abandon:
            break
        }
    }

    private func noteTime() {
        floors.allow(disk.wall, model.times.lifetime)
        if let log { now = log.now() }
    }

    @discardableResult
    private func attempt<Value>(_ body: () throws(LogError) -> Value) throws -> Value? {
        do throws(LogError) {
            return try body()
        } catch {
            try checkFailure(error)
            return nil
        }
    }

    /// Returns whether it came to a good end.
    private func close() throws -> Bool {
        guard let log else { throw CampaignViolation("no log") }
        let metBefore = disk.metFaultCount
        guard try attempt({ () throws(LogError) in try log.closeBlocking() }) != nil else {
            return false
        }
        return disk.metFaultCount == metBefore
    }

    private func read(_ key: Int, on log: SegmentLog) throws {
        let metBefore = disk.metFaultCount
        let found: CampaignEntry?
        do throws(LogError) {
            found = try log.readIncludingExpired(CampaignScript.key(key)).map(CampaignEntry.init)
        } catch {
            guard case .unavailable = error, disk.metFaultCount > metBefore, !mustBeHidden else {
                throw CampaignViolation("reading failed with \(error)")
            }
            return
        }
        let isSame =
            switch (found, model.state[key]) {
            case (nil, nil): true
            case (let found?, let expected?): expected.isRead(as: found)
            default: false
            }
        guard isSame else { throw CampaignViolation("key \(key) is read with another value") }
    }

    /// Whether it fails or not, what has expired may be gone, and nothing else.
    private func compact(
        _ log: SegmentLog,
        _ choice: UInt64,
        _ meanwhile: [CampaignStep],
        _ number: Int
    ) throws {
        model.beginCompaction(at: log.now(), on: disk)
        var failure: (any Error)?
        let isDone = try attempt { () throws(LogError) in
            try CampaignRun.compact(log, choice) {
                failure = CampaignScript.each(meanwhile, of: number) { step, number in
                    try change(step, number, on: log)
                }
            }
            return true
        }
        if let failure { throw failure }
        for key in 0..<CampaignScript.keyCount {
            guard model.state[key]?.isDoomed == true else {
                try read(key, on: log)
                continue
            }
            let found = Result { () throws(LogError) in
                try log.readIncludingExpired(CampaignScript.key(key))
            }
            model.state[key]?.isDoomed = false
            switch found {
            case .success(nil):
                model.state[key] = nil
                possible[key] = nil
            case .success:
                try read(key, on: log)
                // Whether a manifest counts whose sync failed, nobody knows.
                if isDone == nil { possible[key, default: []].append(nil) }
            case .failure: possible[key, default: []].append(nil)
            }
        }
    }

    private func change(_ step: CampaignStep, _ number: Int, on log: SegmentLog) throws {
        let prediction = model.predict(step, number: number, now: log.now())
        let key = step.key ?? 0
        let answer = Result { () throws(LogError) in
            try CampaignRun.ask(step, number, log, model)
        }
        switch answer {
        case .success(let answer):
            guard !isPoisoned else { throw CampaignViolation("written although poisoned") }
            try take(answer, prediction, key)
        case .failure(.conflict(let revision)):
            guard case .conflict(let expected) = prediction, revision == expected else {
                throw CampaignViolation("conflict with \(revision ?? 0)")
            }
        case .failure(let error):
            if isPoisoned, case .poisoned = error {} else { try checkFailure(error) }
            switch prediction {
            case .written(let next), .done(_, let next?):
                possible[key, default: []].append(next[key])
            case .done, .conflict:
                break
            }
            // Whatever failed, nobody sees anything of it.
            for key in 0..<CampaignScript.keyCount { try read(key, on: log) }
        }
    }

    private func take(
        _ answer: CampaignRun.Answer,
        _ prediction: CampaignModel.Prediction,
        _ key: Int
    ) throws {
        switch (answer, prediction) {
        case (.written(let revision), .written(let next)):
            model.state = next
            model.state[key]?.revision = revision
            revisionMax = max(revisionMax, revision)
            possible[key] = nil
        case (.done(let isDone), .done(let expected, let next)) where isDone == expected:
            guard let next else { return }
            model.state = next
            possible[key] = nil
        default:
            throw CampaignViolation("answered \(answer) where \(prediction) was expected")
        }
    }

    // MARK: Afterwards

    private func checkAfterwards(
        _ disk: SimulatedDisk,
        _ label: String,
        isComplete: Bool = true
    ) throws {
        do {
            var log = try SegmentLog(CampaignRun.path, on: disk, options: options)
            let found = try CampaignRun.state(of: log)
            if isComplete { try checkFound(found) }
            if let damage = log.recovery.damages.first {
                throw CampaignViolation("reported as damage: \(damage)")
            }
            let value = script.value(ofStep: CampaignExpectation.laterStep, byteCount: 300)
            for key in 0..<3 {
                let revision = try log.writeBlocking(CampaignScript.key(key), value)
                guard revision > revisionMax else {
                    throw CampaignViolation("revision \(revision) was given again")
                }
            }
            let written = try CampaignRun.state(of: log)
            try log.closeBlocking()
            log = try SegmentLog(CampaignRun.path, on: disk, options: options)
            guard try CampaignRun.state(of: log) == written else {
                throw CampaignViolation("closing and opening lost something")
            }
        } catch {
            throw CampaignViolation("\(label): \(error)")
        }
    }
}

extension CampaignStep {
    /// The key it is about.
    var key: Int? {
        switch self {
        case .write(let key, _, _, _), .touch(let key), .remove(let key, _): key
        case .recordExpiry(let key), .read(let key): key
        case .sync, .checkpoint, .compact, .advance, .stepClock, .configure, .reopen, .abandon: nil
        }
    }
}
