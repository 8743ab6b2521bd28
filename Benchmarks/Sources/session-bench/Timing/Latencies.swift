import BenchReport
import Histogram

/// What all workers of one measurement did.
struct Latencies {
    private var histogram = Histogram<UInt64>(
        highestTrackableValue: 10_000_000_000,
        numberOfSignificantValueDigits: .three
    )
    private(set) var operations = 0
    private(set) var seconds = 0.0

    /// Runs that went on at the same time.
    init(together runs: [TimedRun]) {
        add(together: runs)
    }

    /// Adds runs that went on at the same time, and after those that were added before.
    mutating func add(together runs: [TimedRun]) {
        for run in runs {
            operations += run.samples.count
            for sample in run.samples { histogram.record(UInt64(sample)) }
        }
        let started = runs.map(\.started).min() ?? 0
        let ended = runs.map(\.ended).max() ?? 0
        seconds += Double(ended - started) / 1e9
    }

    func percentile(_ percentile: Double) -> Int {
        Int(histogram.valueAtPercentile(percentile))
    }

    /// Returns them as a measurement of `phase`.
    func measurement(
        of phase: String,
        _ engine: String,
        records: Int,
        workers: Int,
        round: Int
    ) -> Measurement {
        var measurement = Measurement(
            phase: phase,
            engine: engine,
            records: records,
            workers: workers,
            round: round,
            operations: operations,
            seconds: seconds
        )
        guard operations > 0 else { return measurement }
        measurement.p50 = percentile(50)
        measurement.p99 = percentile(99)
        measurement.p999 = percentile(99.9)
        measurement.max = Int(histogram.maxRecorded)
        return measurement
    }
}
