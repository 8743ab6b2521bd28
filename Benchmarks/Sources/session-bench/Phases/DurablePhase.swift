import BenchReport
import LogEngine

/// Writes that return when the disk has them, by more and more workers.
extension Bench {
    /// How many threads those bear that can't do with hundreds.
    private static let fewThreadsMax = 64

    func writeDurably() {
        for workers in settings.writers {
            let subjects = subjects(in: .durable).filter { subject in
                if subject.isCombining && workers == 1 { return false }
                let bears = workers <= Self.fewThreadsMax || subject.bearsManyWriters
                if !bears { say("durable: \(subject.name) is left out with \(workers) writers") }
                return bears
            }
            eachRound(of: "durable, \(workers) writers", subjects) { subject, round in
                try writeDurably(subject, workers: workers, round: round)
            }
        }
        measureRawDurable()
    }

    private func writeDurably(_ subject: Subject, workers: Int, round: Int) throws {
        let directory = try loadedCopy(subject)
        defer { try? directories.remove("copy") }
        let writes = DurableWrites(
            bench: self,
            subject: subject,
            records: records(subject),
            workers: workers,
            round: round
        )
        if subject == .store {
            try writes.visitWithTasks(directory)
        } else {
            try subject.open(directory, .durable, writes)
        }
    }

    /// Appends and syncs as many values at once as there are writers.
    private func measureRawDurable() {
        let files: [(String, UInt64)] = [
            ("raw-growing", 0), ("raw-ahead", RawBench.aheadByteCount),
        ]
        for (name, ahead) in files {
            for batch in settings.writers {
                let name = batch == 1 ? name : "\(name)-\(batch)"
                eachRound(of: name, [.raw]) { _, round in
                    let latencies = try rawAppends(ahead: ahead, batch: batch)
                    var measurement = latencies.measurement(
                        of: "durable", name, records: settings.records, workers: 1, round: round)
                    measurement.operations *= batch
                    measurement.operationsPerSecond *= Double(batch)
                    try record(measurement)
                }
            }
        }
    }

    /// Appends `batch` values at once, again and again, and syncs each time.
    func rawAppends(ahead: UInt64, batch: Int) throws -> Latencies {
        let directory = try directories.empty("raw")
        defer { try? directories.remove("raw") }
        let file = try RawBench(directory + "/log", ahead: ahead)
        defer { file.close() }
        directories.settle()
        // A record of the workload with what any engine has to put beside it.
        let bytes = [UInt8](repeating: 0x2a, count: 656 * batch)
        let most = Int(RawBench.aheadByteCount) / bytes.count
        let run = try bytes.withUnsafeBytes { bytes in
            try TimedRun.timing(extent(min(most, 200_000))) { _ in
                guard let start = bytes.baseAddress else { return }
                try file.append(start, bytes.count, syncs: true)
            }
        }
        return Latencies(together: [run])
    }
}

private struct DurableWrites: EngineVisitor {
    let bench: Bench
    let subject: Subject
    let records: Int
    let workers: Int
    let round: Int

    func visit<Store: Engine>(_ engine: Store) throws {
        bench.describe(subject, engine.settings)
        let (operands, pool) = layOut(Store.List.self)
        let extent = extent
        try bench.measuring(process: engine.process) {
            let runs = try Workers.threads(workers) { worker, ready in
                let keys = operands[worker].keys
                let user = try engine.attach()
                defer { engine.detach(user) }
                ready()
                return try TimedRun.timing(extent) { index in
                    let turn = pool.turn(index, worker: worker)
                    try engine.put(keys, index % keys.count, pool.values, turn, with: user)
                }
            }
            return measurement(runs)
        }
    }

    /// Writes by tasks, as a server does.
    func visitWithTasks(_ directory: String) throws {
        let engine = try LogBench(directory, .durable)
        bench.describe(subject, engine.settings)
        let log = engine.log
        let (operands, pool) = layOut(ByteArrays.self)
        let extent = extent
        try bench.measuring {
            let runs = try Workers.tasks(workers) { worker in
                let keys = operands[worker].keys.items
                return try await TimedRun.timing(extent) { index in
                    let value = pool.values.items[pool.turn(index, worker: worker)]
                    _ = try await log.write(keys[index % keys.count], value)
                }
            }
            return measurement(runs)
        }
        try engine.close()
    }

    /// One writer does ten times as much as each of several.
    private var extent: Extent { bench.extent(workers == 1 ? 200_000 : 20_000) }

    private func layOut<List: ByteList>(
        _ type: List.Type
    ) -> ([ChangeOperands<List>], ValuePool<List>) {
        let pool = bench.cached("pool") { ValuePool<List>() }
        // They are used in a circle; what hundreds of writers do in seconds is far less.
        let count = max(1_000, min(extent.count, 2_000_000 / workers))
        let operands = (0..<workers).map { worker in
            bench.cached("durable \(records) \(count) \(worker)") {
                ChangeOperands<List>(writing: records, worker: worker, count: count)
            }
        }
        return (operands, pool)
    }

    private func measurement(_ runs: [TimedRun]) -> Measurement {
        Latencies(together: runs).measurement(
            of: Phase.durable.rawValue,
            subject.name,
            records: records,
            workers: workers,
            round: round
        )
    }
}
