import BenchReport

/// What a measurement costs beside time.
struct Meter {
    private let facts: ProcessFacts
    private let written: Int?
    private let worked: Double

    /// Begins to count what this process and the one that holds the data do; 0 is this one.
    init(_ process: Int) {
        facts = ProcessFacts(process)
        written = facts.bytesWritten
        worked = ProcessFacts.workSeconds
    }

    /// Fills in what was done since.
    func fill(_ measurement: inout Measurement) {
        if let written, let now = facts.bytesWritten { measurement.bytesWritten = now - written }
        guard measurement.operations > 0 else { return }
        let work = (ProcessFacts.workSeconds - worked) * 1e6
        measurement.add("cpu_us_per_op", work / Double(measurement.operations))
    }
}
