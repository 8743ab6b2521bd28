import Testing

@testable import SegmentFormat

@Suite struct RecordTests {
    static let salt: UInt64 = 0x1234_5678_9ABC_DEF0

    // MARK: Round trips

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `a record comes back as it was written`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let sample = Sample(&generator)
        var bytes = generator.bytes(Int(generator.next() % 3))
        let start = bytes.count
        sample.append(to: &bytes)
        #expect((bytes.count - start) % FormatLimits.alignment == 0)

        let head = try RecordHead(
            decoding: bytes, at: start, byteOffset: sample.byteOffset, salt: sample.salt)
        #expect(head == sample.head)
        #expect(head.recordByteCount == bytes.count - start)
        try Record.checkBody(of: head, in: bytes, at: start)
        #expect(Record.key(of: head, in: bytes, at: start) == sample.key)
        #expect(Record.body(of: head, in: bytes, at: start) == sample.body)
        let unchecked = RecordHead.uncheckedByteCount(bytes, at: start, layout: .plain)
        #expect(unchecked == 40 + sample.key.count)
    }

    @Test func `the longest key and the longest body come back`() throws {
        var generator = SeededGenerator(seed: 1)
        let sample = Sample(
            key: generator.bytes(FormatLimits.keyByteCountMax),
            body: [UInt8](repeating: 0xA5, count: FormatLimits.storedByteCountMax),
            sequence: FormatLimits.sequenceMax,
            activity: RecordHead.activityMax,
            byteOffset: FormatLimits.segmentByteCountMax - FormatLimits.alignment
        )
        let bytes = sample.encoded()
        #expect(bytes.count == FormatLimits.recordByteCountMax)
        #expect(try sample.decoded(bytes) == sample.head)
        try Record.checkBody(of: sample.head, in: bytes, at: 0)
    }

    @Test func `an activity past 48 bits is cut to the latest there is`() {
        let head = RecordHead(
            sequence: 1, activity: .max, kind: .put, keyByteCount: 0, storedByteCount: 0,
            syncedThrough: 0)
        #expect(head.activity == RecordHead.activityMax)
    }

    // MARK: Damage

    @Test func `no flipped bit and no missing byte of a record goes unseen`() {
        let sample = Sample(key: Array("anna".utf8), body: [1, 2, 3, 4, 5, 6, 7])
        let bytes = sample.encoded()
        #expect(bytes.count == 56, "40, 4 and 7 bytes, and 5 of padding")
        expectEveryFlipRefused(bytes) { bytes throws(FormatError) in try sample.check(bytes) }
        expectEveryTruncationRefused(bytes) { bytes throws(FormatError) in
            try sample.check(bytes)
        }
    }

    @Test func `a damaged body leaves its head and key readable`() throws {
        let sample = Sample(key: Array("anna".utf8), body: [1, 2, 3])
        let bytes = sample.encoded().flipping(bit: 44 * 8)
        let head = try sample.decoded(bytes)
        #expect(Record.key(of: head, in: bytes, at: 0) == sample.key)
        #expect(throws: FormatError.checksumMismatch) {
            try Record.checkBody(of: head, in: bytes, at: 0)
        }
    }

    @Test func `a missing body is called by its length`() throws {
        let sample = Sample(key: [1], body: [1, 2, 3])
        let bytes = sample.encoded()
        #expect(throws: FormatError.wrongLength(expected: 48, found: 47)) {
            try Record.checkBody(of: sample.head, in: Array(bytes[..<47]), at: 0)
        }
    }

    @Test func `a head that begins at or behind the end is too short`() {
        let bytes = [UInt8](repeating: 0, count: 8)
        for offset in [0, 8, 100] {
            let error = refusal { () throws(FormatError) in
                _ = try RecordHead(decoding: bytes, at: offset, byteOffset: 64, salt: 0)
            }
            #expect(error == .wrongLength(expected: 40, found: max(8 - offset, 0)))
            #expect(RecordHead.uncheckedByteCount(bytes, at: offset, layout: .plain) == nil)
        }
    }

    @Test func `a key longer than any is refused before it is looked for`() {
        var bytes = Sample(key: [1], body: []).encoded()
        bytes.store(UInt16(FormatLimits.keyByteCountMax + 1), at: 22)
        #expect(RecordHead.uncheckedByteCount(bytes, at: 0, layout: .plain) == nil)
        #expect(throws: FormatError.checksumMismatch) {
            try RecordHead(decoding: bytes, at: 0, byteOffset: 64, salt: Self.salt)
        }
    }

    // MARK: A record counts only where it was written

    @Test(arguments: 1..<200)
    func `a record is none at any other offset`(distance: Int) {
        let sample = Sample(key: [1], body: [2])
        let bytes = sample.encoded()
        let elsewhere = sample.byteOffset + distance * FormatLimits.alignment
        #expect(throws: FormatError.checksumMismatch) {
            try RecordHead(decoding: bytes, at: 0, byteOffset: elsewhere, salt: Self.salt)
        }
    }

    @Test(arguments: 0..<64)
    func `a record is none under any other salt`(bit: UInt64) {
        let sample = Sample(key: [1], body: [2])
        let bytes = sample.encoded()
        let error = refusal { () throws(FormatError) in
            _ = try RecordHead(
                decoding: bytes, at: 0, byteOffset: 64, salt: Self.salt ^ 1 << bit)
        }
        #expect(error == .checksumMismatch)
    }

    @Test(arguments: 0..<62)
    func `a body is none of a record with another number`(bit: UInt64) {
        let sample = Sample(key: [1], body: [2])
        let bytes = sample.encoded()
        var head = sample.head
        head.sequence ^= 1 << bit
        #expect(throws: FormatError.checksumMismatch) {
            try Record.checkBody(of: head, in: bytes, at: 0)
        }
    }

    @Test func `seeds differ for all places of a segment that are close or far`() {
        var seeds: Set<UInt32> = []
        var places: Set<Int> = []
        for step in 0..<25 {
            for place in 0..<1_000 {
                let offset = (place << step) * FormatLimits.alignment
                guard offset < FormatLimits.segmentByteCountMax else { break }
                places.insert(offset)
                seeds.insert(RecordHead.headSeed(salt: Self.salt, byteOffset: offset))
            }
        }
        #expect(seeds.count == places.count)
    }

    @Test func `a record forged inside a body is found at no offset`() throws {
        // Who wrote the message knows the format, the place and the sequence, but not the salt.
        var forged: [UInt8] = []
        for guess in 0..<64 as Range<UInt64> {
            Sample(key: Array("admin".utf8), body: [0xEE], byteOffset: 64, salt: guess)
                .append(to: &forged)
        }
        let sample = Sample(key: Array("anna".utf8), body: forged)
        let bytes = sample.encoded()
        for offset in stride(from: 8, to: bytes.count - 40, by: 8) {
            for byteOffset in [offset, sample.byteOffset + offset, 64] {
                let error = refusal { () throws(FormatError) in
                    _ = try RecordHead(
                        decoding: bytes, at: offset, byteOffset: byteOffset, salt: Self.salt)
                }
                #expect(error != nil, "at \(offset) as \(byteOffset)")
            }
        }
    }

    // MARK: What was never written, with right checksums

    static let impossible: [(field: String, at: Int, value: UInt64, byteOffset: Int)] = [
        ("kind", 24, 0, 64),
        ("kind", 24, 5 << 48, 64),
        ("sequence", 8, FormatLimits.sequenceMax + 1, 64),
        ("sequence", 8, .max, 64),
        ("stored length", 32, UInt64(FormatLimits.storedByteCountMax + 1), 64),
        ("stored length", 32, UInt64(UInt32.max), 64),
        ("synced through", 32, 9 << 32, 64),
        ("synced through", 32, 0xFFFF_FFFF << 32, 64),
        ("place", 8, 1, FormatLimits.segmentByteCountMax),
        ("place", 8, 1, 56),
    ]

    @Test(arguments: impossible.indices)
    func `a sealed head with a field that cannot be is refused`(index: Int) {
        let (field, at, value, byteOffset) = Self.impossible[index]
        var bytes = Sample(key: [], body: []).encoded()
        bytes.store(value, at: at)
        let seed = RecordHead.headSeed(salt: Self.salt, byteOffset: byteOffset)
        bytes.store(CRC32C.checksum(bytes, in: 4..<40, seed: seed), at: 0)
        #expect(throws: FormatError.impossible(field: field)) {
            try RecordHead(decoding: bytes, at: 0, byteOffset: byteOffset, salt: Self.salt)
        }
    }

    @Test func `an unknown codec is no damage`() throws {
        var sample = Sample(key: [1], body: [2])
        sample.head.codec = 200
        #expect(try sample.decoded(sample.encoded()).codec == 200)
    }

    // MARK: Records that cannot be written

    @Test func `a record that could not be read back traps`() async {
        await #expect(processExitsWith: .failure) {
            var sample = Sample(key: [1], body: [2])
            sample.key = []
            _ = sample.encoded()
        }
        await #expect(processExitsWith: .failure) {
            let key = [UInt8](repeating: 1, count: FormatLimits.keyByteCountMax + 1)
            _ = Sample(key: key, body: []).encoded()
        }
        await #expect(processExitsWith: .failure) {
            _ = Sample(key: [], body: [], byteOffset: 68).encoded()
        }
        await #expect(processExitsWith: .failure) {
            _ = Sample(key: [], body: [], byteOffset: FormatLimits.segmentByteCountMax).encoded()
        }
        await #expect(processExitsWith: .failure) {
            var sample = Sample(key: [], body: [])
            sample.head.syncedThrough = 72
            _ = sample.encoded()
        }
        await #expect(processExitsWith: .failure) {
            var sample = Sample(key: [], body: [])
            sample.head.activity = RecordHead.activityMax + 1
            _ = sample.encoded()
        }
    }
}

/// A record and where it stands.
struct Sample {
    var head: RecordHead
    var key: [UInt8]
    var body: [UInt8]
    var byteOffset: Int
    var salt: UInt64

    init(
        key: [UInt8],
        body: [UInt8],
        sequence: UInt64 = 5,
        activity: UInt64 = 1_700_000_000_000,
        byteOffset: Int = 64,
        salt: UInt64 = RecordTests.salt
    ) {
        head = RecordHead(
            sequence: sequence, activity: activity, kind: .put, keyByteCount: key.count,
            storedByteCount: body.count, syncedThrough: 64)
        (self.key, self.body, self.byteOffset, self.salt) = (key, body, byteOffset, salt)
    }

    init(_ generator: inout SeededGenerator) {
        key = generator.bytes(Int(generator.number(upTo: 64)))
        body = generator.bytes(Int(generator.number(upTo: 200)))
        byteOffset = 64 + Int(generator.number(upTo: (1 << 25) - 9)) * 8
        salt = generator.next()
        let lifetimes: [Lifetime] = [
            .standard, .endless, .milliseconds(1 + generator.number(upTo: 1 << 40)),
            .milliseconds(Lifetime.millisecondsMax),
        ]
        head = RecordHead(
            sequence: generator.number(upTo: FormatLimits.sequenceMax),
            activity: generator.number(upTo: RecordHead.activityMax),
            lifetime: lifetimes[Int(generator.next() % 4)],
            kind: RecordKind.allCases[Int(generator.next() % 4)],
            codec: UInt8(truncatingIfNeeded: generator.next()),
            keyByteCount: key.count,
            storedByteCount: body.count,
            syncedThrough: Int(generator.number(upTo: UInt64(byteOffset / 8))) * 8
        )
    }

    func append(to bytes: inout [UInt8]) {
        Record.append(head, key: key, body: body, to: &bytes, byteOffset: byteOffset, salt: salt)
    }

    func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }

    func decoded(_ bytes: [UInt8]) throws(FormatError) -> RecordHead {
        try RecordHead(decoding: bytes, at: 0, byteOffset: byteOffset, salt: salt)
    }

    func check(_ bytes: [UInt8]) throws(FormatError) {
        try Record.checkBody(of: decoded(bytes), in: bytes, at: 0)
    }
}
