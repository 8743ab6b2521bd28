import Testing

@testable import SegmentFormat

/// Records and footers of compacted segments.
@Suite struct PackedTests {
    static let layout = RecordLayout.packed(liveAsOf: 1_000, activity: 1_700_000_000_000)
    static let seed = RecordHead.headSeed(salt: 77, byteOffset: 64)

    /// A record as compaction writes it.
    static func encoded(_ sample: Sample, _ layout: RecordLayout) -> (RecordHead, [UInt8]) {
        var head = sample.head
        head.syncedThrough = 0
        head.codec %= 16
        var bytes: [UInt8] = []
        Record.append(
            head, key: sample.key, body: sample.body, to: &bytes, byteOffset: sample.byteOffset,
            salt: sample.salt, layout: layout)
        let fields = RecordHead.packedFields(bytes.span, at: 0)
        head.headByteCount = fields?.byteCount ?? 0
        return (head, bytes)
    }

    // MARK: Round trips

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `a packed record comes back as it was written`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let sample = Sample(&generator)
        let layout = RecordLayout.packed(
            liveAsOf: generator.number(upTo: FormatLimits.sequenceMax),
            activity: generator.number(upTo: RecordHead.activityMax))
        let (written, bytes) = Self.encoded(sample, layout)
        #expect(bytes.count % FormatLimits.alignment == 0)
        #expect(bytes.count >= FormatLimits.recordByteCountMin)
        #expect(written.headByteCount <= RecordHead.byteCount)
        #expect(written.headByteCount >= layout.headByteCountMin)
        let head = try RecordHead(
            decoding: bytes, at: 0, byteOffset: sample.byteOffset, salt: sample.salt,
            layout: layout)
        #expect(head == written)
        #expect(head.recordByteCount == bytes.count)
        try Record.checkBody(of: head, in: bytes, at: 0)
        #expect(Record.key(of: head, in: bytes, at: 0) == sample.key)
        #expect(Record.body(of: head, in: bytes, at: 0) == sample.body)
        let unchecked = RecordHead.uncheckedByteCount(bytes, at: 0, layout: layout)
        #expect(unchecked == head.headByteCount + sample.key.count)
    }

    @Test func `a session's head takes 18 bytes`() {
        let sample = Sample(
            key: Array("telegram:123456789".utf8), body: [UInt8](repeating: 1, count: 118),
            sequence: 500, activity: 1_700_000_000_000 - 600_000)
        #expect(Self.encoded(sample, Self.layout).0.headByteCount == 16)
        // A million numbers and a day away.
        let far = RecordLayout.packed(liveAsOf: 1_000_000, activity: 1_700_086_400_000)
        #expect(Self.encoded(sample, far).0.headByteCount == 18)
    }

    @Test(arguments: [0, 1, 127, 128, 16_383, 16_384, UInt64(Int64.max), .max])
    func `a number has the length that is foretold, and comes back`(value: UInt64) {
        var bytes: [UInt8] = []
        bytes.append(varint: value)
        var offset = 0
        #expect(bytes.varint(at: &offset) == value)
        #expect(offset == bytes.count)
        let signed = Int64(bitPattern: value)
        bytes = []
        bytes.append(signedVarint: signed)
        offset = 0
        #expect(bytes.signedVarint(at: &offset) == signed)
        #expect(offset == bytes.count)
    }

    @Test(arguments: [
        [], [0x80], [0x80, 0x00], [0xFF, 0x80, 0x00], [UInt8](repeating: 0xFF, count: 10),
        [UInt8](repeating: 0x80, count: 11), [UInt8](repeating: 0x80, count: 9) + [0x02],
    ])
    func `a number that is cut, too long or not the shortest is none`(bytes: [UInt8]) {
        var offset = 0
        #expect(bytes.varint(at: &offset) == nil)
        offset = 0
        #expect(bytes.signedVarint(at: &offset) == nil)
    }

    // MARK: Damage

    @Test(
        arguments: [
            .standard, .endless, .milliseconds(90_000),
        ] as [Lifetime])
    func `no flipped bit and no missing byte of a packed record goes unseen`(lifetime: Lifetime) {
        var sample = Sample(key: [1, 2, 3], body: [4, 5, 6, 7], sequence: 900)
        sample.head.lifetime = lifetime
        let (_, bytes) = Self.encoded(sample, Self.layout)
        let salt = sample.salt
        func check(_ bytes: [UInt8]) throws(FormatError) {
            let head = try RecordHead(
                decoding: bytes, at: 0, byteOffset: 64, salt: salt, layout: Self.layout)
            try Record.checkBody(of: head, in: bytes, at: 0)
        }
        expectEveryFlipRefused(bytes) { bytes throws(FormatError) in try check(bytes) }
        expectEveryTruncationRefused(bytes) { bytes throws(FormatError) in try check(bytes) }
    }

    @Test func `a packed head is none in another segment or at another place`() {
        let sample = Sample(key: [1, 2, 3], body: [], sequence: 900)
        let (_, bytes) = Self.encoded(sample, Self.layout)
        for (place, salt) in [(72, sample.salt), (64, sample.salt + 1)] {
            #expect(throws: FormatError.checksumMismatch) {
                try RecordHead(
                    decoding: bytes, at: 0, byteOffset: place, salt: salt, layout: Self.layout)
            }
        }
    }

    // MARK: What was never written, with right checksums

    /// The fields of a head behind its checks, sealed, with a key of one byte.
    private static func head(_ fields: [UInt8]) throws(FormatError) -> RecordHead {
        var bytes = [UInt8](repeating: 0, count: 8) + fields + [0x41]
        bytes.store(CRC32C.checksum(bytes, in: 4..<bytes.count, seed: seed), at: 0)
        return try RecordHead(decoding: bytes, at: 0, byteOffset: 64, salt: 77, layout: layout)
    }

    /// Kind and codec, a key of one byte, a body of two, number 999, the segment's time.
    private static let fields: [UInt8] = [0x21, 1 << 2, 2, 1, 0]

    @Test func `the sealed fields that the others are made from are those of a record`() throws {
        let head = try Self.head(Self.fields)
        #expect(head.kind == .put && head.codec == 2 && head.lifetime == .standard)
        #expect(head.sequence == 999 && head.activity == 1_700_000_000_000)
        #expect(head.keyByteCount == 1 && head.storedByteCount == 2 && head.syncedThrough == 0)
        #expect(head.headByteCount == 13 && head.recordByteCount == 16)
    }

    static let impossible: [(field: String?, fields: [UInt8])] = [
        ("kind", [0x20, 4, 2, 1, 0]), ("kind", [0x25, 4, 2, 1, 0]),
        // 1 TB of body.
        ("stored length", [0x21, 4, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20, 1, 0]),
        // A number of 1,001 below 1,000.
        ("sequence", [0x21, 4, 2, 0xE9, 0x07, 0]),
        // A time before 1970.
        ("activity", [0x21, 4, 2, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]),
        // No such lifetime, none at all, and one too long: what no head has is called no head.
        (nil, [0x21, 4 | 3, 2, 1, 0]), (nil, [0x21, 4 | 2, 2, 1, 0, 0]),
        (nil, [0x21, 4 | 2, 2, 1, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]),
        // A key of 4,097 bytes.
        (nil, [0x21, 0x84, 0x80, 0x01, 2, 1, 0]),
    ]

    @Test(arguments: impossible.indices)
    func `a sealed head with a field that cannot be is refused`(index: Int) {
        let (field, fields) = Self.impossible[index]
        let expected = field.map { FormatError.impossible(field: $0) } ?? .checksumMismatch
        #expect(throws: expected) { try Self.head(fields) }
    }

    @Test func `a place that no record has is impossible`() {
        var bytes = [UInt8](repeating: 0, count: 8) + Self.fields + [0x41]
        let seed = RecordHead.headSeed(salt: 77, byteOffset: 8)
        bytes.store(CRC32C.checksum(bytes, in: 4..<bytes.count, seed: seed), at: 0)
        #expect(throws: FormatError.impossible(field: "place")) {
            try RecordHead(decoding: bytes, at: 0, byteOffset: 8, salt: 77, layout: Self.layout)
        }
    }

    // MARK: Footers

    /// Footer entries of one record: hash, kind and codec, length 16, number 1,001, activity 1.
    private static let entry = [UInt8](repeating: 9, count: 12) + [0x21, 2 << 2, 2, 2]

    /// Decodes `entries`, sealed, as those of `count` records that end at `dataEnd`.
    private static func footer(
        _ entries: [UInt8],
        count: Int = 1,
        dataEnd: Int = 80
    ) throws(FormatError) -> Footer {
        var summary = Footer([], id: SegmentID(3), dataEnd: dataEnd, liveAsOf: 1_000).summary
        summary.recordCount = count
        summary.entriesByteCount = entries.count
        let seed = RecordHead.headSeed(salt: 77, byteOffset: dataEnd)
        summary.entriesCheck = CRC32C.checksum(entries, in: 0..<entries.count, seed: seed)
        return try Footer(decoding: entries, summary: summary, salt: 77)
    }

    @Test func `the sealed entry that the others are made from is one`() throws {
        let found = try #require(try Self.footer(Self.entry).entries.first)
        #expect(found.sequence == 1_001 && found.activity == 1 && found.byteOffset == 64)
        #expect(found.kind == .put && found.codec == 2 && found.ownLifetimeSeconds == nil)
    }

    static let impossibleEntries: [(field: String, entry: [UInt8])] = [
        ("footer entry", []),
        ("footer entry", [0x21, 0x80]), ("footer entry", [0x21, 2 << 2 | 3, 2, 2]),
        ("footer entry", [0x21, 2 << 2 | 2, 2, 2, 0]),
        ("footer entry", [0x21, 2 << 2 | 2, 2, 2, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]),
        ("kind", [0x20, 2 << 2, 2, 2]), ("sequence", [0x21, 2 << 2, 0xD3, 0x0F, 2]),
        ("activity", [0x21, 2 << 2, 2, 1]),
        ("footer entry's place", [0x21, 1 << 2, 2, 2]),
        ("footer entry's place", [0x21, 0xFC, 0xFF, 0xFF, 0xFF, 0x7F, 2, 2]),
        ("footer entries", [0x21, 3 << 2, 2, 2]), ("footer entries", [0x21, 2 << 2, 2, 2, 2]),
    ]

    @Test(arguments: impossibleEntries.indices)
    func `a sealed entry with a field that cannot be is refused`(index: Int) {
        let (field, entry) = Self.impossibleEntries[index]
        #expect(throws: FormatError.impossible(field: field)) {
            try Self.footer([UInt8](repeating: 9, count: 12) + entry)
        }
    }

    @Test func `an entry past what an index slot can name is refused`() {
        // Records of 16 MB, of which the last would begin behind 256 MB.
        let length: [UInt8] = [0x94, 0x90, 0x82, 0x04]
        let entry = [UInt8](repeating: 9, count: 12) + [0x21] + length + [2, 2]
        let entries = [[UInt8]](repeating: entry, count: 17).flatMap { $0 }
        #expect(throws: FormatError.impossible(field: "footer entry's place")) {
            try Self.footer(entries, count: 17)
        }
    }

    @Test func `an entry's lifetime comes back in seconds`() throws {
        for (lifetime, seconds) in [
            (Lifetime.standard, nil), (.endless, 0), (.milliseconds(90_001), 91),
        ] as [(Lifetime, UInt32?)] {
            let entry = FooterTests.entry(.put, sequence: 7, activity: 9, lifetime, at: 64)
            var footer = Footer([entry], id: SegmentID(1), dataEnd: 104, liveAsOf: 8)
            _ = footer.encoded(salt: 1)
            #expect(footer.packedEntries.count == (seconds == 91 ? 17 : 16))
            let read = try Footer.packedEntries(footer.packedEntries, footer.summary)
            #expect(read == [entry])
            #expect(read[0].ownLifetimeSeconds == seconds)
        }
    }

    // MARK: The article

    @Test func `the packed examples are what is written`() throws {
        func bytes(_ heading: String) throws -> [UInt8?] {
            try Article.read().codeBlock(under: heading).split(whereSeparator: \.isWhitespace)
                .map { UInt8($0, radix: 16) }
        }
        let layout = RecordLayout.packed(liveAsOf: 1_007, activity: 1_700_000_001_000)
        var sample = FileFormatArticleTests.example
        sample.head.syncedThrough = 0
        let (head, record) = Self.encoded(sample, layout)
        #expect(try bytes("A packed example") == record)
        let entry = FooterEntry(
            head, hash: KeyHash(low: 1, high: 2), byteOffset: 64)
        let footer = Footer([entry], id: SegmentID(1), dataEnd: 88, liveAsOf: 1_007)
        #expect(try bytes("A packed entry") == footer.packedEntries)
        let slots = [
            IndexSlot(
                hash: 0x0102_0304, clock: 1_700_000_000, segmentIndex: 0, byteOffset: 64,
                recordByteCount: 24, isTouched: false, hasOwnLifetime: false),
            IndexSlot(
                hash: 0x0506_0708, clock: .max, segmentIndex: 1, byteOffset: 88,
                recordByteCount: 48, isTouched: false, hasOwnLifetime: true),
        ]
        let shard = ShardImage(slots: slots, capacity: 4).encoded(shard: 9, seed: 5)
        #expect(try bytes("A packed shard") == shard)
    }
}
