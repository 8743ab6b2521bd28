@testable import LogEngine

/// A mistake that an engine could make, and that the masking model must find out.
enum MaskingFlaw: String, CaseIterable, Sendable {
    // The rule.
    case dropsAllTombstones
    /// As Bitcask before 2013: asks only whether the inputs have an older record of the key.
    case asksInputsOnly
    /// As nutsdb: an expired value hides nothing.
    case dropsAllExpiredValues
    // What the rule rests on.
    /// As Badger: the number is given after the liveness tests.
    case givesLiveAsOfLate
    /// The next number instead of one of its own.
    case sharesLiveAsOf
    case leavesActiveUnsynced
    /// The clock may step back when the log is opened.
    case forgetsTime
    /// Goes on from the highest number that is found.
    case reusesNumbers
    /// Gives a `liveAsOf` while a write that failed may still count after a crash.
    case leavesFailedWrite
    // What a compaction does besides.
    /// Puts its copies into the index whatever is there by then.
    case swapsBlindly
    /// Copies an expired value that has to stay as it is.
    case keepsExpiredValues
    // Touches and folds.
    case prefersTouchToFold
    /// Replays the active segment last, whatever a fold has overtaken.
    case replaysActiveBlindly
    case foldsUnderValueNumber
    /// Takes a value for dead when the index leads to its touch.
    case forgetsTouchedValue
    /// Takes a value away that was touched after its test.
    case forgetsLateTouch
    /// Takes a tombstone for dead when a touch of its key, left behind, has a higher number.
    case countsLeftTouches
}

/// What an engine may do this way or that.
struct MaskingPolicy: Hashable, Sendable {
    /// Whether compactions ask footers where the numbers do not decide.
    var asksFooters = true
    /// Whether a compaction knows tombstones that are newer than one it looks at; the index does
    /// not.
    var knowsTombstones = false
    /// Whether a touched value that has expired becomes a tombstone with the value's number, or
    /// with the touch's.
    var expiresUnderValueNumber = true

    static let all = (0..<8).map {
        MaskingPolicy(
            asksFooters: $0 & 1 == 0,
            knowsTombstones: $0 & 2 == 0,
            expiresUnderValueNumber: $0 & 4 == 0
        )
    }
}

/// One thing that happens to the log of a masking model.
enum MaskingStep: Hashable, Sendable, CustomStringConvertible {
    case put(Int, MaskingLifetime)
    case touch(Int)
    case destroy(Int)
    /// Reads all keys, and records the expiry of those that have expired.
    case read
    /// A removal whose write fails, and that the disk may have all the same.
    case fail(Int)
    case seal
    case sync
    case advance(Int)
    /// Begins a compaction of sealed segments; one that `isWhole` gives up when something would
    /// have to be written.
    case begin([Int], isWhole: Bool)
    /// Decides about the next record.
    case test
    /// Decides about the records that are left, and makes the compaction count.
    case commit
    /// Loses power when so many unsynced records were on disk, and, if all were, perhaps the failed
    /// one; and opens the log by another clock, with another setting.
    case crash(keeping: Int, failedToo: Bool, wall: Int, setting: Int?)

    var description: String {
        switch self {
        case .put(let key, let lifetime): "put \(key) \(lifetime.text)"
        case .touch(let key): "touch \(key)"
        case .destroy(let key): "destroy \(key)"
        case .read: "read"
        case .fail(let key): "fail \(key)"
        case .seal: "seal"
        case .sync: "sync"
        case .advance(let time): "advance \(time)"
        case .begin(let inputs, let isWhole): "\(isWhole ? "drop" : "compact") \(inputs)"
        case .test: "test"
        case .commit: "commit"
        case .crash(let count, let failedToo, let wall, let setting):
            "crash keeping \(count)\(failedToo ? " and failed" : "") at \(wall), lifetime"
                + " \(setting.map(String.init) ?? "endless")"
        }
    }
}

/// A record of the masking model; its place is its index among all that were ever written.
struct MaskingRecord: Hashable, Sendable {
    enum Kind: UInt8, Sendable {
        case put, touch, foldedTouch, destroyTombstone, expiryTombstone
    }

    var kind: Kind
    var key: Int
    var sequence: UInt64
    /// What the key has; for a tombstone, only the activity counts.
    var value: MaskingValue
    /// The place of a touch's value.
    var touched = -1
    var segment: Int
    /// A compaction has already had the chance to leave it out.
    var wasKept = false

    var isTombstone: Bool { kind == .destroyTombstone || kind == .expiryTombstone }
    var isValue: Bool { kind == .put || kind == .foldedTouch }
}

struct MaskingSegment: Hashable, Sendable {
    enum State: Sendable { case active, sealed, gone }

    var state: State
    var liveAsOf: UInt64 = 0
    var sequenceMin: UInt64?
    /// Bits of the keys that its records have, dead ones included.
    var keys = 0

    var witness: SegmentWitness { SegmentWitness(sequenceMin: sequenceMin, liveAsOf: liveAsOf) }

    mutating func add(_ record: MaskingRecord) {
        sequenceMin = min(sequenceMin ?? .max, record.sequence)
        keys |= 1 << record.key
    }
}

/// A log as small as can be, with everything that bears on the masking rule: numbers, segments,
/// an index, compaction with writers at work, crashes, and a dictionary that knows better.
struct MaskingModel: Sendable {
    let flaw: MaskingFlaw?
    let policy: MaskingPolicy
    /// How many numbers a manifest edit sets aside.
    let reservation: UInt64

    // On disk; the segments and the floors are the manifest.
    var records: [MaskingRecord] = []
    var segments: [MaskingSegment] = [MaskingSegment(state: .active)]
    var active = 0
    /// Places of the active segment's records that a crash may take, in order.
    var unsynced: [Int] = []
    /// Stands behind the active segment's last record, and was not acknowledged.
    var failed: MaskingRecord?
    var sequenceFloor: UInt64 = 1
    var timeFloor = 0

    // In memory.
    /// The place of each key's newest record, unless that is a tombstone.
    var index: [Int?]
    var nextSequence: UInt64 = 1
    var clock = 0
    var wall = 0
    var setting: Int?
    var compaction: MaskingCompaction?

    // Beside it.
    var reference: MaskingReference
    /// The first wrong answer.
    var violation: String?
    var maskerCount = 0
    var droppedCount = 0

    init(
        keyCount: Int,
        flaw: MaskingFlaw? = nil,
        policy: MaskingPolicy = MaskingPolicy(),
        reservation: UInt64 = 8,
        setting: Int? = nil
    ) {
        self.flaw = flaw
        self.policy = policy
        self.reservation = reservation
        self.setting = setting
        index = Array(repeating: nil, count: keyCount)
        reference = MaskingReference(keyCount: keyCount)
    }

    mutating func take(_ step: MaskingStep) {
        switch step {
        case .put(let key, let lifetime): put(key, lifetime)
        case .touch(let key): touch(key)
        case .destroy(let key): destroy(key)
        case .read: read()
        case .fail(let key): fail(key)
        case .seal: seal()
        case .sync: sync()
        case .advance(let time):
            wall += time
            clock = max(clock, wall)
            reference.advance(to: wall)
        case .begin(let inputs, let isWhole): begin(inputs, isWhole: isWhole)
        case .test: test()
        case .commit: commit()
        case .crash(let count, let failedToo, let wall, let setting):
            crash(keeping: count, failedToo: failedToo, wall: wall, setting: setting)
        }
    }

    // MARK: Reading

    /// What the key has, expired or not.
    func value(of key: Int) -> MaskingValue? {
        guard let place = index[key] else { return nil }
        return records[place].value
    }

    /// What a reader of `key` is told.
    func answer(_ key: Int) -> MaskingValue? {
        guard let value = value(of: key), !value.isExpired(at: clock, setting: setting) else {
            return nil
        }
        return value
    }

    /// Compares what the index has, expired or not, with what it ought to have, and what readers
    /// are told with what they ought to be.
    mutating func check(_ moment: String) {
        for key in index.indices where violation == nil {
            let (found, expected) = (value(of: key), reference.current[key])
            let isAbsent = (answer(key) == nil, reference.answer(key, setting: setting) == nil)
            if found != expected {
                violation = "\(moment): key \(key) is \(text(found)), not \(text(expected))"
            } else if isAbsent.0 != isAbsent.1 {
                let told = isAbsent.0 ? "has expired" : "has not expired"
                violation = "\(moment): key \(key), \(text(found)), \(told)"
            } else if found != nil, !canRead(key) {
                violation = "\(moment): the value of key \(key) is not there"
            }
        }
    }

    private func text(_ value: MaskingValue?) -> String {
        value.map { "value \($0.revision) of \($0.activity)" } ?? "absent"
    }

    /// Whether the bytes of the key's value are where the index leads.
    private func canRead(_ key: Int) -> Bool {
        guard let place = index[key] else { return false }
        let record = records[place]
        let value = record.kind == .touch ? records[record.touched] : record
        return isPresent(record) && isPresent(value) && value.isValue && value.key == key
            && value.value.revision == record.value.revision
    }

    func isPresent(_ record: MaskingRecord) -> Bool {
        record.segment >= 0 && segments[record.segment].state != .gone
    }

    private mutating func read() {
        check("read")
        for key in index.indices {
            guard let value = value(of: key), value.isExpired(at: clock, setting: setting) else {
                continue
            }
            // What a reader was told stays true, whatever becomes of clock and setting.
            append(.expiryTombstone, key, tombstoneValue)
            reference.remove(key)
        }
    }

    // MARK: Writing

    private mutating func put(_ key: Int, _ lifetime: MaskingLifetime) {
        let value = MaskingValue(revision: 0, activity: clock, lifetime: lifetime)
        append(.put, key, value)
        let revision = records[records.count - 1].sequence
        reference.put(key, revision: revision, lifetime: lifetime)
    }

    private mutating func touch(_ key: Int) {
        guard var value = answer(key), let place = index[key] else { return }
        value.activity = max(value.activity, clock)
        let newest = records[place]
        append(.touch, key, value, touched: newest.kind == .touch ? newest.touched : place)
        reference.touch(key)
    }

    private mutating func destroy(_ key: Int) {
        guard index[key] != nil else { return }
        append(.destroyTombstone, key, tombstoneValue)
        reference.remove(key)
    }

    private mutating func fail(_ key: Int) {
        guard index[key] != nil else { return }
        failed = MaskingRecord(
            kind: .destroyTombstone,
            key: key,
            sequence: giveSequence(),
            value: tombstoneValue,
            segment: active
        )
    }

    private var tombstoneValue: MaskingValue {
        MaskingValue(revision: 0, activity: clock, lifetime: .endless)
    }

    private mutating func append(
        _ kind: MaskingRecord.Kind,
        _ key: Int,
        _ value: MaskingValue,
        touched: Int = -1
    ) {
        var record = MaskingRecord(
            kind: kind,
            key: key,
            sequence: giveSequence(),
            value: value,
            touched: touched,
            segment: active
        )
        if kind == .put { record.value.revision = record.sequence }
        append(record)
        index[key] = record.isTombstone ? nil : records.count - 1
    }

    private mutating func append(_ record: MaskingRecord) {
        segments[record.segment].add(record)
        unsynced.append(records.count)
        records.append(record)
        // Its place is where the failed write was.
        failed = nil
    }

    mutating func giveSequence() -> UInt64 {
        if nextSequence >= sequenceFloor { edit() }
        defer { nextSequence += 1 }
        return nextSequence
    }

    /// Replaces the manifest: what `segments` says is durable from here on, and so are the floors.
    mutating func edit() {
        sequenceFloor = max(sequenceFloor, nextSequence + reservation)
        timeFloor = max(timeFloor, clock)
        reference.edit()
    }

    mutating func sync() {
        unsynced.removeAll(keepingCapacity: true)
        reference.sync()
    }

    private mutating func seal() {
        guard segments[active].sequenceMin != nil else { return }
        sync()
        // The footer stands where the failed write was.
        failed = nil
        segments[active].state = .sealed
        active = segments.count
        segments.append(MaskingSegment(state: .active))
        edit()
    }

    // MARK: Crashing

    private mutating func crash(keeping count: Int, failedToo: Bool, wall: Int, setting: Int?) {
        var count = min(count, unsynced.count)
        if failedToo, count == unsynced.count, let failed {
            append(failed)
            reference.remove(failed.key, at: failed.value.activity)
            count += 1
        }
        for place in unsynced.dropFirst(count) { records[place].segment = -1 }
        reference.crash(keeping: count, wall: wall)
        failed = nil
        unsynced.removeAll(keepingCapacity: true)
        compaction = nil
        segments[active].sequenceMin = nil
        segments[active].keys = 0
        for record in records where record.segment == active { segments[active].add(record) }
        self.setting = setting
        self.wall = wall
        recover()
        check("crash")
    }

    /// Opens what the crash left.
    private mutating func recover() {
        var (highest, tombstoneTime) = (UInt64(0), 0)
        for record in records where isPresent(record) {
            highest = max(highest, record.sequence)
            if record.isTombstone { tombstoneTime = max(tombstoneTime, record.value.activity) }
        }
        nextSequence = flaw == .reusesNumbers ? highest + 1 : sequenceFloor
        clock = flaw == .forgetsTime ? wall : max(wall, timeFloor, tombstoneTime)
        index = flaw == .replaysActiveBlindly ? replaySealedFirst() : replayInOrder()
        if flaw == nil, index != replaySealedFirst() {
            violation = violation ?? "crash: the order of replaying matters"
        }
    }

    /// Applies all records in the order of their numbers.
    private func replayInOrder() -> [Int?] {
        let present = records.indices.filter { isPresent(records[$0]) }
        var index = [Int?](repeating: nil, count: index.count)
        for place in present.sorted(by: isBefore) { apply(place, to: &index) }
        return index
    }

    /// Applies the sealed segments' records in the order of their numbers, then the active one's,
    /// as recovery does: only a fold can have a number as high as one in the active segment, and
    /// then the touch is passed over.
    private func replaySealedFirst() -> [Int?] {
        let sealed = records.indices.filter {
            isPresent(records[$0]) && records[$0].segment != active
        }
        var index = [Int?](repeating: nil, count: index.count)
        for place in sealed.sorted(by: isBefore) { apply(place, to: &index) }
        for place in records.indices where records[place].segment == active {
            let record = records[place]
            if flaw != .replaysActiveBlindly, let newest = index[record.key],
                records[newest].sequence >= record.sequence
            {
                continue
            }
            apply(place, to: &index)
        }
        return index
    }

    /// A touch and what a compaction made of it have the same number; the touch comes first.
    private func isBefore(_ one: Int, _ other: Int) -> Bool {
        let (one, other) = (records[one], records[other])
        if one.sequence != other.sequence { return one.sequence < other.sequence }
        let isTouchFirst = flaw != .prefersTouchToFold
        return (one.kind == .touch) == isTouchFirst && (other.kind == .touch) != isTouchFirst
    }

    private func apply(_ place: Int, to index: inout [Int?]) {
        let record = records[place]
        if record.isTombstone {
            index[record.key] = nil
        } else if record.kind != .touch || index[record.key] != nil {
            // A touch of nothing was left behind when its value went.
            index[record.key] = place
        }
    }
}
