package import DiskIO
public import LogEngine
public import SessionCore

/// Keeps sessions in a directory of files, without a server, and through any crash.
///
/// Durable unless told otherwise: when a write returns, it survives a power cut. Sessions of many
/// tasks share a sync, so many writers are not slower than one. What is not closed is recovered by
/// the next opening, which needs no flag and no tool. Blocking disk work is done on the log's own
/// thread; a read is one or two system calls on the caller's.
///
/// Operations on one id act in the order in which they came: a write waits for an update of the
/// same id that runs, a read does not.
public final class FileSessionStore: SessionStore {
    /// How many sessions a listing holds in memory.
    static let pageSize = 64

    /// How many it looks at in one go, whether they match or not.
    static let lookedAtMax = 256

    /// Where and how the sessions are kept.
    public let options: FileSessionOptions

    private let holder: LogHolder
    private let observer: (any LogObserver)?
    private let locks = SessionLocks()
    private let source = ExpirationSource()

    /// Creates a store; nothing is opened until it is used.
    public convenience init(_ options: FileSessionOptions = FileSessionOptions()) {
        self.init(options, on: PosixDisk())
    }

    /// Creates a store on `disk`.
    package init(_ options: FileSessionOptions, on disk: any Disk) {
        self.options = options
        let observer = options.watcher
        self.observer = observer
        holder = LogHolder { () async throws(LogError) in
            let (path, logOptions) = (options.dirname, options.logOptions)
            guard options.access == .readWrite else {
                return try await SegmentLog.open(reading: path, on: disk, options: logOptions)
            }
            let log = try await SegmentLog.open(
                path,
                on: disk,
                options: logOptions,
                observer: observer
            )
            if !options.instruments.isEmpty { await log.measure() }
            return log
        }
    }

    /// What the last opening found and did; nil while the store is not open.
    public var recovery: RecoveryReport? { holder.current?.recovery }

    // MARK: Opening and closing

    /// Opens the directory, and recovers what a crash left.
    ///
    /// - Throws: `locked` when another process has it, `misconfigured` when it is no store of ours,
    ///   `corrupted` when sessions would be lost that nobody can name, `unsupported` when a newer
    ///   version wrote it or it can only be read, `outOfSpace` or `unavailable`.
    public func open() async throws(SessionStoreError) {
        do throws(LogError) {
            _ = try await holder.log(mayReopen: true)
        } catch {
            throw SessionStoreError(error, .open)
        }
    }

    /// Makes all acknowledged work durable, writes the index for the next opening, and gives the
    /// directory back.
    ///
    /// - Throws: `poisoned` when a sync failed; the directory is given back all the same.
    public func close() async throws(SessionStoreError) {
        defer { source.finish() }
        do throws(LogError) {
            try await holder.close()
        } catch {
            throw SessionStoreError(error, .close)
        }
    }

    // MARK: One session

    /// Returns the session under `id`, or nil when there is none or it has expired.
    ///
    /// An expired one is recorded as such for good, so that no later setting or clock brings it
    /// back.
    public func read(_ id: SessionID) async throws(SessionStoreError) -> Session? {
        let log = try await log(for: .read, id)
        let record: LogRecord?
        do throws(LogError) {
            record = try log.readIncludingExpired(id.bytes)
        } catch {
            throw SessionStoreError(error, .read, id: id)
        }
        guard let record else { return nil }
        guard log.isExpired(record) else { return try Self.session(from: record, id).get() }
        await noteExpiry(of: record, id, in: log)
        return nil
    }

    /// Puts `session` in place of whatever is under its id, and returns it as it was stored.
    @discardableResult
    public func write(_ session: Session) async throws(SessionStoreError) -> Session {
        try await locks.withLock(
            on: session.id,
            for: .write
        ) { () async throws(SessionStoreError) in
            try await self.store(session, .write, .none)
        }
    }

    /// Writes `session` if the store still has the revision that a read gave.
    @discardableResult
    public func write(
        _ session: Session,
        ifUnchangedSince revision: SessionRevision
    ) async throws(SessionStoreError) -> Session {
        let condition = Self.condition(revision)
        return try await locks.withLock(
            on: session.id,
            for: .write
        ) { () async throws(SessionStoreError) in
            try await self.store(session, .write, condition)
        }
    }

    /// Writes `session` with the activity that it has, unless it would have expired.
    @discardableResult
    public func restore(
        _ session: Session,
        ifUnchangedSince revision: SessionRevision
    ) async throws(SessionStoreError) -> Session? {
        let condition = Self.condition(revision)
        return try await locks.withLock(
            on: session.id,
            for: .write
        ) { () async throws(SessionStoreError) in
            let now = Int64(clamping: try await self.log(for: .write, session.id).now())
            let activity = try session.restoredActivity(at: now)
            let restored = session.stamped(at: activity)
            guard !restored.isExpired(at: now, in: self.options.expiry) else { return nil }
            return try await self.store(restored, .write, condition, activity: UInt64(activity))
        }
    }

    /// Reads, changes and writes a session as one step; `change` runs once.
    public func update<Outcome>(
        _ id: SessionID,
        _ change: (inout Session?) async throws -> Outcome
    ) async throws -> Outcome {
        try await locks.update(
            id,
            read: { () async throws(SessionStoreError) in try await self.read(id) },
            write: { (session) async throws(SessionStoreError) in
                _ = try await self.store(session, .update, .none)
            },
            touch: { (session) async throws(SessionStoreError) in
                // The change may have taken longer than the session had left.
                if try await self.extend(id, .update) { return }
                _ = try await self.store(session, .update, .none)
            },
            destroy: { (_) async throws(SessionStoreError) in _ = try await self.remove(id, .update)
            },
            change: change
        )
    }

    /// Extends the life of a session with a record of a few bytes; its revision stays the same.
    @discardableResult
    public func touch(_ id: SessionID) async throws(SessionStoreError) -> Bool {
        try await locks.withLock(on: id, for: .touch) { () async throws(SessionStoreError) in
            try await self.extend(id, .touch)
        }
    }

    /// Removes a session, and says whether there was one that had not expired.
    ///
    /// Works on a full disk. Its bytes stay in the log until the segment is compacted.
    @discardableResult
    public func destroy(_ id: SessionID) async throws(SessionStoreError) -> Bool {
        try await locks.withLock(on: id, for: .destroy) { () async throws(SessionStoreError) in
            try await self.remove(id, .destroy)
        }
    }

    /// Returns the sessions that expire from now on, each when somebody asks for it or within a
    /// minute and a half; in the first minute after opening only when somebody asks.
    ///
    /// As long as somebody watches, expired sessions are recorded one by one instead of going with
    /// their segments, which writes about a sixth of what they took.
    public func expirations() async throws(SessionStoreError) -> SessionExpirations {
        let log = try await log(for: .expire)
        let source = source
        let note = { @Sendable (record: LogRecord) in
            guard let id = SessionID(bytes: record.key),
                case .success(let session) = Self.session(from: record, id)
            else { return }
            source.send(session)
        }
        log.watchExpiry(while: { source.isWatched }, note)
        return source.watch()
    }

    // MARK: The log

    private func store(
        _ session: Session,
        _ operation: Fault.Operation,
        _ condition: WriteCondition,
        activity: UInt64? = nil
    ) async throws(SessionStoreError) -> Session {
        let log = try await log(for: operation, session.id)
        let now = activity ?? log.now()
        var stamped = session
        stamped.stamp(at: Int64(clamping: now))
        let document = try stamped.encoded()
        do throws(LogError) {
            let revision = try await log.write(
                session.id.bytes,
                document,
                activity: now,
                lifetime: Self.lifetime(of: session),
                condition: condition
            )
            stamped.revision = SessionRevision(low: revision)
            return stamped
        } catch {
            if case .conflict(nil) = error {
                try await noteExpiry(of: session.id, in: log, operation)
            }
            throw SessionStoreError(error, operation, id: session.id)
        }
    }

    private func extend(
        _ id: SessionID,
        _ operation: Fault.Operation
    ) async throws(SessionStoreError) -> Bool {
        let log = try await log(for: operation, id)
        do throws(LogError) {
            if try await log.touch(id.bytes) { return true }
        } catch {
            throw SessionStoreError(error, operation, id: id)
        }
        try await noteExpiry(of: id, in: log, operation)
        return false
    }

    private func remove(
        _ id: SessionID,
        _ operation: Fault.Operation
    ) async throws(SessionStoreError) -> Bool {
        let log = try await log(for: operation, id)
        do throws(LogError) {
            return try await log.remove(id.bytes)
        } catch {
            throw SessionStoreError(error, operation, id: id)
        }
    }

    /// Records the expiry of a session that somebody is told is gone, if that is why it is.
    private func noteExpiry(
        of id: SessionID,
        in log: SegmentLog,
        _ operation: Fault.Operation
    ) async throws(SessionStoreError) {
        let record: LogRecord?
        do throws(LogError) {
            record = try log.readIncludingExpired(id.bytes)
        } catch {
            throw SessionStoreError(error, operation, id: id)
        }
        guard let record, log.isExpired(record) else { return }
        await noteExpiry(of: record, id, in: log)
    }

    /// Records the expiry, and tells whoever watches; once, whoever comes first.
    private func noteExpiry(of record: LogRecord, _ id: SessionID, in log: SegmentLog) async {
        guard options.access == .readWrite else { return }
        do throws(LogError) {
            let isFirst = try await log.recordExpiry(record.key, revision: record.revision)
            guard isFirst, source.isWatched else { return }
            if case .success(let session) = Self.session(from: record, id) { source.send(session) }
        } catch {
            // The session has expired whether or not the log could say so; the next to ask tries
            // again.
            observer?.didFail(error)
        }
    }

    static func session(
        from record: LogRecord,
        _ id: SessionID
    ) -> Result<Session, SessionStoreError> {
        do throws(SessionDecodingError) {
            var session = try Session(decoding: record.value.span, under: id)
            session.stamp(
                at: Int64(clamping: record.activity),
                revision: SessionRevision(low: record.revision)
            )
            return .success(session)
        } catch {
            return .failure(.corrupted(error, id: id))
        }
    }

    private static func condition(_ revision: SessionRevision) -> WriteCondition {
        guard revision != .absent else { return .absent }
        // A revision of another driver is no revision of the log, and 0 is never given.
        return .unchanged(since: revision.high == 0 ? revision.low : 0)
    }

    private static func lifetime(of session: Session) -> ValueLifetime {
        guard let expiry = session.expiry else { return .standard }
        guard let lifetime = expiry.lifetime else { return .endless }
        return .milliseconds(UInt64(lifetime))
    }

    /// Returns the log, opening it first when nobody has.
    func log(
        for operation: Fault.Operation,
        _ id: SessionID? = nil
    ) async throws(SessionStoreError) -> SegmentLog {
        do throws(LogError) {
            return try await holder.log()
        } catch {
            throw SessionStoreError(error, operation, id: id)
        }
    }
}
