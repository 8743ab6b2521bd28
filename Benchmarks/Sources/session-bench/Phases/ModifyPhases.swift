import BenchReport
import LogEngine

/// Reads of which half, or one in twenty, are followed by a write under the same key, acknowledged
/// by the operating system.
extension Bench {
    func modify() {
        // Which share of the operations only reads.
        let phases = [(Phase.rmw50, 50), (.rmw95, 95)].filter { wants($0.0) }
        eachRound(of: "read-modify-write", subjects(in: .rmw50)) { subject, round in
            let directory = try loadedCopy(subject)
            defer { try? directories.remove("copy") }
            let changes = Changes(
                bench: self,
                subject: subject,
                records: records(subject),
                phases: phases,
                round: round
            )
            if subject.isForTasks {
                try changes.visitWithTasks(directory)
            } else {
                try subject.open(directory, .buffered, changes)
            }
        }
    }
}

private struct Changes: EngineVisitor {
    let bench: Bench
    let subject: Subject
    let records: Int
    let phases: [(Phase, readPercent: Int)]
    let round: Int

    func visit<Store: Engine>(_ engine: Store) throws {
        bench.describe(subject, engine.settings)
        try bench.warmUp(engine, records)
        let pool = bench.cached("pool") { ValuePool<Store.List>() }
        let extent = bench.extent()
        try each(process: engine.process) { (workers, operands: [ChangeOperands<Store.List>]) in
            try Workers.threads(workers) { worker, ready in
                let (keys, writes) = (operands[worker].keys, operands[worker].writes)
                let user = try engine.attach()
                defer { engine.detach(user) }
                var written = 0
                ready()
                return try TimedRun.timing(extent) { index in
                    // Files that are overwritten in place may be found empty.
                    guard try engine.get(keys, index, with: user) >= 0 else { throw lost }
                    guard writes[index] else { return }
                    let turn = pool.turn(written, worker: worker)
                    written &+= 1
                    try engine.put(keys, index, pool.values, turn, with: user)
                }
            }
        }
    }

    /// Changes our engine by tasks.
    func visitWithTasks(_ directory: String) throws {
        let engine = try LogBench(directory, .buffered, variant: subject)
        bench.describe(subject, engine.settings)
        try bench.warmUp(engine, records)
        let log = engine.log
        let pool = bench.cached("pool") { ValuePool<ByteArrays>() }
        let extent = bench.extent()
        try each(process: 0) { (workers, operands: [ChangeOperands<ByteArrays>]) in
            try Workers.tasks(workers) { worker in
                let (keys, writes) = (operands[worker].keys.items, operands[worker].writes)
                var written = 0
                return try await TimedRun.timing(extent) { index in
                    guard try log.read(keys[index]) != nil else { throw lost }
                    guard writes[index] else { return }
                    let value = pool.values.items[pool.turn(written, worker: worker)]
                    written &+= 1
                    _ = try await log.write(keys[index], value)
                }
            }
        }
        try engine.close()
    }

    /// Measures every phase with one and with two workers.
    private func each<List: ByteList>(
        process: Int,
        _ run: (_ workers: Int, [ChangeOperands<List>]) throws -> [TimedRun]
    ) throws {
        let count = bench.settings.operations
        for (phase, readPercent) in phases {
            for workers in [1, 2] {
                let operands = (0..<workers).map { worker in
                    bench.cached("change \(readPercent) \(records) \(worker)") {
                        ChangeOperands<List>(
                            modifying: records,
                            readPercent: readPercent,
                            worker: worker,
                            count: count
                        )
                    }
                }
                try bench.measuring(process: process) {
                    Latencies(together: try run(workers, operands)).measurement(
                        of: phase.rawValue,
                        subject.name,
                        records: records,
                        workers: workers,
                        round: round
                    )
                }
            }
        }
    }
}

/// A key without a value, where every key has one.
private let lost = BenchError("A session is not there.")
