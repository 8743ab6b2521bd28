import Testing

@testable import SegmentFormat

/// Bytes that somebody made up, or that a disk did: every decoder answers, and none traps.
@Suite struct HostileBytesTests {
    @Test(arguments: 0..<300 as Range<UInt64>)
    func `random bytes are refused by every decoder`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        decodeAll(generator.bytes(Int(generator.number(upTo: 400))))
    }

    /// Right magic, version and checksum, and nonsense in between: what checks of fields are for.
    ///
    /// Whatever is accepted must also be something that can be written again.
    @Test(arguments: 0..<1_000 as Range<UInt64>)
    func `sealed nonsense is refused, or can be written again`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var header = nonsense(64, &generator, magic: SegmentHeader.magic)
        header.store(UInt64(0), at: 20)
        header.reseal(in: 0..<64)
        _ = try? SegmentHeader(decoding: header, isWriting: false).encoded()

        var manifest = mutated(ManifestTests.sample().encoded(), from: 32, &generator)
        manifest.reseal(in: 0..<manifest.count)
        if let manifest = try? Manifest(decoding: manifest, isWriting: true) {
            _ = manifest.applying([.floors], sequenceFloor: 0, timeFloor: 0, lifetime: 1).encoded()
        }

        var front = mutated(CheckpointTests.sample().encoded(), from: 16, &generator)
        front.reseal(in: 0..<front.count)
        _ = try? Checkpoint(decoding: front).encoded()

        let slots = ShardImage(slots: ShardImageTests.slots(5), capacity: 6)
        var shard = mutated(slots.encoded(shard: 0, seed: 1), from: 8, &generator)
        shard.store(CRC32C.checksum(shard, in: 4..<shard.count, seed: 1), at: 0)
        _ = try? ShardImage(decoding: shard, shard: 0, seed: 1).encoded(shard: 0, seed: 1)

        for liveAsOf in [0, 2] as [UInt64] { sealFooter(liveAsOf, &generator) }
    }

    private func sealFooter(_ liveAsOf: UInt64, _ generator: inout SeededGenerator) {
        var footer = FooterTests.sample(liveAsOf: liveAsOf)
        let sound = footer.encoded(salt: 1)
        let entriesEnd = footer.summary.entriesByteCount
        var summary = mutated(Array(sound[entriesEnd...]), from: 16, &generator)
        summary.reseal(in: 0..<128, seed: RecordHead.headSeed(salt: 1, byteOffset: 0))
        guard var decoded = try? FooterSummary(decoding: summary, salt: 1) else { return }
        let entries = mutated(Array(sound[..<entriesEnd]), from: 0, &generator)
        let entriesSeed = RecordHead.headSeed(salt: 1, byteOffset: decoded.dataEnd)
        decoded.entriesCheck = CRC32C.checksum(entries, in: 0..<entriesEnd, seed: entriesSeed)
        guard var footer = try? Footer(decoding: entries, summary: decoded, salt: 1) else { return }
        _ = footer.encoded(salt: 1)
        for (index, entry) in footer.entries.enumerated() {
            _ = IndexSlot(
                hash: 1,
                clock: IndexSlot.clock(
                    activity: entry.activity, ownLifetimeSeconds: entry.ownLifetimeSeconds),
                segmentIndex: 1, byteOffset: entry.byteOffset,
                recordByteCount: footer.recordEnd(of: index) - entry.byteOffset,
                isTouched: false, hasOwnLifetime: entry.ownLifetimeSeconds != nil)
        }
    }

    @Test(arguments: 0..<1_000 as Range<UInt64>)
    func `sealed heads are refused, or can be written again`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let sample = Sample(key: [1, 2, 3], body: [4, 5])
        var bytes = mutated(sample.encoded(), from: 8, upTo: 40, &generator)
        let byteCount = RecordHead.uncheckedByteCount(bytes, at: 0, layout: .plain) ?? 40
        let end = min(byteCount, bytes.count)
        let seed = RecordHead.headSeed(salt: sample.salt, byteOffset: 64)
        bytes.store(CRC32C.checksum(bytes, in: 4..<end, seed: seed), at: 0)
        guard let head = try? sample.decoded(bytes), head.recordByteCount <= bytes.count else {
            return
        }
        var copy = sample
        copy.head = head
        copy.key = Record.key(of: head, in: bytes, at: 0)
        copy.body = Record.body(of: head, in: bytes, at: 0)
        #expect(Array(copy.encoded()[8..<40]) == Array(bytes[8..<40]))
    }

    @Test(arguments: 0..<500 as Range<UInt64>)
    func `random touches are refused, or can be written again`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let bytes = mutated(TouchBodyTests.sample.encoded(), from: 0, upTo: 20, &generator)
        if let touch = try? TouchBody(decoding: bytes) { #expect(touch.encoded() == bytes) }
    }

    // MARK: Making them

    private func nonsense(
        _ count: Int,
        _ generator: inout SeededGenerator,
        magic: UInt64
    ) -> [UInt8] {
        var bytes = generator.bytes(count)
        Preamble.seal(&bytes, in: 0..<count, magic: magic)
        return bytes
    }

    /// A few words of `bytes` replaced by extremes and noise.
    private func mutated(
        _ bytes: [UInt8],
        from lower: Int,
        upTo upper: Int? = nil,
        _ generator: inout SeededGenerator
    ) -> [UInt8] {
        var bytes = bytes
        let words = ((upper ?? bytes.count) - lower) / 4
        for _ in 0...generator.next() % 3 {
            let place = lower + Int(generator.next() % UInt64(words)) * 4
            bytes.store(UInt32(generator.number(upTo: UInt64(UInt32.max))), at: place)
        }
        return bytes
    }

    private func decodeAll(_ bytes: [UInt8]) {
        let offset = bytes.count / 2
        #expect(throws: FormatError.self) { try SegmentHeader(decoding: bytes, isWriting: true) }
        #expect(throws: FormatError.self) { try Manifest(decoding: bytes, isWriting: true) }
        #expect(throws: FormatError.self) { try Checkpoint(decoding: bytes) }
        #expect(throws: FormatError.self) { try FooterSummary(decoding: bytes, salt: 1) }
        #expect(throws: FormatError.self) {
            try ShardImage(decoding: bytes, shard: 0, seed: 1)
        }
        #expect(throws: FormatError.self) {
            try RecordHead(decoding: bytes, at: offset, byteOffset: 64, salt: 1)
        }
        for liveAsOf in [0, 2] as [UInt64] {
            var footer = FooterTests.sample(liveAsOf: liveAsOf)
            _ = footer.encoded(salt: 1)
            let summary = footer.summary
            #expect(throws: FormatError.self) {
                try Footer(decoding: bytes, summary: summary, salt: 1)
            }
        }
        _ = try? TouchBody(decoding: bytes)
        let packed = RecordLayout.packed(liveAsOf: 9, activity: 1_000)
        #expect(throws: FormatError.self) {
            try RecordHead(decoding: bytes, at: offset, byteOffset: 64, salt: 1, layout: packed)
        }
        for layout in [RecordLayout.plain, packed] {
            _ = RecordHead.uncheckedByteCount(bytes, at: offset, layout: layout)
        }
        _ = ShardImage.uncheckedByteCount(bytes.span)
    }
}
