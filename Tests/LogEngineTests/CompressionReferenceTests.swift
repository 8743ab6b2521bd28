import SegmentFormat
import SimulatedDisks
import Testing

@testable import LogEngine

@Suite struct CompressionReferenceTests {
    @Test func `what repeats the key becomes a reference to it`() throws {
        let key = bytes("telegram:123456789")
        let value = bytes("{\"id\":\"telegram:123456789\",\"user\":\"123456789\",\"n\":123456789}")
        let text = try #require(KeyReferences.text(of: value, key: key))
        #expect(
            text == bytes("{\"id\":\"") + [0xFF, 0, 0] + bytes("\",\"user\":\"")
                + [0xFF, 9, 0] + bytes("\",\"n\"") + [0xFF, 8, 0] + bytes("}"))
        #expect(try KeyReferences.value(of: text, key: key.span, limit: value.count) == value)
    }

    @Test func `ids of any length leave the same text`() throws {
        let texts = try ["12345678", "123456789012"].map { id in
            try #require(
                KeyReferences.text(of: bytes("{\"id\":\(id)}"), key: bytes("telegram:\(id)")))
        }
        #expect(texts[0] == texts[1])
    }

    @Test func `a part in the middle of the key is told by what is behind it`() throws {
        let key = bytes("slack:T12345678-U1234567890")
        let text = try #require(KeyReferences.text(of: bytes("<T12345678>"), key: key))
        #expect(text == bytes("<") + [0xFF, 6, 12] + bytes(">"))
    }

    static let plain: [(value: String, key: String)] = [
        ("", "telegram:123456789"), ("hello", "telegram:123456789"), ("1234567", "x:1234567"),
        ("a value that has nothing of it", "telegram:123456789"), ("whatever", ""),
        ("telegra", "telegra"), ("telegram", ""),
    ]

    @Test(arguments: plain.indices)
    func `a value with nothing of the key has no text`(index: Int) {
        let (value, key) = Self.plain[index]
        #expect(KeyReferences.text(of: bytes(value), key: bytes(key)) == nil)
    }

    @Test func `a match is found wherever it stands`() throws {
        let key = bytes("abcdefgh")
        for lead in 0..<40 {
            for trail in 0..<10 {
                let value =
                    [UInt8](repeating: 0x2E, count: lead) + key
                    + [UInt8](repeating: 0x2E, count: trail)
                let text = try #require(KeyReferences.text(of: value, key: key))
                #expect(text.count == value.count - 5)
                #expect(try KeyReferences.value(of: text, key: key.span, limit: 64) == value)
            }
        }
    }

    @Test func `marks of the value are doubled, but not inside a match`() throws {
        let key = bytes("key:") + [0xFF, 0xFF, 1, 2, 3, 4, 5, 6]
        let value = [1, 0xFF, 2] + key + [0xFF, 0xFF] + key + [0xFF]
        let text = try #require(KeyReferences.text(of: value, key: key))
        #expect(
            text == [1, 0xFF, 0xFF, 2, 0xFF, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF])
        #expect(try KeyReferences.value(of: text, key: key.span, limit: 64) == value)
    }

    @Test func `a value that marks would make longer has no text`() {
        let key = bytes("telegram:123456789")
        let marks = [UInt8](repeating: 0xFF, count: 100)
        #expect(KeyReferences.text(of: marks + key, key: key) == nil)
        #expect(KeyReferences.text(of: key + marks, key: key) == nil)
        #expect(KeyReferences.text(of: key + marks + key, key: key) == nil)
    }

    @Test func `only the first 255 bytes of a key are referred to`() throws {
        var generator = SplitMix64(seed: 7)
        let key = generator.bytes(4_096).map { $0 | 1 }
        let value = key + key
        let text = try #require(KeyReferences.text(of: value, key: key))
        #expect(text.count < value.count - 2 * 200)
        #expect(try KeyReferences.value(of: text, key: key.span, limit: 8_192) == value)
        #expect(KeyReferences.text(of: Array(key[255...]), key: key) == nil)
    }

    @Test func `a slice of an array is a key like any other`() throws {
        let key = bytes("telegram:123456789")
        let text = try #require(KeyReferences.text(of: key + key, key: key))
        let around = [9, 9, 9] + key + [9, 9, 9]
        let value = try KeyReferences.value(
            of: text, key: around[3..<3 + key.count].span, limit: 2 * key.count)
        #expect(value == key + key)
    }

    @Test func `the workload's values come back, and are shorter`() throws {
        var workload = Workload()
        var textByteCount = 0
        var valueByteCount = 0
        for number in 0..<1_000 {
            let (key, value) = workload.record(number, version: 0)
            let text = try #require(KeyReferences.text(of: value, key: key))
            #expect(try KeyReferences.value(of: text, key: key.span, limit: value.count) == value)
            textByteCount += text.count
            valueByteCount += value.count
        }
        #expect(textByteCount < valueByteCount * 94 / 100)
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `random values come back`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        // Few different bytes, so that much repeats, and marks are among them.
        let alphabet: [UInt8] = [0xFF, 0xFE, 0x61, 0, 0x80].shuffled(using: &generator)
        func some(_ count: Int) -> [UInt8] {
            let kinds = 1 + Int(generator.next() % 5)
            return (0..<count).map { _ in alphabet[Int(generator.next() % UInt64(kinds))] }
        }
        let key = some(Int(generator.next() % 400))
        var value: [UInt8] = []
        while value.count < 500, generator.next() % 16 != 0 {
            if generator.next() % 2 == 0, !key.isEmpty {
                let start = Int(generator.next() % UInt64(key.count))
                value += key[start...].prefix(Int(generator.next() % 300))
            } else {
                value += some(Int(generator.next() % 40))
            }
        }
        guard let text = KeyReferences.text(of: value, key: key) else { return }
        #expect(text.count < value.count)
        #expect(try KeyReferences.value(of: text, key: key.span, limit: value.count) == value)
        #expect(throws: FormatError.impossible(field: "value length")) {
            try KeyReferences.value(of: text, key: key.span, limit: value.count - 1)
        }
    }

    // MARK: What was never written

    static let torn: [[UInt8]] = [
        [0xFF], [1, 0xFF], [0xFF, 0], [1, 2, 0xFF, 3], [0xFF, 0xFF, 0xFF],
        // Out of a key of eight bytes, in front, behind, and for nothing at all.
        [0xFF, 8, 0], [0xFF, 0, 8], [0xFF, 4, 4], [0xFF, 254, 0], [0xFF, 0, 255], [0xFF, 5, 254],
    ]

    @Test(arguments: torn)
    func `a reference that is cut off, or leads out of the key, is refused`(text: [UInt8]) {
        for key in [bytes("12345678"), []] {
            #expect(throws: FormatError.impossible(field: "key reference")) {
                try KeyReferences.value(of: text, key: key.span, limit: 1_000)
            }
            var value = [UInt8](repeating: 0, count: 1_000)
            let laidOut = value.withMutableBytes {
                KeyReferences.layOut(text.span, key: key.span, in: &$0)
            }
            #expect(laidOut == nil)
        }
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `random text is refused, or stays within the limit`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let text = generator.bytes(Int(generator.next() % 300)).map { $0 > 200 ? 0xFF : $0 % 16 }
        let key = generator.bytes(Int(generator.next() % 30))
        let value = try? KeyReferences.value(of: text, key: key.span, limit: 200)
        #expect(value?.count ?? 0 <= 200)
    }

    // MARK: Time

    /// Made to be slow: matches everywhere, matches that come to nothing, and marks.
    enum Hostility: CaseIterable {
        case equalBytes, almostMatches, shortMatches, leastMatches
        case marks, matchingMarks, marksAndMatch, matchAndMarks, none

        func make(_ byteCount: Int) -> (value: [UInt8], key: [UInt8]) {
            let same = [UInt8](repeating: 0x61, count: 4_096)
            let marks = [UInt8](repeating: 0xFF, count: byteCount)
            let word = bytes("12345678")
            func repeated(_ unit: String) -> [UInt8] {
                let unit = bytes(unit)
                return (0..<byteCount).map { unit[$0 % unit.count] }
            }
            switch self {
            case .equalBytes: return ([UInt8](repeating: 0x61, count: byteCount), same)
            case .almostMatches: return (repeated("abcdefg."), bytes("abcdefgxxxxxxx"))
            case .shortMatches: return (repeated("aaaaaaa."), same)
            case .leastMatches: return (repeated("aaaaaaaa."), same)
            case .marks: return (marks, same)
            case .matchingMarks: return (marks, Array(marks.prefix(4_096)))
            case .marksAndMatch: return (marks.dropLast(8) + word, word)
            case .matchAndMarks: return (word + marks.dropLast(8), word)
            case .none: return (repeated("nothing of the key"), same)
            }
        }
    }

    @Test(.enabled(if: !MillionTests.isQuick), arguments: Hostility.allCases)
    func `the time is that of the length, whatever the bytes are`(hostility: Hostility) throws {
        let (value, key) = hostility.make(16 * 1_024 * 1_024)
        let clock = ContinuousClock()
        var text: [UInt8]?
        let encoding = clock.measure { text = KeyReferences.text(of: value, key: key) }
        var isSame = true
        let decoding = try clock.measure {
            guard let text else { return }
            isSame = try KeyReferences.value(of: text, key: key.span, limit: value.count) == value
        }
        #expect(isSame)
        print("references of 16 MiB, \(hostility): \(encoding), and back \(decoding)")
        // A hundred times what it takes here, and a hundredth of what a quadratic way would.
        #expect(encoding < .seconds(10))
        #expect(decoding < .seconds(10))
    }

    @Test(.enabled(if: !MillionTests.isQuick))
    func `text that is nothing but doubled marks takes no longer`() throws {
        let text = [UInt8](repeating: 0xFF, count: 16 * 1_024 * 1_024)
        let clock = ContinuousClock()
        let decoding = try clock.measure {
            let value = try KeyReferences.value(of: text, key: [UInt8]().span, limit: text.count)
            #expect(value.count == text.count / 2)
        }
        print("references of 16 MiB, doubled marks: back \(decoding)")
        #expect(decoding < .seconds(10))
    }
}

extension SplitMix64 {
    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }
}
