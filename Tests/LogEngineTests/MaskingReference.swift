/// How long a session of the masking model may stay without activity.
enum MaskingLifetime: Hashable, Sendable {
    /// As the store's setting says, whatever it is when somebody asks.
    case standard
    case endless
    case own(Int)

    var text: String {
        switch self {
        case .standard: "standard"
        case .endless: "endless"
        case .own(let limit): "\(limit)"
        }
    }
}

/// What a key of the masking model has.
struct MaskingValue: Hashable, Sendable {
    /// The number of the put that made it.
    var revision: UInt64
    var activity: Int
    var lifetime: MaskingLifetime

    func isExpired(at now: Int, setting: Int?) -> Bool {
        switch lifetime {
        case .endless: false
        case .own(let limit): now - activity > limit
        case .standard: setting.map { now - activity > $0 } ?? false
        }
    }
}

/// What the log of the masking model ought to answer: a dictionary, and what a crash may undo.
struct MaskingReference: Hashable, Sendable {
    private(set) var current: [MaskingValue?]
    private(set) var clock = 0
    private var durable: [MaskingValue?]
    /// Every time up to here was seen by something that a crash leaves.
    private var durableClock = 0
    /// What was written since the last sync, in order; a crash leaves a prefix of it.
    private var events: [Event] = []

    private struct Event: Hashable, Sendable {
        var key: Int
        var value: MaskingValue?
        var clock: Int
    }

    init(keyCount: Int) {
        current = Array(repeating: nil, count: keyCount)
        durable = current
    }

    /// What a reader of `key` is told.
    func answer(_ key: Int, setting: Int?) -> MaskingValue? {
        guard let value = current[key], !value.isExpired(at: clock, setting: setting) else {
            return nil
        }
        return value
    }

    // MARK: What clients do

    mutating func put(_ key: Int, revision: UInt64, lifetime: MaskingLifetime) {
        write(key, MaskingValue(revision: revision, activity: clock, lifetime: lifetime))
    }

    mutating func touch(_ key: Int) {
        guard var value = current[key] else { return }
        value.activity = max(value.activity, clock)
        write(key, value)
    }

    /// Removes the key's value; a failed removal that counts after all was tried earlier.
    mutating func remove(_ key: Int, at time: Int? = nil) {
        write(key, nil, at: time)
    }

    private mutating func write(_ key: Int, _ value: MaskingValue?, at time: Int? = nil) {
        current[key] = value
        events.append(Event(key: key, value: value, clock: time ?? clock))
    }

    // MARK: What the engine does

    /// A compaction has recorded that the key's session has expired, or has left it out for that
    /// reason; returns whether it had.
    mutating func expire(_ key: Int, setting: Int?) -> Bool {
        guard let value = current[key] else { return true }
        current[key] = nil
        if durable[key] == value { durable[key] = nil }
        return value.isExpired(at: clock, setting: setting)
    }

    /// Everything that was written is durable.
    mutating func sync() {
        keep(events.count)
    }

    /// A manifest edit has made the time durable.
    mutating func edit() {
        durableClock = max(durableClock, clock)
    }

    // MARK: What the world does

    mutating func advance(to wall: Int) {
        clock = max(clock, wall)
    }

    /// The power fails when the first `count` of the unsynced records had reached the disk.
    mutating func crash(keeping count: Int, wall: Int) {
        keep(count)
        current = durable
        clock = max(wall, durableClock)
    }

    private mutating func keep(_ count: Int) {
        for event in events.prefix(count) {
            durable[event.key] = event.value
            // A tombstone's activity is the clock it was written by.
            if event.value == nil { durableClock = max(durableClock, event.clock) }
        }
        events.removeAll(keepingCapacity: true)
    }

    // MARK: Comparing

    /// Feeds what the future depends on: numbers by their rank, times by their distance.
    func feed(_ hasher: inout Hasher, rank: (UInt64) -> Int, now: Int) {
        hasher.combine(clock - now)
        hasher.combine(durableClock - now)
        let values = current + durable + events.map(\.value)
        for value in values { value.feed(&hasher, rank: rank, now: now) }
        for event in events {
            hasher.combine(event.key)
            hasher.combine(event.clock - now)
        }
    }
}

extension MaskingValue? {
    func feed(_ hasher: inout Hasher, rank: (UInt64) -> Int, now: Int) {
        guard let self else {
            hasher.combine(-1)
            return
        }
        hasher.combine(rank(self.revision))
        hasher.combine(self.activity - now)
        hasher.combine(self.lifetime)
    }
}
