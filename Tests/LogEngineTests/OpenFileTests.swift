import DiskIO
import SegmentFormat
import SimulatedDisks
import Testing

@testable import LogEngine

@Suite struct OpenFileTests {
    private func makeBench(openFileCountMax: Int) throws -> (Bench, SegmentLog) {
        var bench = Bench(segmentByteCountMax: 300)
        bench.options.openFileCountMax = openFileCountMax
        // Files are what these tests are about.
        bench.options.cacheByteCountMax = 0
        let log = try bench.open()
        for number in 0..<40 { try log.put("key\(number)", "value \(number)") }
        return (bench, log)
    }

    @Test(arguments: [2, 3, 4, 8, 64])
    func `no more segment files are open than allowed, whatever is read`(max: Int) throws {
        let (bench, log) = try makeBench(openFileCountMax: max)
        var random = SplitMix64(seed: 2)
        #expect(try bench.segments.count > 8)
        // Directory and lock besides.
        var highest = 0
        for step in 0..<400 {
            let number = random.number(below: 40)
            #expect(try log.text("key\(number)") == "value \(number)")
            highest = Swift.max(highest, bench.disk.openFileCount - 2)
            if step % 10 == 0 { try log.put("key\(number)", "value \(number)") }
        }
        #expect(highest <= max)
        // Few files are kept busy: they are kept, and not opened again and again.
        if max >= 64 {
            let count = bench.disk.operations.count { $0.kind == .open && !$0.isChanging }
            _ = try log.all()
            let more = bench.disk.operations.count { $0.kind == .open && !$0.isChanging } - count
            #expect(more < 30)
            _ = try log.all()
            let again = bench.disk.operations.count { $0.kind == .open && !$0.isChanging } - count
            #expect(again == more)
        }
        try log.closeBlocking()
        #expect(bench.disk.openFileCount == 1)
    }

    @Test func `two files are enough to keep the one that is read`() throws {
        let (bench, log) = try makeBench(openFileCountMax: 2)
        #expect(try log.text("key0") == "value 0")
        let count = bench.disk.operationCount
        for _ in 0..<5 { #expect(try log.text("key0") == "value 0") }
        #expect(bench.disk.operationCount == count + 5)
        try log.closeBlocking()
    }

    @Test func `a process out of descriptors gives back its own`() throws {
        let (bench, log) = try makeBench(openFileCountMax: 64)
        _ = try log.all()
        bench.disk.openFileCountMax = bench.disk.openFileCount
        for number in 0..<40 { try log.put("key\(number)", "new") }
        #expect(try log.all().values.allSatisfy { $0 == "new" })

        // When there is nothing to give back the read fails, and only that.
        for name in log.core.segments.all.dropLast() { log.core.segments.unpin(name) }
        bench.disk.openFileCountMax = bench.disk.openFileCount
        let victim = log.core.segments.all[log.core.segments.all.count - 2]
        #expect(throws: DiskError.self) { try log.core.segments.file(of: victim) }
        bench.disk.openFileCountMax = nil
        #expect(try log.all().count == 40)
        try log.closeBlocking()
    }

    @Test func `a file pinned over one that was read counts once`() throws {
        let (bench, log) = try makeBench(openFileCountMax: 4)
        let table = log.core.segments
        let segment = table.all[0]
        for _ in 0..<20 {
            _ = try table.file(of: segment)
            let file = try log.core.directory.open(segment.fileName, .writing)
            table.pin(file, for: segment)
            table.pin(file, for: segment)
            table.unpin(segment)
        }
        _ = try table.file(of: segment)
        let count = bench.disk.operationCount
        // Were the count too high by now, this one would have been closed.
        _ = try table.file(of: segment)
        #expect(bench.disk.operationCount == count)
        try log.closeBlocking()
    }

    @Test func `a slot of a segment that is not there is damage`() throws {
        let (_, log) = try makeBench(openFileCountMax: 4)
        let slot = IndexTests.slot(1, 1)
        let wild = IndexSlot(front: slot.front, back: slot.back | 0xFFFF << 25)
        #expect(
            failure { () throws(LogError) in
                _ = try log.core.reader.record(of: wild)
            } == .corrupted)
        #expect(try log.core.reader.footerEntry(of: wild) == nil)
        let place = RecordPlace(segment: SegmentID(99), byteOffset: 64, byteCount: 48)
        #expect(
            failure { () throws(LogError) in
                _ = try log.core.reader.record(at: place)
            } == .corrupted)
        try log.closeBlocking()
    }
}
