public import LogEngine
public import SessionCore

/// Where and how a ``FileSessionStore`` keeps its sessions.
public struct FileSessionOptions: Sendable {
    /// Whether the store may be changed.
    public enum Access: Hashable, Sendable {
        /// Reading and writing; one store at a time, in one process, has a directory so.
        case readWrite
        /// Reading what is there when the store is opened, beside a writer if there is one; takes
        /// no lock and changes nothing.
        case readOnly
    }

    /// The directory; made with mode 0700 when it is missing, and its parent must exist.
    ///
    /// Not on a network file system.
    public var dirname: String

    /// How long sessions live that don't say so themselves; applies to stored ones at once.
    public var expiry: Expiry

    /// What a returned write is worth after which crash.
    public var durability: Durability

    /// Whether the store may be changed.
    public var access: Access

    /// Limits of the log; its lifetime and durability are taken from the settings here.
    public var limits: LogOptions

    /// Is told what the log does.
    public var observer: (any LogObserver)?

    /// Creates options.
    ///
    /// - Parameters:
    ///   - dirname: The directory.
    ///   - expiry: How long sessions live that don't say so themselves.
    ///   - durability: What a returned write is worth.
    ///   - access: Whether the store may be changed.
    ///   - limits: Limits of the log.
    ///   - observer: Is told what the log does.
    public init(
        dirname: String = ".sessions",
        expiry: Expiry = .never,
        durability: Durability = .durable,
        access: Access = .readWrite,
        limits: LogOptions = LogOptions(),
        observer: (any LogObserver)? = nil
    ) {
        self.dirname = dirname
        self.expiry = expiry
        self.durability = durability
        self.access = access
        self.limits = limits
        self.observer = observer
    }

    /// What else is told what the log does.
    var instruments: [any LogObserver] = []

    /// Whoever is told what the log does; nil when nobody is.
    var watcher: (any LogObserver)? {
        ObserverGroup.of((observer.map { [$0] } ?? []) + instruments)
    }

    var logOptions: LogOptions {
        var options = limits
        options.durability = durability
        options.lifetimeMilliseconds = expiry.lifetime.map { UInt64($0) }
        return options
    }
}
