import BenchReport
import CPeers
import LogEngine

/// Everything is overwritten five times, and the space given back.
extension Bench {
    private static let passCount = 5

    func overwrite() {
        eachRound(of: "overwrite", subjects(in: .overwrite)) { subject, round in
            let directory = try loadedCopy(subject)
            defer { try? directories.remove("copy") }
            let overwrites = Overwrites(
                bench: self,
                subject: subject,
                directory: directory,
                records: records(subject),
                passCount: Self.passCount,
                round: round
            )
            try subject.open(directory, .buffered, maintenance: .manual, overwrites)
        }
    }
}

private struct Overwrites: EngineVisitor {
    let bench: Bench
    let subject: Subject
    let directory: String
    let records: Int
    let passCount: Int
    let round: Int

    func visit<Store: Engine>(_ engine: Store) throws {
        var latencies = Latencies(together: [])
        let meter = Meter(engine.process)
        for pass in 0..<passCount {
            latencies.add(together: try bench.overwrite(engine, records, pass: pass))
        }
        var measurement = latencies.measurement(
            of: Phase.overwrite.rawValue, subject.name, records: records, workers: 1, round: round)
        meter.fill(&measurement)
        measurement.disk = Directories.byteCount(directory)
        if subject.isOurs {
            let (zipf, chat) = try bench.amplifications(records)
            measurement.add(Extra.zipfAmplification, zipf)
            measurement.add(Extra.chatAmplification, chat)
        }
        try bench.record(measurement)
        if bench.wants(.compact) { try compact(engine, diskBefore: measurement.disk ?? 0) }
    }

    private func compact<Store: Engine>(_ engine: Store, diskBefore: Int) throws {
        let meter = Meter(engine.process)
        let started = bench_now()
        try engine.compact()
        try engine.sync()
        var measurement = Measurement(
            phase: Phase.compact.rawValue,
            engine: subject.name,
            records: records,
            round: round,
            operations: records,
            seconds: Double(bench_now() - started) / 1e9
        )
        meter.fill(&measurement)
        measurement.disk = Directories.byteCount(directory)
        measurement.add("before_bytes", Double(diskBefore))
        try bench.record(measurement)
    }
}

extension Bench {
    /// Overwrites every record once.
    func overwrite<Store: Engine>(
        _ engine: Store,
        _ records: Int,
        pass: Int
    ) throws -> [TimedRun] {
        let order = Workload.permutation(salt: 10 + UInt64(pass), records)
        let operands = LoadOperands<Store.List>(order, version: UInt64(pass) + 1)
        return try Workers.threads(1) { _, ready in
            let user = try engine.attach()
            defer { engine.detach(user) }
            ready()
            return try TimedRun.timing(Extent(count: records)) { index in
                try engine.put(operands.keys, index, operands.values, index, with: user)
            }
        }
    }

    /// Returns what our engine writes for each byte that it is given while space is given back.
    ///
    /// With keys by Zipf, and with conversations of ten turns that come one after the other, a
    /// thousand at a time. Measured once, for it depends on the numbers drawn only.
    func amplifications(_ records: Int) throws -> (zipf: Double, chat: Double) {
        if let known = knownAmplifications { return known }
        let zipf = Zipf(records)
        var (stream, active) = (Stream(.modify, worker: 0), [Int](repeating: 0, count: 1_000))
        for index in active.indices { active[index] = stream.below(records) }
        let (turnCount, activeCount) = (10, active.count)
        let values = (
            try amplification(records) { _ in stream.next(zipf) },
            try amplification(records) { _ in
                let slot = stream.below(activeCount)
                // On average, a conversation ends with its tenth turn.
                if stream.below(turnCount) == 0 { active[slot] = stream.below(records) }
                return active[slot]
            }
        )
        knownAmplifications = values
        return values
    }

    /// Writes twice as many records as there are, as `next` chooses them.
    private func amplification(_ records: Int, _ next: (Int) -> Int) throws -> Double {
        let directory = try directories.copy(try loaded(.store), to: "amplified")
        defer { try? directories.remove("amplified") }
        let engine = try LogBench(directory, .buffered, maintenance: .manual)
        let log = engine.log
        let pool = cached("pool") { ValuePool<ByteArrays>() }
        var workload = Workload()
        // As often as the log would look by itself, if this went on for some minutes.
        let step = max(1, records / 100)
        for index in 0..<2 * records {
            let key = workload.key(UInt64(next(index)))
            _ = try log.writeBlocking(key, pool.values.items[pool.turn(index, worker: 0)])
            if index % step == 0 { _ = try log.compactDueBlocking() }
        }
        let statistics = try log.statistics()
        let space = statistics.spaceAmplification ?? 1
        let written = statistics.writeAmplification ?? 1
        say("  write amplification \(written) at \(space) times the space")
        try engine.close()
        return written
    }
}
