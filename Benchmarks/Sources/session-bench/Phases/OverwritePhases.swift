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
            for (name, value) in try bench.amplifications(records) { measurement.add(name, value) }
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
}
