import BenchReport
import CPeers
import LogEngine

/// Every record is written once, in a random order, by one worker, acknowledged by the operating
/// system.
extension Bench {
    /// How many records are laid out in memory at once.
    private static let chunkCount = 2_000_000

    /// Measures loads; what the last one made is what later phases begin with.
    func load() throws {
        eachRound(of: "load", subjects(in: .load)) { subject, round in
            let name = subject == .storeBlocking ? "load" : subject.directoryName
            try load(subject, records(subject), into: name) { measurement in
                var measurement = measurement
                measurement.round = round
                try self.record(measurement)
            }
            if subject == .storeBlocking { try directories.remove(name) }
        }
        try measureRawLoad()
    }

    /// Returns the directory that a subject's records are in, loading them when they are not.
    func loaded(_ subject: Subject) throws -> String {
        let name = subject.directoryName
        if !directories.exists(name) {
            say("  loading \(name)")
            // Whoever shares the directory loads it the same way.
            let loader = subject.isOurs ? .storeBlocking : Subject.peer(name)
            try load(loader, records(subject), into: name) { _ in }
            forgetOperands()
        }
        return name
    }

    /// Returns a copy of the directory, to be changed.
    func loadedCopy(_ subject: Subject) throws -> String {
        try directories.copy(try loaded(subject), to: "copy")
    }

    /// Loads `records` records into an empty directory.
    func load(
        _ subject: Subject,
        _ records: Int,
        into name: String,
        phase: String = Phase.load.rawValue,
        _ finish: @escaping (Measurement) throws -> Void
    ) throws {
        let directory = try directories.empty(name)
        directories.settle()
        let load = Load(
            bench: self,
            subject: subject,
            directory: directory,
            records: records,
            phase: phase,
            finish: finish
        )
        do {
            if subject.isForTasks {
                try load.visitWithTasks()
            } else {
                try subject.open(directory, .buffered, load)
            }
        } catch {
            // Half of it is nothing to measure with.
            try directories.remove(name)
            throw error
        }
    }

    /// What is written, a part at a time, since all of it may be larger than memory.
    fileprivate func loadParts<List: ByteList>(
        _ records: Int,
        _ body: (LoadOperands<List>) throws -> Void
    ) throws {
        let order = cached("order \(records)") { Workload.permutation(salt: 1, records) }
        guard records > Self.chunkCount else {
            let key = "load \(records)"
            try body(cached(key) { LoadOperands<List>(order, version: 0) })
            return
        }
        for start in stride(from: 0, to: records, by: Self.chunkCount) {
            let part = order[start..<min(start + Self.chunkCount, records)]
            try body(LoadOperands(part, version: 0))
        }
    }

    /// Appends the same bytes to a file, and nothing else.
    private func measureRawLoad() throws {
        let count = min(settings.records, Self.chunkCount)
        for round in 1...settings.rounds {
            let directory = try directories.empty("raw")
            defer { try? directories.remove("raw") }
            let order = Workload.permutation(salt: 1, count)
            let operands = LoadOperands<ByteBlock>(order, version: 0)
            let file = try RawBench(directory + "/log", ahead: 0)
            try measuring {
                let run = try TimedRun.timing(Extent(count: count)) { index in
                    try operands.values.with(index) { try file.append($0, $1, syncs: false) }
                }
                return Latencies(together: [run]).measurement(
                    of: "load", "raw-append", records: count, workers: 1, round: round)
            }
            file.close()
        }
    }
}

/// Loads one engine.
private struct Load: EngineVisitor {
    let bench: Bench
    let subject: Subject
    let directory: String
    let records: Int
    let phase: String
    let finish: (Measurement) throws -> Void

    func visit<Store: Engine>(_ engine: Store) throws {
        bench.describe(subject, engine.settings)
        var latencies = Latencies(together: [])
        let meter = Meter(engine.process)
        try bench.loadParts(records) { (operands: LoadOperands<Store.List>) in
            let runs = try Workers.threads(1) { _, ready in
                let user = try engine.attach()
                defer { engine.detach(user) }
                ready()
                return try TimedRun.timing(Extent(count: operands.keys.count)) { index in
                    try engine.put(operands.keys, index, operands.values, index, with: user)
                }
            }
            latencies.add(together: runs)
        }
        let started = bench_now()
        try engine.sync()
        let seconds = Double(bench_now() - started) / 1e9
        try finish(latencies, meter, syncSeconds: seconds, (engine as? LogBench)?.log)
    }

    /// Loads our engine by a task.
    func visitWithTasks() throws {
        let engine = try LogBench(directory, .buffered, variant: subject)
        bench.describe(subject, engine.settings)
        let log = engine.log
        var latencies = Latencies(together: [])
        let meter = Meter(0)
        try bench.loadParts(records) { (operands: LoadOperands<ByteArrays>) in
            let runs = try Workers.tasks(1) { _ in
                try await TimedRun.timing(Extent(count: operands.keys.count)) { index in
                    let value = operands.values.items[index]
                    _ = try await log.write(operands.keys.items[index], value)
                }
            }
            latencies.add(together: runs)
        }
        let started = bench_now()
        try engine.sync()
        let seconds = Double(bench_now() - started) / 1e9
        try finish(latencies, meter, syncSeconds: seconds, log)
        try engine.close()
    }

    private func finish(
        _ latencies: Latencies,
        _ meter: Meter,
        syncSeconds: Double,
        _ log: SegmentLog?
    ) throws {
        var measurement = latencies.measurement(
            of: phase, subject.name, records: records, workers: 1, round: 1)
        measurement.add("sync_seconds", syncSeconds)
        meter.fill(&measurement)
        measurement.disk = Directories.byteCount(directory)
        if let log {
            let statistics = try log.statistics()
            bench.indexBytesPerKeyMax[records] =
                statistics.indexBytesPerKeyMax ?? statistics.indexBytesPerKey
        }
        try finish(measurement)
    }
}
