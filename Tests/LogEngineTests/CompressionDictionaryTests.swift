import SegmentFormat
import SimulatedDisks
import Testing

@testable import LogEngine

@Suite struct CompressionDictionaryTests {
    typealias Samples = CompressionSamples

    /// Enough for a dictionary of 16 KB to pay.
    let segmentByteCount = 2_000_000

    private func samples(_ values: some Sequence<[UInt8]>) -> DictionarySamples {
        var samples = DictionarySamples()
        for value in values { samples.add(value, key: []) }
        return samples
    }

    // MARK: Training

    @Test func `sessions give a dictionary that pays`() throws {
        let dictionary = try #require(
            DictionaryTrainer.dictionary(
                for: Samples.samples, byteCount: segmentByteCount, level: 3))
        #expect((10_000...20_000).contains(dictionary.bytes.count))
        let (key, value) = Samples.records[5]
        let plain = BodyEncoder(.zstandard(level: 3, dictionary: nil)).encode(value, key: key)
        let small = BodyEncoder(.zstandard(level: 3, dictionary: dictionary))
            .encode(value, key: key)
        #expect(small.bytes.count < plain.bytes.count / 2)
    }

    @Test func `the same samples give the same dictionary`() {
        func train() -> CompressionDictionary? {
            DictionaryTrainer.train(Samples.samples, byteCount: 8_192, level: 6)
        }
        #expect(train() == train())
        #expect(train() != nil)
    }

    @Test(arguments: [0, 1, 2, 5, 8, 20])
    func `too few samples give none, or one that pays`(count: Int) {
        let few = samples(Samples.records.prefix(count).map(\.value))
        let dictionary = DictionaryTrainer.dictionary(
            for: few, byteCount: segmentByteCount, level: 3)
        if count < 8 { #expect(dictionary == nil) }
        if let dictionary { #expect(dictionary.bytes.count >= 256) }
    }

    static let poor: [(name: String, values: [[UInt8]])] = {
        var generator = SplitMix64(seed: 1)
        return [
            ("empty", [[UInt8]](repeating: [], count: 500)),
            ("of one byte", [[UInt8]](repeating: [1], count: 500)),
            ("of seven bytes", [[UInt8]](repeating: bytes("seven.."), count: 500)),
            ("equal", [[UInt8]](repeating: Samples.records[0].value, count: 500)),
            ("zeros", [[UInt8]](repeating: [UInt8](repeating: 0, count: 600), count: 500)),
            ("noise", (0..<500).map { _ in generator.bytes(600) }),
            ("very long", (0..<12).map { _ in [UInt8](repeating: 5, count: 300_000) }),
        ]
    }()

    @Test(arguments: poor.indices)
    func `samples that teach nothing do no harm`(index: Int) {
        let (name, values) = Self.poor[index]
        let samples = samples(values)
        let dictionary = DictionaryTrainer.dictionary(
            for: samples, byteCount: segmentByteCount, level: 3)
        if name == "noise" || name == "empty" { #expect(dictionary == nil) }
        let compression = Compression.zstandard(level: 3, dictionary: dictionary)
        let encoder = BodyEncoder(compression)
        for value in values.prefix(3) {
            let body = encoder.encode(value, key: [])
            let decoded = try? BodyDecoder().decode(
                body.bytes[...], codec: body.codec, key: [], dictionary: dictionary)
            #expect(decoded == value)
        }
    }

    @Test func `a small segment gets a small dictionary, or none`() throws {
        func byteCount(_ segmentByteCount: Int) -> Int? {
            DictionaryTrainer.dictionary(
                for: Samples.samples, byteCount: segmentByteCount, level: 3)?.bytes.count
        }
        #expect(byteCount(0) == nil)
        #expect(byteCount(1_000) == nil)
        #expect(byteCount(DictionaryTrainer.byteCountMin * 100 - 1) == nil)
        let small = try #require(byteCount(400_000))
        let large = try #require(byteCount(4_000_000))
        #expect(small <= 4_000)
        #expect(large > small)
        #expect(try #require(byteCount(.max / 2)) <= DictionaryTrainer.byteCountMax)
    }

    @Test func `samples are full at a limit, and say so`() {
        var samples = DictionarySamples()
        let value = [UInt8](repeating: 1, count: 2 * DictionarySamples.sampleByteCountMax)
        var count = 0
        while !samples.isFull {
            samples.add(value, key: [])
            count += 1
        }
        #expect(
            (count - 1) * DictionarySamples.sampleByteCountMax < DictionarySamples.byteCountMax)
        #expect(samples.heldOut.count == count / 8)
        #expect(samples.training.count == count - count / 8)
    }

    // MARK: Keeping the one in use

    @Test func `a dictionary in use stays while it serves`() throws {
        let previous = try #require(
            DictionaryTrainer.train(Samples.samples, byteCount: 16_384, level: 3))
        var workload = Workload()
        var later = DictionarySamples()
        for number in 10_000..<12_000 {
            let (key, value) = workload.record(number, version: 4)
            later.add(value, key: key)
        }
        let kept = DictionaryTrainer.dictionary(
            for: later, byteCount: segmentByteCount, level: 3, previous: previous)
        #expect(kept === previous)
    }

    @Test func `a dictionary that no longer serves makes way`() throws {
        let previous = Samples.dictionary
        let others = samples(
            (0..<2_000).map { number in
                bytes(
                    "<state><step>checkout</step><cart>\(number * 7_919 % 1_000)</cart>"
                        + "<note>\(number * 104_729) times nothing like the others</note></state>")
            })
        let replaced = try #require(
            DictionaryTrainer.dictionary(
                for: others, byteCount: segmentByteCount, level: 3, previous: previous))
        #expect(replaced != previous)
    }

    @Test func `a dictionary in use goes when sessions are too few for any`() {
        let kept = DictionaryTrainer.dictionary(
            for: Samples.samples, byteCount: 10_000, level: 3, previous: Samples.dictionary)
        #expect(kept == nil)
    }

    @Test func `a dictionary in use serves when none can be trained`() {
        let few = samples(Samples.records.prefix(8).map(\.value))
        let kept = DictionaryTrainer.dictionary(
            for: few, byteCount: segmentByteCount, level: 3, previous: Samples.dictionary)
        #expect(kept === Samples.dictionary)
    }

    // MARK: In memory

    @Test func `a dictionary is digested when it is first needed, and once`() throws {
        let dictionary = CompressionDictionary(Samples.dictionary.bytes)
        #expect(dictionary.byteCount == dictionary.bytes.count)
        let digest = try dictionary.digested()
        #expect(try dictionary.digested() === digest)
        #expect(dictionary.byteCount > 2 * dictionary.bytes.count)
        #expect(dictionary.byteCount < 2 * dictionary.bytes.count + 32 * 1_024)
        #expect(dictionary == Samples.dictionary)
        #expect(dictionary != CompressionDictionary([1, 2, 3]))
        #expect(dictionary.checksum == Samples.dictionary.checksum)
    }

    /// Callers at once get what is theirs, and the contexts of most are given back.
    @Test func `any number of threads decode with one decoder and one dictionary`() async {
        let decoder = BodyDecoder()
        let dictionary = CompressionDictionary(Samples.dictionary.bytes)
        let compression = Compression.zstandard(level: 3, dictionary: dictionary)
        let encoder = BodyEncoder(compression)
        let bodies = Samples.records.prefix(400).map { encoder.encode($0.value, key: $0.key) }
        let wrongCount = await withTaskGroup(of: Int.self) { group in
            for worker in 0..<16 {
                group.addTask {
                    (0..<400).count { turn in
                        let number = (turn * 7 + worker * 29) % 400
                        let (key, value) = Samples.records[number]
                        let decoded = try? decoder.decode(
                            bodies[number].bytes[...],
                            codec: bodies[number].codec,
                            key: key[...],
                            dictionary: dictionary
                        )
                        return decoded != value
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(wrongCount == 0)
        #expect(decoder.byteCount > 0)
        #expect(decoder.byteCount <= BodyDecoder.idleCountMax * 200_000)
    }
}
