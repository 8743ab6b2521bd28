import DiskIO
import Foundation
import SegmentFormat
import SimulatedDisks
import Testing

@testable import LogEngine

/// Values that compaction has compressed.
@Suite struct CompactedValueTests {
    /// A store of sessions of the workload, all in one segment that shares a dictionary.
    private func compacted(
        _ count: Int = 1_000,
        _ change: (inout LogOptions) -> Void = { _ in }
    ) throws -> (bench: Bench, log: SegmentLog) {
        var bench = Bench(segmentByteCountMax: 8 << 20)
        bench.options.durability = .interval(.seconds(1_000))
        change(&bench.options)
        let log = try bench.open()
        var workload = Workload()
        for number in 0..<count {
            let (key, value) = workload.record(number, version: 0)
            _ = try log.writeBlocking(key, value)
        }
        _ = try log.compactBlocking()
        return (bench, log)
    }

    private func expectAll(_ log: SegmentLog, _ count: Int = 1_000) throws {
        var workload = Workload()
        for number in 0..<count {
            let (key, value) = workload.record(number, version: 0)
            #expect(try log.read(key)?.value == value)
        }
    }

    @Test func `they are read as they were written, also after a crash`() throws {
        let (bench, log) = try compacted()
        let statistics = try log.statistics()
        #expect(statistics.liveByteCount < 1_000 * 652 / 2)
        try expectAll(log)
        #expect(try bench.killed().verify().damages == [])
        let again = try bench.killed().open()
        try expectAll(again)
        #expect(again.core.dictionaries.byteCount > 0)
        try again.closeBlocking()
        #expect(
            try log.records().reduce(0) { sum, result in sum + (try result.get().value.count) } > 0)
    }

    @Test(arguments: [WriteCompression.none, .lz4])
    func `every way to store a value gives it back`(compression: WriteCompression) throws {
        for compacted in [CompactedCompression.none, .lz4, .zstandard(level: 1), .zstandard()] {
            let (bench, log) = try self.compacted(300) { options in
                options.compression = compression
                options.compactedCompression = compacted
            }
            try expectAll(log, 300)
            // From one way to another.
            var other = bench.killed()
            other.options.compactedCompression = .lz4
            let again = try other.open()
            _ = try again.compactBlocking()
            try expectAll(again, 300)
            #expect(try other.killed().verify().damages == [])
        }
    }

    @Test func `they are touched, folded, and written anew like any other`() throws {
        let (bench, log) = try compacted()
        var workload = Workload()
        let (key, value) = workload.record(7, version: 0)
        let revision = try log.read(key)?.revision
        bench.disk.advance(milliseconds: 1_000)
        #expect(try log.touchBlocking(key))
        #expect(try log.read(key)?.value == value)
        for number in 100..<400 {
            let (key, value) = workload.record(number, version: 0)
            _ = try log.writeBlocking(key, value)
        }
        _ = try log.compactBlocking()
        for log in [log, try bench.killed().open()] {
            #expect(try log.read(key)?.value == value)
            #expect(try log.read(key)?.revision == revision)
            try expectAll(log)
        }
        #expect(
            try log.writeBlocking(key, bytes("x"), condition: .unchanged(since: revision ?? 0)) > 0)
    }

    @Test func `a damaged dictionary costs the values that need it, and names them`() throws {
        let (bench, log) = try compacted()
        try log.put("plain", "not compressed")
        try log.closeBlocking()
        let segment = try #require(try bench.manifest().segments.first { $0.liveAsOf > 0 })
        let name = FileName.segment(segment.id).text
        let file = try bench.contents(name)
        let summary = try FooterSummary(decoding: Array(file.suffix(128)), salt: segment.salt)
        let offset = summary.dictionaryOffset + RecordHead.byteCount + 1_000
        try bench.disk.flipBit(offset * 8, of: "/store/\(name)")
        let again = try bench.open()
        var workload = Workload()
        let key = workload.record(3, version: 0).key
        do throws(LogError) {
            _ = try again.read(key)
            Issue.record("a value was made of a damaged dictionary")
        } catch {
            guard case .corrupted(let damage) = error else {
                Issue.record("failed with \(error)")
                return
            }
            #expect(damage.key == key)
            #expect(damage.file == name)
            #expect(damage.detail.contains("dictionary"))
        }
        #expect(try again.text("plain") == "not compressed")
        // Something in it is dead, or nobody would look.
        #expect(try again.removeBlocking(workload.record(5, version: 0).key))
        // Neither copied nor dropped.
        #expect(try again.compactBlocking().damagedSegmentCount == 1)
        #expect(try bench.segments.contains(name))
        #expect(try bench.verify().damages.contains { $0.file == name })
        #expect(try again.removeBlocking(key))
    }

    @Test func `with a damaged footer the dictionary is found among the records`() throws {
        let (bench, log) = try compacted()
        try log.closeBlocking()
        let segment = try #require(try bench.manifest().segments.first { $0.liveAsOf > 0 })
        let name = FileName.segment(segment.id).text
        let count = try bench.contents(name).count
        try bench.disk.flipBit((count - 5) * 8, of: "/store/\(name)")
        try expectAll(try bench.open())
        try expectAll(try bench.killed().openReading())
    }

    @Test func `segments that were compressed with the same dictionary share it`() throws {
        let (bench, log) = try compacted(2_000) { $0.segmentByteCountMax = 300_000 }
        #expect(try bench.segments.count > 3)
        try expectAll(try bench.killed().open(), 2_000)
        let reopened = try bench.killed().open()
        try expectAll(reopened, 2_000)
        #expect(reopened.core.dictionaries.byteCount < 1_000_000)
        _ = log
    }

    /// Around where a value is too long to be decoded without arrays in between.
    @Test func `they may be of any length, and of any bytes`() throws {
        let edge = ZstandardDecompressor.shortByteCountMax
        let counts =
            [0, 1, 7, 8, 600, 4_000] + Array(edge - 3...edge + 3) + [8_192, 8_193, 40_000]
        var random = SplitMix64(seed: 7)
        for fill in 0..<4 {
            var bench = Bench(segmentByteCountMax: 8 << 20)
            bench.options.compactedCompression = .zstandard()
            let log = try bench.open()
            var expected: [[UInt8]: [UInt8]] = [:]
            for count in counts {
                let key = bytes("telegram:12345\(count)")
                let part: [UInt8] =
                    switch fill {
                    case 0: key + bytes(" and ")
                    case 1: [0xFF]
                    case 2: (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
                    // Half of it is what compresses well, so that the text is no longer than it.
                    default:
                        (0..<count / 2).map { _ in UInt8.random(in: 32...63, using: &random) }
                            + [UInt8](repeating: 32, count: count / 2) + key
                    }
                var value: [UInt8] = []
                while value.count < count { value += part.prefix(count - value.count) }
                expected[key] = value
                _ = try log.writeBlocking(key, value)
            }
            _ = try log.compactBlocking()
            for _ in 0..<2 {
                for (key, value) in expected { #expect(try log.read(key)?.value == value) }
            }
        }
    }

    @Test func `a segment without a dictionary is looked through for one once`() throws {
        let (_, log) = try compacted(20)
        try expectAll(log, 20)
        let sealed = log.core.segments.all.filter { $0.liveAsOf > 0 }
        #expect(!sealed.isEmpty)
        for segment in sealed {
            #expect(segment.withState { $0.lacksDictionary && $0.dictionary == nil })
        }
    }

    @Test func `a session takes little once it is compacted`() throws {
        let count = CampaignSettings.isDebug ? 2_000 : 100_000
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("compacted-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        var options = LogOptions()
        options.durability = .interval(.seconds(1))
        let log = try SegmentLog(directory, options: options)
        var workload = Workload()
        for number in 0..<count {
            let (key, value) = workload.record(number, version: 0)
            _ = try log.writeBlocking(key, value)
        }
        let before = try log.statistics()
        let report = try log.compactBlocking()
        try log.closeBlocking()
        let reader = try SegmentLog(reading: directory)
        let after = try reader.statistics()
        try expectAll(reader, min(count, 2_000))
        let seconds = Double(report.nanoseconds) / 1e9
        print(
            "compacted: \(Double(after.fileByteCount) / Double(count)) bytes a session with"
                + " everything, \(Double(after.liveByteCount) / Double(count)) of them records"
                + " (before: \(Double(before.liveByteCount) / Double(count))),"
                + " \(Double(count) / seconds) sessions a second"
        )
        #expect(after.liveByteCount * 2 < before.liveByteCount)
        // With few, what every store has weighs more than they do.
        if !CampaignSettings.isDebug { #expect(after.fileByteCount <= UInt64(count * 200)) }
    }
}
