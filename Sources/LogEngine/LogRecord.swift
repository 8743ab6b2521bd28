import SegmentFormat

/// How long a value may stay without activity.
public enum ValueLifetime: Hashable, Sendable {
    /// As long as the log's setting says, whatever it is when somebody asks.
    case standard
    /// For ever, whatever the log's setting says.
    case endless
    /// So many milliseconds, at least 1 and less than 2⁴⁸ - 1.
    case milliseconds(UInt64)

    init(_ lifetime: Lifetime) {
        switch lifetime {
        case .standard: self = .standard
        case .endless: self = .endless
        case .milliseconds(let count): self = .milliseconds(count)
        }
    }

    var stored: Lifetime {
        switch self {
        case .standard: .standard
        case .endless: .endless
        case .milliseconds(let count): .milliseconds(count)
        }
    }
}

/// One key's current value.
public struct LogRecord: Equatable, Sendable {
    /// The key.
    public var key: [UInt8]
    /// The value, as it was written.
    public var value: [UInt8]
    /// The number of the write that made it; a touch does not change it.
    public var revision: UInt64
    /// When it was last written or touched, in milliseconds since 1970.
    public var activity: UInt64
    /// Its own lifetime, or the log's.
    public var lifetime: ValueLifetime
}

extension ValueCache.Entry {
    /// Whether it is what `slot` stands for.
    @inline(__always)
    func isOf(_ slot: IndexSlot, relocations: UInt64) -> Bool {
        self.slot.front == slot.front && self.slot.back == slot.back
            && self.relocations == relocations
    }

    init(_ record: LogRecord, _ hash: KeyHash, _ slot: IndexSlot, relocations: UInt64) {
        self.init(
            hash: hash,
            slot: slot,
            relocations: relocations,
            value: record.value,
            revision: record.revision,
            activity: record.activity,
            lifetime: record.lifetime.stored
        )
    }
}

/// What must hold for a write to happen.
public enum WriteCondition: Equatable, Sendable {
    /// Nothing.
    case none
    /// The key has no value, or an expired one.
    case absent
    /// The key's value is still the one with this revision.
    case unchanged(since: UInt64)
}
