import DiskIO
import SegmentFormat
import SimulatedDisks
import Testing

@testable import LogEngine

/// What the next opening makes of what it finds.
@Suite struct RecoveryTests {
    /// Sealed segments, overwrites, touches, tombstones, and a resting or active end.
    static func makeStore(isClosed: Bool = true) throws -> (Bench, [String: String]) {
        var bench = Bench(segmentByteCountMax: 600)
        let log = try bench.open()
        var model: [String: String] = [:]
        for round in 0..<3 {
            for number in 0..<12 {
                model["key\(number)"] = "value \(round)"
                try log.put("key\(number)", "value \(round)")
            }
        }
        for number in 0..<3 { _ = try log.touchBlocking(bytes("key\(number)")) }
        for number in 3..<5 {
            _ = try log.removeBlocking(bytes("key\(number)"))
            model["key\(number)"] = nil
        }
        if isClosed { try log.closeBlocking() } else { bench = bench.killed() }
        return (bench, model)
    }

    private func expectWhole(
        _ bench: Bench,
        _ model: [String: String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> RecoveryReport {
        let reader = try bench.openReading()
        #expect(try reader.all() == model, sourceLocation: sourceLocation)
        let log = try bench.open()
        #expect(try log.all() == model, sourceLocation: sourceLocation)
        try log.put("after", "1")
        #expect(try log.text("after") == "1", sourceLocation: sourceLocation)
        try log.closeBlocking()
        let again = try bench.open()
        #expect(try again.count() == model.count + 1, sourceLocation: sourceLocation)
        try again.closeBlocking()
        return log.recovery
    }

    // MARK: Checkpoints

    @Test func `a checkpoint saves reading footers`() throws {
        let (bench, model) = try Self.makeStore()
        let report = try expectWhole(bench, model)
        #expect(report.indexSource == .checkpoint)
        #expect(report.replayedRecordCount == 0)
        #expect(report.discardedCheckpoint == nil)
        #expect(report.wasClosed)
    }

    @Test func `what came after a checkpoint is replayed, and nothing else`() throws {
        var (bench, model) = try Self.makeStore()
        var log = try bench.open()
        try log.put("more", "1")
        model["more"] = "1"
        #expect(try log.checkpointBlocking())
        for number in 0..<20 {
            try log.put("late\(number)", "1")
            model["late\(number)"] = "1"
        }
        bench = bench.killed()
        // Its counters are the checkpoint's and what came after.
        #expect(try bench.verify().damages == [])
        log = try bench.open()
        #expect(log.recovery.indexSource == .checkpoint)
        #expect(log.recovery.replayedRecordCount == 20)
        #expect(!log.recovery.wasClosed)
        #expect(try log.all() == model)
        try log.closeBlocking()
        #expect(try bench.verify().damages == [])
    }

    @Test func `counters are right with a checkpoint in the middle of the active segment`() throws {
        var bench = Bench(segmentByteCountMax: 1 << 16)
        let log = try bench.open()
        try log.put("a", "1")
        #expect(try log.checkpointBlocking())
        try log.put("a", "2")
        try log.put("b", "1")
        bench = bench.killed()
        #expect(try bench.openReading().statistics().liveByteCount == 96)
        #expect(try bench.verify().damages == [])
    }

    typealias Change = @Sendable (inout Checkpoint) -> Void

    static let mismatches: [(reason: String, change: Change)] = [
        ("another store", { $0.storeID ^= 1 }),
        ("newer than the manifest", { $0.edition += 1_000 }),
        ("shards", { $0.shardCount = 512 }),
        ("sequence is too high", { $0.nextSequence = 1 << 50 }),
        (
            "is shorter than it says",
            { $0.logEnd = LogPosition(segment: $0.segments[0].id, byteOffset: 1 << 20) }
        ),
    ]

    @Test(arguments: mismatches.indices)
    func `a checkpoint that does not fit the manifest is not used`(index: Int) throws {
        let (bench, model) = try Self.makeStore()
        let (reason, change) = Self.mismatches[index]
        try Self.changeCheckpoint(of: bench, change)
        let verification = try bench.verify()
        #expect(verification.damages.contains { $0.detail.contains(reason) })
        let report = try expectWhole(bench, model)
        #expect(report.indexSource == .footers)
        #expect(report.discardedCheckpoint?.contains(reason) == true)
    }

    static let outdated: [Change] = [
        { $0.segments[0].id = SegmentID(999) },
        { $0.segments.removeFirst() },
        { $0.segments[0] = .vacant },
    ]

    @Test(arguments: outdated.indices)
    func `a checkpoint of before a compaction is no damage, and not used`(index: Int) throws {
        let (bench, model) = try Self.makeStore()
        try Self.changeCheckpoint(of: bench, Self.outdated[index])
        #expect(try bench.verify().damages == [])
        let report = try expectWhole(bench, model)
        #expect(report.indexSource == .footers)
        #expect(report.discardedCheckpoint == nil)
    }

    private static func changeCheckpoint(of bench: Bench, _ change: Change) throws {
        var bytes = try bench.contents("CHECKPOINT")
        let old = try Checkpoint(
            decoding: Array(bytes.prefix(try Checkpoint.uncheckedByteCount(bytes))))
        var new = old
        change(&new)
        // The shards are as good as ever.
        var shards: [UInt8] = []
        var slotCount = 0
        var position = old.byteCount
        for shard in 0..<new.shardCount {
            let head = Array(bytes[position..<position + ShardImage.headByteCount])
            let end = position + ShardImage.uncheckedByteCount(head.span)
            let image = try ShardImage(
                decoding: Array(bytes[position..<end]), shard: shard, seed: old.shardSeed)
            shards += image.encoded(shard: shard, seed: new.shardSeed)
            slotCount += image.slots.count
            position = end
        }
        if new.shardCount < 1_024 { new.slotCount = slotCount }
        bytes = new.encoded() + shards
        try bench.disk.setContents(of: "/store/CHECKPOINT", to: bytes)
    }

    @Test func `a shard that an older checkpoint left in its place is not believed`() throws {
        let bench = Bench(segmentByteCountMax: 1 << 20)
        var log = try bench.open()
        try log.put("a", "old")
        try log.closeBlocking()
        let old = try bench.contents("CHECKPOINT")
        log = try bench.open()
        try log.put("a", "new")
        try log.closeBlocking()
        let new = try bench.contents("CHECKPOINT")
        #expect(old.count == new.count)
        // The front reached the disk, and nothing of the rest.
        let front = try Checkpoint.uncheckedByteCount(new)
        try bench.disk.setContents(
            of: "/store/CHECKPOINT", to: Array(new[..<front] + old[front...]))
        log = try bench.open()
        #expect(log.recovery.discardedCheckpoint != nil)
        #expect(try log.text("a") == "new")
        try log.closeBlocking()
    }

    @Test func `a checkpoint with any byte cut, added or changed is not used`() throws {
        let (bench, model) = try Self.makeStore()
        let whole = try bench.contents("CHECKPOINT")
        let front = try Checkpoint.uncheckedByteCount(whole)
        var random = SplitMix64(seed: 1)
        // Lengths and counts that would want memory, ends of structures, and bytes here and there.
        let lengths = [0, 7, 12, 95, 96, front - 1, front, front + 8, whole.count - 1]
        for length in lengths {
            try bench.disk.setContents(of: "/store/CHECKPOINT", to: Array(whole.prefix(length)))
            #expect(try bench.openReading().recovery.discardedCheckpoint != nil)
        }
        var others = [whole + [0]]
        for place in [0, 8, 60, 63, front + 8, front + 11] {
            others.append(whole)
            others[others.count - 1][place] ^= 0x40
        }
        for _ in 0..<30 {
            others.append(whole)
            others[others.count - 1][random.number(below: whole.count)] ^= 1
        }
        for other in others {
            try bench.disk.setContents(of: "/store/CHECKPOINT", to: other)
            let reader = try bench.openReading()
            #expect(reader.recovery.indexSource == .footers)
            #expect(reader.recovery.discardedCheckpoint != nil)
            #expect(try reader.all() == model)
        }
        try bench.disk.setContents(of: "/store/CHECKPOINT", to: whole)
        bench.disk.failOperation(kind: .open, namePrefix: "CHECKPOINT", with: .inputOutput)
        #expect(try bench.openReading().recovery.discardedCheckpoint != nil)
        for match in 1...3 {
            bench.disk.failOperation(
                kind: .read, namePrefix: "CHECKPOINT", match: match, with: .inputOutput)
            #expect(try bench.openReading().recovery.discardedCheckpoint != nil)
        }
        bench.disk.failOperation(kind: .byteCount, namePrefix: "CHECKPOINT", with: .inputOutput)
        #expect(try bench.openReading().recovery.discardedCheckpoint != nil)
        _ = try expectWhole(bench, model)
    }

    // MARK: Footers

    @Test func `a damaged footer is made anew from the records`() throws {
        let (bench, model) = try Self.makeStore()
        try bench.disk.removeFile("/store/CHECKPOINT")
        let manifest = try bench.manifest()
        for named in manifest.segments {
            let name = FileName.segment(named.id).text
            let end = try bench.contents(name).count
            for place in [named.dataEnd + 3, end - 100, end - 1] {
                let copy = bench.killed()
                try copy.disk.flipBit(place * 8, of: "/store/\(name)")
                let report = try expectWhole(copy, model)
                #expect(report.damages.count == 1)
                #expect(report.damages.first?.file == name)
            }
            for length in [named.dataEnd, end - 1, end - 127] {
                let copy = bench.killed()
                try copy.disk.truncateFile("/store/\(name)", to: length)
                #expect(try expectWhole(copy, model).damages.count == 1)
            }
        }
    }

    @Test func `a footer that the manifest does not know is not believed`() throws {
        let (bench, model) = try Self.makeStore()
        try bench.disk.removeFile("/store/CHECKPOINT")
        let manifest = try bench.manifest()
        for named in manifest.segments {
            let name = FileName.segment(named.id).text
            let whole = try bench.contents(name)
            let table = SegmentTable(
                try bench.disk.openDirectory("/store", creating: false),
                options: bench.options,
                isWriting: true
            )
            let footer = try FooterFile.load(table.add(named), from: table)
            // One that lists a record less, and one of other numbers.
            var shorter = Footer(
                footer.entries.dropLast(), id: named.id, dataEnd: named.dataEnd, liveAsOf: 0)
            var entries = footer.entries
            entries[0].sequence -= 1
            var other = Footer(entries, id: named.id, dataEnd: named.dataEnd, liveAsOf: 0)
            var newer = Footer(footer.entries, id: named.id, dataEnd: named.dataEnd, liveAsOf: 9)
            for footer in [
                shorter.encoded(salt: named.salt), other.encoded(salt: named.salt),
                newer.encoded(salt: named.salt),
            ] {
                let copy = bench.killed()
                try copy.disk.setContents(
                    of: "/store/\(name)", to: Array(whole[..<named.dataEnd]) + footer)
                let isKnown = try copy.verify().damages.contains {
                    $0.detail.contains("knows another footer")
                }
                #expect(isKnown)
                let report = try expectWhole(copy, model)
                #expect(report.damages.count == 1)
            }
        }
    }

    @Test func `a footer of a newer version is refused`() throws {
        let (bench, _) = try Self.makeStore()
        try bench.disk.removeFile("/store/CHECKPOINT")
        let end = try bench.contents("0000000001.segment").count
        try bench.disk.corrupt("/store/0000000001.segment", at: end - 120, with: [9, 0])
        #expect(failure { () throws(LogError) in _ = try bench.open() } == .unsupported)
        #expect(failure { () throws(LogError) in _ = try bench.openReading() } == .unsupported)
    }

    // MARK: Records

    @Test(arguments: [false, true])
    func `a damaged head costs a reader one record, and stops a writer`(isSealed: Bool) throws {
        let (bench, model) = try Self.makeStore(isClosed: false)
        let manifest = try bench.manifest()
        let named = try #require(isSealed ? manifest.segments.first : manifest.segments.last)
        let name = FileName.segment(named.id).text
        let isCheckpointed = try bench.files.contains("CHECKPOINT")
        #expect(!isCheckpointed)
        // The second record; a sealed segment only scans for want of a footer.
        let content = try bench.contents(name)
        let head = try RecordHead(decoding: content, at: 64, byteOffset: 64, salt: named.salt)
        let second = 64 + head.recordByteCount
        try bench.disk.flipBit((second + 9) * 8, of: "/store/\(name)")
        if isSealed { try bench.disk.truncateFile("/store/\(name)", to: named.dataEnd) }

        let before = bench.disk.snapshot()
        let reader = try bench.openReading()
        #expect(reader.recovery.damages.contains { $0.byteOffset == UInt64(second) })
        // The record in front of the hole is whole, and so is everything else.
        var wrong: [String] = []
        for (key, value) in model {
            let text = try reader.text(key)
            if text != value { wrong.append(key) }
        }
        #expect(wrong.count <= 1)
        #expect(try !bench.verify().isSound)
        #expect(failure { () throws(LogError) in _ = try bench.open() } == .corrupted)
        #expect(
            bench.disk.snapshot().files.filter { $0.key != "/store/LOCK" }
                == before.files.filter { $0.key != "/store/LOCK" })
    }

    @Test func `a damaged body in a segment without a footer costs its key`() throws {
        let (bench, model) = try Self.makeStore()
        try bench.disk.removeFile("/store/CHECKPOINT")
        let manifest = try bench.manifest()
        let named = try #require(manifest.segments.last)
        let name = FileName.segment(named.id).text
        // The first record's body and the footer.
        try bench.disk.flipBit((64 + 46) * 8, of: "/store/\(name)")
        try bench.disk.truncateFile("/store/\(name)", to: named.dataEnd)
        let log = try bench.open()
        #expect(log.recovery.damages.count == 2)
        let key = try #require(log.recovery.damages.last?.key)
        #expect(failure { () throws(LogError) in _ = try log.read(key) } == .corrupted)
        let others = model.filter { bytes($0.key) != key }
        for (key, value) in others { #expect(try log.text(key) == value) }
        try log.closeBlocking()
    }

    @Test func `a sealed segment with fewer records than the manifest knows is damage`() throws {
        let (bench, _) = try Self.makeStore()
        try bench.disk.removeFile("/store/CHECKPOINT")
        var manifest = try bench.manifest()
        manifest.segments[0].recordCount += 1
        try bench.disk.setContents(of: "/store/MANIFEST", to: manifest.encoded())
        let reader = try bench.openReading()
        #expect(reader.recovery.damages.contains { $0.detail.contains("records of") })
        #expect(failure { () throws(LogError) in _ = try bench.open() } == .corrupted)
    }

    @Test func `records above the manifest's numbers mean that it is older than the log`() throws {
        let (bench, _) = try Self.makeStore(isClosed: false)
        var manifest = try bench.manifest()
        // As it was when the last of the sealed segments was: the active one has gone on since.
        let sealed = manifest.segments.compactMap { $0.sequences?.upperBound }.max()
        manifest.sequenceFloor = try #require(sealed) + 1
        try bench.disk.setContents(of: "/store/MANIFEST", to: manifest.encoded())
        let reader = try bench.openReading()
        #expect(reader.recovery.damages.contains { $0.detail.contains("floor") })
        #expect(failure { () throws(LogError) in _ = try bench.open() } == .corrupted)
    }

    @Test func `an active segment shorter than the manifest knows is damage`() throws {
        let (bench, _) = try Self.makeStore(isClosed: false)
        var manifest = try bench.manifest()
        let last = manifest.segments.count - 1
        let name = FileName.segment(manifest.segments[last].id).text
        manifest.segments[last].dataEnd = try bench.contents(name).count + 800
        try bench.disk.setContents(of: "/store/MANIFEST", to: manifest.encoded())
        #expect(failure { () throws(LogError) in _ = try bench.open() } == .corrupted)
        let reader = try bench.openReading()
        #expect(reader.recovery.damages.contains { $0.detail.contains("ends before records") })
        #expect(try !bench.verify().isSound)
    }

    // MARK: Segments

    @Test(arguments: [false, true])
    func `a missing segment stops a writer, and is told to a reader`(isClosed: Bool) throws {
        let (bench, _) = try Self.makeStore(isClosed: isClosed)
        for (number, name) in try bench.segments.enumerated() {
            let copy = bench.killed()
            try copy.disk.removeFile("/store/\(name)")
            #expect(failure { () throws(LogError) in _ = try copy.open() } == .corrupted)
            let reader = try copy.openReading()
            #expect(reader.recovery.damages.contains { $0.file == name })
            let report = try copy.verify()
            #expect(report.damages.contains { $0.file == name })
            #expect(report.segmentCount == (try bench.segments.count) - 1)
            if number == 0, !isClosed { #expect(try reader.count() > 0) }
            for record in reader.records() {
                if case .failure(let error) = record { #expect(Case(error) == .corrupted) }
            }
        }
    }

    @Test func `another store's segment is not taken for ours`() throws {
        let (bench, _) = try Self.makeStore()
        let other = Bench(seed: 77, segmentByteCountMax: 600)
        let log = try other.open()
        for number in 0..<40 { try log.put("key\(number)", "value") }
        try log.closeBlocking()
        try bench.disk.setContents(
            of: "/store/0000000001.segment", to: other.contents("0000000001.segment"))
        #expect(failure { () throws(LogError) in _ = try bench.open() } == .corrupted)
        #expect(try bench.openReading().recovery.damages.first?.detail.contains("another") == true)
    }

    @Test func `a damaged header costs nothing`() throws {
        let (bench, model) = try Self.makeStore()
        for name in try bench.segments {
            try bench.disk.flipBit(40 * 8, of: "/store/\(name)")
        }
        let report = try expectWhole(bench, model)
        #expect(report.damages.count == (try bench.segments.count))
        #expect(report.damages.allSatisfy { $0.detail.hasPrefix("header") })
    }

    @Test(arguments: ["0000000001.segment", "MANIFEST"], [8, 24])
    func `a newer version or feature is refused, and left alone`(
        name: String,
        place: Int
    ) throws {
        let (bench, _) = try Self.makeStore()
        // The version, or the features that a reader must know; sealed again by their own check.
        var content = try bench.contents(name)
        content.store(UInt16(place == 8 ? 2 : 1), at: place)
        let end = name == "MANIFEST" ? content.count : 64
        let front = CRC32C.checksum(content, in: 0..<12)
        content.store(CRC32C.checksum(content, in: 16..<end, seed: front), at: 12)
        try bench.disk.setContents(of: "/store/\(name)", to: content)
        let before = bench.disk.snapshot()
        #expect(failure { () throws(LogError) in _ = try bench.open() } == .unsupported)
        #expect(failure { () throws(LogError) in _ = try bench.openReading() } == .unsupported)
        #expect(bench.disk.snapshot() == before)
    }

    @Test func `segments come in groups of overlapping numbers`() {
        func segment(_ id: UInt32, _ sequences: ClosedRange<UInt64>?) -> ManifestSegment {
            ManifestSegment(
                id: SegmentID(id), state: .sealed, salt: 0, sequences: sequences, dataEnd: 64,
                recordCount: 0)
        }
        let groups = Recovery.groups([
            segment(1, 10...19), segment(2, 1...5), segment(3, 4...9), segment(4, 20...20),
            segment(5, nil), segment(6, 19...19),
        ])
        #expect(groups.map { $0.map(\.id.rawValue) } == [[2, 3], [1, 6], [4]])
    }

    // MARK: Leftovers

    @Test func `leftovers of a crash are removed, and nothing else`() throws {
        let (bench, model) = try Self.makeStore()
        let manifest = try bench.manifest()
        let header = SegmentHeader(
            id: SegmentID(90), storeID: manifest.storeID, salt: 5, createdAt: 0)
        let leftovers: [String: [UInt8]] = [
            "MANIFEST.new": [1, 2, 3], "CHECKPOINT.new": [],
            "0000000090.segment": header.encoded(), "0000000091.segment": [],
            "0000000092.segment": [UInt8](repeating: 9, count: 300),
        ]
        let strangers: [String: [UInt8]] = [
            "notes.txt": [1], "1.segment": [2], "0000000001-0000000064.cut": [3],
        ]
        for (name, content) in leftovers.merging(strangers, uniquingKeysWith: { $1 }) {
            try bench.disk.setContents(of: "/store/\(name)", to: content)
        }
        let reader = try bench.openReading()
        #expect(reader.recovery.removedFiles == [])
        #expect(reader.recovery.damages == [])
        #expect(try bench.verify().damages == [])
        let report = try expectWhole(bench, model)
        #expect(Set(report.removedFiles) == Set(leftovers.keys))
        #expect(try Set(bench.files).isSuperset(of: strangers.keys))
        #expect(try Set(bench.files).isDisjoint(with: leftovers.keys))
    }

    @Test func `a leftover that somebody takes away meanwhile is gone, too`() throws {
        let (bench, model) = try Self.makeStore()
        let disk = bench.disk
        try disk.setContents(of: "/store/CHECKPOINT.new", to: [1])
        disk.onOperation { [weak disk] _, operation in
            guard operation.kind == .remove, operation.name == "CHECKPOINT.new" else { return }
            try? disk?.removeFile("/store/CHECKPOINT.new")
        }
        let report = try expectWhole(bench, model)
        disk.onOperation(nil)
        #expect(report.removedFiles == [])
        #expect(try !bench.files.contains("CHECKPOINT.new"))
    }

    @Test func `an unnamed segment with records is not thrown away`() throws {
        let (bench, _) = try Self.makeStore()
        try bench.disk.duplicateFile(
            "/store/0000000001.segment", as: "/store/0000000090.segment")
        // A copy says another number: it is none of ours.
        var report = try bench.openReading().recovery
        #expect(report.damages == [])
        var manifest = try bench.manifest()
        manifest.nextSegment = manifest.segments.removeLast().id
        try bench.disk.setContents(of: "/store/MANIFEST", to: manifest.encoded())
        try bench.disk.removeFile("/store/0000000090.segment")
        try bench.disk.removeFile("/store/CHECKPOINT")
        let before = try bench.segments
        #expect(failure { () throws(LogError) in _ = try bench.open() } == .corrupted)
        report = try bench.openReading().recovery
        #expect(report.damages.contains { $0.detail.contains("does not name it") })
        #expect(try bench.segments == before)
    }

    // MARK: Torn tails

    @Test(arguments: [1, 4_000])
    func `an unnamed segment of another store is not thrown away`(number: UInt32) throws {
        let bench = Bench(segmentByteCountMax: 300)
        let stranger = Bench(seed: 2)
        for store in [bench, stranger] {
            let log = try store.open()
            for number in 0..<20 { try log.put("k\(number)", "value \(number)") }
            // Whose number was given before, and is named no more.
            _ = try log.compactBlocking()
            try log.closeBlocking()
        }
        let id = SegmentID(number)
        try #require(try bench.manifest().segments.allSatisfy { $0.id != id })
        let name = FileName.segment(id).text
        let foreign = try stranger.contents(try #require(stranger.segments.first))
        try bench.disk.setContents(of: "/store/\(name)", to: foreign)
        #expect(failure { () throws(LogError) in _ = try bench.open() } == .corrupted)
        let reader = try bench.openReading()
        #expect(reader.recovery.damages.contains { $0.file == name })
        #expect(try bench.contents(name) == foreign)
        try bench.disk.removeFile("/store/\(name)")
        let log = try bench.open()
        #expect(try log.count() == 20)
        try log.closeBlocking()
    }

    @Test func `the last four cut ends are kept`() throws {
        var (bench, model) = try Self.makeStore(isClosed: false)
        for round in 0..<7 {
            let manifest = try bench.manifest()
            let name = FileName.segment(try #require(manifest.segments.last).id).text
            let reader = try bench.openReading()
            let end = Int(reader.core.segments.all.last?.counts.dataEnd ?? 0)
            try bench.disk.corrupt("/store/\(name)", at: end, with: [UInt8](repeating: 7, count: 9))
            let before = bench.disk.snapshot()
            let torn = try bench.openReading()
            #expect(torn.recovery.tornTail?.byteOffset == UInt64(end))
            #expect(torn.recovery.tornTail?.keptFile == nil)
            #expect(try bench.verify().tornTail != nil)
            #expect(try bench.verify().damages == [])
            #expect(bench.disk.snapshot() == before)
            let log = try bench.open()
            #expect(log.recovery.tornTail?.byteCount == 9)
            let kept = try #require(log.recovery.tornTail?.keptFile)
            #expect(try bench.contents(kept) == [UInt8](repeating: 7, count: 9))
            #expect(try bench.files.count { $0.hasSuffix(".cut") } == min(round + 1, 4))
            #expect(try log.all() == model)
            try log.put("round\(round)", "1")
            model["round\(round)"] = "1"
            bench = bench.killed()
        }
    }

    /// A footer that was being appended over, of which a power cut left the first bytes: they say
    /// what it is, and what follows them is no version.
    @Test func `what is left of an older footer is torn, and not of a newer program`() throws {
        let (bench, model) = try Self.makeStore(isClosed: false)
        let manifest = try bench.manifest()
        let name = FileName.segment(try #require(manifest.segments.last).id).text
        let end = Int(try bench.openReading().core.segments.all.last?.counts.dataEnd ?? 0)
        var remains = [UInt8](repeating: 0x57, count: FooterSummary.byteCount)
        remains.store(FooterSummary.magic, at: 0)
        let content = try bench.contents(name).prefix(end) + remains
        try bench.disk.setContents(of: "/store/\(name)", to: Array(content))
        #expect(try bench.openReading().recovery.tornTail?.byteOffset == UInt64(end))
        let log = try bench.open()
        #expect(log.recovery.damages == [])
        #expect(log.recovery.tornTail?.byteCount == 128)
        #expect(try log.all() == model)
        try log.closeBlocking()
    }

    @Test(arguments: [DiskError.Operation.open, .write, .sync, .syncDirectory, .remove])
    func `an end that cannot be kept is cut all the same`(kind: DiskError.Operation) throws {
        let (bench, model) = try Self.makeStore(isClosed: false)
        for number in 0..<6 {
            let name = "/store/0000000001-000000000\(number).cut"
            try bench.disk.setContents(of: name, to: [1])
        }
        let manifest = try bench.manifest()
        let name = FileName.segment(try #require(manifest.segments.last).id).text
        let end = try #require(try bench.openReading().core.segments.all.last?.counts.dataEnd)
        try bench.disk.corrupt("/store/\(name)", at: end, with: [7])
        let witness = Witness()
        bench.disk.failOperation(with: .inputOutput) { _, operation in
            operation.kind == kind && (operation.name.hasSuffix(".cut") || kind == .syncDirectory)
        }
        let log = try bench.open(witness)
        #expect(witness.told.failures.count == 1)
        #expect(log.recovery.tornTail?.byteOffset == UInt64(end))
        #expect(log.recovery.tornTail?.keptFile == nil)
        #expect(try log.all() == model)
        try log.closeBlocking()
    }

    @Test func `what a recovery cannot do fails it, and leaves the store as it was`() throws {
        let (bench, model) = try Self.makeStore(isClosed: false)
        let manifest = try bench.manifest()
        let name = FileName.segment(try #require(manifest.segments.last).id).text
        let end = try #require(try bench.openReading().core.segments.all.last?.counts.dataEnd)
        try bench.disk.corrupt("/store/\(name)", at: end, with: [7])
        try bench.disk.setContents(of: "/store/MANIFEST.new", to: [])
        try bench.disk.setContents(of: "/store/0000000090.segment", to: [])
        let kinds: [DiskError.Operation] = [.open, .read, .byteCount, .write, .sync, .truncate]
        var failedCount = 0
        for kind in kinds + [.remove, .names, .lock] {
            for match in 1...12 {
                let copy = bench.killed()
                copy.disk.failOperation(kind: kind, match: match, with: .inputOutput)
                let result = failure { () throws(LogError) in
                    let log = try copy.open()
                    try log.closeBlocking()
                }
                guard copy.disk.faultWasMet, result != .none else { continue }
                failedCount += 1
                #expect(result == .unavailable || result == .poisoned)
                copy.disk.clearFaults()
                _ = try expectWhole(copy, model)
            }
        }
        #expect(failedCount > 15)
    }
}
