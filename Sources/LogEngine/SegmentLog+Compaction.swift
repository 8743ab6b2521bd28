extension SegmentLog {
    // MARK: Compaction

    /// Rewrites all segments without what is dead or has expired, and gives the space back.
    ///
    /// Reads and writes go on meanwhile. What is not what was written stays as it is, where
    /// ``CompactionReport/damagedSegmentCount`` counts it.
    ///
    /// - Returns: What it did.
    /// - Throws: `diskFull` when there is no room for what is copied, `unavailable`, `poisoned`,
    ///   `readOnly` or `closed`; the log then has what it had.
    public func compact() async throws(LogError) -> CompactionReport {
        guard let compactor else { throw notWritable }
        _ = try await run(.seal).get()
        return try await LogThread.run { () throws(LogError) in
            try self.compactAllAndMeasure(compactor)
        }
    }

    /// Same as `compact()`, blocking.
    public func compactBlocking() throws(LogError) -> CompactionReport {
        guard let compactor else { throw notWritable }
        _ = try runBlocking(.seal).get()
        return try compactAllAndMeasure(compactor)
    }

    /// Has the observer told now what the log holds and takes, on a thread of its own; what the log
    /// does by itself every half minute.
    public func measure() async {
        let measurement = LogMeasurement(core: core, queue: queue)
        do throws(LogError) {
            try await LogThread.run { () throws(LogError) in measurement.tell() }
        } catch {
            core.observer.didFail(error)
        }
    }

    private func compactAllAndMeasure(
        _ compactor: Compactor
    ) throws(LogError) -> CompactionReport {
        let report = try compactor.compactAll { _ throws(LogError) in }
        LogMeasurement(core: core, queue: queue).tell()
        return report
    }

    /// Records the expiry of values that have expired, where they do not go with their segment
    /// anyway; what the log does by itself every half minute.
    ///
    /// - Returns: How many were recorded.
    /// - Throws: As a write.
    public func sweepBlocking() throws(LogError) -> Int {
        guard let compactor else { throw notWritable }
        return try compactor.sweep { _ throws(LogError) in }
    }

    /// Compacts what the space budget asks for, until it asks for nothing; what the log does by
    /// itself every second.
    ///
    /// - Returns: What it did.
    /// - Throws: As ``compactBlocking()``.
    public func compactDueBlocking() throws(LogError) -> CompactionReport {
        guard let compactor else { throw notWritable }
        var sum = CompactionReport()
        while let report = try compactor.compactDue(pace: { _ throws(LogError) in }) {
            sum.add(report)
        }
        return sum
    }

    /// Lets the log do nothing by itself until it is resumed; has no effect on what is asked for.
    public func pauseMaintenance() { maintenance?.pause() }

    /// Lets the log give space back by itself again.
    public func resumeMaintenance() { maintenance?.resume() }

    /// Has `note` told of each value that expires while `isWatched` says that anybody wants to
    /// know.
    ///
    /// Called on whatever thread notices, not on one of the caller's. Values are then recorded as
    /// expired one by one, within half a minute, and no segment goes whole before.
    public func watchExpiry(
        while isWatched: @escaping @Sendable () -> Bool,
        _ note: @escaping @Sendable (LogRecord) -> Void
    ) {
        compactor?.setWatch(ExpiryWatch(isWatched: isWatched, note: note))
    }

    /// Lets the compaction at work give up, and waits for that on a thread of its own: it may be
    /// in the middle of a sync.
    func stopCompaction() async {
        maintenance?.stop()
        guard let compactor else { return }
        do throws(LogError) {
            try await LogThread.run { () throws(LogError) in compactor.stop() }
        } catch {
            compactor.stop()
        }
    }
}
