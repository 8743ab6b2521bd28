import LogEngine
import SimulatedDisks

/// What one key has, as far as the script knows.
struct CampaignEntry: Equatable, Sendable {
    var value: [UInt8]
    var activity: UInt64
    var lifetime: ValueLifetime
    /// 0 as long as nobody has been told.
    var revision: UInt64
    /// A compaction at work may remove it for good, since it has expired.
    var isDoomed = false

    init(_ record: LogRecord) {
        value = record.value
        activity = record.activity
        lifetime = record.lifetime
        revision = record.revision
    }

    init(value: [UInt8], activity: UInt64, lifetime: ValueLifetime) {
        (self.value, self.activity, self.lifetime, self.revision) = (value, activity, lifetime, 0)
    }

    /// Whether `other`, as it was read, is this entry.
    func isRead(as other: CampaignEntry) -> Bool {
        value == other.value && activity == other.activity && lifetime == other.lifetime
            && (revision == 0 || revision == other.revision)
    }
}

/// All keys that have something, expired ones included.
typealias CampaignState = [Int: CampaignEntry]

/// A promise that was not kept.
struct CampaignViolation: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}

/// What a log ought to do: the obvious implementation, in memory.
struct CampaignModel: Sendable {
    let script: CampaignScript
    var state: CampaignState = [:]
    /// Those of the last opening.
    var times: CampaignTimes

    init(_ script: CampaignScript, _ times: CampaignTimes) {
        (self.script, self.times) = (script, times)
    }

    /// What a step ought to answer, and the state it leaves; nil when it writes nothing.
    enum Prediction {
        case written(CampaignState)
        case done(Bool, CampaignState?)
        case conflict(revision: UInt64?)
    }

    func predict(_ step: CampaignStep, number: Int, now: UInt64) -> Prediction {
        var next = state
        switch step {
        case .write(let key, let byteCount, let lifetime, let condition):
            if let conflict = conflict(condition, key, now) { return conflict }
            next[key] = CampaignEntry(
                value: script.value(ofStep: number, byteCount: byteCount),
                activity: now,
                lifetime: lifetime
            )
            return .written(next)
        case .remove(let key, let condition):
            if let conflict = conflict(condition, key, now) { return conflict }
            guard let entry = next.removeValue(forKey: key) else { return .done(false, nil) }
            return .done(!isExpired(entry, at: now), next)
        case .touch(let key):
            guard let entry = state[key], !isExpired(entry, at: now) else {
                return .done(false, nil)
            }
            next[key]?.activity = max(now, entry.activity)
            return .done(true, next)
        case .recordExpiry(let key):
            guard let entry = state[key], isExpired(entry, at: now) else {
                return .done(false, nil)
            }
            next[key] = nil
            return .done(true, next)
        case .read, .sync, .checkpoint, .compact, .advance, .stepClock, .configure, .reopen,
            .abandon:
            return .done(true, nil)
        }
    }

    func isExpired(_ entry: CampaignEntry, at now: UInt64) -> Bool {
        times.isExpired(entry, at: now)
    }

    /// Marks what a compaction that begins `now` may remove.
    mutating func beginCompaction(at now: UInt64, on disk: SimulatedDisk) {
        for (key, entry) in state {
            state[key]?.isDoomed = times.isRemovable(entry, at: now, disk)
        }
    }

    /// Lets go of what it has removed: all that is not `found` any more.
    mutating func endCompaction(_ found: CampaignState) {
        state = state.filter { found[$0.key] != nil }
        for key in state.keys { state[key]?.isDoomed = false }
    }

    /// The condition as the log takes it.
    func condition(_ condition: StepCondition, _ key: Int) -> WriteCondition {
        switch condition {
        case .none: .none
        case .absent: .absent
        case .current: .unchanged(since: state[key]?.revision ?? 7)
        case .stale: .unchanged(since: 1 << 40)
        }
    }

    private func conflict(_ condition: StepCondition, _ key: Int, _ now: UInt64) -> Prediction? {
        let alive = state[key].flatMap { isExpired($0, at: now) ? nil : $0 }
        switch condition {
        case .none: return nil
        case .absent: return alive.map { .conflict(revision: $0.revision) }
        case .current: return alive == nil ? .conflict(revision: nil) : nil
        case .stale: return .conflict(revision: alive?.revision)
        }
    }
}
