import Testing

@testable import LogEngine

/// Prints what the defaults rest on; run with optimisation, on a machine with nothing else to do:
/// `swift test -c release --traits Tools --filter CompressionMeasurements`.
@Suite(.serialized, .enabled(if: !MillionTests.isQuick)) struct CompressionMeasurements {
    typealias Record = (key: [UInt8], value: [UInt8])

    static let records: [Record] = {
        var workload = Workload()
        return (0..<100_000).map { workload.record($0, version: 0) }
    }()

    static let samples: DictionarySamples = {
        var samples = DictionarySamples()
        for record in records.lazy.enumerated().filter({ $0.offset % 37 == 0 }).map(\.element)
        where !samples.isFull {
            samples.add(record.value, key: record.key)
        }
        return samples
    }()

    @Test func `levels and dictionaries`() throws {
        print("                       bytes  encode  decode  and hot  train   (µs; train in ms)")
        measure("LZ4", .lz4, every: 1)
        for level in [3, 12] {
            measure("level \(level), none", .zstandard(level: level, dictionary: nil), every: 10)
        }
        for kilobytes in [16, 32, 64, 112] {
            for level in [1, 3, 6, 9, 11, 12, 13, 15] {
                var trained: CompressionDictionary?
                let training = ContinuousClock().measure {
                    trained = DictionaryTrainer.train(
                        Self.samples, byteCount: kilobytes * 1_024, level: level)
                }
                let dictionary = try #require(trained)
                measure(
                    "level \(level), \(kilobytes) KB",
                    .zstandard(level: level, dictionary: dictionary),
                    every: level < 9 ? 1 : 5,
                    training
                )
            }
        }
    }

    @Test func `references alone`() throws {
        let records = Self.records.prefix(1_000)
        var texts: [[UInt8]] = []
        let encoding = fastest(of: 40) {
            texts = records.map { KeyReferences.text(of: $0.value, key: $0.key) ?? $0.value }
        }
        var byteCount = 0
        let decoding = try fastest(of: 40) {
            byteCount = try zip(texts, records).reduce(0) { sum, pair in
                let value = try KeyReferences.value(
                    of: pair.0, key: pair.1.key.span, limit: 1 << 20)
                return sum + value.count
            }
        }
        let textByteCount = texts.reduce(0) { $0 + $1.count }
        print(
            "references: \(byteCount / 1_000) bytes become \(textByteCount / 1_000)",
            "in \(encoding / .microseconds(1_000)) µs, and back in",
            "\(decoding / .microseconds(1_000)) µs"
        )
    }

    /// Prints a line; the first pass over all values for the size, the fastest of many passes over
    /// some for the time: others use the machine, too.
    private func measure(
        _ name: String,
        _ compression: Compression,
        every step: Int,
        _ training: Duration? = nil
    ) {
        let encoder = BodyEncoder(compression)
        let decoder = BodyDecoder()
        let records = stride(from: 0, to: Self.records.count, by: step).map { Self.records[$0] }
        let bodies = records.map { encoder.encode($0.value, key: $0.key) }
        let byteCount = bodies.reduce(0) { $0 + $1.bytes.count }

        let some = records.prefix(1_000)
        let encoding = fastest(of: 20) {
            for record in some { _ = encoder.encode(record.value, key: record.key) }
        }
        func decode(_ range: Range<Int>) {
            for index in range {
                let value = try? decoder.decode(
                    bodies[index].bytes[...],
                    codec: bodies[index].codec,
                    key: records[index].key[...],
                    dictionary: compression.dictionary
                )
                precondition(value?.count == records[index].value.count)
            }
        }
        let decoding =
            (0..<3).map { _ in
                ContinuousClock().measure { decode(0..<bodies.count) } / bodies.count
            }.min() ?? .zero
        let hotDecoding = fastest(of: 100) { decode(0..<100) } / 100
        let cells = [
            name.padded(to: 20, isLeft: false),
            tenths(Double(byteCount) / Double(bodies.count)),
            hundredths(encoding / 1_000), hundredths(decoding), hundredths(hotDecoding),
            training.map { "\(Int($0 / .milliseconds(1)))".padded(to: 5) } ?? "",
            "encoder \(encoder.byteCount / 1_024) KB",
            "dictionary \((compression.dictionary?.byteCount ?? 0) / 1_024) KB",
        ]
        print(cells.joined(separator: "  "))
    }

    private func fastest(of count: Int, _ body: () throws -> Void) rethrows -> Duration {
        var fastest = Duration.seconds(1_000)
        for _ in 0..<count { fastest = min(fastest, try ContinuousClock().measure(body)) }
        return fastest
    }

    private func tenths(_ number: Double) -> String {
        let rounded = Int((number * 10).rounded())
        return "\(rounded / 10).\(rounded % 10)".padded(to: 6)
    }

    private func hundredths(_ duration: Duration) -> String {
        let rounded = Int((duration / .microseconds(1) * 100).rounded())
        let rest = rounded % 100
        return "\(rounded / 100).\(rest < 10 ? "0" : "")\(rest)".padded(to: 6)
    }
}

extension String {
    fileprivate func padded(to count: Int, isLeft: Bool = true) -> String {
        let spaces = String(repeating: " ", count: max(0, count - self.count))
        return isLeft ? spaces + self : self + spaces
    }
}
