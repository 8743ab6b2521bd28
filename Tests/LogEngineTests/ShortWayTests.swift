import DiskIO
import Foundation
import SegmentFormat
import SimulatedDisks
import Testing

@testable import LogEngine

/// The short way to a value, and the long one that it falls back to: both say the same.
@Suite struct ShortWayTests {
    private func bench(_ change: (inout LogOptions) -> Void = { _ in }) -> Bench {
        var bench = Bench(segmentByteCountMax: 64_000)
        bench.options.cacheByteCountMax = 0
        change(&bench.options)
        return bench
    }

    /// Expects the same of both ways, and that the short one gets there by itself.
    private func expectSame(
        _ key: [UInt8],
        in log: SegmentLog,
        isShort: Bool = true,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let core = log.core
        let hash = core.hash(key)
        let long = try core.current(key, hash, isWanted: false)
        #expect(try core.current(key) == long, sourceLocation: sourceLocation)
        guard case .one(let slot) = core.index.likely(for: hash) else {
            #expect(long == nil, sourceLocation: sourceLocation)
            return
        }
        let short = core.segments.opened(of: slot)?.record(of: slot, key: key, for: core)
        #expect(short == (isShort ? long : nil), sourceLocation: sourceLocation)
    }

    @Test(arguments: [WriteCompression.none, .lz4])
    func `every kind of record gives the same either way`(compression: WriteCompression) throws {
        for compacted in [CompactedCompression.none, .lz4, .zstandard(level: 1)] {
            let bench = bench { options in
                options.compression = compression
                options.compactedCompression = compacted
            }
            let log = try bench.open()
            var workload = Workload()
            var keys: [[UInt8]] = []
            for number in 0..<120 {
                let (key, value) = workload.record(number, version: 0)
                keys.append(key)
                _ = try log.writeBlocking(key, value)
            }
            // About as long as what is read onto the stack, none at all, and much more.
            for count in [0, 1, 900, 984, 985, 1_000, 20_000] {
                let key = bytes("count:\(count)")
                keys.append(key)
                _ = try log.writeBlocking(key, [UInt8](repeating: 7, count: count))
            }
            for lifetime in [ValueLifetime.endless, .milliseconds(5_000)] {
                let key = bytes("\(lifetime)")
                keys.append(key)
                _ = try log.writeBlocking(key, bytes("x"), lifetime: lifetime)
            }
            for key in keys { try expectSame(key, in: log) }
            bench.disk.advance(milliseconds: 5_000)
            for key in keys.prefix(30) { #expect(try log.touchBlocking(key)) }
            for key in keys[30..<40] { #expect(try log.removeBlocking(key)) }
            for key in keys { try expectSame(key, in: log) }
            _ = try log.compactBlocking()
            for key in keys + [bytes("nobody's")] { try expectSame(key, in: log) }
            // Touched once more, where the value is in what compaction has written.
            for key in keys.prefix(10) { #expect(try log.touchBlocking(key)) }
            for key in keys { try expectSame(key, in: log) }
            try log.closeBlocking()
            let again = try bench.open()
            for key in keys { try expectSame(key, in: again) }
            try again.closeBlocking()
        }
    }

    @Test func `what reads short is read again, and what fails fails as ever`() throws {
        let bench = bench()
        let log = try bench.open()
        try log.put("a", "one")
        let slot = log.core.index.candidates(for: log.core.hash(bytes("a")))[0]
        let name = try #require(bench.segments.first)
        for byte in slot.byteOffset..<slot.byteOffset + slot.recordByteCount {
            let bit = byte * 8 + byte % 8
            try bench.disk.flipBit(bit, of: "/store/\(name)")
            #expect(failure { () throws(LogError) in _ = try log.text("a") } == .corrupted)
            try bench.disk.flipBit(bit, of: "/store/\(name)")
            #expect(try log.text("a") == "one")
        }
        try log.closeBlocking()
    }

    @Test func `a file is let go by all shelves at once`() throws {
        let bench = bench()
        let log = try bench.open()
        let keys = (0..<100).map { bytes("key\($0)") }
        for key in keys { _ = try log.writeBlocking(key, key) }
        try log.closeBlocking()
        let again = try bench.open()
        for key in keys { #expect(try again.read(key)?.value == key) }
        let table = again.core.segments
        let before = bench.disk.openFileCount
        #expect(table.giveBackFiles())
        #expect(bench.disk.openFileCount < before)
        for key in keys { #expect(try again.read(key)?.value == key) }
        #expect(bench.disk.openFileCount == before)
        try again.closeBlocking()
        // The directory, for each of the two.
        #expect(bench.disk.openFileCount == 2)
    }
}
