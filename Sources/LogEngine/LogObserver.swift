/// Is told what the log does; the engine itself logs and counts nothing.
///
/// Called on whatever thread does the work, never at the same time for two commits; an observer
/// must not call the log and should return at once.
public protocol LogObserver: Sendable {
    /// The log was opened.
    func didOpen(_ report: RecoveryReport)

    /// A batch became as safe as the durability says.
    ///
    /// - Parameters:
    ///   - recordCount: How many records it has.
    ///   - byteCount: How many bytes they take.
    ///   - syncNanoseconds: How long the sync took; nil when there was none.
    func didCommit(recordCount: Int, byteCount: Int, syncNanoseconds: UInt64?)

    /// What was written before it began is durable, by a sync that was no commit's: at the end of
    /// an interval, which writes go on beside, of a segment's records or before a compaction
    /// counts.
    ///
    /// - Parameter nanoseconds: How long it took.
    func didSync(nanoseconds: UInt64)

    /// A segment got its footer.
    func didSeal(file: String, byteCount: Int, recordCount: Int)

    /// The index was written to disk.
    func didWriteCheckpoint(slotCount: Int)

    /// Segments were rewritten without what was dead in them.
    func didCompact(_ report: CompactionReport)

    /// Iterations that were forgotten lost what they held on to: it took too many bytes.
    func didTakeBackPins(count: Int)

    /// The log has looked at what it holds and takes.
    ///
    /// Told every half minute and after compactions, by a thread that no write waits for; not by a
    /// log whose maintenance is manual, unless it is compacted.
    func didMeasure(_ statistics: LogStatistics)

    /// Damage was met while reading.
    func didFindDamage(_ damage: LogDamage)

    /// A sync failed: nothing more will be written.
    func didPoison(_ fault: LogFault)

    /// The disk filled up, or has space again.
    func didChangeDiskSpace(isFull: Bool)

    /// Something failed that costs the caller nothing but should be known.
    func didFail(_ error: LogError)
}

extension LogObserver {
    /// Does nothing.
    public func didOpen(_ report: RecoveryReport) {}
    /// Does nothing.
    public func didCommit(recordCount: Int, byteCount: Int, syncNanoseconds: UInt64?) {}
    /// Does nothing.
    public func didSync(nanoseconds: UInt64) {}
    /// Does nothing.
    public func didSeal(file: String, byteCount: Int, recordCount: Int) {}
    /// Does nothing.
    public func didWriteCheckpoint(slotCount: Int) {}
    /// Does nothing.
    public func didCompact(_ report: CompactionReport) {}
    /// Does nothing.
    public func didTakeBackPins(count: Int) {}
    /// Does nothing.
    public func didMeasure(_ statistics: LogStatistics) {}
    /// Does nothing.
    public func didFindDamage(_ damage: LogDamage) {}
    /// Does nothing.
    public func didPoison(_ fault: LogFault) {}
    /// Does nothing.
    public func didChangeDiskSpace(isFull: Bool) {}
    /// Does nothing.
    public func didFail(_ error: LogError) {}
}

/// The observer of a log that nobody watches.
struct SilentObserver: LogObserver {}
