/// Why the log did not do what it was asked.
///
/// There is one case for each thing that a caller can do about it; what went wrong travels in the
/// ``LogFault``.
@nonexhaustive
public indirect enum LogError: Error, Equatable, Sendable {
    /// The arguments or options can never be accepted: fix the caller.
    case rejected(LogFault)

    /// A condition did not hold: somebody wrote since; `revision` is the current one, nil when the
    /// key has no value.
    case conflict(revision: UInt64?)

    /// No space is left: nothing changed; reads and removals go on, and writes resume by themselves
    /// once there is space.
    case diskFull(LogFault)

    /// Nothing changed, and the same call may succeed later.
    case unavailable(LogFault)

    /// Bytes on disk are not the bytes that were written; other keys stay readable.
    case corrupted(LogDamage)

    /// A sync failed, so nobody knows what the disk holds: reads go on, writes need a reopening.
    case poisoned(LogFault)

    /// Another process, or another log of this process, is writing the directory; the fault's
    /// detail says who.
    case locked(LogFault)

    /// There is no store here.
    case notFound(LogFault)

    /// What is here is no store of ours, and was left alone.
    case foreign(LogFault)

    /// A newer version wrote this, and it was left alone.
    case unsupported(LogFault)

    /// The store, or the file system it is on, can only be read.
    case readOnly(LogFault)

    /// The log was closed before the call.
    case closed
}

/// What went wrong: doing what, on which file, where and why.
public struct LogFault: Equatable, Sendable {
    /// What the log was doing.
    public var operation: String
    /// The file's name, or the directory's path.
    public var file: String
    /// Where in the file, in bytes, when that is known.
    public var byteOffset: UInt64?
    /// Why, for people.
    public var detail: String

    package init(
        _ operation: String,
        file: String,
        byteOffset: UInt64? = nil,
        detail: String
    ) {
        self.operation = operation
        self.file = file
        self.byteOffset = byteOffset
        self.detail = detail
    }
}

/// One stretch of bytes that is not what was written.
public struct LogDamage: Equatable, Sendable {
    /// The file's name.
    public var file: String
    /// Where it begins, in bytes.
    public var byteOffset: UInt64
    /// How far it reaches; nil when nobody can tell.
    public var byteCount: UInt64?
    /// The key it costs, when that is known.
    public var key: [UInt8]?
    /// What is wrong, for people.
    public var detail: String

    package init(
        file: String,
        byteOffset: UInt64,
        byteCount: UInt64? = nil,
        key: [UInt8]? = nil,
        detail: String
    ) {
        self.file = file
        self.byteOffset = byteOffset
        self.byteCount = byteCount
        self.key = key
        self.detail = detail
    }
}

extension LogFault: CustomStringConvertible {
    /// Operation, file, offset and reason in one line.
    public var description: String {
        let place = byteOffset.map { " at byte \($0)" } ?? ""
        return "\(operation) \(file)\(place): \(detail)"
    }
}

extension LogDamage: CustomStringConvertible {
    /// File, offset, extent and reason in one line.
    public var description: String {
        let extent = byteCount.map { ", \($0) bytes" } ?? ""
        return "\(file) at byte \(byteOffset)\(extent): \(detail)"
    }
}

extension LogError: CustomStringConvertible {
    /// What happened, in one line.
    public var description: String {
        switch self {
        case .rejected(let fault): "rejected: \(fault)"
        case .conflict(let revision):
            "conflict: the current revision is \(revision.map(String.init) ?? "none")"
        case .diskFull(let fault): "disk full: \(fault)"
        case .unavailable(let fault): "unavailable: \(fault)"
        case .corrupted(let damage): "damaged: \(damage)"
        case .poisoned(let fault): "poisoned by a failed sync, reopen the store: \(fault)"
        case .locked(let fault): "locked: \(fault)"
        case .notFound(let fault): "not found: \(fault)"
        case .foreign(let fault): "not a session store: \(fault)"
        case .unsupported(let fault): "written by a newer version: \(fault)"
        case .readOnly(let fault): "read-only: \(fault)"
        case .closed: "the log is closed"
        }
    }
}
