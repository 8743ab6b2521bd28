import Testing

@testable import SegmentFormat

@Suite struct FooterTests {
    static let salt: UInt64 = 0xFEED
    /// Of a sealed summary: it does not know where it stands.
    static let seed = RecordHead.headSeed(salt: salt, byteOffset: 0)

    // MARK: Round trips

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `a footer comes back as it was written`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var footer = Self.random(&generator)
        let bytes = footer.encoded(salt: Self.salt)
        #expect(bytes.count == footer.summary.entriesByteCount + 128)
        if footer.summary.liveAsOf == 0 { #expect(bytes.count == footer.entries.count * 36 + 128) }
        #expect(try Self.decode(bytes) == footer)
    }

    @Test func `an empty footer has no ranges`() throws {
        var footer = Footer([], id: SegmentID(1), dataEnd: 64, liveAsOf: 0)
        let decoded = try Self.decode(footer.encoded(salt: Self.salt))
        #expect(decoded == footer)
        #expect(decoded.summary.sequences == nil)
        #expect(decoded.summary.activities == nil)
        #expect(decoded.summary.ownDeadlines == nil)
    }

    // MARK: What a summary says

    @Test func `a summary counts kinds and spans what may expire`() {
        let footer = Footer(
            [
                Self.entry(.put, sequence: 9, activity: 5_000, at: 64),
                Self.entry(.touch, sequence: 4, activity: 7_000, at: 104),
                Self.entry(.put, sequence: 5, activity: 1, .milliseconds(1_500), at: 144),
                Self.entry(.put, sequence: 6, activity: 10, .milliseconds(60_000), at: 184),
                Self.entry(.put, sequence: 7, activity: 99_999, .endless, at: 224),
                Self.entry(.destroyTombstone, sequence: 12, activity: 1, at: 264),
                Self.entry(.expiryTombstone, sequence: 8, activity: 88_888, at: 304),
            ], id: SegmentID(3), dataEnd: 344, liveAsOf: 2)
        let summary = footer.summary
        #expect(summary.recordCount == 7)
        #expect(summary.putCount == 4 && summary.touchCount == 1 && summary.endlessCount == 1)
        #expect(summary.destroyTombstoneCount == 1 && summary.expiryTombstoneCount == 1)
        #expect(summary.sequences == 4...12)
        #expect(summary.activities == 5_000...7_000)
        #expect(summary.ownDeadlines == 2_001...60_010)
    }

    @Test func `a record ends where the next begins, and the last at the data's end`() {
        let footer = Self.sample()
        #expect(footer.recordEnd(of: 0) == 112)
        #expect(footer.recordEnd(of: 1) == 200)
    }

    @Test func `no lifetime at all is not endless in a footer`() {
        let entry = Self.entry(.put, sequence: 1, activity: 1, .milliseconds(0), at: 64)
        #expect(entry.ownLifetimeSeconds == 1)
    }

    // MARK: Damage

    @Test(arguments: [0, 2] as [UInt64])
    func `no flipped bit and no missing byte of a footer goes unseen`(liveAsOf: UInt64) {
        var footer = Self.sample(liveAsOf: liveAsOf)
        let bytes = footer.encoded(salt: Self.salt)
        expectEveryFlipRefused(bytes) { bytes throws(FormatError) in _ = try Self.decode(bytes) }
        let entriesEnd = footer.summary.entriesByteCount
        let entries = Array(bytes[..<entriesEnd])
        let summary = footer.summary
        expectEveryTruncationRefused(entries) { entries throws(FormatError) in
            _ = try Footer(decoding: entries, summary: summary, salt: Self.salt)
        }
        expectEveryTruncationRefused(Array(bytes[entriesEnd...])) { bytes throws(FormatError) in
            _ = try FooterSummary(decoding: bytes, salt: Self.salt)
        }
    }

    @Test func `a footer is none under another salt`() throws {
        var footer = Self.sample()
        let bytes = footer.encoded(salt: Self.salt)
        #expect(throws: FormatError.checksumMismatch) {
            try FooterSummary(decoding: Array(bytes[72...]), salt: Self.salt + 1)
        }
        #expect(throws: FormatError.checksumMismatch) {
            try Footer(decoding: Array(bytes[..<72]), summary: footer.summary, salt: 1)
        }
    }

    @Test func `the end of a segment without a footer is foreign`() {
        #expect(throws: FormatError.foreign) {
            try FooterSummary(decoding: [UInt8](repeating: 0, count: 128), salt: Self.salt)
        }
    }

    @Test func `a newer footer is refused by its version`() {
        var footer = Self.sample()
        var bytes = Array(footer.encoded(salt: Self.salt)[72...])
        bytes.store(UInt16(2), at: 8)
        #expect(throws: FormatError.unsupported(version: 2, features: 0)) {
            try FooterSummary(decoding: bytes, salt: Self.salt)
        }
    }

    // MARK: What was never written, with right checksums

    static let impossibleSummaries: [(field: String, at: Int, value: UInt64)] = [
        ("segment number", 16, 0),
        ("data end", 32, 0), ("data end", 32, 56), ("data end", 32, 201), ("data end", 32, .max),
        ("data end", 32, UInt64(Int.max) + 1), ("data end", 32, 1 << 40),
        ("entries length", 24, UInt64(UInt32.max)), ("entries length", 24, 3),
        ("entries length", 24, 2 | 71 << 32), ("entries length", 24, 2 | 73 << 32),
        ("record counts", 24, 3 | 108 << 32), ("record counts", 24, 0),
        ("record counts", 96, 0), ("record counts", 96, 1 << 32),
        ("record counts", 104, 0xFFFF_FFFF_FFFF_FFFF), ("record counts", 112, 3),
        ("record counts", 32, 136),
        ("range", 40, 10), ("range", 48, .max), ("range", 64, 1 << 48), ("range", 80, .max),
        ("dictionary", 116, 26), ("dictionary", 120, 201), ("dictionary", 120, 0xFFFF_FFFF),
    ]

    @Test(arguments: impossibleSummaries.indices)
    func `a sealed summary with a field that cannot be is refused`(index: Int) throws {
        let (field, at, value) = Self.impossibleSummaries[index]
        var footer = Self.sample()
        var bytes = Array(footer.encoded(salt: Self.salt)[72...])
        bytes.store(value, at: at)
        bytes.reseal(in: 0..<128, seed: Self.seed)
        #expect(throws: FormatError.impossible(field: field)) {
            try FooterSummary(decoding: bytes, salt: Self.salt)
        }
    }

    @Test func `records without numbers are impossible`() throws {
        var footer = Self.sample()
        var bytes = Array(footer.encoded(salt: Self.salt)[72...])
        bytes.store(nil as ClosedRange<UInt64>?, at: 40)
        bytes.reseal(in: 0..<128, seed: Self.seed)
        #expect(throws: FormatError.impossible(field: "record counts")) {
            try FooterSummary(decoding: bytes, salt: Self.salt)
        }
    }

    static let impossibleEntries: [(field: String, at: Int, value: UInt32)] = [
        ("footer entry's place", 28, 0), ("footer entry's place", 28, 7),
        ("footer entry's place", 28, .max), ("footer entry's place", 28, 10),
        ("footer entry's place", 64, 12), ("footer entry's place", 64, 21),
        ("kind", 24, 0), ("kind", 24, 5 << 16), ("sequence", 16, .max),
    ]

    @Test(arguments: impossibleEntries.indices)
    func `a sealed entry with a field that cannot be is refused`(index: Int) throws {
        let (field, at, value) = Self.impossibleEntries[index]
        var footer = Self.sample()
        var bytes = Array(footer.encoded(salt: Self.salt)[..<72])
        bytes.store(value, at: at)
        let seed = RecordHead.headSeed(salt: Self.salt, byteOffset: 200)
        footer.summary.entriesCheck = CRC32C.checksum(bytes, in: 0..<72, seed: seed)
        #expect(throws: FormatError.impossible(field: field)) {
            try Footer(decoding: bytes, summary: footer.summary, salt: Self.salt)
        }
    }

    @Test func `an entry past what an index slot can name is refused`() throws {
        let end = FormatLimits.segmentByteCountMax
        for (offset, isPossible) in [(end - 8, true), (end, false)] {
            var footer = Footer(
                [Self.entry(.put, sequence: 1, activity: 1, at: offset)], id: SegmentID(1),
                dataEnd: offset + 48, liveAsOf: 0)
            let bytes = footer.encoded(salt: Self.salt)
            let error = refusal { () throws(FormatError) in _ = try Self.decode(bytes) }
            #expect(error == (isPossible ? nil : .impossible(field: "footer entry's place")))
        }
    }

    // MARK: Footers that cannot be written

    @Test func `a footer that could not be read back traps`() async {
        await #expect(processExitsWith: .failure) {
            var footer = FooterTests.sample()
            footer.summary.dictionaryOffset = 4_096
            _ = footer.encoded(salt: 1)
        }
        await #expect(processExitsWith: .failure) {
            var footer = FooterTests.sample()
            footer.entries[0].activity = RecordHead.activityMax + 1
            _ = footer.encoded(salt: 1)
        }
    }

    // MARK: Samples

    static func sample(liveAsOf: UInt64 = 0) -> Footer {
        Footer(
            [
                entry(.put, sequence: 6, activity: 5_000, at: 64),
                entry(.put, sequence: 7, activity: 6_000, .milliseconds(1_000), at: 112),
            ], id: SegmentID(3), dataEnd: 200, liveAsOf: liveAsOf)
    }

    static func entry(
        _ kind: RecordKind,
        sequence: UInt64,
        activity: UInt64,
        _ lifetime: Lifetime = .standard,
        at byteOffset: Int
    ) -> FooterEntry {
        let head = RecordHead(
            sequence: sequence, activity: activity, lifetime: lifetime, kind: kind, codec: 1,
            keyByteCount: 0, storedByteCount: 0, syncedThrough: 0)
        let hash = KeyHash(low: sequence, high: ~UInt32(truncatingIfNeeded: sequence))
        return FooterEntry(head, hash: hash, byteOffset: byteOffset)
    }

    static func random(_ generator: inout SeededGenerator) -> Footer {
        let liveAsOf = generator.next() % 2 == 0 ? 0 : generator.number()
        var entries: [FooterEntry] = []
        var end = SegmentHeader.byteCount
        for _ in 0..<generator.next() % 20 {
            var sample = Sample(&generator)
            // Packed entries have four bits for it.
            if liveAsOf > 0 { sample.head.codec %= 16 }
            let hash = KeyHash(
                low: generator.next(), high: UInt32(truncatingIfNeeded: generator.next()))
            entries.append(FooterEntry(sample.head, hash: hash, byteOffset: end))
            end += sample.head.recordByteCount
        }
        let id = SegmentID(UInt32(1 + generator.number(upTo: 1 << 31)))
        var footer = Footer(entries, id: id, dataEnd: end, liveAsOf: liveAsOf)
        if generator.next() % 2 == 0 {
            footer.summary.dictionaryOffset = 64
            footer.summary.dictionaryByteCount = end - 64
        }
        return footer
    }

    static func decode(_ bytes: [UInt8]) throws(FormatError) -> Footer {
        let end = bytes.count - FooterSummary.byteCount
        let summary = try FooterSummary(decoding: Array(bytes[end...]), salt: salt)
        return try Footer(decoding: Array(bytes[..<end]), summary: summary, salt: salt)
    }
}
