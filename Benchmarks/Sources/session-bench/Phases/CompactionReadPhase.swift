import BenchReport
import LogEngine
import Synchronization

/// Reads while everything is compacted, beside the same reads before.
extension Bench {
    func readDuringCompaction() {
        let subjects = subjects(in: .readDuringCompaction)
        eachRound(of: "read-during-compaction", subjects) { subject, round in
            let directory = try loadedCopy(subject)
            defer { try? directories.remove("copy") }
            let reads = CompactionReads(
                bench: self, subject: subject, records: records(subject), round: round)
            try subject.open(directory, .buffered, maintenance: .manual, reads)
        }
    }
}

private struct CompactionReads: EngineVisitor {
    let bench: Bench
    let subject: Subject
    let records: Int
    let round: Int

    func visit<Store: Engine>(_ engine: Store) throws {
        // Something for the compaction to leave out.
        _ = try bench.overwrite(engine, records, pass: 0)
        try engine.sync()
        try bench.warmUp(engine, records)
        let operands = bench.cached("compaction reads \(records)") {
            ReadOperands<Store.List>(
                .uniform,
                worker: 0,
                count: min(bench.settings.operations, 200_000),
                lengths: [Int16](repeating: 0, count: records)
            )
        }
        let alone = Latencies(together: try read(engine, operands.keys, seconds: 2))
        try bench.measuring(process: engine.process) {
            let isDone = Flag()
            let runs = try Workers.threads(2) { worker, ready in
                ready()
                if worker == 0 { return try Self.read(engine, operands.keys, until: isDone) }
                defer { isDone.set() }
                try engine.compact()
                return []
            }
            var latencies = Latencies(together: [])
            for run in runs.joined() { latencies.add(together: [run]) }
            var measurement = latencies.measurement(
                of: Phase.readDuringCompaction.rawValue,
                subject.name,
                records: records,
                workers: 1,
                round: round
            )
            measurement.add(Extra.aloneP999, Double(alone.percentile(99.9)))
            return measurement
        }
    }

    private func read<Store: Engine>(
        _ engine: Store,
        _ keys: Store.List,
        seconds: Double
    ) throws -> [TimedRun] {
        try Workers.threads(1) { _, ready in
            let user = try engine.attach()
            defer { engine.detach(user) }
            ready()
            let extent = Extent(count: keys.count, seconds: seconds)
            return try TimedRun.timing(extent) { _ = try engine.get(keys, $0, with: user) }
        }
    }

    /// Reads a part at a time, and looks between two whether compaction is done.
    private static func read<Store: Engine>(
        _ engine: Store,
        _ keys: Store.List,
        until isDone: Flag
    ) throws -> [TimedRun] {
        let user = try engine.attach()
        defer { engine.detach(user) }
        let part = min(1_000, keys.count)
        var (runs, start) = ([TimedRun](), 0)
        while !isDone.isSet {
            let run = try TimedRun.timing(Extent(count: part)) { index in
                guard try engine.get(keys, start + index, with: user) >= 0 else {
                    throw BenchError("A session is not there.")
                }
            }
            runs.append(run)
            start = start + 2 * part <= keys.count ? start + part : 0
        }
        return runs
    }
}

/// Something that happens once.
private final class Flag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .acquiring) }

    func set() { value.store(true, ordering: .releasing) }
}
