import SegmentFormat
import SimulatedDisks
import Testing

@testable import LogEngine

/// Bodies that a disk changed, or that somebody made up: the checksums of the record and of the
/// dictionary find these; here it is enough that nothing traps, and nothing is taken without limit.
@Suite struct CompressionHostileTests {
    let decoder = BodyDecoder()
    let key = CompressionSamples.records[3].key
    let limit = 256 * 1_024

    /// Decodes with every codec; returns how often something came out.
    @discardableResult
    private func decodeAll(
        _ body: ArraySlice<UInt8>,
        _ dictionary: CompressionDictionary? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) -> Int {
        Codec.allCases.count { codec in
            do throws(FormatError) {
                let value = try decoder.decode(
                    body, codec: codec, key: key[...], dictionary: dictionary, limit: limit)
                #expect(value.count <= limit, sourceLocation: sourceLocation)
                return codec != .none
            } catch {
                return false
            }
        }
    }

    @Test func `there is a body of every form`() throws {
        let heads = try CompressionSamples.bodies.map { sample in
            try BodyHead(decoding: sample.body.bytes[...])
        }
        #expect(
            CompressionSamples.bodies.map(\.body.codec) == [.lz4]
                + .init(repeating: .zstandard, count: 3))
        #expect(heads.map(\.hasKeyReferences) == [false, true, true, false])
        #expect(heads.map(\.hasBlockHeaders) == [false, false, false, true])
        for sample in CompressionSamples.bodies {
            #expect(decodeAll(sample.body.bytes[...], sample.dictionary) >= 1)
        }
    }

    @Test(arguments: CompressionSamples.bodies.indices)
    func `every beginning but the whole is refused`(index: Int) {
        let (_, body, dictionary) = CompressionSamples.bodies[index]
        // The long body from everywhere near its ends.
        let counts = (0..<body.bytes.count).filter { $0 < 600 || $0 > body.bytes.count - 100 }
        for count in counts {
            #expect(throws: FormatError.self, "\(count) bytes") {
                try decoder.decode(
                    body.bytes[..<count],
                    codec: body.codec,
                    key: key[...],
                    dictionary: dictionary
                )
            }
            decodeAll(body.bytes[..<count], dictionary)
        }
    }

    @Test(arguments: CompressionSamples.bodies.indices)
    func `every flipped bit is refused, or gives bytes within the limit`(index: Int) {
        let (_, body, dictionary) = CompressionSamples.bodies[index]
        let bits = (0..<body.bytes.count * 8).filter {
            $0 < 5_000 || $0 > body.bytes.count * 8 - 500
        }
        for bit in bits {
            var bytes = body.bytes
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            decodeAll(bytes[...], dictionary)
        }
    }

    @Test(arguments: CompressionSamples.bodies.indices)
    func `a wrong text length is refused`(index: Int) throws {
        let (_, body, dictionary) = CompressionSamples.bodies[index]
        let head = try BodyHead(decoding: body.bytes[...])
        let content = body.bytes[head.byteCount...]
        let length = head.textByteCount
        for wrong in [1, length / 2, length - 1, length + 1, 2 * length, limit] {
            var changed = head
            changed.textByteCount = wrong
            var bytes: [UInt8] = []
            changed.append(to: &bytes)
            bytes += content
            #expect(throws: FormatError.self, "\(wrong) for \(length)") {
                try decoder.decode(
                    bytes[...],
                    codec: body.codec,
                    key: key[...],
                    dictionary: dictionary
                )
            }
        }
    }

    @Test(arguments: [Codec.lz4, .zstandard])
    func `a length beyond the limit is refused before anything is made of it`(codec: Codec) {
        var bytes: [UInt8] = []
        BodyHead(textByteCount: limit + 1, hasKeyReferences: false).append(to: &bytes)
        bytes += [1, 2, 3]
        #expect(throws: FormatError.impossible(field: "text length")) {
            try decoder.decode(bytes[...], codec: codec, key: key[...], limit: limit)
        }
    }

    @Test func `a value beyond the limit is refused, however it is stored`() throws {
        let value = [UInt8](repeating: 1, count: 300)
        #expect(throws: FormatError.impossible(field: "value length")) {
            try decoder.decode(value[...], codec: .none, key: [], limit: 299)
        }
        let repeated = key + key + key + key + key + key + key + key
        let body = BodyEncoder(.zstandard(level: 3, dictionary: nil)).encode(repeated, key: key)
        #expect(body.codec == .zstandard)
        #expect(throws: FormatError.impossible(field: "value length")) {
            try decoder.decode(
                body.bytes[...], codec: .zstandard, key: key[...], limit: repeated.count - 1)
        }
    }

    @Test func `a few bytes cannot ask for gigabytes`() throws {
        // References, each of which stands for 252 bytes: 17 MB, and as well a hundred times that.
        let text = (0..<70_000).flatMap { _ in [0xFF, 0, 0] as [UInt8] }
        let encoder = BodyEncoder(.zstandard(level: 1, dictionary: nil))
        let body = try #require(
            encoder.compress(text, hasKeyReferences: true, byteCountMax: text.count))
        #expect(body.bytes.count < 100)
        let longKey = [UInt8](repeating: 0x61, count: 252)
        #expect(throws: FormatError.impossible(field: "value length")) {
            try decoder.decode(body.bytes[...], codec: .zstandard, key: longKey[...])
        }
    }

    @Test func `a block without its header is no longer than blocks are`() {
        var bytes: [UInt8] = []
        BodyHead(textByteCount: 1_000, hasKeyReferences: false).append(to: &bytes)
        bytes += [UInt8](repeating: 0, count: 128 * 1_024 + 1)
        #expect(throws: FormatError.impossible(field: "block length")) {
            try decoder.decode(bytes[...], codec: .zstandard, key: [])
        }
    }

    @Test func `LZ4 has one block and no headers`() throws {
        let body = CompressionSamples.bodies[0].body
        var head = try BodyHead(decoding: body.bytes[...])
        let content = body.bytes[head.byteCount...]
        head.hasBlockHeaders = true
        var bytes: [UInt8] = []
        head.append(to: &bytes)
        #expect(throws: FormatError.impossible(field: "LZ4 block")) {
            try decoder.decode((bytes + content)[...], codec: .lz4, key: [])
        }
    }

    @Test(arguments: 0..<2_000 as Range<UInt64>)
    func `random bodies are refused, or give bytes within the limit`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var bytes: [UInt8] = []
        BodyHead(
            textByteCount: 1 + generator.number(below: 2_000),
            hasKeyReferences: generator.coin(),
            hasBlockHeaders: generator.coin()
        ).append(to: &bytes)
        bytes += generator.bytes(generator.number(below: 200))
        decodeAll(bytes[...])
        decodeAll(bytes[...], CompressionSamples.dictionary)
    }

    @Test(arguments: 0..<500 as Range<UInt64>)
    func `many changed bytes are refused, or give bytes within the limit`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        for (_, body, dictionary) in CompressionSamples.bodies.prefix(3) {
            var bytes = body.bytes
            for _ in 0..<1 + generator.number(below: 8) {
                bytes[generator.number(below: bytes.count)] = UInt8(
                    truncatingIfNeeded: generator.next())
            }
            decodeAll(bytes[...], dictionary)
        }
    }

    // MARK: Dictionaries

    @Test func `another dictionary, or none, gives an error or bytes within the limit`() throws {
        let (_, body, dictionary) = CompressionSamples.bodies[2]
        decodeAll(body.bytes[...], nil)
        var generator = SplitMix64(seed: 6)
        decodeAll(body.bytes[...], CompressionDictionary(generator.bytes(20_000)))
        let bytes = try #require(dictionary).bytes
        for bit in stride(from: 0, to: bytes.count * 8, by: 997) {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            decodeAll(body.bytes[...], CompressionDictionary(changed))
        }
        for count in [0, 1, 7, 8, 100, 1_000, bytes.count - 1] {
            decodeAll(body.bytes[...], CompressionDictionary(Array(bytes[..<count])))
        }
    }

    /// Begins as a dictionary does, and ends before its tables do.
    static let broken = CompressionDictionary(
        [0x37, 0xA4, 0x30, 0xEC, 0, 0x80, 0, 0] + [UInt8](repeating: 0xFF, count: 100))

    @Test func `bytes that are no dictionary decompress nothing`() {
        let body = CompressionSamples.bodies[2].body
        for _ in 0..<2 {
            #expect(throws: FormatError.impossible(field: "dictionary")) {
                try decoder.decode(
                    body.bytes[...],
                    codec: .zstandard,
                    key: key[...],
                    dictionary: Self.broken
                )
            }
        }
    }

    @Test func `nothing is compressed with bytes that are no dictionary`() {
        let (key, value) = CompressionSamples.records[3]
        let encoder = BodyEncoder(.zstandard(level: 3, dictionary: Self.broken))
        #expect(encoder.encode(value, key: key) == EncodedBody(codec: .none, bytes: value))
        #expect(ZstandardCompressor(dictionary: Self.broken.bytes, level: 3) == nil)
    }

    // MARK: Frames

    static let foreign: [[UInt8]] = [
        // Too short, another magic number, and frames with an identity of a dictionary, with a
        // checksum, without a size, and without a block.
        [], [0x28, 0xB5, 0x2F, 0xFD], [0x28, 0xB5, 0x2F, 0xFC, 0x20, 5, 0, 0, 0, 0],
        [0x28, 0xB5, 0x2F, 0xFD, 0x21, 1, 5, 0, 0, 0, 0],
        [0x28, 0xB5, 0x2F, 0xFD, 0x24, 5, 0, 0, 0, 0],
        [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x58, 0, 0, 0, 0],
        [0x28, 0xB5, 0x2F, 0xFD, 0x20, 5, 0, 0],
    ]

    @Test(arguments: foreign)
    func `a frame of another kind is not stored`(frame: [UInt8]) {
        #expect(ZstandardFrame.part(of: frame, count: frame.count) == nil)
    }

    @Test func `the part of a frame begins behind its header, however long that is`() throws {
        // A raw block of one byte, behind sizes of 1, 2, 4 and 8 bytes, with a window and without.
        let block: [UInt8] = [9, 0, 0, 0x61]
        for (descriptor, byteCount) in [
            (0x20, 1), (0x60, 2), (0xA0, 4), (0xE0, 8), (0x40, 3), (0x80, 5), (0xC0, 9),
        ] {
            let header = [UInt8](repeating: 0, count: byteCount)
            let frame = [0x28, 0xB5, 0x2F, 0xFD, UInt8(descriptor)] + header + block
            let part = try #require(ZstandardFrame.part(of: frame, count: frame.count))
            #expect(part.hasBlockHeaders)
            #expect(Array(frame[part.range]) == block)
        }
    }
}
