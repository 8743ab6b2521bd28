import DiskIO
import SegmentFormat
import SimulatedDisks
import Synchronization
import Testing

@testable import LogEngine

@Suite struct CompactionTests {
    // MARK: Space

    @Test func `what was overwritten and destroyed is given back, and nothing else`() throws {
        let bench = Bench()
        let log = try bench.open()
        var model: [String: String] = [:]
        for round in 0..<5 {
            for number in 0..<40 {
                model["key\(number)"] = "value \(number) of round \(round)"
                try log.put("key\(number)", "value \(number) of round \(round)")
            }
        }
        for number in 0..<10 {
            #expect(try log.removeBlocking(bytes("key\(number)")))
            model["key\(number)"] = nil
        }
        let before = try log.statistics()
        let report = try log.compactBlocking()
        #expect(report.movedRecordCount == 30)
        #expect(report.inputSegmentCount == before.segments.count)
        #expect(report.freedByteCount > report.outputByteCount * 4)
        let after = try log.statistics()
        #expect(after.deadByteCount == 0)
        // Heads are packed.
        #expect(after.liveByteCount < before.liveByteCount)
        #expect(try log.all() == model)
        // The files of before are gone, and with the next opening nothing has to be removed.
        #expect(try bench.segments.count == after.segments.count)
        try log.closeBlocking()
        #expect(try bench.verify().damages == [])
        let again = try bench.open()
        #expect(again.recovery.removedFiles == [])
        #expect(again.recovery.indexSource == .checkpoint)
        #expect(try again.all() == model)
    }

    @Test func `a second compaction finds nothing to do`() throws {
        let bench = Bench()
        let log = try bench.open()
        for number in 0..<40 { try log.put("key\(number)", "some value") }
        _ = try log.compactBlocking()
        let files = try bench.segments
        #expect(try log.compactBlocking().inputSegmentCount <= 1)
        #expect(try bench.segments.count == files.count)
    }

    @Test func `a store that was compacted and killed opens from its footers`() throws {
        var bench = Bench()
        let log = try bench.open()
        for number in 0..<60 { try log.put("key\(number % 20)", "value \(number)") }
        #expect(try log.checkpointBlocking())
        _ = try log.compactBlocking()
        let model = try log.all()
        bench = bench.killed()
        let again = try bench.open()
        // The checkpoint points at segments that are gone; that is no damage.
        #expect(again.recovery.indexSource == .footers)
        #expect(again.recovery.discardedCheckpoint == nil)
        #expect(try again.all() == model)
        #expect(try bench.verify().damages == [])
    }

    @Test func `a destroyed value does not return when only its tombstone is compacted`() throws {
        var bench = Bench(segmentByteCountMax: 400)
        let log = try bench.open()
        try log.put("a", String(repeating: "x", count: 300))
        #expect(try log.removeBlocking(bytes("a")))
        try log.put("b", String(repeating: "y", count: 300))
        try log.put("c", String(repeating: "z", count: 300))
        // Without the segment that holds the value.
        let compactor = try #require(log.compactor)
        let report = try compactor.compact { $0 != SegmentID(1) }
        #expect(report.keptTombstoneCount == 1)
        #expect(try bench.killed().open().all().keys.sorted() == ["b", "c"])
        // With it the tombstone has nothing to mask any more.
        #expect(try log.compactBlocking().keptTombstoneCount == 0)
        bench = bench.killed()
        #expect(try bench.open().all().keys.sorted() == ["b", "c"])
    }

    // MARK: Touches

    @Test func `a touch is folded into the value that it kept alive`() throws {
        var bench = Bench(segmentByteCountMax: 600)
        bench.options.lifetimeMilliseconds = 60_000
        let log = try bench.open()
        let revision = try log.put("a", "value")
        for number in 0..<10 { try log.put("filler\(number)", "some more") }
        bench.disk.advance(milliseconds: 30_000)
        #expect(try log.touchBlocking(bytes("a")))
        let touched = try #require(try log.read(bytes("a")))
        _ = try log.compactBlocking()
        #expect(try log.read(bytes("a")) == touched)
        #expect(touched.revision == revision)
        // Touched, written on condition and destroyed like any other.
        bench.disk.advance(milliseconds: 1_000)
        #expect(try log.touchBlocking(bytes("a"), condition: .unchanged(since: revision)))
        #expect(try log.read(bytes("a"))?.revision == revision)
        _ = try log.compactBlocking()
        #expect(try bench.killed().open().read(bytes("a")) == (try log.read(bytes("a"))))
        _ = try log.writeBlocking(
            bytes("a"), bytes("new"), condition: .unchanged(since: revision))
        _ = try log.compactBlocking()
        #expect(try bench.killed().open().text("a") == "new")
        #expect(try bench.killed().verify().damages == [])
    }

    @Test func `a touch that lost its value to expiry keeps nothing alive`() throws {
        for isInActive in [false, true] {
            var bench = Bench(segmentByteCountMax: 1 << 16)
            bench.options.expiryGraceMilliseconds = 0
            let log = try bench.open()
            let compactor = try #require(log.compactor)
            // An older value that never expires, the value, and its touch, each in a segment.
            _ = try log.writeBlocking(bytes("a"), bytes("old"), lifetime: .endless)
            _ = try log.runBlocking(.seal).get()
            _ = try log.writeBlocking(bytes("a"), bytes("new"), lifetime: .milliseconds(5_000))
            _ = try log.runBlocking(.seal).get()
            #expect(try log.touchBlocking(bytes("a")))
            if !isInActive { _ = try log.runBlocking(.seal).get() }
            bench.disk.advance(milliseconds: 8_000)
            let report = try compactor.compact { $0 == SegmentID(2) }
            #expect(report.expiredRecordCount == 1 && report.keptTombstoneCount == 1)
            #expect(try bench.killed().open().all() == [:])
            #expect(try bench.killed().verify().damages == [])
            // Nor when what is left is compacted once more, one by one.
            for id in 1...UInt32(9) { _ = try compactor.compact { $0 == SegmentID(id) } }
            #expect(try bench.killed().open().all() == [:])
            #expect(try bench.killed().verify().damages == [])
        }
    }

    @Test func `a touch in the active segment means nothing once it is folded`() throws {
        let bench = Bench(segmentByteCountMax: 1 << 16)
        let log = try bench.open()
        try log.put("a", "value")
        _ = try log.runBlocking(.seal).get()
        #expect(try log.touchBlocking(bytes("a")))
        _ = try log.compactor?.compact { $0 == SegmentID(1) }
        let record = try log.read(bytes("a"))
        #expect(try bench.killed().open().read(bytes("a")) == record)
        #expect(try bench.killed().verify().damages == [])
    }

    // MARK: Beside writers and readers

    /// Compacts two segments of many values, and calls `body` in the middle of it.
    private func compactInTheMiddle(
        _ body: (SegmentLog) throws -> Void
    ) throws -> (bench: Bench, log: SegmentLog, model: [String: String]) {
        var bench = Bench(segmentByteCountMax: 4 << 20)
        bench.options.lifetimeMilliseconds = 60_000
        // The values are as long afterwards, so that there is a middle.
        bench.options.compactedCompression = .none
        let log = try bench.open()
        let large = String(repeating: "v", count: 64 << 10)
        for number in 0..<40 { try log.put("key\(number)", "\(number) \(large)") }
        for number in 0..<4 { try log.put("key\(number * 7)", "newer \(number)") }
        var pauses = 0
        var failed: (any Error)?
        let compactor = try #require(log.compactor)
        _ = try log.runBlocking(.seal).get()
        _ = try compactor.compactAll { _ throws(LogError) in
            pauses += 1
            guard pauses == 2 else { return }
            do { try body(log) } catch { failed = error }
        }
        if let failed { throw failed }
        #expect(pauses >= 2)
        var model: [String: String] = [:]
        for number in 0..<40 { model["key\(number)"] = "\(number) \(large)" }
        for number in 0..<4 { model["key\(number * 7)"] = "newer \(number)" }
        return (bench, log, model)
    }

    private func expect(_ bench: Bench, _ log: SegmentLog, _ model: [String: String]) throws {
        #expect(try log.all() == model)
        #expect(try bench.killed().open().all() == model)
        #expect(try bench.killed().verify().damages == [])
        try CampaignRun.checkCounts(of: log)
        _ = try log.compactBlocking()
        #expect(try bench.killed().open().all() == model)
    }

    @Test func `what is written meanwhile is newer than what was copied`() throws {
        var (bench, log, model) = try compactInTheMiddle { log in
            for number in 0..<40 where number % 3 == 0 { try log.put("key\(number)", "late") }
            for number in 0..<40 where number % 3 == 1 {
                #expect(try log.removeBlocking(bytes("key\(number)")))
            }
        }
        for number in 0..<40 where number % 3 == 0 { model["key\(number)"] = "late" }
        for number in 0..<40 where number % 3 == 1 { model["key\(number)"] = nil }
        try expect(bench, log, model)
    }

    @Test func `what is touched meanwhile keeps its value and its new life`() throws {
        let revisions = Mutex<[UInt64?]>([])
        let (bench, log, model) = try compactInTheMiddle { log in
            advance(log, milliseconds: 1_000)
            for number in 0..<40 { #expect(try log.touchBlocking(bytes("key\(number)"))) }
            for number in 0..<40 {
                let record = try log.read(bytes("key\(number)"))
                revisions.withLock { $0.append(record?.revision) }
            }
        }
        for number in 0..<40 {
            let record = try log.read(bytes("key\(number)"))
            let revision = revisions.withLock { $0[number] }
            #expect(record?.revision == revision)
        }
        try expect(bench, log, model)
    }

    /// Moves the clock of the log's disk.
    private func advance(_ log: SegmentLog, milliseconds: Int64) {
        (log.core.disk as? SimulatedDisk)?.advance(milliseconds: milliseconds)
    }

    @Test func `an iteration goes on beside a compaction, and meets every key once`() throws {
        let bench = Bench()
        let log = try bench.open()
        for number in 0..<300 { try log.put("key\(number)", "value \(number)") }
        for number in 0..<300 where number % 2 == 0 { try log.put("key\(number)", "newer") }
        var seen: Set<[UInt8]> = []
        var records = log.records()
        var count = 0
        while let result = records.next() {
            #expect(seen.insert(try result.get().key).inserted)
            count += 1
            if count % 50 == 0 { _ = try log.compactBlocking() }
        }
        #expect(seen.count == 300)
    }

    @Test func `whoever reads a compacted segment keeps its file until he is done`() throws {
        let bench = Bench()
        let log = try bench.open()
        for number in 0..<100 { try log.put("key\(number)", "value \(number)") }
        var records: LogRecords? = log.records()
        _ = try records?.next()?.get()
        let before = try bench.segments
        _ = try log.compactBlocking()
        #expect(try Set(bench.segments).isSuperset(of: before))
        records = nil
        #expect(try Set(bench.segments).isDisjoint(with: before))
    }

    @Test func `an iteration that is left lying about cannot fill the disk`() throws {
        var bench = Bench()
        bench.options.pinnedByteCountMax = 4_000
        let log = try bench.open()
        for number in 0..<100 { try log.put("key\(number)", "value \(number)") }
        // Two keys in one shard, so that it stands in the middle of one.
        var forgotten = log.records()
        var number = 100
        while log.core.index.snapshot(of: 0).slots.count < 2 {
            try log.put("key\(number)", "value")
            number += 1
        }
        _ = try forgotten.next()?.get()
        _ = try log.compactBlocking()
        let statistics = try log.statistics()
        #expect(statistics.pinnedByteCount <= 4_000)
        let next = forgotten.next()
        guard case .failure(.unavailable(let fault)) = next else {
            Issue.record("went on with \(String(describing: next))")
            return
        }
        #expect(fault.detail.contains("begin another"))
        #expect(forgotten.next() == nil)
        #expect(try log.all().count == number)
        // A small one may stay, and is told of.
        bench.options.pinnedByteCountMax = 1 << 20
        let other = try bench.killed().open()
        for number in 0..<50 { try other.put("key\(number)", "newer") }
        var records: LogRecords? = other.records()
        _ = try records?.next()?.get()
        _ = try other.compactBlocking()
        #expect(try other.statistics().pinnedByteCount > 0)
        #expect(try other.statistics().oldestPinNanoseconds != nil)
        records = nil
        #expect(try other.statistics().pinnedByteCount == 0)
        #expect(try other.statistics().oldestPinNanoseconds == nil)
    }

    @Test func `a store opened for reading says when it is out of date`() throws {
        var bench = Bench()
        bench.options.openFileCountMax = 2
        let log = try bench.open()
        for number in 0..<100 { try log.put("key\(number)", "value \(number)") }
        let reader = try bench.openReading()
        for number in 0..<100 { try log.put("key\(number)", "newer \(number)") }
        _ = try log.compactBlocking()
        var outdated = 0
        for number in 0..<100 {
            switch failure({ () throws(LogError) in _ = try reader.read(bytes("key\(number)")) }) {
            case .none: continue
            case .unavailable: outdated += 1
            case let other: Issue.record("failed with \(other)")
            }
        }
        #expect(outdated > 0)
        #expect(try bench.openReading().text("key7") == "newer 7")
    }

    // MARK: Expiry

    @Test func `what has expired goes, and its segments without being copied`() throws {
        var bench = Bench()
        bench.options.lifetimeMilliseconds = 10_000
        let log = try bench.open()
        for number in 0..<200 { try log.put("key\(number)", "value \(number)") }
        _ = try log.writeBlocking(bytes("own"), bytes("1"), lifetime: .milliseconds(500_000))
        _ = try log.writeBlocking(bytes("ever"), bytes("2"), lifetime: .endless)
        let before = try log.statistics()
        bench.disk.advance(milliseconds: 10_000 + 60_000 - 5_000)
        // Expired, but not long enough for a clock to be trusted with it.
        #expect(try log.compactDueBlocking().expiredRecordCount == 0)
        #expect(try log.count() == 2)
        bench.disk.advance(milliseconds: 10_000)
        #expect(try log.sweepBlocking() == 0)
        let report = try log.compactDueBlocking()
        #expect(report.expiredRecordCount > 190)
        #expect(report.outputByteCount * 50 < report.inputByteCount)
        _ = try log.compactBlocking()
        let after = try log.statistics()
        #expect(after.keyCount == 2)
        #expect(after.liveByteCount * 20 < before.liveByteCount)
        #expect(try log.all() == ["own": "1", "ever": "2"])
        // No looser setting brings them back.
        bench.options.lifetimeMilliseconds = nil
        #expect(try bench.killed().open().all() == ["own": "1", "ever": "2"])
    }

    @Test func `a clock that jumps ahead lets nothing go for good`() throws {
        var bench = Bench()
        bench.options.lifetimeMilliseconds = 10_000
        let log = try bench.open()
        for number in 0..<100 { try log.put("key\(number)", "value \(number)") }
        let wall = bench.disk.wallClockMilliseconds()
        bench.disk.setWallClock(milliseconds: wall + 86_400_000)
        #expect(try log.compactBlocking().expiredRecordCount == 0)
        #expect(try log.compactDueBlocking().expiredRecordCount == 0)
        #expect(try log.statistics().keyCount == 100)
    }

    @Test func `what has expired under a setting stays expired under a looser one`() throws {
        var bench = Bench()
        bench.options.lifetimeMilliseconds = 10_000
        var log = try bench.open()
        try log.put("old", "1")
        bench.disk.advance(milliseconds: 10_001)
        try log.put("young", "2")
        #expect(try log.all() == ["young": "2"])
        try log.closeBlocking()
        for lifetime: UInt64? in [nil, 1_000_000, nil] {
            bench.options.lifetimeMilliseconds = lifetime
            // Nor does a clock that has gone back.
            bench.disk.setWallClock(milliseconds: 1_000)
            log = try bench.open()
            #expect(try log.all() == ["young": "2"])
            #expect(try log.text("old") == nil)
            #expect(try log.count() == 1)
            #expect(try !log.touchBlocking(bytes("old")))
            try log.closeBlocking()
        }
        bench.disk = bench.disk.clone()
        bench.options.lifetimeMilliseconds = nil
        log = try bench.open()
        #expect(try log.writeBlocking(bytes("old"), bytes("3"), condition: .absent) > 0)
        #expect(try log.all() == ["young": "2", "old": "3"])
    }

    @Test func `the sweep records what would not go with its segment`() throws {
        var bench = Bench(segmentByteCountMax: 1 << 16)
        bench.options.expiryGraceMilliseconds = 0
        let log = try bench.open()
        for number in 0..<90 {
            _ = try log.writeBlocking(bytes("ever\(number)"), bytes("1"), lifetime: .endless)
        }
        for number in 0..<40 {
            let key = bytes("brief\(number)")
            _ = try log.writeBlocking(key, bytes("1"), lifetime: .milliseconds(5_000))
        }
        bench.disk.advance(milliseconds: 8_000)
        #expect(try log.sweepBlocking() == 40)
        #expect(try log.sweepBlocking() == 0)
        #expect(try log.statistics().keyCount == 90)
        #expect(try bench.killed().open().statistics().keyCount == 90)
    }

    @Test func `whoever watches is told of each expiry once`() throws {
        var bench = Bench()
        bench.options.expiryGraceMilliseconds = 0
        bench.options.lifetimeMilliseconds = 5_000
        let log = try bench.open()
        let told = Mutex<[LogRecord]>([])
        log.watchExpiry(while: { true }, { record in told.withLock { $0.append(record) } })
        for number in 0..<50 { try log.put("key\(number)", "value \(number)") }
        bench.disk.advance(milliseconds: 8_000)
        #expect(try log.compactBlocking().expiredRecordCount == 0)
        _ = try log.sweepBlocking()
        let records = told.withLock { $0 }
        #expect(records.count == 50)
        #expect(Set(records.map(\.key)).count == 50)
        #expect(records.allSatisfy { $0.value.starts(with: bytes("value ")) })
    }

    @Test func `while somebody watches, compaction does not begin over and over`() throws {
        var bench = Bench()
        bench.options.expiryGraceMilliseconds = 0
        bench.options.lifetimeMilliseconds = 5_000
        let witness = Witness()
        let log = try bench.open(witness)
        for number in 0..<200 { try log.put("key\(number)", "value \(number)") }
        bench.disk.advance(milliseconds: 8_000)
        // Counted before somebody watches, and not after.
        _ = try log.compactor?.compact { _ in false }
        _ = try log.sweepBlocking()
        log.watchExpiry(while: { true }, { _ in })
        _ = try log.compactDueBlocking()
        #expect(witness.told.compactions.count <= 2)
        #expect(try log.all() == [:])
    }

    @Test func `what expired in a segment does not count against the next of its number`() throws {
        var bench = Bench(segmentByteCountMax: 4_000)
        bench.options.expiryGraceMilliseconds = 0
        let witness = Witness()
        let log = try bench.open(witness)
        for number in 0..<30 {
            let key = bytes("brief\(number)")
            _ = try log.writeBlocking(key, bytes("1"), lifetime: .milliseconds(5_000))
        }
        for number in 0..<400 { try log.put("key\(number)", "value \(number)") }
        bench.disk.advance(milliseconds: 8_000)
        _ = try log.sweepBlocking()
        _ = try log.compactor?.compact { $0 == SegmentID(1) }
        let count = witness.told.compactions.count
        _ = try log.compactDueBlocking()
        #expect(witness.told.compactions.count <= count + 1)
        #expect(try log.all().count == 400)
    }

    // MARK: Damage and a full disk

    @Test func `a segment with damage stays as it is, and the others are compacted`() throws {
        let bench = Bench()
        var log = try bench.open()
        for round in 0..<3 {
            for number in 0..<40 { try log.put("key\(number)", "value \(number), \(round)") }
        }
        let slot = log.core.index.candidates(for: log.core.hash(bytes("key7")))[0]
        let segment = try #require(log.core.segments.segment(at: slot.segmentIndex))
        try log.closeBlocking()
        let bit = (slot.byteOffset + RecordHead.byteCount + 8) * 8
        try bench.disk.flipBit(bit, of: "/store/\(segment.fileName)")
        let witness = Witness()
        log = try bench.open(witness)
        let report = try log.compactBlocking()
        #expect(report.damagedSegmentCount == 1)
        #expect(report.inputSegmentCount > 3)
        #expect(try bench.segments.contains(segment.fileName))
        #expect(witness.told.damages.contains { $0.file == segment.fileName })
        #expect(failure { () throws(LogError) in _ = try log.text("key7") } == .corrupted)
        for number in 0..<40 where number != 7 {
            #expect(try log.text("key\(number)") == "value \(number), 2")
        }
        // Once nobody needs the damaged record, it goes like any other.
        try log.put("key7", "again")
        try log.closeBlocking()
        log = try bench.open()
        #expect(try log.compactBlocking().damagedSegmentCount == 0)
        #expect(try bench.verify().damages == [])
    }

    @Test func `a full disk stops a compaction, and heals`() throws {
        let bench = Bench(segmentByteCountMax: 1 << 16)
        let witness = Witness()
        let log = try bench.open(witness)
        for number in 0..<400 { try log.put("key\(number)", "value \(number)") }
        let model = try log.all()
        _ = try log.runBlocking(.seal).get()
        let compactor = try #require(log.compactor)
        // It is refused before it begins, and fails when the space goes while it is at work.
        for capacity in [9_000, 40_000] {
            bench.disk.capacity = bench.disk.usedByteCount + capacity
            let result = failure { () throws(LogError) in
                _ = try compactor.compact { _ in
                    bench.disk.capacity = bench.disk.usedByteCount + 3_000
                    return true
                }
            }
            #expect(result == .diskFull)
            #expect(try log.all() == model)
        }
        #expect(failure { () throws(LogError) in _ = try log.compactBlocking() } == .diskFull)
        #expect(try log.removeBlocking(bytes("key3")))
        bench.disk.capacity = nil
        #expect(try log.compactBlocking().movedRecordCount == 399)
        #expect(try log.all().count == 399)
        #expect(try bench.killed().open().all().count == 399)
        #expect(try bench.killed().verify().damages == [])
    }

    @Test func `a compaction that finds no room leaves no file behind, wherever it ends`() throws {
        var bench = Bench(segmentByteCountMax: 1 << 16)
        bench.options.compactedCompression = .none
        let log = try bench.open()
        for number in 0..<100 { try log.put("key\(number)", "value \(number)") }
        _ = try log.runBlocking(.seal).get()
        let compactor = try #require(log.compactor)
        let files = try bench.files
        var room = 0
        var result = Case.diskFull
        // From no room for the first bytes to room for all but the last of the manifest.
        while result == .diskFull {
            bench.disk.capacity = bench.disk.usedByteCount + room
            result = failure { () throws(LogError) in _ = try compactor.compact { _ in true } }
            if result == .diskFull { #expect(try bench.files == files, "with room for \(room)") }
            room += 61
        }
        #expect(result == .none)
        #expect(room > 5_000)
        #expect(try bench.files.count == files.count)
        #expect(try bench.verify().damages == [])
    }

    @Test func `what a compaction left when it was killed is removed`() throws {
        var bench = Bench(segmentByteCountMax: 4 << 20)
        bench.options.compactedCompression = .none
        let log = try bench.open()
        let large = String(repeating: "v", count: 64 << 10)
        for number in 0..<60 { try log.put("key\(number)", "\(number) \(large)") }
        _ = try log.runBlocking(.seal).get()
        var left: Bench?
        _ = try log.compactor?.compactAll { _ throws(LogError) in left = bench.killed() }
        let killed = try #require(left)
        let orphans = try Set(killed.segments).subtracting(
            killed.manifest().segments.map { FileName.segment($0.id).text })
        #expect(orphans.count == 1)
        let again = try killed.open()
        #expect(Set(again.recovery.removedFiles).isSuperset(of: orphans))
        #expect(try again.all().count == 60)
    }

    @Test func `closing ends the compaction at work, which leaves nothing behind`() async throws {
        var bench = Bench(segmentByteCountMax: 4 << 20)
        bench.options.compactedCompression = .none
        let log = try bench.open()
        let large = String(repeating: "v", count: 64 << 10)
        for number in 0..<60 { try log.put("key\(number)", "\(number) \(large)") }
        _ = try log.runBlocking(.seal).get()
        let compactor = try #require(log.compactor)
        let outcome = Mutex<Case?>(nil)
        let begun = AsyncStream<Void>.makeStream()
        try LogThread.start {
            let result = failure { () throws(LogError) in
                _ = try compactor.compactAll { _ throws(LogError) in
                    begun.continuation.yield()
                    while !compactor.isStopped {}
                }
            }
            outcome.withLock { $0 = result }
            begun.continuation.finish()
        }
        var iterator = begun.stream.makeAsyncIterator()
        _ = await iterator.next()
        try await log.close()
        while await iterator.next() != nil {}
        #expect(outcome.withLock { $0 } == .closed)
        let again = try bench.open()
        #expect(again.recovery.removedFiles == [])
        #expect(again.recovery.wasClosed)
        #expect(try again.all().count == 60)
    }
}
