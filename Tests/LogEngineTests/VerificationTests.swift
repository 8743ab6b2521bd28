import LogEngine
import SimulatedDisks
import Testing

@Suite struct VerificationTests {
    /// A store with sealed segments, overwrites, touches, tombstones and a resting end.
    private func makeStore(isClosed: Bool = true) throws -> SimulatedDisk {
        let disk = SimulatedDisk(seed: 7)
        var options = LogOptions()
        options.segmentByteCountMax = 1_000
        let log = try SegmentLog("/store", on: disk, options: options)
        for round in 0..<3 {
            for key in 0..<20 { _ = try log.writeBlocking(bytes("key\(key)"), bytes("v\(round)")) }
        }
        for key in 0..<5 { _ = try log.touchBlocking(bytes("key\(key)")) }
        for key in 5..<8 { _ = try log.removeBlocking(bytes("key\(key)")) }
        _ = try log.touchBlocking(bytes("key0"))
        _ = try log.writeBlocking(bytes("key1"), bytes("last"))
        if isClosed { try log.closeBlocking() }
        return disk
    }

    @Test(arguments: [true, false])
    func `a store that nobody damaged is sound`(isClosed: Bool) throws {
        let disk = try makeStore(isClosed: isClosed)

        let report = try SegmentLog.verify("/store", on: disk)

        #expect(report.damages == [])
        #expect(report.keyCount == 17)
        #expect(report.soundRecordCount == 70)
        #expect(report.tornTail == nil)
    }

    @Test func `a store of which only the active segment was written is sound`() throws {
        let disk = SimulatedDisk(seed: 8)
        let log = try SegmentLog("/store", on: disk)
        for round in 0..<2 { _ = try log.writeBlocking(bytes("anna"), bytes("\(round)")) }

        let report = try SegmentLog.verify("/store", on: disk)
        let segment = try #require(try SegmentLog.inspect("/store", on: disk).segments.first)

        #expect(report.damages == [])
        #expect(segment.liveRecordCount == 1)
        #expect(segment.recordCount == 2)
        try log.closeBlocking()
    }

    @Test func `every flipped bit of a segment is found`() throws {
        let disk = try makeStore()
        var count = 0
        for name in try disk.fileNames(in: "/store") where name.hasSuffix(".segment") {
            let bitCount = try disk.contents(of: "/store/\(name)").count * 8
            for bit in stride(from: 0, to: bitCount, by: 13) {
                let damaged = disk.clone()
                try damaged.flipBit(bit, of: "/store/\(name)")
                count += 1
                do {
                    let report = try SegmentLog.verify("/store", on: damaged)
                    #expect(!report.isSound, "\(name) bit \(bit)")
                } catch {
                    // A header whose version is not ours is refused, not judged.
                    guard case .unsupported = error else { throw error }
                }
            }
        }
        #expect(count > 1_000)
    }
}
