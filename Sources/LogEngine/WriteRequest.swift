import SegmentFormat

/// A value to be stored.
struct Put: Sendable {
    var key: [UInt8]
    var value: [UInt8]
    var activity: UInt64?
    var lifetime: Lifetime
    var condition: WriteCondition
    /// What its caller has found out about the key.
    var lookup: Lookup?

    /// The length of its record, unless it is compressed.
    var recordByteCount: Int {
        FormatLimits.aligned(RecordHead.byteCount + key.count + value.count)
    }
}

/// One thing that the writer is asked to do.
enum WriteRequest: Sendable {
    case put(Put)
    /// Destroys the key's value; answers whether there was one that had not expired.
    case destroy(key: [UInt8], condition: WriteCondition)
    /// Records that the value with this revision, or whatever value there is, has expired, unless
    /// it changed or it has not.
    case expire(key: [UInt8], revision: UInt64?)
    /// The same for many keys that nobody asked about.
    case sweep([[UInt8]])
    /// Extends the life of the key's value; answers whether there was one.
    case touch(key: [UInt8], activity: UInt64?, condition: WriteCondition)
    /// Makes everything written so far durable.
    case sync
    /// Begins to write the index to disk; whoever asks has it finished.
    case checkpoint
    /// Seals the active segment if it holds anything, so that all of the log can be compacted.
    case seal
    case close

    /// Roughly what it holds on to while it waits.
    var byteCount: Int {
        switch self {
        case .put(let put): 128 + put.key.count + put.value.count
        case .destroy(let key, _), .expire(let key, _), .touch(let key, _, _): 128 + key.count
        case .sweep(let keys): keys.reduce(128) { $0 + $1.count }
        case .sync, .checkpoint, .seal, .close: 128
        }
    }

    /// The length of the record that it comes to, if it comes to one.
    var recordByteCountMax: Int {
        let byteCount =
            switch self {
            case .put(let put): put.key.count + put.value.count
            case .touch(let key, _, _): key.count + TouchBody.byteCount
            case .destroy(let key, _), .expire(let key, _): key.count
            case .sweep, .sync, .checkpoint, .seal, .close: 0
            }
        return FormatLimits.aligned(RecordHead.byteCount + byteCount)
    }

    /// Whether all that it may come to is one record.
    var isRecord: Bool {
        switch self {
        case .put, .destroy, .expire, .touch: true
        case .sweep, .sync, .checkpoint, .seal, .close: false
        }
    }

    var isClose: Bool {
        if case .close = self { true } else { false }
    }

    /// Whether it may use the space kept for emptying a full disk.
    var isRemoval: Bool {
        switch self {
        case .destroy, .expire: true
        case .put, .touch, .sweep, .sync, .checkpoint, .seal, .close: false
        }
    }
}

/// What a request came to.
enum WriteOutcome: Sendable {
    /// The revision that was written.
    case written(UInt64)
    /// Whether there was anything to do.
    case done(Bool)
    /// A checkpoint at work, and whether it was begun for this request.
    case checkpoint(PendingCheckpoint, isNew: Bool)
    /// Keys whose expiry is recorded now, and was not before.
    case swept([[UInt8]])
}

typealias WriteResult = Result<WriteOutcome, LogError>
