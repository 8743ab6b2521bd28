extension Results {
    /// Returns one measurement for what was repeated: of each figure the median over the rounds.
    ///
    /// A figure that some rounds lack is the median of the others. `round` is how many rounds there
    /// were, and `more` holds the slowest and the fastest of them as `ops_per_s_min` and
    /// `ops_per_s_max`.
    public func medians() -> [Measurement] {
        var order: [Repeated] = []
        var rounds: [Repeated: [Measurement]] = [:]
        for measurement in measurements {
            let repeated = Repeated(measurement)
            if rounds[repeated] == nil { order.append(repeated) }
            rounds[repeated, default: []].append(measurement)
        }
        return order.compactMap { rounds[$0].flatMap(Self.median) }
    }

    /// The names in `more` of the slowest and of the fastest round.
    static let slowest = "ops_per_s_min"
    static let fastest = "ops_per_s_max"

    /// What rounds have in common.
    private struct Repeated: Hashable {
        var phase: String
        var engine: String
        var records: Int
        var workers: Int

        init(_ measurement: Measurement) {
            phase = measurement.phase
            engine = measurement.engine
            records = measurement.records
            workers = measurement.workers
        }
    }

    private static func median(_ rounds: [Measurement]) -> Measurement? {
        guard var median = rounds.first else { return nil }
        func middle(_ figure: (Measurement) -> Int?) -> Int? {
            Self.median(rounds.compactMap(figure), middle: average)
        }
        func middleNumber(_ figure: (Measurement) -> Double?) -> Double? {
            // Not a number has no place in an order.
            Self.median(rounds.compactMap(figure).filter { !$0.isNaN }) { $0 / 2 + $1 / 2 }
        }
        // Medians of medians keep the rounds, and the spread, that the first ones found.
        median.round = rounds.map { $0.more?[slowest] == nil ? 1 : $0.round }.reduce(0, +)
        median.operations = middle { $0.operations } ?? median.operations
        median.seconds = middleNumber { $0.seconds } ?? median.seconds
        median.operationsPerSecond =
            middleNumber { $0.operationsPerSecond } ?? median.operationsPerSecond
        median.p50 = middle(\.p50)
        median.p99 = middle(\.p99)
        median.p999 = middle(\.p999)
        median.max = middle(\.max)
        median.bytesWritten = middle(\.bytesWritten)
        median.anonymousMemory = middle(\.anonymousMemory)
        median.disk = middle(\.disk)

        var more: [String: Double] = [:]
        for name in Set(rounds.flatMap { ($0.more ?? [:]).keys }) {
            more[name] = middleNumber { $0.more?[name] }
        }
        more[slowest] = rounds.map { $0.more?[slowest] ?? $0.operationsPerSecond }.min()
        more[fastest] = rounds.map { $0.more?[fastest] ?? $0.operationsPerSecond }.max()
        median.more = more
        return median
    }

    private static func median<Value: Comparable>(
        _ values: [Value],
        middle: (Value, Value) -> Value
    ) -> Value? {
        let sorted = values.sorted()
        guard let upper = sorted.dropFirst(sorted.count / 2).first else { return nil }
        return sorted.count.isMultiple(of: 2) ? middle(sorted[sorted.count / 2 - 1], upper) : upper
    }

    /// Half of the sum, without a sum that could be too large.
    private static func average(_ lower: Int, _ upper: Int) -> Int {
        lower / 2 + upper / 2 + (lower % 2 + upper % 2) / 2
    }
}

extension Measurement {
    /// How far the rounds are apart, as a part of their median; nil when there was but one.
    var spread: Double? {
        guard round > 1, operationsPerSecond > 0, let least = more?[Results.slowest],
            let most = more?[Results.fastest]
        else { return nil }
        return (most - least) / operationsPerSecond
    }
}
