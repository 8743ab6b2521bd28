import DiskIO
import LogEngine
import SimulatedDisks
import Testing

@Suite struct ReserveTests {
    let disk = SimulatedDisk(seed: 21)
    let options: LogOptions = {
        var options = LogOptions()
        options.segmentByteCountMax = 64 * 1_024
        return options
    }()

    private func fill(_ log: SegmentLog) throws -> Int {
        for number in 0..<10_000 {
            do {
                _ = try log.writeBlocking(bytes("key\(number)"), [UInt8](repeating: 7, count: 200))
            } catch {
                guard case .diskFull = error else { throw error }
                return number
            }
        }
        return 0
    }

    @Test func `what is opened on a full disk can still be emptied`() throws {
        var log = try SegmentLog("/store", on: disk, options: options)
        disk.capacity = 40_000
        let count = try fill(log)
        #expect(count > 20)
        try log.closeBlocking()
        disk.capacity = disk.usedByteCount

        log = try SegmentLog("/store", on: disk, options: options)
        #expect(throws: LogError.self) { try log.writeBlocking(bytes("more"), bytes("value")) }
        #expect(try log.removeBlocking(bytes("key1")))
        #expect(try log.removeBlocking(bytes("key2")))
        #expect(try log.read(bytes("key1")) == nil)
        #expect(try log.read(bytes("key3")) != nil)

        disk.capacity = nil
        _ = try log.writeBlocking(bytes("more"), bytes("value"))
        #expect(try disk.fileNames(in: "/store").contains("RESERVE"))
        disk.cutPower()
        log = try SegmentLog("/store", on: disk.afterPowerCut(.nothing), options: options)
        #expect(try log.count() == count - 2 + 1)
        #expect(try log.read(bytes("key2")) == nil)
        #expect(try log.read(bytes("more"))?.value == bytes("value"))
    }

    @Test func `a disk that fills up under a log loses nothing and heals`() throws {
        let log = try SegmentLog("/store", on: disk, options: options)
        disk.capacity = 40_000
        let count = try fill(log)
        for number in 0..<count {
            #expect(try log.read(bytes("key\(number)")) != nil, "key\(number)")
        }
        // As many as the reserve has room for; without compaction, removing gives nothing back yet.
        for number in 0..<40 { #expect(try log.removeBlocking(bytes("key\(number)"))) }
        #expect(try log.count() == count - 40)
        disk.capacity = nil
        _ = try log.writeBlocking(bytes("more"), bytes("value"))
        try log.closeBlocking()
        #expect(try SegmentLog.verify("/store", on: disk).damages == [])
    }
}
