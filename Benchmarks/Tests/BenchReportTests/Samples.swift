import BenchReport

/// Returns a measurement with what a test is about; the rest is as it usually is.
func sample(
    _ phase: String,
    _ engine: String,
    workers: Int = 1,
    records: Int = 1_000_000,
    round: Int = 1,
    rate: Double = 1000,
    p50: Int? = nil,
    p99: Int? = nil,
    p999: Int? = nil,
    max: Int? = nil,
    more: [String: Double]? = nil
) -> Measurement {
    var measurement = Measurement(
        phase: phase, engine: engine, records: records, workers: workers, round: round,
        operations: 1000, seconds: 1000 / rate
    )
    measurement.operationsPerSecond = rate
    measurement.p50 = p50
    measurement.p99 = p99
    measurement.p999 = p999
    measurement.max = max
    measurement.more = more
    return measurement
}
