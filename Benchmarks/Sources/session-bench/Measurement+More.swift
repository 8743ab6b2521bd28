import BenchReport

/// Foundation has a type of this name as well.
typealias Measurement = BenchReport.Measurement

extension Measurement {
    /// Adds something else that was measured.
    mutating func add(_ name: String, _ value: Double) {
        more = (more ?? [:]).merging([name: value]) { $1 }
    }
}
