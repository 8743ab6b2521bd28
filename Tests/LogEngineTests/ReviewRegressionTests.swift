import DiskIO
import SegmentFormat
import SimulatedDisks
import Testing

@testable import LogEngine

/// Each is named after what somebody would have seen.
@Suite struct ReviewRegressionTests {
    let disk = SimulatedDisk(seed: 31)

    @Test(arguments: [false, true])
    func `verify called a store that was reopened and written to damaged`(isClosed: Bool) throws {
        var log = try SegmentLog("/store", on: disk)
        _ = try log.writeBlocking(bytes("a"), bytes("1"))
        #expect(try SegmentLog.verify("/store", on: disk).damages == [])
        try log.closeBlocking()
        log = try SegmentLog("/store", on: disk)
        _ = try log.writeBlocking(bytes("a"), bytes("2"))
        _ = try log.writeBlocking(bytes("b"), bytes("1"))
        if isClosed { try log.closeBlocking() }

        #expect(try SegmentLog.verify("/store", on: disk).damages == [])
        #expect(try SegmentLog(reading: "/store", on: disk).statistics().liveByteCount == 96)
    }

    @Test func `a session that a count had left out as expired was back after a clock's step`()
        throws
    {
        var options = LogOptions()
        options.lifetimeMilliseconds = 60_000
        var log = try SegmentLog("/store", on: disk, options: options)
        _ = try log.writeBlocking(bytes("a"), bytes("1"))
        try log.closeBlocking()
        disk.advance(milliseconds: 61_000)
        log = try SegmentLog("/store", on: disk, options: options)
        #expect(try log.count() == 0)
        try log.closeBlocking()

        disk.stepWallClock(milliseconds: -30_000)
        log = try SegmentLog("/store", on: disk, options: options)
        #expect(try log.read(bytes("a")) == nil)
        try log.closeBlocking()
    }

    @Test func `a session expired by a shorter setting was back when the clock had stood still`()
        throws
    {
        var options = LogOptions()
        var log = try SegmentLog("/store", on: disk, options: options)
        _ = try log.writeBlocking(bytes("a"), bytes("1"))
        disk.advance(milliseconds: 30_000)
        #expect(try log.count() == 1)
        try log.closeBlocking()
        disk.stepWallClock(milliseconds: -10_000)
        options.lifetimeMilliseconds = 10_000
        log = try SegmentLog("/store", on: disk, options: options)
        #expect(try log.count() == 0)
        try log.closeBlocking()

        options.lifetimeMilliseconds = nil
        log = try SegmentLog("/store", on: disk, options: options)
        #expect(try log.count() == 0)
        try log.closeBlocking()
    }

    @Test func `records that a compaction had relied on were missing without a word`() throws {
        var options = LogOptions()
        options.maintenance = .manual
        let log = try SegmentLog("/store", on: disk, options: options)
        _ = try log.writeBlocking(bytes("a"), bytes("1"))
        _ = try log.writeBlocking(bytes("b"), bytes("1"))
        let compactor = try #require(log.compactor)
        _ = try #require(log.queue).runBlocking(.seal).get()
        _ = try log.writeBlocking(bytes("a"), bytes("2"))
        // Leaves the first value of `a` behind, since the second took its place.
        _ = try compactor.compact(where: { _ in true })
        let killed = disk.clone()
        let active = try #require(
            try Manifest(decoding: killed.contents(of: "/store/MANIFEST"), isWriting: true)
                .segments.first { $0.state == .active }
        )
        let name = FileName.segment(active.id).text
        try killed.truncateFile("/store/\(name)", to: SegmentHeader.byteCount)

        let reader = try SegmentLog(reading: "/store", on: killed, options: options)
        #expect(reader.recovery.damages.map(\.file) == [name])
        let error = #expect(throws: LogError.self) {
            try SegmentLog("/store", on: killed, options: options)
        }
        guard case .corrupted(let damage) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(damage.file == name)
    }

    @Test func `compacting what is due came to no end where dictionaries outweigh values`() throws {
        var options = LogOptions()
        options.segmentByteCountMax = 400
        options.maintenance = .manual
        options.compactedCompression = .zstandard(level: 3)
        options.fixedDictionary = CampaignScript.dictionary
        let log = try SegmentLog("/store", on: disk, options: options)
        let script = CampaignScript(seed: 1, options: options, steps: [])
        for step in 0..<40 {
            _ = try log.writeBlocking(
                CampaignScript.key(step % 10),
                script.value(ofStep: step, byteCount: 60)
            )
        }
        let compactor = try #require(log.compactor)
        var count = 0
        while count < 50, try compactor.compactDue(pace: { _ throws(LogError) in }) != nil {
            count += 1
        }
        #expect((1..<50).contains(count))
        try log.closeBlocking()
    }

    @Test(arguments: 1..<6)
    func `a write that had failed was there after a crash`(seed: Int) throws {
        let disk = SimulatedDisk(seed: UInt64(seed))
        let log = try SegmentLog("/store", on: disk)
        _ = try log.writeBlocking(bytes("a"), bytes("1"))
        disk.failOperation(kind: .write, namePrefix: "0000000001", with: .diskFull)
        #expect(throws: LogError.self) {
            try log.writeBlocking(bytes("a"), [UInt8](repeating: 1, count: 500))
        }
        disk.clearFaults()
        disk.settle()

        let after = try SegmentLog("/store", on: disk.clone().afterPowerCut(.everything))
        #expect(try after.read(bytes("a"))?.value == bytes("1"))
        #expect(after.recovery.tornTail?.byteCount ?? 0 < 600)
        withExtendedLifetime(log) {}
    }

    @Test func `a store that was refused had lost its leftovers`() throws {
        let log = try SegmentLog("/store", on: disk)
        _ = try log.writeBlocking(bytes("a"), bytes("1"))
        try log.closeBlocking()
        try disk.setContents(of: "/store/MANIFEST.new", to: [1, 2, 3])
        try disk.removeFile("/store/0000000001.segment")
        let before = disk.snapshot()

        #expect(throws: LogError.self) { try SegmentLog("/store", on: disk) }

        var after = disk.snapshot()
        after.files["/store/LOCK"] = before.files["/store/LOCK"]
        #expect(after == before)
    }
}
