import SegmentFormat
import SimulatedDisks
import Testing

@testable import LogEngine

@Suite struct StatisticsTests {
    // MARK: Recount

    @Test func `counters are right after writing, touching, removing and compacting`() throws {
        let bench = Bench()
        let log = try bench.open()
        for number in 0..<60 { try log.put("key\(number % 30)", "value \(number)") }
        for number in 0..<10 { #expect(try log.touchBlocking(bytes("key\(number)"))) }
        for number in 5..<15 { #expect(try log.removeBlocking(bytes("key\(number)"))) }
        #expect(try log.recountBlocking().isRight)
        _ = try log.compactBlocking()
        #expect(try log.recountBlocking().isRight)
        try log.closeBlocking()
        #expect(try bench.openReading().recountBlocking().isRight)
    }

    @Test func `a wrong counter is told with its segment, and survives in the checkpoint`() throws {
        let bench = Bench()
        let log = try bench.open()
        try log.put("a", "1")
        try log.put("b", "2")
        let segment = try #require(log.core.segments.all.first)
        let right = segment.counts
        segment.addLive(byteCount: 8)
        let wrong = LogRecount.Miscount(
            file: segment.fileName,
            liveRecordCount: 3,
            liveByteCount: right.liveBytes + 8,
            countedRecordCount: 2,
            countedByteCount: right.liveBytes
        )
        #expect(try log.recountBlocking().miscounts == [wrong])
        try log.closeBlocking()
        let reader = try bench.openReading()
        #expect(try reader.recountBlocking().miscounts == [wrong])
        #expect(try !reader.recountBlocking().isRight)
    }

    @Test func `what can't be counted is damage, and no counter is judged`() throws {
        let bench = Bench(segmentByteCountMax: 1 << 16)
        var log = try bench.open()
        try log.put("a", "1")
        #expect(try log.touchBlocking(bytes("a")))
        let slot = log.core.index.candidates(for: log.core.hash(bytes("a")))[0]
        try log.closeBlocking()
        let bit = (slot.byteOffset + RecordHead.byteCount + 4) * 8
        try bench.disk.flipBit(bit, of: "/store/0000000001.segment")
        log = try bench.openReading()
        let recount = try log.recountBlocking()
        #expect(recount.damages.map(\.file) == ["0000000001.segment"])
        #expect(recount.miscounts == [])
        #expect(!recount.isRight)
    }

    // MARK: Tombstones

    @Test func `tombstones are counted with the segment that they are kept for`() throws {
        let bench = Bench(segmentByteCountMax: 400)
        var log = try bench.open()
        let first = try log.put("a", String(repeating: "x", count: 300))
        #expect(try log.removeBlocking(bytes("a")))
        try log.put("b", String(repeating: "y", count: 300))
        try log.put("c", String(repeating: "z", count: 300))
        let compactor = try #require(log.compactor)
        #expect(try compactor.compact { $0 != SegmentID(1) }.keptTombstoneCount == 1)
        for isReopened in [false, true] {
            if isReopened {
                try log.closeBlocking()
                log = try bench.openReading()
            }
            let statistics = try log.statistics()
            let holder = LogStatistics.Holder(file: "0000000001.segment", sequenceMin: first)
            let kept = statistics.segments.filter { $0.tombstones?.heldBy == holder }
            #expect(kept.map(\.tombstones?.count) == [1])
            #expect(statistics.tombstoneCount == 1)
            #expect(statistics.keptTombstoneCount == 1)
            // A packed head of 13 bytes and a key of one, aligned.
            #expect(statistics.keptTombstoneByteCount == 16)
            #expect(statistics.tombstoneByteCount == 16)
        }
        log = try bench.open()
        _ = try log.compactBlocking()
        #expect(try log.statistics().tombstoneCount == 0)
        #expect(try log.statistics().keptTombstoneByteCount == 0)
        try log.closeBlocking()
    }

    @Test func `tombstones that have nothing to hide are not kept`() throws {
        let bench = Bench(segmentByteCountMax: 1 << 16)
        let log = try bench.open()
        try log.put("a", "1")
        #expect(try log.removeBlocking(bytes("a")))
        // The segment being written to has no footer to count from.
        #expect(try log.statistics().segments.map(\.tombstones) == [nil])
        _ = try log.runBlocking(.seal).get()
        let statistics = try log.statistics()
        #expect(statistics.segments.first?.tombstones?.count == 1)
        #expect(statistics.segments.first?.tombstones?.heldBy == nil)
        #expect(statistics.tombstoneCount == 1 && statistics.keptTombstoneCount == 0)
        try log.closeBlocking()
    }

    @Test func `a segment that is appended to again is no sealed one`() throws {
        let bench = Bench(segmentByteCountMax: 1 << 16)
        let witness = Witness()
        var log = try bench.open()
        try log.put("a", "1")
        try log.closeBlocking()
        log = try bench.open(witness)
        #expect(try log.removeBlocking(bytes("a")))
        #expect(try log.statistics().segments.map(\.tombstones) == [nil])
        _ = try log.compactDueBlocking()
        try log.closeBlocking()
        // Not yet appended to, and dead as a whole.
        log = try bench.open(witness)
        _ = try log.compactDueBlocking()
        try log.put("b", "2")
        try log.closeBlocking()
        #expect(witness.told.damages == [])
        #expect(try bench.open().all() == ["b": "2"])
        #expect(try bench.verify().damages == [])
    }

    // MARK: Amplification and what the observer is told

    @Test func `write amplification counts what compaction copied`() throws {
        let bench = Bench()
        let witness = Witness()
        let log = try bench.open(witness)
        #expect(try log.statistics().writeAmplification == nil)
        for number in 0..<60 { try log.put("key\(number % 30)", "value \(number)") }
        let report = try log.compactBlocking()
        let statistics = try log.statistics()
        let written = witness.told.commits.reduce(0) { $0 + $1.bytes }
        #expect(statistics.writtenByteCount == UInt64(written))
        #expect(statistics.copiedByteCount == report.outputByteCount)
        let sum = Double(written) + Double(report.outputByteCount)
        #expect(statistics.writeAmplification == sum / Double(written))
        #expect(witness.told.measurements == [statistics])
        // Those of footers make nothing durable that was acknowledged.
        #expect(witness.told.syncCount == 0)
        #expect(witness.told.seals.count > 0)
        try log.closeBlocking()
    }

    @Test func `an iteration that was forgotten is told of`() throws {
        var bench = Bench(segmentByteCountMax: 1_000)
        bench.options.pinnedByteCountMax = 0
        let witness = Witness()
        let log = try bench.open(witness)
        for number in 0..<60 { try log.put("key\(number % 30)", "value \(number)") }
        var records = log.records()
        _ = try records.next()?.get()
        _ = try log.compactBlocking()
        #expect(witness.told.takenBackPinCount == 1)
        withExtendedLifetime(records) {}
        try log.closeBlocking()
    }

    @Test func `what the log holds is told every half minute`() throws {
        var bench = Bench()
        bench.options.maintenance = .automatic
        bench.options.maintenanceDelayNanoseconds = 0
        let witness = Witness()
        let log = try bench.open(witness)
        try log.put("a", "1")
        withinSeconds { !witness.told.measurements.isEmpty }
        bench.disk.advance(milliseconds: 31_000)
        withinSeconds { witness.told.measurements.count > 1 }
        #expect(witness.told.measurements.last?.keyCount == 1)
        try log.closeBlocking()
    }
}
