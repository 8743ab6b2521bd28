package import DiskIO
import SegmentFormat

/// A durable map of keys to bytes: an append-only log in segments, with an index in memory.
///
/// One process, and in it one log, writes a directory at a time; any number may read it meanwhile.
/// Reads take a short lock and one system call, or none for hot values and with
/// ``LogOptions/reading`` out of mapped files, and never wait for writes.
/// Writes of many tasks share a sync. Close it when done: a log that goes without being closed is
/// recovered by the next opening.
public final class SegmentLog: Sendable {
    /// What opening found and did.
    public let recovery: RecoveryReport

    let core: LogCore
    /// Nil when opened for reading.
    let queue: WriteQueue?
    let compactor: Compactor?
    let maintenance: Maintenance?
    private let lock: (any DiskLock)?

    // MARK: Opening and closing

    /// Opens the store in `directory` for writing, making one when the directory is empty or
    /// missing.
    ///
    /// Blocks: at most the active segment, 64 MB, is read after a crash. A torn tail is cut, and
    /// reported in ``recovery``.
    ///
    /// - Parameters:
    ///   - directory: Its parent must exist. Not on a network file system.
    ///   - options: Limits and settings.
    ///   - observer: Is told what the log does.
    /// - Throws: `locked`, `foreign`, `unsupported`, `corrupted` when records would be lost that
    ///   nobody can name, `readOnly`, `diskFull`, `rejected` or `unavailable`; the store is then as
    ///   it was.
    public convenience init(
        _ directory: String,
        options: LogOptions = LogOptions(),
        observer: (any LogObserver)? = nil
    ) throws(LogError) {
        try self.init(directory, on: PosixDisk(), options: options, observer: observer)
    }

    /// Opens the store in `directory` for reading: what it holds now, beside a writer if there is
    /// one.
    ///
    /// Changes nothing, takes no lock, and goes on past damage, which ``recovery`` lists.
    ///
    /// - Throws: `notFound`, `foreign`, `unsupported`, `corrupted` when the manifest is damaged, or
    ///   `unavailable`.
    public convenience init(
        reading directory: String,
        options: LogOptions = LogOptions()
    ) throws(LogError) {
        try self.init(reading: directory, on: PosixDisk(), options: options)
    }

    /// Opens for writing on `disk`.
    package init(
        _ path: String,
        on disk: any Disk,
        options: LogOptions = LogOptions(),
        observer: (any LogObserver)? = nil
    ) throws(LogError) {
        try options.validate()
        let opened = try StoreDirectory.openForWriting(path, on: disk)
        lock = opened.lock
        let observer = observer ?? SilentObserver()
        let outcome: Recovery.Outcome
        do throws(LogError) {
            outcome = try Recovery.run(
                disk: disk,
                directory: opened.directory,
                manifest: opened.manifest,
                options: options,
                observer: observer,
                isWriting: true
            )
        } catch {
            opened.lock.release()
            throw error
        }
        core = outcome.core
        recovery = outcome.report
        let queue = WriteQueue(LogWriter(outcome))
        self.queue = queue
        let compactor = Compactor(outcome.core, queue)
        self.compactor = compactor
        maintenance =
            options.maintenance == .automatic
            ? Maintenance(outcome.core, queue, compactor) : nil
        if let maintenance {
            queue.withWriter { writer in
                writer.didSeal = { [weak maintenance] in maintenance?.wakeUp() }
            }
        }
        do throws(LogError) {
            try maintenance?.start()
        } catch {
            // It can be had by asking.
            observer.didFail(error)
        }
        observer.didOpen(outcome.report)
    }

    /// Opens for reading on `disk`.
    package init(
        reading path: String,
        on disk: any Disk,
        options: LogOptions = LogOptions()
    ) throws(LogError) {
        try options.validate()
        let outcome = try StoreDirectory.openForReading(path, on: disk, options: options)
        core = outcome.core
        recovery = outcome.report
        queue = nil
        compactor = nil
        maintenance = nil
        lock = nil
    }

    deinit {
        maintenance?.stop()
        compactor?.stop()
        queue?.abandon()
        // What is not done by then would be done beside whoever opens the store next.
        let (checkpoint, footer) =
            queue?.withWriter { writer in
                writer.isAbandoned = true
                return (writer.pendingCheckpoint, writer.sealing)
            } ?? (nil, nil)
        checkpoint?.finish()
        footer?.finishAndTell()
        lock?.release()
    }

    /// Makes everything acknowledged durable, writes footer and index so that the next opening
    /// reads no values, and gives the directory back; later calls, reads too, answer `closed`, a
    /// second close nothing.
    ///
    /// - Throws: `poisoned` when a sync failed; the directory is given back all the same.
    public func close() async throws(LogError) {
        await stopCompaction()
        let result = await queue?.run(.close)
        finishClosing()
        _ = try result?.get()
    }

    /// Same as `close()`, blocking.
    public func closeBlocking() throws(LogError) {
        maintenance?.stop()
        compactor?.stop()
        let result = queue?.runBlocking(.close)
        finishClosing()
        _ = try result?.get()
    }

    private func finishClosing() {
        core.close()
        lock?.release()
    }

    // MARK: Reading

    /// The log's clock, in milliseconds since 1970: the wall clock, but it never goes back.
    public func now() -> UInt64 { core.clock.now() }

    /// Returns the key's value, or nil when it has none or an expired one.
    ///
    /// - Complexity: O(1), at most two reads from the file; none when it was asked for lately.
    /// - Throws: `corrupted` when what is stored is not what was written, `unavailable` when the
    ///   disk does not answer, `unsupported` when a newer version wrote it, `closed`.
    public func read(_ key: [UInt8]) throws(LogError) -> LogRecord? {
        guard let record = try core.current(key) else { return nil }
        return isExpired(record) ? nil : record
    }

    /// Same as ``read(_:)``, with an expired value in place of nil when it is still there.
    public func readIncludingExpired(_ key: [UInt8]) throws(LogError) -> LogRecord? {
        try core.current(key)
    }

    /// Whether `record` has expired by now: strictly later than its lifetime after its activity.
    public func isExpired(_ record: LogRecord) -> Bool {
        core.isExpired(
            activity: record.activity,
            lifetime: record.lifetime.stored,
            at: core.clock.now()
        )
    }

    // MARK: Writing

    /// Stores `value` under `key`, in place of any earlier one.
    ///
    /// - Parameters:
    ///   - key: 1 to ``LogOptions/keyByteCountMax`` bytes.
    ///   - value: At most ``LogOptions/valueByteCountMax`` bytes.
    ///   - activity: When it was active, in milliseconds since 1970; nil is now.
    ///   - lifetime: How long it may stay without activity.
    ///   - condition: What must hold for it to be stored.
    /// - Returns: Its revision, once it is as safe as the durability says.
    /// - Throws: `rejected`, `conflict`, `diskFull`, `unavailable`, `poisoned`, `readOnly` or
    ///   `closed`; the key then has what it had.
    public func write(
        _ key: [UInt8],
        _ value: [UInt8],
        activity: UInt64? = nil,
        lifetime: ValueLifetime = .standard,
        condition: WriteCondition = .none
    ) async throws(LogError) -> UInt64 {
        let isWaiting = core.options.durability == .durable
        let put = try put(key, value, activity, lifetime, condition, lookingUp: isWaiting)
        if let revision = try queue?.putAtOnce(put) { return revision }
        return try revision(await run(.put(put)))
    }

    /// Same as `write`, blocking; for a thread that may wait for the disk.
    public func writeBlocking(
        _ key: [UInt8],
        _ value: [UInt8],
        activity: UInt64? = nil,
        lifetime: ValueLifetime = .standard,
        condition: WriteCondition = .none
    ) throws(LogError) -> UInt64 {
        let put = try put(key, value, activity, lifetime, condition)
        if let revision = try queue?.putAtOnce(put) { return revision }
        return try revision(runBlocking(.put(put)))
    }

    /// Destroys the key's value.
    ///
    /// - Returns: Whether there was one that had not expired.
    /// - Throws: As `write`. On a full disk it may use a reserve.
    public func remove(
        _ key: [UInt8],
        condition: WriteCondition = .none
    ) async throws(LogError) -> Bool {
        try isDone(await run(.destroy(key: key, condition: condition)))
    }

    /// Same as `remove`, blocking.
    public func removeBlocking(
        _ key: [UInt8],
        condition: WriteCondition = .none
    ) throws(LogError) -> Bool {
        try isDone(runBlocking(.destroy(key: key, condition: condition)))
    }

    /// Extends the life of the key's value without writing it again.
    ///
    /// - Returns: Whether there was one that had not expired.
    /// - Throws: As `write`.
    public func touch(
        _ key: [UInt8],
        activity: UInt64? = nil,
        condition: WriteCondition = .none
    ) async throws(LogError) -> Bool {
        try isDone(await run(try touched(key, activity, condition)))
    }

    /// Same as `touch`, blocking.
    public func touchBlocking(
        _ key: [UInt8],
        activity: UInt64? = nil,
        condition: WriteCondition = .none
    ) throws(LogError) -> Bool {
        try isDone(runBlocking(try touched(key, activity, condition)))
    }

    /// Records for good that the value with this revision has expired, so that no later setting or
    /// clock brings it back.
    ///
    /// - Returns: False when it has changed since, or has not expired.
    /// - Throws: As `write`.
    public func recordExpiry(_ key: [UInt8], revision: UInt64) async throws(LogError) -> Bool {
        try isDone(await run(.expire(key: key, revision: revision)))
    }

    /// Same as `recordExpiry`, blocking.
    public func recordExpiryBlocking(
        _ key: [UInt8],
        revision: UInt64
    ) throws(LogError) -> Bool {
        try isDone(runBlocking(.expire(key: key, revision: revision)))
    }

    /// Makes everything written so far durable, whatever the durability.
    public func sync() async throws(LogError) {
        _ = try await run(.sync).get()
    }

    /// Same as `sync`, blocking.
    public func syncBlocking() throws(LogError) {
        _ = try runBlocking(.sync).get()
    }

    /// Writes the index to disk now.
    ///
    /// - Returns: Whether it could be written; a failure costs only time at the next opening,
    ///   unless it is the sync of the directory, which ends writing as every failed sync does.
    /// - Throws: `poisoned` or `closed`.
    public func checkpointBlocking() throws(LogError) -> Bool {
        guard let queue else { throw notWritable }
        return try queue.checkpointBlocking()
    }

    private func put(
        _ key: [UInt8],
        _ value: [UInt8],
        _ activity: UInt64?,
        _ lifetime: ValueLifetime,
        _ condition: WriteCondition,
        lookingUp: Bool = false
    ) throws(LogError) -> Put {
        guard !key.isEmpty, key.count <= core.options.keyByteCountMax else {
            throw reject("a key of \(key.count) bytes; 1 to \(core.options.keyByteCountMax) fit")
        }
        guard value.count <= core.options.valueByteCountMax else {
            throw reject("a value of \(value.count) bytes; \(core.options.valueByteCountMax) fit")
        }
        try requirePossible(activity)
        if case .milliseconds(let count) = lifetime,
            !(1..<Lifetime.millisecondsMax).contains(count)
        {
            throw reject("a lifetime of \(count) ms")
        }
        return Put(
            key: key,
            value: value,
            activity: activity,
            lifetime: lifetime.stored,
            condition: condition,
            lookup: lookingUp ? core.lookup(key) : nil
        )
    }

    private func touched(
        _ key: [UInt8],
        _ activity: UInt64?,
        _ condition: WriteCondition
    ) throws(LogError) -> WriteRequest {
        try requirePossible(activity)
        return .touch(key: key, activity: activity, condition: condition)
    }

    private func requirePossible(_ activity: UInt64?) throws(LogError) {
        guard let activity, activity > RecordHead.activityMax else { return }
        throw reject("an activity of \(activity) ms")
    }

    private func reject(_ detail: String) -> LogError {
        .rejected(LogFault("write", file: core.directory.path, detail: detail))
    }

    func run(_ request: WriteRequest) async -> WriteResult {
        guard let queue else { return .failure(notWritable) }
        return await queue.run(request)
    }

    func runBlocking(_ request: WriteRequest) -> WriteResult {
        guard let queue else { return .failure(notWritable) }
        return queue.runBlocking(request)
    }

    var notWritable: LogError {
        .readOnly(LogFault("write", file: core.directory.path, detail: "opened for reading"))
    }

    private func revision(_ result: WriteResult) throws(LogError) -> UInt64 {
        guard case .written(let revision) = try result.get() else { return 0 }
        return revision
    }

    private func isDone(_ result: WriteResult) throws(LogError) -> Bool {
        guard case .done(let isDone) = try result.get() else { return false }
        return isDone
    }

    /// What only the writer knows; nil when opened for reading.
    func withWriter<Value: Sendable>(_ body: (LogWriter) -> Value) -> Value? {
        queue?.withWriter(body)
    }
}
