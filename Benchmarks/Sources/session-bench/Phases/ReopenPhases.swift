import BenchReport
import CPeers
import Foundation

/// How long it takes to open a store again, until it answers.
extension Bench {
    func reopenClean() {
        eachRound(of: "reopen-clean", subjects(in: .reopenClean)) { subject, round in
            try reopen(subject, records(subject), loaded(subject), round: round)
        }
    }

    /// Opens what was closed in order, and measures until the first read is answered.
    func reopen(_ subject: Subject, _ records: Int, _ name: String, round: Int) throws {
        let opening = Opening(record: UInt64(records / 2))
        try subject.open(directories.path(name), .buffered, opening)
        guard opening.length >= 0 else { throw BenchError("A session is not there.") }
        try record(opening.measurement(of: .reopenClean, subject, records, round))
    }

    /// Kills a process that overwrites, and opens what it leaves.
    func reopenKilled() {
        eachRound(of: "reopen-kill", subjects(in: .reopenKill)) { subject, round in
            let records = records(subject)
            let directory = try loadedCopy(subject)
            defer { try? directories.remove("copy") }
            let enough = records / 2
            let acknowledged = try Self.killOverwriter(of: subject, directory, records, enough)
            let opening = Opening(record: UInt64(records / 2), acknowledged: acknowledged, records)
            try subject.open(directory, .buffered, opening)
            var measurement = opening.measurement(of: .reopenKill, subject, records, round)
            measurement.add("acknowledged", Double(acknowledged))
            measurement.add("lost", Double(opening.lost))
            try record(measurement)
            guard opening.lost > 0, subject.isOurs else { return }
            throw BenchError("\(opening.lost) acknowledged writes are lost.")
        }
    }

    /// Some engines take minutes for half of the records.
    private static let killAfterNanoseconds: UInt64 = 10_000_000_000

    /// Has a process of its own overwrite records until `enough` are acknowledged or it takes
    /// too long, kills it, and returns how many were.
    private static func killOverwriter(
        of subject: Subject,
        _ directory: String,
        _ records: Int,
        _ enough: Int
    ) throws -> Int {
        let child = try Child([
            "overwrite", "--engine", subject.name, "--directory", directory,
            "--records", String(records),
        ])
        let started = bench_now()
        let last = child.lastLine { line in
            (Int(line) ?? 0) < enough && bench_now() - started < killAfterNanoseconds
        }
        child.kill()
        // What it said before it died counts as well.
        let more = child.lastLine()
        guard let acknowledged = (more ?? last).flatMap({ Int($0) }) else {
            throw BenchError("The process that overwrites \(subject.name) said nothing.")
        }
        return acknowledged
    }
}

/// The overwrites that a process does until it is killed.
enum KilledOverwrite {
    /// What it writes.
    static let version: UInt64 = 2

    /// How many records it writes before it says so.
    static let stepCount = 100

    static func order(_ records: Int) -> [UInt32] { Workload.permutation(salt: 20, records) }
}

/// Measures from the start of opening to the answer of the first read; and looks whether what was
/// acknowledged is there.
private final class Opening: EngineVisitor {
    private let record: UInt64
    private let acknowledged: Int
    private let records: Int
    private let started = bench_now()
    private var opened: UInt64 = 0
    private var answered: UInt64 = 0
    private(set) var length = 0
    private(set) var lost = 0

    init(record: UInt64, acknowledged: Int = 0, _ records: Int = 0) {
        self.record = record
        self.acknowledged = acknowledged
        self.records = records
    }

    func visit<Store: Engine>(_ engine: Store) throws {
        opened = bench_now()
        var keys = Store.List(count: 1, byteCount: 40)
        var workload = Workload()
        workload.withKey(record) { keys.append($0) }
        let user = try engine.attach()
        defer { engine.detach(user) }
        length = try engine.get(keys, 0, with: user)
        answered = bench_now()

        for record in KilledOverwrite.order(records).prefix(acknowledged) {
            var keys = Store.List(count: 1, byteCount: 40)
            workload.withKey(UInt64(record)) { keys.append($0) }
            let expected = workload.value(UInt64(record), version: KilledOverwrite.version)
            if try engine.value(keys, 0, with: user) != expected { lost += 1 }
        }
    }

    func measurement(
        of phase: Phase,
        _ subject: Subject,
        _ records: Int,
        _ round: Int
    ) -> Measurement {
        var measurement = Measurement(
            phase: phase.rawValue,
            engine: subject.name,
            records: records,
            round: round,
            operations: 1,
            seconds: Double(opened - started) / 1e9
        )
        measurement.add(Extra.firstRead, Double(answered - started) / 1e9)
        return measurement
    }
}
