import LogEngine

/// What is measured: our store or one of those it is compared with.
enum Subject: Hashable, Sendable {
    /// Our engine, used by tasks.
    case store
    /// Our engine, used by threads that block.
    case storeBlocking
    /// Our engine, used by tasks, with its files mapped.
    case storeMapped
    /// Our engine, used by tasks, without its memory of values that are read again and again.
    case storeUncached
    /// A peer, by its name.
    case peer(String)
    /// A peer whose writers share transactions.
    case combining(String)
    /// Appending to a file, and nothing else.
    case raw

    init(_ name: String) {
        switch name {
        case "session-store": self = .store
        case Self.storeBlocking.name, "session-store-blocking": self = .storeBlocking
        case Self.storeMapped.name, "session-store-mapped": self = .storeMapped
        case Self.storeUncached.name, "session-store-uncached": self = .storeUncached
        case "raw": self = .raw
        default:
            let suffix = "+combiner"
            self =
                name.hasSuffix(suffix)
                ? .combining(String(name.dropLast(suffix.count))) : .peer(name)
        }
    }

    var name: String {
        switch self {
        case .store: "session-store"
        case .storeBlocking: "session-store blocking"
        case .storeMapped: "session-store mapped"
        case .storeUncached: "session-store uncached"
        case .peer(let name): name
        case .combining(let name): name + "+combiner"
        case .raw: "raw"
        }
    }

    /// Whether it is our engine.
    var isOurs: Bool { self == .storeBlocking || isForTasks }

    /// Whether tasks use it where others have threads.
    var isForTasks: Bool { [.store, .storeMapped, .storeUncached].contains(self) }

    /// What sets a variant of our engine apart from its defaults.
    func set(_ options: inout LogOptions) {
        if self == .storeMapped { options.reading = .mapped }
        if self == .storeUncached { options.cacheByteCountMax = 0 }
    }

    /// Where its data is: variants of one engine have the same.
    var directoryName: String {
        switch self {
        case .store, .storeBlocking, .storeMapped, .storeUncached: "session-store"
        case .peer(let name), .combining(let name): name
        case .raw: "raw"
        }
    }

    /// How many records it is measured with when others have `records`: a million small files take
    /// minutes to make and to remove, and a file system caches no better for it.
    func records(of records: Int) -> Int {
        name.hasPrefix("files") ? min(records, 100_000) : records
    }

    /// Whether hundreds may write at once; with the others they would only wait for each other.
    var bearsManyWriters: Bool {
        self == .store || ["rocksdb", "leveldb"].contains { name.hasPrefix($0) }
    }

    var isCombining: Bool {
        if case .combining = self { true } else { false }
    }
}

/// What is done with an engine while it is open; generic, so that every engine gets code of its
/// own.
protocol EngineVisitor {
    func visit<Store: Engine>(_ engine: Store) throws
}

extension Subject {
    /// Opens it in `directory`, has `visitor` use it, and closes it.
    func open(
        _ directory: String,
        _ acknowledgement: Acknowledgement,
        maintenance: MaintenanceMode = .automatic,
        _ visitor: some EngineVisitor
    ) throws {
        switch self {
        case .store, .storeBlocking, .storeMapped, .storeUncached:
            let log = try LogBench(
                directory,
                acknowledgement,
                maintenance: maintenance,
                variant: self
            )
            try Self.use(log, visitor)
        case .peer(let name):
            try Self.use(try PeerBench(name, directory, acknowledgement), visitor)
        case .combining(let name):
            let peer = try PeerBench(name, directory, acknowledgement)
            try Self.use(CombiningBench(peer), visitor)
        case .raw: preconditionFailure("A bare file is no engine; only some phases have it.")
        }
    }

    private static func use<Store: Engine>(
        _ engine: Store,
        _ visitor: some EngineVisitor
    ) throws {
        do {
            try visitor.visit(engine)
        } catch {
            // What went wrong first is what matters.
            try? engine.close()
            throw error
        }
        try engine.close()
    }
}
