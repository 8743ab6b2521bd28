import SegmentFormat
import SimulatedDisks
import Testing

@testable import LogEngine

/// Dictionaries and bodies that several suites need, made once.
enum CompressionSamples {
    static let records: [(key: [UInt8], value: [UInt8])] = {
        var workload = Workload()
        return (0..<2_000).map { workload.record($0, version: 0) }
    }()

    static let samples: DictionarySamples = {
        var samples = DictionarySamples()
        for record in records { samples.add(record.value, key: record.key) }
        return samples
    }()

    static let dictionary: CompressionDictionary = {
        let trained = DictionaryTrainer.train(samples, byteCount: 16 * 1_024, level: 3)
        return trained ?? CompressionDictionary([])
    }()

    static let compressions: [Compression] = [
        .none, .lz4, .zstandard(level: 3, dictionary: nil),
        .zstandard(level: 1, dictionary: dictionary), .zstandard(level: 3, dictionary: dictionary),
        .zstandard(level: 12, dictionary: dictionary),
        .zstandard(level: 19, dictionary: dictionary),
    ]

    /// A session of each form of body, and the way back.
    static let bodies: [(name: String, body: EncodedBody, dictionary: CompressionDictionary?)] = {
        let (key, value) = records[3]
        let blocks = incompressibleInParts(seed: 1)
        func body(_ compression: Compression, _ value: [UInt8]) -> EncodedBody {
            BodyEncoder(compression).encode(value, key: key)
        }
        return [
            ("LZ4", body(.lz4, value), nil),
            ("Zstandard", body(.zstandard(level: 3, dictionary: nil), value), nil),
            ("dictionary", body(.zstandard(level: 12, dictionary: dictionary), value), dictionary),
            ("blocks", body(.zstandard(level: 3, dictionary: nil), blocks), nil),
        ]
    }()

    /// Bytes that Zstandard stores in two blocks, the first of them as it is.
    static func incompressibleInParts(seed: UInt64) -> [UInt8] {
        var generator = SplitMix64(seed: seed)
        return generator.bytes(128 * 1_024) + [UInt8](repeating: 7, count: 40 * 1_024)
    }
}

extension Compression {
    var dictionary: CompressionDictionary? {
        if case .zstandard(_, let dictionary) = self { return dictionary }
        return nil
    }
}

@Suite struct CompressionBodyTests {
    let decoder = BodyDecoder()

    /// Encodes and decodes; returns the body.
    @discardableResult
    private func expectBack(
        _ value: [UInt8],
        _ key: [UInt8],
        _ encoder: BodyEncoder,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> EncodedBody {
        let body = encoder.encode(value, key: key)
        // As it stands in a record: the key in front, padding behind.
        let record = key + body.bytes + [0, 0, 0]
        let decoded = try decoder.decode(
            record[key.count..<key.count + body.bytes.count],
            codec: body.codec,
            key: record[..<key.count],
            dictionary: encoder.compression.dictionary,
            limit: value.count
        )
        #expect(decoded == value, sourceLocation: sourceLocation)
        if body.codec == .none {
            #expect(body.bytes == value, sourceLocation: sourceLocation)
        } else {
            #expect(body.bytes.count <= value.count * 9 / 10, sourceLocation: sourceLocation)
        }
        return body
    }

    @Test(arguments: CompressionSamples.compressions.indices)
    func `the workload's values come back`(index: Int) throws {
        let encoder = BodyEncoder(CompressionSamples.compressions[index])
        var workload = Workload()
        for number in 5_000..<(MillionTests.isQuick ? 5_200 : 7_000) {
            let (key, value) = workload.record(number, version: UInt64(number % 3))
            try expectBack(value, key, encoder)
        }
    }

    @Test func `sessions are as small as was measured`() throws {
        var sizes: [Int] = []
        let compressions: [Compression] = [
            .lz4, .zstandard(level: 3, dictionary: nil),
            .zstandard(level: 3, dictionary: CompressionSamples.dictionary),
            .zstandard(level: 12, dictionary: CompressionSamples.dictionary),
        ]
        for compression in compressions {
            let encoder = BodyEncoder(compression)
            var workload = Workload()
            sizes.append(
                (5_000..<5_500).reduce(0) { sum, number in
                    let (key, value) = workload.record(number, version: 0)
                    return sum + encoder.encode(value, key: key).bytes.count
                } / 500)
        }
        #expect(sizes[0] < 530)
        #expect(sizes[1] < 410)
        #expect(sizes[2] < 150)
        #expect(sizes[3] < 140)
    }

    @Test(arguments: CompressionSamples.compressions.indices)
    func `values of every small length come back`(index: Int) throws {
        let encoder = BodyEncoder(CompressionSamples.compressions[index])
        let key = bytes("telegram:123456789")
        var generator = SplitMix64(seed: 1)
        for count in 0...130 {
            try expectBack([UInt8](repeating: 0x61, count: count), key, encoder)
            try expectBack(generator.bytes(count), key, encoder)
            try expectBack(
                Array((key + key + key + key + key + key + key + key).prefix(count)), key, encoder)
            try expectBack([UInt8](repeating: 0xFF, count: count), [], encoder)
        }
    }

    /// Repeats itself, but never for long.
    static let pattern: [UInt8] = {
        var generator = SplitMix64(seed: 2)
        let noise = generator.bytes(1_000)
        return (0..<524_289).map { noise[($0 & ~($0 >> 12)) % 1_000] }
    }()

    @Test(arguments: CompressionSamples.compressions.indices)
    func `values at the edges of blocks and windows come back`(index: Int) throws {
        let encoder = BodyEncoder(CompressionSamples.compressions[index])
        let key = bytes("telegram:123456789")
        for edge in [255, 256, 65_791, 65_792, 131_072, 262_144, 524_288] {
            for count in [edge - 1, edge, edge + 1] {
                try expectBack(Array(Self.pattern.prefix(count)), key, encoder)
            }
        }
        try expectBack(CompressionSamples.incompressibleInParts(seed: 3), key, encoder)
    }

    @Test(arguments: CompressionSamples.compressions.indices)
    func `values of 16 MiB come back, and the buffers they took are given back`(
        index: Int
    ) throws {
        // Without optimisation, one pass over 16 MiB in Swift takes seconds.
        let byteCount = MillionTests.isQuick ? 1 << 20 : FormatLimits.textByteCountMax
        // The highest level takes six seconds, and is made for other values.
        let compression = CompressionSamples.compressions[index]
        if case .zstandard(19, _) = compression { return }
        let encoder = BodyEncoder(compression)
        let key = CompressionSamples.records[0].key
        var value: [UInt8] = []
        while value.count < byteCount {
            for record in CompressionSamples.records { value += record.value }
        }
        value.removeLast(value.count - byteCount)
        try expectBack(value, key, encoder)
        try expectBack([UInt8](repeating: 0xFF, count: byteCount), key, encoder)
        #expect(encoder.byteCount < 8 << 20)
        #expect(decoder.byteCount < 1 << 20)
    }

    // MARK: What does not pay

    @Test(arguments: CompressionSamples.compressions.indices)
    func `what compression does not make smaller is stored as it is`(index: Int) throws {
        let encoder = BodyEncoder(CompressionSamples.compressions[index])
        var generator = SplitMix64(seed: 4)
        for count in [0, 1, 10, 600, 70_000] {
            let value = generator.bytes(count)
            #expect(encoder.encode(value, key: [1, 2, 3]).codec == Codec.none)
            try expectBack(value, [1, 2, 3], encoder)
        }
    }

    @Test func `a tenth is the least that must be saved`() throws {
        let encoder = BodyEncoder(.lz4)
        var generator = SplitMix64(seed: 5)
        var codecs: Set<Codec> = []
        for run in 50..<150 {
            let value = generator.bytes(800) + [UInt8](repeating: 0, count: run)
            codecs.insert(try expectBack(value, [], encoder).codec)
        }
        #expect(codecs == [.none, .lz4])
        #expect(encoder.compress([1, 2, 3], hasKeyReferences: false, byteCountMax: 2) == nil)
    }

    @Test func `the key is needed to come back, and only where it is referred to`() throws {
        let (key, value) = CompressionSamples.records[0]
        let encoder = BodyEncoder(.zstandard(level: 3, dictionary: nil))
        let body = encoder.encode(value, key: key)
        #expect(try BodyHead(decoding: body.bytes[...]).hasKeyReferences)
        #expect(throws: FormatError.impossible(field: "key reference")) {
            try decoder.decode(body.bytes[...], codec: body.codec, key: [])
        }
        let plain = encoder.encode(value, key: [])
        #expect(try decoder.decode(plain.bytes[...], codec: plain.codec, key: key[...]) == value)
        let lz4 = BodyEncoder(.lz4).encode(value, key: key)
        #expect(try !BodyHead(decoding: lz4.bytes[...]).hasKeyReferences)
    }

    @Test func `nothing is kept of one call in the next`() {
        let encoder = BodyEncoder(
            .zstandard(level: 3, dictionary: CompressionSamples.dictionary))
        let other = BodyEncoder(.zstandard(level: 3, dictionary: CompressionSamples.dictionary))
        let (key, value) = CompressionSamples.records[10]
        let first = encoder.encode(value, key: key)
        for record in CompressionSamples.records.prefix(20) {
            _ = encoder.encode(record.value, key: record.key)
        }
        #expect(encoder.encode(value, key: key) == first)
        #expect(other.encode(value, key: key) == first)
    }
}
