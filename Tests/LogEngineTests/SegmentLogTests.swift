import DiskIO
import LogEngine
import SimulatedDisks
import Testing

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

@Suite struct SegmentLogTests {
    let disk = SimulatedDisk(seed: 1)

    @Test func `what was written is read, and read again after closing`() throws {
        var log = try SegmentLog("/store", on: disk)
        let revision = try log.writeBlocking(bytes("anna"), bytes("one"))
        _ = try log.writeBlocking(bytes("ben"), bytes("two"))
        #expect(try log.removeBlocking(bytes("ben")))
        #expect(try log.read(bytes("anna"))?.value == bytes("one"))
        #expect(try log.read(bytes("ben")) == nil)
        try log.closeBlocking()

        log = try SegmentLog("/store", on: disk)
        #expect(log.recovery.wasClosed)
        #expect(log.recovery.indexSource == .checkpoint)
        #expect(try log.read(bytes("anna"))?.value == bytes("one"))
        #expect(try log.read(bytes("anna"))?.revision == revision)
        #expect(try log.read(bytes("ben")) == nil)
        #expect(try log.count() == 1)
        try log.closeBlocking()
    }

    @Test func `tiny segments seal, and everything is found again`() throws {
        var options = LogOptions()
        options.segmentByteCountMax = 400
        var log = try SegmentLog("/store", on: disk, options: options)
        for round in 0..<5 {
            for key in 0..<50 { _ = try log.writeBlocking(bytes("key\(key)"), bytes("v\(round)")) }
        }
        #expect(try log.statistics().segments.count > 10)
        try log.closeBlocking()
        log = try SegmentLog("/store", on: disk, options: options)
        for key in 0..<50 { #expect(try log.read(bytes("key\(key)"))?.value == bytes("v4")) }
        #expect(try log.count() == 50)
        try log.closeBlocking()
    }

    @Test func `writes of many tasks come through the log's own thread`() async throws {
        let log = try SegmentLog("/store", on: disk)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<64 {
                group.addTask {
                    for number in 0..<50 {
                        _ = try await log.write(bytes("k\(task)"), bytes("\(number)"))
                    }
                }
            }
            try await group.waitForAll()
        }
        for task in 0..<64 { #expect(try log.read(bytes("k\(task)"))?.value == bytes("49")) }
        try await log.close()
    }

    @Test func `a crash leaves a log that opens by itself`() throws {
        var log = try SegmentLog("/store", on: disk)
        for key in 0..<100 { _ = try log.writeBlocking(bytes("key\(key)"), bytes("v\(key)")) }
        disk.cutPower()
        let after = disk.afterPowerCut(.nothing, seed: 3)
        log = try SegmentLog("/store", on: after)
        #expect(!log.recovery.wasClosed)
        for key in 0..<100 { #expect(try log.read(bytes("key\(key)"))?.value == bytes("v\(key)")) }
        try log.closeBlocking()
    }
}
