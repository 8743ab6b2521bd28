import CWorkload
import Foundation
import SegmentFormat
import Testing

@testable import LogEngine

/// The sessions of the benchmark workload, on the machine's own disk.
@Suite(.serialized) struct MillionTests {
    /// Without optimisation everything takes ten times as long.
    static var isQuick: Bool {
        #if DEBUG
            true
        #else
            false
        #endif
    }

    static let keyCount = isQuick ? 20_000 : 1_000_000

    @Test(
        arguments: [(0, 0xf7e7_7f1c_09a1_c037), (1, 0x9b39_69ac_7e97_56b0)] as [(UInt64, UInt64)])
    func `the workload is the one that is written down`(version: UInt64, check: UInt64) {
        var workload = Workload()
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for number in 0..<1_000 {
            let (key, value) = workload.record(number, version: version)
            for byte in key + [9] + value + [10] {
                hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
            }
        }
        #expect(hash == check)
    }

    @Test func `a million sessions are loaded, reopened and read`() throws {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("million-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        var options = LogOptions()
        options.durability = .interval(.seconds(1))
        var workload = Workload()
        let disk = CountingDisk()

        // Loaded.
        var log = try SegmentLog(directory, on: disk, options: options)
        var clock = ContinuousClock().now
        for number in 0..<Self.keyCount {
            let (key, value) = workload.record(number, version: 0)
            _ = try log.writeBlocking(key, value)
        }
        let loading = clock.duration(to: .now)
        let statistics = try log.statistics()
        #expect(statistics.keyCount == Self.keyCount)
        if !Self.isQuick { #expect(statistics.indexBytesPerKeyMax ?? 99 <= 24) }
        try log.closeBlocking()

        // Reopened: no record is read, and no footer.
        disk.forgetCounts()
        clock = .now
        log = try SegmentLog(directory, on: disk, options: options)
        let reopening = clock.duration(to: .now)
        #expect(log.recovery.wasClosed)
        #expect(log.recovery.indexSource == .checkpoint)
        #expect(log.recovery.replayedRecordCount == 0)
        #expect(log.recovery.keyCount == Self.keyCount)
        #expect(log.recovery.discardedCheckpoint == nil)
        let readByteCounts = disk.readByteCounts.filter { $0.key.hasSuffix(".segment") }
        #expect(readByteCounts.count == statistics.segments.count)
        #expect(readByteCounts.values.allSatisfy { $0 <= SegmentHeader.byteCount })
        clock = .now
        expectAll(log, &workload, stride: 1)
        let reading = clock.duration(to: .now)
        #expect(try log.count() == Self.keyCount)

        // Killed, after a few more writes: footers, and what no footer has.
        let rewrittenCount = min(1_000, Self.keyCount)
        for number in 0..<rewrittenCount {
            let (key, value) = workload.record(number, version: 1)
            _ = try log.writeBlocking(key, value)
        }
        log = try Self.drop(&log, directory, disk, options)
        #expect(!log.recovery.wasClosed)
        #expect(log.recovery.indexSource == .footers)
        #expect(log.recovery.keyCount == Self.keyCount)
        #expect(log.recovery.damages == [])
        let recovering = log.recovery.nanoseconds
        expectAll(log, &workload, stride: 37, rewritten: 0..<rewrittenCount)
        try log.closeBlocking()

        let report = try SegmentLog.verify(directory)
        #expect(report.isSound)
        #expect(report.keyCount == Self.keyCount)
        #expect(report.soundRecordCount == Self.keyCount + rewrittenCount)
        let bytesPerKey = statistics.indexBytesPerKeyMax ?? statistics.indexBytesPerKey ?? 0
        print(
            "\(Self.keyCount) sessions:",
            "loaded \(Int(Double(Self.keyCount) / (loading / .seconds(1)))) a second,",
            "reopened in \(Int(reopening / .milliseconds(1))) ms,",
            "without checkpoint in \(recovering / 1_000_000) ms,",
            "read \(Int(Double(Self.keyCount) / (reading / .seconds(1)))) a second,",
            "index \(bytesPerKey) bytes a key at most"
        )
    }

    /// Lets the log go without closing it, and opens another without its checkpoint.
    private static func drop(
        _ log: inout SegmentLog,
        _ directory: String,
        _ disk: CountingDisk,
        _ options: LogOptions
    ) throws -> SegmentLog {
        try FileManager.default.removeItem(atPath: directory + "/CHECKPOINT")
        let other = try SegmentLog(directory + "-other", on: disk, options: options)
        defer { try? FileManager.default.removeItem(atPath: directory + "-other") }
        // The lock goes with the last reference.
        log = other
        return try SegmentLog(directory, on: disk, options: options)
    }

    private func expectAll(
        _ log: SegmentLog,
        _ workload: inout Workload,
        stride step: Int,
        rewritten: Range<Int> = 0..<0
    ) {
        var wrongCount = 0
        for number in stride(from: 0, to: Self.keyCount, by: step) {
            let version: UInt64 = rewritten.contains(number) ? 1 : 0
            let (key, value) = workload.record(number, version: version)
            if (try? log.read(key)?.value) != value { wrongCount += 1 }
        }
        #expect(wrongCount == 0)
    }
}

/// Which of so many records is next, when few are asked for most: YCSB's generator, theta 0.99.
struct ZipfChoice {
    private var zipf: wl_zipf
    private var random: wl_rng

    init(count: Int, seed: UInt64) {
        zipf = wl_zipf_init(UInt32(count), 0.99)
        random = wl_rng(s: wl_mix(seed))
    }

    mutating func next() -> Int { Int(wl_zipf_next(&zipf, &random)) }
}

/// The records of WORKLOAD.md.
struct Workload {
    private var buffer = [CChar](repeating: 0, count: Int(WL_MAXVAL) * 2)

    mutating func record(
        _ number: Int,
        version: UInt64
    ) -> (key: [UInt8], value: [UInt8]) {
        var platform: Int32 = 0
        var place = 0
        let seed: UInt64 = 0x5E55_10F5
        let keyByteCount = wl_key(seed, UInt64(number), &buffer, &platform, &place)
        let key = buffer.prefix(keyByteCount).map { UInt8(bitPattern: $0) }
        let valueByteCount = wl_value(seed, UInt64(number), version, &buffer)
        let value = buffer.withUnsafeBytes { [UInt8]($0.prefix(valueByteCount)) }
        return (key, value)
    }
}
