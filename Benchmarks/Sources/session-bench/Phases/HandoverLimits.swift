import BenchReport

/// What durable writes of many tasks take when a thread writes for them, without an engine.
extension Bench {
    /// Measures one thread and two, each in the ways that were best for some number of tasks, of
    /// which the fastest counts.
    func measureHandovers(_ round: Int) throws {
        let taskCounts = settings.writers.filter { $0 > 1 }
        guard !taskCounts.isEmpty else { return }
        let ways: [(name: String, ways: [HandoverQueue.Way])] = [
            ("handover", [.alone(part: 1), .alone(part: 2)]),
            ("handover-2", [.inTurns, .together]),
        ]
        let directory = try directories.empty("raw")
        defer { try? directories.remove("raw") }
        let file = try RawBench(directory + "/log", ahead: RawBench.aheadByteCount)
        defer { file.close() }
        directories.settle()
        for taskCount in taskCounts {
            for (name, ways) in ways {
                let limits = try ways.map { way in
                    // What was written before is overwritten as zeros are, and need not be made.
                    file.rewind()
                    return try handOver(to: file, way, taskCount, name, round)
                }
                let best = limits.max { $0.operationsPerSecond < $1.operationsPerSecond }
                if let best { try record(best) }
            }
        }
    }

    private func handOver(
        to file: RawBench,
        _ way: HandoverQueue.Way,
        _ taskCount: Int,
        _ name: String,
        _ round: Int
    ) throws -> Measurement {
        let most = Int(RawBench.aheadByteCount) / Self.recordByteCount / taskCount
        let extent = extent(min(most, 20_000))
        let queue = HandoverQueue(
            file, way, taskCount: taskCount, recordByteCount: Self.recordByteCount)
        let meter = Meter(0)
        let runs = try Workers.threads(1 + way.threadCount) { worker, ready in
            ready()
            guard worker == 0 else {
                try queue.work()
                return [TimedRun]()
            }
            defer { queue.close() }
            return try Workers.tasks(taskCount) { _ in
                try await TimedRun.timing(extent) { _ in
                    guard await queue.write() else { throw BenchError("A write has failed.") }
                }
            }
        }
        var measurement = Latencies(together: Array(runs.joined())).measurement(
            of: Phase.limits.rawValue,
            "raw-\(name)-\(taskCount)",
            records: 0,
            workers: taskCount,
            round: round
        )
        meter.fill(&measurement)
        return measurement
    }
}
