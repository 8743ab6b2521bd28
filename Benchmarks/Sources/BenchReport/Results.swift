import FoundationEssentials

/// What a run of the benchmarks measured, and what is made of it.
///
/// Everything that compares works on the medians over the rounds.
public struct Results: Sendable {
    /// The measurements, in the order they were made.
    public var measurements: [Measurement]

    /// Creates results of `measurements`.
    public init(_ measurements: [Measurement]) {
        self.measurements = measurements
    }

    /// Reads one measurement from each line; empty lines are none.
    ///
    /// - Throws: ``BadLine`` for the first line that is not a measurement.
    public init(jsonLines: String) throws {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan"
        )
        measurements = []
        // Not at every newline that Unicode knows: some of them may stand inside a JSON string.
        let lines = jsonLines.split(omittingEmptySubsequences: false) { character in
            character == "\n" || character == "\r\n"
        }
        for (index, line) in lines.enumerated() where !line.allSatisfy(\.isWhitespace) {
            do {
                let measurement = try decoder.decode(Measurement.self, from: Data(line.utf8))
                if let fault = Self.fault(of: measurement) {
                    throw BadLine(number: index + 1, reason: fault)
                }
                measurements.append(measurement)
            } catch let error as DecodingError {
                throw BadLine(number: index + 1, reason: BadLine.reason(error))
            }
        }
    }

    /// One line for each measurement, as ``init(jsonLines:)`` reads them.
    public var jsonLines: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan"
        )
        return measurements.map { measurement in
            do {
                return String(decoding: try encoder.encode(measurement), as: UTF8.self) + "\n"
            } catch {
                preconditionFailure("Numbers and strings can be written as JSON: \(error)")
            }
        }.joined()
    }

    /// Says which number no run can have given.
    private static func fault(of measurement: Measurement) -> String? {
        if measurement.workers < 1 { return "workers is \(measurement.workers), and at least 1" }
        if measurement.round < 1 { return "round is \(measurement.round), and at least 1" }
        let amounts: [(name: String, value: Double?)] = [
            ("records", Double(measurement.records)), ("ops", Double(measurement.operations)),
            ("seconds", measurement.seconds), ("ops_per_s", measurement.operationsPerSecond),
            ("p50_ns", Figure.p50.value(of: measurement)),
            ("p99_ns", Figure.p99.value(of: measurement)),
            ("p999_ns", Figure.p999.value(of: measurement)),
            ("max_ns", Figure.max.value(of: measurement)),
            ("bytes_written", Figure.bytesWritten.value(of: measurement)),
            ("rss_anon", Figure.anonymousMemory.value(of: measurement)),
            ("disk", measurement.disk.map(Double.init)),
        ]
        return amounts.first { ($0.value ?? 0) < 0 }.map { "\($0.name) is negative" }
    }
}
