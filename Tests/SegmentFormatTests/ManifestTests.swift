import Testing

@testable import SegmentFormat

@Suite struct ManifestTests {
    // MARK: Round trips

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `a manifest comes back as it was written`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let manifest = Self.random(&generator)
        let bytes = manifest.encoded()
        #expect(bytes.count == 96 + manifest.segments.count * 64)
        #expect(try Manifest(decoding: bytes, isWriting: true) == manifest)
    }

    @Test func `as many segments as a store can have come back`() throws {
        var manifest = Self.sample()
        manifest.segments = (1...UInt32(FormatLimits.segmentCountMax)).map { number in
            ManifestSegment(
                id: SegmentID(number), state: .sealed, salt: 1, dataEnd: 64, recordCount: 0)
        }
        manifest.nextSegment = SegmentID(70_000)
        let bytes = manifest.encoded()
        #expect(bytes.count == FormatLimits.manifestByteCountMax)
        #expect(try Manifest(decoding: bytes, isWriting: true) == manifest)
    }

    @Test func `a new store's clock is cut to 48 bits`() {
        let secret = HashSecret(low: 1, high: 2)
        let manifest = Manifest(storeID: 1, secret: secret, timeFloor: .max)
        #expect(manifest.timeFloor == RecordHead.activityMax)
        #expect(manifest.edition == 1 && manifest.sequenceFloor == 1)
        #expect(manifest.nextSegment == SegmentID(1) && manifest.segments == [])
    }

    // MARK: Damage

    @Test func `no flipped bit and no missing byte of a manifest goes unseen`() {
        let bytes = Self.sample().encoded()
        expectEveryFlipRefused(bytes) { bytes throws(FormatError) in
            _ = try Manifest(decoding: bytes, isWriting: false)
        }
        expectEveryTruncationRefused(bytes) { bytes throws(FormatError) in
            _ = try Manifest(decoding: bytes, isWriting: false)
        }
        expectEveryTruncationRefused(bytes + bytes) { bytes throws(FormatError) in
            guard bytes.count != 96 + 128 else { throw .foreign }
            _ = try Manifest(decoding: bytes, isWriting: false)
        }
    }

    @Test(arguments: [8, 95, 96, 160])
    func `somebody else's MANIFEST is foreign, however short`(count: Int) {
        let bytes = [UInt8](repeating: 0x41, count: count)
        #expect(throws: FormatError.foreign) { try Manifest(decoding: bytes, isWriting: false) }
    }

    @Test func `a short manifest is called by its length`() {
        let bytes = Self.sample().encoded()
        #expect(throws: FormatError.wrongLength(expected: 96, found: 95)) {
            try Manifest(decoding: Array(bytes[..<95]), isWriting: false)
        }
        #expect(throws: FormatError.wrongLength(expected: 96, found: 0)) {
            try Manifest(decoding: [], isWriting: false)
        }
    }

    @Test func `a newer manifest is refused by its version`() {
        var bytes = Self.sample().encoded()
        bytes.store(UInt16(300), at: 8)
        for count in [10, 95, bytes.count] {
            #expect(throws: FormatError.unsupported(version: 300, features: 0)) {
                try Manifest(decoding: Array(bytes[..<count]), isWriting: false)
            }
        }
    }

    @Test func `features decide who may open the store`() throws {
        var manifest = Self.sample()
        manifest.features.compatible = 1
        #expect(try Manifest(decoding: manifest.encoded(), isWriting: true) == manifest)

        manifest.features.readOnlyCompatible = 2
        let readable = manifest.encoded()
        #expect(try Manifest(decoding: readable, isWriting: false) == manifest)
        #expect(throws: FormatError.unsupported(version: 1, features: 2)) {
            try Manifest(decoding: readable, isWriting: true)
        }

        manifest.features.incompatible = 4
        let closed = manifest.encoded()
        #expect(throws: FormatError.unsupported(version: 1, features: 4)) {
            try Manifest(decoding: closed, isWriting: false)
        }
    }

    // MARK: What was never written, with right checksums

    static let impossible: [(field: String, at: Int, value: UInt64)] = [
        ("edition", 32, 0), ("edition", 32, .max),
        ("sequence floor", 64, 0), ("sequence floor", 64, .max),
        ("time floor", 72, 1 << 48), ("time floor", 72, .max),
        ("expired before", 88, .max),
        ("next segment", 80, 0), ("next segment", 80, UInt64(UInt32.max)),
        ("next segment", 80, UInt64(FormatLimits.nextSegmentMax) + 1),
        ("segment numbers", 80, 5), ("segment numbers", 96, 0x01_0000_0000),
        ("segment numbers", 96, 0x03_0000_0005), ("segment numbers", 96, 0x03_0000_0006),
        ("segment numbers", 160, 0x01_0000_0002),
        ("segment state", 96, 0x00_0000_0002), ("segment state", 96, 0x05_0000_0002),
        ("segment states", 96, 0x01_0000_0002), ("segment states", 96, 0x02_0000_0002),
        ("range", 120, 10), ("range", 128, 0), ("range", 128, .max),
        ("segment sizes", 136, 0x00_0000_0001), ("segment sizes", 136, 0xFFFF_FFFF_0000_0040),
        ("segment sizes", 136, 0x0000_0003_FFFF_FFFF),
    ]

    @Test(arguments: impossible.indices)
    func `a sealed manifest with a field that cannot be is refused`(index: Int) throws {
        let (field, at, value) = Self.impossible[index]
        var bytes = Self.sample().encoded()
        // A whole word at a number's place changes what follows it, so take that from the sample.
        if field == "segment sizes", value == 1 {
            bytes.store(UInt32(value), at: at)
        } else {
            bytes.store(value, at: at)
        }
        bytes.reseal(in: 0..<bytes.count)
        #expect(throws: FormatError.impossible(field: field)) {
            try Manifest(decoding: bytes, isWriting: false)
        }
    }

    @Test(arguments: [0, 1, 3, 65_536, UInt32.max])
    func `a sealed manifest that claims other segments than it has is refused`(count: UInt32) {
        var bytes = Self.sample().encoded()
        bytes.store(count, at: 28)
        bytes.reseal(in: 0..<bytes.count)
        let expected = 96 + Int(count) * 64
        #expect(throws: FormatError.wrongLength(expected: expected, found: 224)) {
            try Manifest(decoding: bytes, isWriting: false)
        }
    }

    @Test func `more segments than index slots can name are refused`() {
        let count = FormatLimits.segmentCountMax + 1
        var bytes = Self.sample().encoded()
        let entry = Array(bytes[96..<160])
        bytes.removeLast(128)
        for number in 1...UInt32(count) {
            bytes += entry
            bytes.store(number, at: bytes.count - 64)
        }
        bytes.store(UInt32(count), at: 28)
        bytes.store(UInt32(count) + 1, at: 80)
        bytes.reseal(in: 0..<bytes.count)
        #expect(throws: FormatError.impossible(field: "segment count")) {
            try Manifest(decoding: bytes, isWriting: false)
        }
    }

    @Test(arguments: [10, 84, 87, 101, 103, 156, 159])
    func `reserved bytes are left to later versions`(place: Int) throws {
        var bytes = Self.sample().encoded()
        bytes[place] = 1
        bytes.reseal(in: 0..<bytes.count)
        #expect(try Manifest(decoding: bytes, isWriting: true) == Self.sample())
    }

    @Test func `a manifest that could not be read back traps`() async {
        await #expect(processExitsWith: .failure) {
            var manifest = ManifestTests.sample()
            manifest.segments.swapAt(0, 1)
            _ = manifest.encoded()
        }
        await #expect(processExitsWith: .failure) {
            var manifest = ManifestTests.sample()
            manifest.segments[0].dataEnd = 129
            _ = manifest.encoded()
        }
    }

    // MARK: Samples

    static func sample() -> Manifest {
        var manifest = Manifest(
            storeID: 0xABCD, secret: HashSecret(low: 3, high: 4), timeFloor: 1_700_000_000_000)
        manifest.segments = [
            ManifestSegment(
                id: SegmentID(2), state: .sealed, salt: 77, liveAsOf: 5, sequences: 3...9,
                dataEnd: 512, recordCount: 7),
            ManifestSegment(
                id: SegmentID(5), state: .active, salt: 78, dataEnd: 64, recordCount: 0),
        ]
        manifest.sequenceFloor = 40
        manifest.nextSegment = SegmentID(6)
        return manifest
    }

    static func random(_ generator: inout SeededGenerator) -> Manifest {
        let secret = HashSecret(low: generator.next(), high: generator.next())
        var manifest = Manifest(
            storeID: generator.number(), secret: secret, timeFloor: generator.number())
        manifest.edition = 1 + generator.number(upTo: FormatLimits.sequenceMax - 1)
        manifest.sequenceFloor = 1 + generator.number(upTo: FormatLimits.sequenceMax - 1)
        manifest.features.compatible = UInt32(truncatingIfNeeded: generator.next())
        var number: UInt32 = 0
        let count = generator.next() % 20
        for index in 0..<count {
            number += 1 + UInt32(generator.next() % 1_000_000)
            let isLast = index + 1 == count
            let state = isLast ? SegmentState.allCases[Int(generator.next() % 3)] : .sealed
            let recordCount = Int(generator.number(upTo: 1 << 20))
            manifest.segments.append(
                ManifestSegment(
                    id: SegmentID(number), state: state, salt: generator.next(),
                    liveAsOf: generator.number(),
                    sequences: generator.range(upTo: FormatLimits.sequenceMax),
                    dataEnd: 64 + recordCount * 48, recordCount: recordCount)
            )
        }
        manifest.nextSegment = SegmentID(number + 1)
        return manifest
    }
}
