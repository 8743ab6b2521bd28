import SegmentFormat

/// One thing that the writer is asked to do.
enum WriteRequest: Sendable {
    case put(
        key: [UInt8],
        value: [UInt8],
        activity: UInt64?,
        lifetime: Lifetime,
        condition: WriteCondition,
        lookup: Lookup? = nil
    )
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
    /// Writes the index to disk now.
    case checkpoint
    /// Seals the active segment if it holds anything, so that all of the log can be compacted.
    case seal
    case close

    /// Roughly what it holds on to while it waits.
    var byteCount: Int {
        switch self {
        case .put(let key, let value, _, _, _, _): 128 + key.count + value.count
        case .destroy(let key, _), .expire(let key, _), .touch(let key, _, _): 128 + key.count
        case .sweep(let keys): keys.reduce(128) { $0 + $1.count }
        case .sync, .checkpoint, .seal, .close: 128
        }
    }

    /// The length of the record that it comes to, if it comes to one.
    var recordByteCountMax: Int {
        let (key, body) =
            switch self {
            case .put(let key, let value, _, _, _, _): (key, value.count)
            case .touch(let key, _, _): (key, TouchBody.byteCount)
            case .destroy(let key, _), .expire(let key, _): (key, 0)
            case .sweep, .sync, .checkpoint, .seal, .close: ([], 0)
            }
        return FormatLimits.aligned(RecordHead.byteCount + key.count + body)
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
    /// Keys whose expiry is recorded now, and was not before.
    case swept([[UInt8]])
}

typealias WriteResult = Result<WriteOutcome, LogError>
