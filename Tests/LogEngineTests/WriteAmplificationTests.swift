import DiskIO
import Foundation
import SimulatedDisks
import Testing

@testable import LogEngine

/// How many bytes compaction writes for each that a user does, while the store stays within its
/// space: counted, not timed, so that every run finds the same.
@Suite(.serialized) struct WriteAmplificationTests {
    private static let sessionCount = CampaignSettings.isDebug ? 300 : 10_000

    /// As written first, so that copies are as long as what they are copies of; and as configured.
    static let compressions: [CompactedCompression] = [.none, .zstandard()]

    @Test(arguments: compressions)
    func `sessions of which few are busy cost little more than they write`(
        compression: CompactedCompression
    ) throws {
        var store = try Growth(compression, count: Self.sessionCount)
        defer { store.remove() }
        for number in 0..<Self.sessionCount { try store.write(number) }
        var choice = ZipfChoice(count: Self.sessionCount, seed: 5)
        try store.begin()
        for _ in 0..<Self.sessionCount * 10 { try store.write(choice.next()) }
        print("zipf, \(compression): \(try store.text())")
        #expect(try store.amplification() <= 2.3)
        #expect(store.fullestShare <= 1)
    }

    /// Conversations of some ten turns, a minute apart; an hour later they have expired.
    @Test(arguments: compressions)
    func `conversations that end and expire cost little more than they write`(
        compression: CompactedCompression
    ) throws {
        var store = try Growth(compression, count: Self.sessionCount)
        defer { store.remove() }
        var random = SplitMix64(seed: 5)
        let busyCount = Self.sessionCount / 6
        var conversations = (0..<busyCount).map { (number: $0, rest: 1 + random.number(below: 19)) }
        var next = busyCount
        // Every conversation has one turn a minute.
        let minuteCount = CampaignSettings.isDebug ? 120 : 180
        for minute in 0..<minuteCount {
            if minute == 90 { try store.begin() }
            for place in conversations.indices {
                try store.write(conversations[place].number)
                conversations[place].rest -= 1
                guard conversations[place].rest == 0 else { continue }
                conversations[place] = (next, 1 + random.number(below: 19))
                next += 1
            }
            store.disk.advance(milliseconds: 60_000)
        }
        print("conversations, \(compression): \(try store.text())")
        #expect(try store.amplification() <= 1.5)
        #expect(store.fullestShare <= 1)
    }
}

/// A store on the machine's disk that is compacted whenever it has to be.
private struct Growth {
    let disk = CountingDisk()
    private let directory: String
    private let options: LogOptions
    private let log: SegmentLog
    private var workload = Workload()
    private var writeCount = 0
    private var before = (written: UInt64(0), copied: UInt64(0))
    /// The furthest that it came on its way from where compaction starts, 0, to its limit, 1; also
    /// while one was at work.
    private(set) var fullestShare = 0.0

    init(_ compression: CompactedCompression, count: Int) throws {
        directory =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("growth-\(UUID().uuidString)").path
        var options = LogOptions()
        options.durability = .interval(.seconds(1))
        options.lifetimeMilliseconds = 3_600_000
        options.maintenance = .manual
        options.compactedCompression = compression
        // Some fifty of them.
        options.segmentByteCountMax = max(32_768, count * 14)
        options.compactionStepByteCount = options.segmentByteCountMax / 8
        self.options = options
        log = try SegmentLog(directory, on: disk, options: options)
    }

    func remove() { try? FileManager.default.removeItem(atPath: directory) }

    mutating func write(_ number: Int) throws {
        writeCount += 1
        let (key, value) = workload.record(number, version: UInt64(writeCount))
        _ = try log.writeBlocking(key, value)
        // As often as a quarter of a segment is full; to look at every slot, once it is.
        let quarter = options.segmentByteCountMax / 4 / 700
        guard writeCount % quarter == 0 else { return }
        if writeCount % (4 * quarter) == 0 { _ = try log.sweepBlocking() }
        let compactor = try #require(log.compactor)
        _ = compactor.measure()
        var fullest = max(fullestShare, compactor.pressure)
        while try compactor.compactDue(pace: { _ throws(LogError) in
            fullest = max(fullest, compactor.pressure)
        }) != nil {}
        fullestShare = fullest
    }

    /// Counts from here on.
    mutating func begin() throws {
        let now = try log.statistics()
        before = (now.writtenByteCount, now.copiedByteCount)
        fullestShare = 0
    }

    private func byteCounts() throws -> (written: UInt64, copied: UInt64) {
        let now = try log.statistics()
        return (now.writtenByteCount - before.written, now.copiedByteCount - before.copied)
    }

    func amplification() throws -> Double {
        let (written, copied) = try byteCounts()
        return Double(written + copied) / Double(max(written, 1))
    }

    func text() throws -> String {
        let statistics = try log.statistics()
        let (written, copied) = try byteCounts()
        let parts = [
            "\(writeCount.grouped) writes, \(written / 1_000_000) MB",
            "\(copied / 1_000_000) MB copied", "write amplification \(try amplification())",
            "fullest \(fullestShare) of the way to its limit",
            "\(statistics.segments.count) segments",
            "\(statistics.keyCount.grouped) keys",
        ]
        return parts.joined(separator: ", ")
    }
}
