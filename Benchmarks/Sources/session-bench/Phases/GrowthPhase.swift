import BenchReport
import CPeers

/// The same load and the same reads in ever larger stores: what a session costs must not depend on
/// how many there are.
extension Bench {
    static let growthSizes = [10_000, 100_000, 1_000_000, 10_000_000]

    func grow() throws {
        let subjects = subjects(in: .growth)
        for size in Self.growthSizes where size <= settings.growthMax {
            let rounds = size > 1_000_000 ? 1 : settings.rounds
            eachRound(of: "growth, \(size) sessions", rounds: rounds, subjects) { subject, round in
                try grow(subject, size, round)
            }
        }
    }

    private func grow(_ subject: Subject, _ records: Int, _ round: Int) throws {
        guard subject.records(of: records) == records else { return }
        defer { try? directories.remove("growth") }
        var grown: Measurement?
        try load(subject, records, into: "growth", phase: Phase.growth.rawValue) { grown = $0 }
        guard var measurement = grown else { return }
        measurement.round = round
        let nanoseconds = measurement.seconds * 1e9
        measurement.add(Extra.write, nanoseconds / Double(measurement.operations))
        let reads = GrownReads(bench: self, records: records)
        try subject.open(directories.path("growth"), .buffered, reads)
        measurement.add(Extra.read, reads.nanoseconds)
        if subject.isOurs, let worst = indexBytesPerKeyMax[records] {
            measurement.add(Extra.indexPerSession, worst)
        }
        try record(measurement)
        // Where only reads differ, one variant tells how long opening takes.
        guard records != settings.records, subject != .storeUncached else { return }
        try reopen(subject, records, "growth", round: round)
    }
}

/// Uniform reads, of which the mean counts.
private final class GrownReads: EngineVisitor {
    private let bench: Bench
    private let records: Int
    private(set) var nanoseconds = 0.0

    init(bench: Bench, records: Int) {
        self.bench = bench
        self.records = records
    }

    func visit<Store: Engine>(_ engine: Store) throws {
        try bench.warmUp(engine, records)
        let latencies = try bench.read(
            .uniform, engine, lengths: bench.lengths(records), workers: 1)
        nanoseconds = latencies.seconds * 1e9 / Double(max(1, latencies.operations))
    }
}
