import BenchReport

/// Reads of what was loaded: uniform, of few often, and of what is not there.
extension Bench {
    /// How many workers read at once.
    static let readers = [1, 2]

    func read() {
        eachRound(of: "reads", subjects(in: .readUniform)) { subject, round in
            let directory = directories.path(try loaded(subject))
            let visitor = Reads(
                bench: self, subject: subject, records: records(subject), round: round)
            try subject.open(directory, .buffered, visitor)
        }
    }

    /// Reads everything once, so that what can be in memory is.
    func warmUp<Store: Engine>(_ engine: Store, _ records: Int) throws {
        let keys = cached("keys \(records)") {
            var keys = Store.List(count: records, byteCount: records * 28)
            var workload = Workload()
            for record in Workload.permutation(salt: 1, records) {
                workload.withKey(UInt64(record)) { keys.append($0) }
            }
            return keys
        }
        _ = try Workers.threads(1) { _, ready in
            let user = try engine.attach()
            defer { engine.detach(user) }
            ready()
            let extent = Extent(count: keys.count, seconds: 20)
            return try TimedRun.timing(extent) { _ = try engine.get(keys, $0, with: user) }.seconds
        }
    }

    /// Reads with one pattern, and checks every length.
    func read<Store: Engine>(
        _ pattern: ReadOperands<Store.List>.Pattern,
        _ engine: Store,
        lengths: [Int16],
        workers: Int
    ) throws -> Latencies {
        let count = settings.operations
        let extent = extent()
        let operands = (0..<workers).map { worker in
            cached("read \(pattern) \(lengths.count) \(worker)") {
                ReadOperands<Store.List>(pattern, worker: worker, count: count, lengths: lengths)
            }
        }
        let runs = try Workers.threads(workers) { worker, ready in
            let (keys, lengths) = (operands[worker].keys, operands[worker].lengths)
            let user = try engine.attach()
            defer { engine.detach(user) }
            ready()
            return try TimedRun.timing(extent) { index in
                let length = try engine.get(keys, index, with: user)
                guard length == Int(lengths[index]) else {
                    throw BenchError("A value has \(length) bytes, and not \(lengths[index]).")
                }
            }
        }
        return Latencies(together: runs)
    }
}

private struct Reads: EngineVisitor {
    let bench: Bench
    let subject: Subject
    let records: Int
    let round: Int

    func visit<Store: Engine>(_ engine: Store) throws {
        let lengths = bench.lengths(records)
        bench.describe(subject, engine.settings)
        try bench.warmUp(engine, records)
        let phases: [(Phase, ReadOperands<Store.List>.Pattern)] = [
            (.readUniform, .uniform), (.readZipf, .zipf), (.readAbsent, .absent),
        ]
        for (phase, pattern) in phases where bench.wants(phase) {
            for workers in Bench.readers {
                try bench.measuring(process: engine.process) {
                    try bench.read(pattern, engine, lengths: lengths, workers: workers)
                        .measurement(
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
