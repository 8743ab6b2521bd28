import BenchReport
import CPeers
import LogEngine

/// What compaction makes of a load: how much of the disk it takes, and what its reads cost.
extension Bench {
    func readCompacted() {
        eachRound(of: "read-compacted", subjects(in: .readCompacted)) { subject, round in
            let directory = directories.path(try compacted(subject).name)
            let reads = CompactedReads(
                bench: self,
                subject: subject,
                records: records(subject),
                disk: Directories.byteCount(directory),
                round: round
            )
            try subject.open(directory, .buffered, reads)
        }
    }

    /// Measures the disk's share of each session; once, for it is the same every time.
    func measureDisk() {
        eachRound(of: "disk", rounds: 1, subjects(in: .disk)) { subject, round in
            let (name, seconds) = try compacted(subject)
            var measurement = Measurement(
                phase: Phase.disk.rawValue,
                engine: subject.name,
                records: records(subject),
                round: round,
                operations: records(subject),
                seconds: seconds
            )
            let disk = Directories.byteCount(directories.path(name))
            measurement.disk = disk
            measurement.add("disk_per_session", Double(disk) / Double(records(subject)))
            try record(measurement)
        }
    }

    /// Returns a directory with a subject's compacted records, and how long compaction took.
    private func compacted(_ subject: Subject) throws -> (name: String, seconds: Double) {
        let name = "compacted-" + subject.directoryName
        if let seconds = compactionSeconds[name] { return (name, seconds) }
        say("  compacting \(subject.directoryName)")
        let directory = try directories.copy(try loaded(subject), to: name)
        let compaction = Compaction()
        try subject.open(directory, .buffered, maintenance: .manual, compaction)
        directories.settle()
        compactionSeconds[name] = compaction.seconds
        return (name, compaction.seconds)
    }
}

/// Compacts, and keeps how long it took.
private final class Compaction: EngineVisitor {
    private(set) var seconds = 0.0

    func visit<Store: Engine>(_ engine: Store) throws {
        let started = bench_now()
        try engine.compact()
        try engine.sync()
        seconds = Double(bench_now() - started) / 1e9
    }
}

private struct CompactedReads: EngineVisitor {
    let bench: Bench
    let subject: Subject
    let records: Int
    let disk: Int
    let round: Int

    func visit<Store: Engine>(_ engine: Store) throws {
        let lengths = bench.lengths(records)
        try bench.warmUp(engine, records)
        for workers in Bench.readers {
            try bench.measuring(process: engine.process) {
                let latencies = try bench.read(
                    .uniform, engine, lengths: lengths, workers: workers)
                var measurement = latencies.measurement(
                    of: Phase.readCompacted.rawValue,
                    subject.name,
                    records: records,
                    workers: workers,
                    round: round
                )
                measurement.disk = disk
                return measurement
            }
        }
    }
}
