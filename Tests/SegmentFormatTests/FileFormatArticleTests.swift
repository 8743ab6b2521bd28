import Testing

@testable import SegmentFormat

/// Holds the article of the format to the code, number by number.
@Suite struct FileFormatArticleTests {
    // MARK: Structures

    @Test(arguments: Layout.all)
    func `the table of a structure tiles it`(layout: Layout) throws {
        let fields = try Article.read().fields(of: layout.heading)
        var end = 0
        for field in fields {
            #expect(field.bits.lowerBound == end, "\(field.name) begins where the last ended")
            end = field.bits.upperBound
        }
        #expect(end == layout.base.count * 8)
    }

    @Test(arguments: Layout.all)
    func `a field changed alone changes its own bytes`(layout: Layout) throws {
        let fields = try Article.read().fields(of: layout.heading)
        for (names, bytes) in layout.variants {
            let changed = Set(fields.filter { $0.differs(layout.base, bytes) }.map(\.name))
            #expect(changed.subtracting(layout.checks) == Set(names))
            #expect(layout.firstCheck.map(changed.contains) ?? true, "the check covers \(names)")
        }
    }

    @Test(arguments: Layout.all)
    func `every field of a table is one that can be changed, or fixed`(layout: Layout) throws {
        let fields = try Article.read().fields(of: layout.heading)
        let varied = layout.variants.reduce(into: layout.checks) { $0.formUnion($1.names) }
        for field in fields where !varied.contains(field.name) {
            let bytes = Array(layout.base[field.bytes])
            switch field.name {
            case "reserved": #expect(bytes.allSatisfy { $0 == 0 })
            case "version": #expect(bytes == [UInt8(FormatLimits.version), 0])
            case "magic":
                let letters = field.meaning.split(separator: "`")[0]
                #expect(bytes == Array(letters.utf8) + [0x1A, 0x0A])
            default: Issue.record("no code changes \(field.name) of \(layout.heading)")
            }
        }
    }

    @Test func `there is a table for every structure`() throws {
        let headings = try Article.read().headingsOfLayouts
        #expect(headings == Layout.all.map(\.heading))
    }

    // MARK: Numbers

    @Test func `the limits are the constants`() throws {
        let limits: [String: UInt64] = [
            "version": UInt64(FormatLimits.version),
            "alignment, bytes": UInt64(FormatLimits.alignment),
            "key, bytes": UInt64(FormatLimits.keyByteCountMax),
            "body as stored, bytes": UInt64(FormatLimits.storedByteCountMax),
            "text of a compressed body, bytes": UInt64(FormatLimits.textByteCountMax),
            "head of a compressed body, bytes": UInt64(BodyHead.byteCountMax),
            "record, bytes": UInt64(FormatLimits.recordByteCountMax),
            "a record begins before, bytes": UInt64(FormatLimits.segmentByteCountMax),
            "a record ends at most at, bytes": UInt64(FormatLimits.dataEndMax),
            "segments of a store": UInt64(FormatLimits.segmentCountMax),
            "manifest, bytes": UInt64(FormatLimits.manifestByteCountMax),
            "sequence, edition": FormatLimits.sequenceMax,
            "next segment": UInt64(FormatLimits.nextSegmentMax),
            "activity, milliseconds": RecordHead.activityMax,
            "lifetime, milliseconds": Lifetime.millisecondsMax,
            "lifetime in footers and slots, seconds": UInt64(Lifetime.secondsMax),
            "slots of a checkpoint": UInt64(Checkpoint.slotCountMax),
            "shards of a checkpoint": UInt64(Checkpoint.shardCountMax),
            "record length in a slot, bytes": UInt64(IndexSlot.recordByteCountMax),
        ]
        var told: [String: UInt64] = [:]
        for row in try Article.read().rows(under: "Limits") {
            told[row[0]] = UInt64(row[1].filter { $0 != "," })
        }
        #expect(told == limits)
    }

    @Test func `the file names are the code's`() throws {
        let names = try Article.read().rows(under: "Files").map { row in
            FileName(String(row[0].dropFirst().dropLast()))
        }
        #expect(
            names == [
                .lock, .manifest, .newManifest, .checkpoint, .newCheckpoint, .reserve,
                .segment(SegmentID(7)), .cut(SegmentID(7), byteOffset: 4_096),
            ])
    }

    @Test func `kinds, codecs and states are numbered as the tables say`() throws {
        let article = try Article.read()
        let head = try article.fields(of: "Record head")
        let kinds = head.first { $0.name == "kind" }?.meaning
        #expect(
            kinds == "1 put, 2 destroy tombstone, 3 expiry tombstone, 4 touch,"
                + " 6 folded touch, 7 dictionary; 5 is kept for a batch")
        #expect(
            RecordKind.allCases
                == [.put, .destroyTombstone, .expiryTombstone, .touch, .foldedTouch, .dictionary])
        #expect(RecordKind.allCases.map(\.rawValue) == [1, 2, 3, 4, 6, 7])
        let codecs = head.first { $0.name == "codec" }?.meaning
        #expect(
            codecs == "How the value in the body of a put or a folded touch is stored:"
                + " 0 as it is, 1 LZ4, 2 Zstandard")
        #expect(Codec.allCases == [.none, .lz4, .zstandard])
        #expect(Codec.allCases.map(\.rawValue) == [0, 1, 2])
        let states = try article.fields(of: "Manifest entry").first { $0.name == "state" }?.meaning
        #expect(
            states == "1 active, 2 resting (has a footer, may be appended to again), 3 sealed,"
                + " 4 being sealed (all records are there, the footer may not be)")
        #expect(SegmentState.allCases == [.active, .resting, .sealed, .sealing])
        #expect(SegmentState.allCases.map(\.rawValue) == [1, 2, 3, 4])
    }

    @Test func `the bits of a body head are those of the table`() throws {
        let rows = try Article.read().rows(under: "Compressed bodies")
        #expect(rows.map { $0[0] } == ["0", "1", "2 to 26"])
        #expect(rows.map { $0[1] } == ["block headers", "key references", "text length"])
        /// The number that `head` is written as.
        func number(_ head: BodyHead) -> Int {
            var bytes: [UInt8] = []
            head.append(to: &bytes)
            return bytes.reversed().reduce(0) { $0 << 7 | Int($1 & 0x7F) }
        }
        let least = BodyHead(textByteCount: 1, hasKeyReferences: false)
        let longest = BodyHead(
            textByteCount: FormatLimits.textByteCountMax, hasKeyReferences: false)
        #expect(number(least) == 1 << 2)
        #expect(number(longest) == 1 << 26)
        #expect(number(BodyHead(textByteCount: 1, hasKeyReferences: true)) == 1 << 2 | 1 << 1)
        let headed = BodyHead(textByteCount: 1, hasKeyReferences: false, hasBlockHeaders: true)
        #expect(number(headed) == 1 << 2 | 1)
    }

    // MARK: Checks

    static let example = Sample(
        key: Array("anna".utf8), body: Array("hello".utf8), sequence: 7, byteOffset: 64,
        salt: 0x0123_4567_89AB_CDEF)

    @Test func `the example is what is written`() throws {
        let dump = try Article.read().codeBlock(under: "An example")
        let told = dump.split(whereSeparator: \.isWhitespace).map { UInt8($0, radix: 16) }
        #expect(told == Self.example.encoded().map { $0 })
    }

    @Test func `the seeds are computed as the article says`() throws {
        let article = try Article.read()
        #expect(article.text.contains("((salt xor place) × 0x9E3779B97F4A7C15 modulo 2⁶⁴)"))
        #expect(article.text.contains("(sequence xor (sequence >> 32))"))
        let salt = Self.example.salt
        let product = (salt ^ 64).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        let headSeed = UInt32(product.low >> 32)
        let bytes = Self.example.encoded()
        #expect(bytes.count == 56)
        #expect(bytes.integer(at: 0) == CRC32C.checksum(bytes, in: 4..<44, seed: headSeed))
        #expect(bytes.integer(at: 4) == CRC32C.checksum(bytes, in: 44..<56, seed: 7))
        #expect(RecordHead.bodySeed(sequence: 0x1_0000_0007) == 6)
        #expect(
            article.text.contains(
                "((edition × 0x9E37…7C15 xor next sequence) × 0x9E37…7C15)"))
        let checkpoint = CheckpointTests.sample()
        let number: UInt64 = 0x9E37_79B9_7F4A_7C15
        let mixed = (checkpoint.edition &* number ^ checkpoint.nextSequence) &* number
        #expect(checkpoint.shardSeed == UInt32(mixed >> 32))
    }

    /// Seeds are equal only when two places, xored with the salt, differ by a number whose product
    /// stays within 32 bits of zero; there is none.
    @Test func `no two places of one segment have the same seed`() {
        let end = UInt64(FormatLimits.segmentByteCountMax)
        var nearest = UInt64.max
        var product: UInt64 = 0
        var distance: UInt64 = 0
        while distance < end {
            distance &+= 8
            product &+= 8 &* 0x9E37_79B9_7F4A_7C15
            nearest = min(nearest, min(product, 0 &- product))
        }
        #expect(nearest > 1 << 32)
    }
}
