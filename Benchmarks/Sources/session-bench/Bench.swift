import BenchReport
import Foundation

/// One run of the benchmark: what is to be measured, what has been, and what phases share.
///
/// Only the main thread has it.
final class Bench {
    let settings: Settings
    let directories: Directories
    private(set) var measurements: [Measurement] = []
    /// Settings that have been printed, by engine.
    private var described: Set<String> = []
    /// The most that our index took for each session while a load went on, by records.
    var indexBytesPerKeyMax: [Int: Double] = [:]
    /// How long compactions took, by the directory that they made.
    var compactionSeconds: [String: Double] = [:]
    /// Write amplifications of our engine, once they are counted, by their names.
    var knownAmplifications: [String: Double]?
    private var cachedLengths: [Int: [Int16]] = [:]
    /// What was laid out last, by what it is.
    private var laidOut: [String: any Sendable] = [:]

    init(_ settings: Settings) throws {
        self.settings = settings
        directories = try Directories(in: settings.directory)
    }

    /// What is measured, and how much of it.
    struct Settings {
        var phases: Set<Phase>
        var subjects: [Subject]
        /// Whether the subjects were asked for by name.
        var namesSubjects: Bool
        var records: Int
        /// How many workers write durably, one number after the other.
        var writers: [Int]
        var rounds: Int
        /// How many operations each measurement has at most, for each worker.
        var operations: Int
        /// How long each measurement takes at most.
        var seconds: Double
        var directory: String
        var output: String?
        var growthMax: Int
    }

    /// Says something to whoever watches.
    func say(_ text: String) { Console.say(text) }

    /// Prints the settings of an engine, once.
    func describe(_ subject: Subject, _ settings: String) {
        guard described.insert(subject.name + settings).inserted else { return }
        say("  \(subject.name): \(settings)")
    }

    // MARK: Results

    /// Keeps a measurement, prints it, and adds it to the results on disk at once: a run takes
    /// hours, and one that ends early has not measured for nothing.
    func record(_ measurement: Measurement) throws {
        measurements.append(measurement)
        say(Console.line(measurement))
        guard let output = settings.output else { return }
        let line = Results([measurement]).jsonLines
        let text = line.hasSuffix("\n") ? line : line + "\n"
        try Console.append(text, to: output)
    }

    /// Records what `body` measures, and what it costs beside time.
    func measuring(process: Int = 0, _ body: () throws -> Measurement) throws {
        let meter = Meter(process)
        var measurement = try body()
        meter.fill(&measurement)
        try record(measurement)
    }

    // MARK: What phases share

    /// Version 0's lengths of the first `records` records.
    func lengths(_ records: Int) -> [Int16] {
        if let lengths = cachedLengths[records] { return lengths }
        var workload = Workload()
        let lengths = (0..<UInt64(records)).map { record in
            workload.withValue(record, version: 0) { Int16($0.count) }
        }
        cachedLengths[records] = lengths
        return lengths
    }

    /// Returns what `make` lays out, or the same as last time when it still is there.
    func cached<Value: Sendable>(_ key: String, _ make: () -> Value) -> Value {
        let key = key + " \(Value.self)"
        if let value = laidOut[key] as? Value { return value }
        let value = make()
        laidOut[key] = value
        return value
    }

    /// Gives back the memory of what was laid out.
    func forgetOperands() { laidOut = [:] }

    /// Calls `body` for each round and in it for each subject, so that what changes on the machine
    /// meanwhile changes for all; a subject that fails is left out of the phase from then on.
    func eachRound(
        of phase: String,
        rounds: Int? = nil,
        _ subjects: [Subject],
        _ body: (Subject, _ round: Int) throws -> Void
    ) {
        var failed: Set<Subject> = []
        for round in 1...(rounds ?? settings.rounds) {
            say("\(phase), round \(round)")
            for subject in subjects where !failed.contains(subject) {
                do {
                    try body(subject, round)
                } catch {
                    failed.insert(subject)
                    failures += 1
                    say("  \(subject.name) failed in \(phase): \(error)")
                }
            }
        }
        forgetOperands()
    }

    /// How often an engine failed.
    private(set) var failures = 0

    /// Whether a phase is to be measured.
    func wants(_ phase: Phase) -> Bool { settings.phases.contains(phase) }

    func records(_ subject: Subject) -> Int { subject.records(of: settings.records) }

    func extent(_ count: Int? = nil) -> Extent {
        let count = min(count ?? settings.operations, settings.operations)
        return Extent(count: count, seconds: settings.seconds)
    }
}
