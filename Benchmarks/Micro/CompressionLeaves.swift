import LogEngine
import MeasuredWork
import SegmentFormat

/// Values as compaction stores them.
struct CompressionLeaves {
    /// What there is no measuring without.
    struct NoDictionary: Error {}

    private static let trainingCount = 2_500
    private static let dictionaryByteCount = 16 * 1_024

    func measure(_ meter: inout Meter) throws {
        let (decoding, encoding) = ("dictionary-decode", "dictionary-encode")
        guard meter.isChosen(decoding) || meter.isChosen(encoding) else { return }
        let level = Compression.standardLevel
        let dictionary = try trained(level: level)
        let records = Workload.records(Self.trainingCount..<Self.trainingCount + 256)
        let encoder = BodyEncoder(.zstandard(level: level, dictionary: dictionary))
        let bodies = records.map { encoder.encode($0.value, key: $0.key) }
        let decoder = BodyDecoder()
        try meter.measure(decoding) { count in
            var sum = 0
            for number in 0..<count {
                let body = bodies[number & 0xFF]
                let value = try decoder.decode(
                    body.bytes[...],
                    codec: body.codec,
                    key: records[number & 0xFF].key[...],
                    dictionary: dictionary
                )
                sum &+= value.count
            }
            blackHole(sum)
        }
        meter.measure(encoding) { count in
            var sum = 0
            for number in 0..<count {
                let record = records[number & 0xFF]
                sum &+= encoder.encode(record.value, key: record.key).bytes.count
            }
            blackHole(sum)
        }
    }

    private func trained(level: Int) throws -> CompressionDictionary {
        var samples = DictionarySamples()
        for record in Workload.records(0..<Self.trainingCount) {
            samples.add(record.value, key: record.key)
        }
        let dictionary = DictionaryTrainer.train(
            samples,
            byteCount: Self.dictionaryByteCount,
            level: level
        )
        guard let dictionary else { throw NoDictionary() }
        return dictionary
    }
}
