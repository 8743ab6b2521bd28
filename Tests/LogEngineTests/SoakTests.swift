import DiskIO
import Foundation
import Locks
import SegmentFormat
import SimulatedDisks
import Testing

@testable import LogEngine

/// A store that lives on: sessions are rewritten, destroyed and expire as fast as they come, and it
/// stays within its space, right, and quick to answer.
///
/// The long form is `SOAK_SECONDS=1200 SOAK_SESSIONS=200000 swift test -c release --traits Tools
/// --filter Soak`, on a machine that does nothing else; `SOAK_RATE=1000000` operations a second are
/// more than there can be. The normal run has a few seconds and small segments beside other tests,
/// and holds the store to what it answers only: compaction may get no processor for longer than it
/// takes to write two of them.
@Suite(.serialized) struct SoakTests {
    private static func setting(_ name: String, _ standard: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? standard
    }

    @Test func `a store that lives on answers right, and alone stays within its space`() throws {
        let isAlone = Self.setting("SOAK_SECONDS", 0) > 0
        let seconds = Self.setting("SOAK_SECONDS", CampaignSettings.isDebug ? 3 : 10)
        let sessionCount = Self.setting(
            "SOAK_SESSIONS", CampaignSettings.isDebug ? 2_000 : 20_000)
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("soak-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        var options = LogOptions()
        options.durability = .interval(.milliseconds(200))
        options.segmentByteCountMax = sessionCount >= 100_000 ? 4 << 20 : 256 << 10
        options.maintenanceDelayNanoseconds = 0
        options.expiryGraceMilliseconds = 1_000
        options.lifetimeMilliseconds = 30_000

        var soak = try Soak(directory, options, sessionCount: sessionCount, seed: 7)
        try soak.load()
        try soak.run(
            seconds: seconds,
            operationsPerSecond: Self.setting(
                "SOAK_RATE", CampaignSettings.isDebug ? 2_000 : 20_000))
        print(soak.text)
        #expect(soak.wrongCount == 0)
        #expect(soak.failures == [])
        if isAlone {
            #expect(soak.fullestShare <= 1)
            #expect(soak.openFileCountMax < options.openFileCountMax + 64)
            #expect(soak.writeAmplification <= 2.3)
            #expect(soak.readMicroseconds(slowestOf: 1_000) <= 1_000)
            #expect(soak.residentGrowth <= 1.1)
        }
        try soak.close()
        #expect(try SegmentLog.verify(directory).damages == [])
    }
}

/// Adds up what the log tells, in as much memory after a day as after a second.
private final class SoakObserver: LogObserver {
    struct Story {
        var writtenByteCount = 0
        var copiedByteCount = 0
        var compactionCount = 0
        var expiredCount = 0
        var failures: [LogError] = []
    }

    private let story = Mutex(Story())
    var told: Story { story.withLock { $0 } }

    func didCommit(recordCount: Int, byteCount: Int, syncNanoseconds: UInt64?) {
        story.withLock { $0.writtenByteCount += byteCount }
    }
    func didCompact(_ report: CompactionReport) {
        story.withLock { story in
            story.copiedByteCount += Int(report.outputByteCount)
            story.compactionCount += 1
            story.expiredCount += report.expiredRecordCount
        }
    }
    func didFail(_ error: LogError) { story.withLock { $0.failures.append(error) } }
}

/// Works on a store, and keeps a model of what is in it.
private struct Soak {
    private struct Entry {
        var version: UInt64
        var deadline: UInt64?
    }

    private let directory: String
    private let options: LogOptions
    private let log: SegmentLog
    private let observer = SoakObserver()
    private let sessionCount: Int
    private var workload = Workload()
    private var random: SplitMix64
    private var choice: ZipfChoice
    private var model: [Int: Entry] = [:]
    private var version: UInt64 = 0
    /// How many reads took so many microseconds; the last, that many or more.
    private var readCounts = [Int](repeating: 0, count: 100_000)

    private(set) var wrongCount = 0
    private(set) var fullestShare = 0.0
    /// How many times somebody had looked then.
    private var fullestLook = 0
    private(set) var openFileCountMax = 0
    private var operationCount = 0
    private var residentByteCounts: [Int] = []

    init(_ directory: String, _ options: LogOptions, sessionCount: Int, seed: UInt64) throws {
        self.directory = directory
        self.options = options
        self.sessionCount = sessionCount
        random = SplitMix64(seed: seed)
        choice = ZipfChoice(count: sessionCount, seed: seed)
        log = try SegmentLog(directory, options: options, observer: observer)
    }

    var failures: [LogError] { observer.told.failures }

    /// Writes every session, each some way into its life: what is written together would expire
    /// together, and no compaction is as fast as that.
    mutating func load() throws {
        for number in 0..<sessionCount {
            try write(number, ago: UInt64(random.number(below: 30_000)))
        }
    }

    /// Does so many operations a second: half reads, the others writes, touches and some removals.
    mutating func run(seconds: Int, operationsPerSecond: Int) throws {
        let clock = ContinuousClock()
        let start = clock.now
        var next = start
        var nextLook = start
        let burst = 200
        while clock.now < start + .seconds(seconds) {
            for _ in 0..<burst { try act() }
            operationCount += burst
            if clock.now >= nextLook {
                try look()
                nextLook = clock.now + .milliseconds(500)
            }
            next += .nanoseconds(1_000_000_000 * burst / operationsPerSecond)
            let wait = clock.now.duration(to: next)
            if wait > .zero { usleep(UInt32(wait / .microseconds(1))) } else { next = clock.now }
        }
    }

    func close() throws { try log.closeBlocking() }

    // MARK: Operations

    private mutating func act() throws {
        let number = choice.next()
        switch random.number(below: 100) {
        case 0..<50: try read(number)
        case 50..<90: try write(number)
        case 90..<95: try touch(number)
        default: try remove(number)
        }
    }

    private mutating func write(_ number: Int, ago milliseconds: UInt64 = 0) throws {
        version += 1
        let (key, value) = workload.record(number, version: version)
        // Some live for seconds, some for ever, most as long as the store's setting says.
        let (lifetime, lifetimeMilliseconds): (ValueLifetime, UInt64?) =
            switch random.number(below: 10) {
            case 0: (.milliseconds(3_000), 3_000)
            case 1: (.milliseconds(12_000), 12_000)
            case 2...6: (.endless, nil)
            default: (.standard, options.lifetimeMilliseconds)
            }
        let activity = log.now() - milliseconds
        _ = try log.writeBlocking(key, value, activity: activity, lifetime: lifetime)
        model[number] = Entry(
            version: version, deadline: lifetimeMilliseconds.map { activity + $0 })
    }

    private mutating func touch(_ number: Int) throws {
        let (key, _) = workload.record(number, version: 0)
        let before = log.now()
        guard let record = try log.read(key) else { return }
        guard try log.touchBlocking(key, activity: before), var entry = model[number],
            let deadline = entry.deadline
        else { return }
        entry.deadline = deadline + (before - min(before, record.activity))
        model[number] = entry
    }

    private mutating func remove(_ number: Int) throws {
        let (key, _) = workload.record(number, version: 0)
        _ = try log.removeBlocking(key)
        model[number] = nil
    }

    private mutating func read(_ number: Int) throws {
        let (key, _) = workload.record(number, version: 0)
        let before = log.now()
        let started = DispatchTime.now().uptimeNanoseconds
        let record = try log.read(key)
        let nanoseconds = Int(DispatchTime.now().uptimeNanoseconds - started)
        readCounts[min(nanoseconds / 1_000, readCounts.count - 1)] += 1
        guard let entry = model[number] else {
            if record != nil { wrongCount += 1 }
            return
        }
        guard let record else {
            if entry.deadline.map({ log.now() <= $0 }) ?? true { wrongCount += 1 }
            return
        }
        if let deadline = entry.deadline, before > deadline { wrongCount += 1 }
        if record.value != workload.record(number, version: entry.version).value { wrongCount += 1 }
    }

    // MARK: Looking

    private mutating func look() throws {
        let statistics = try log.statistics()
        let alive =
            statistics.liveByteCount - min(statistics.liveByteCount, statistics.expiredByteCount)
        let aliveCount = statistics.keyCount - statistics.expiredKeyCount
        // A record, its entry in a footer, and twice a place in a checkpoint: the old one goes when
        // the new one is written.
        let live = alive + UInt64(aliveCount * FooterEntry.byteCount)
        let shards = LogIndex.shardCount * ShardImage.headByteCount
        let checkpoints = UInt64(2 * (statistics.keyCount * 12 + shards))
        let segments = 2 * UInt64(options.segmentByteCountMax)
        let reserves = UInt64(options.zoneByteCount + options.reserveFileByteCount)
        let budget = Double(live / 2 * 3 + segments + checkpoints + reserves)
        let share = Double(statistics.fileByteCount) / budget
        if share > fullestShare {
            (fullestShare, fullestLook) = (share, residentByteCounts.count)
        }
        let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        openFileCountMax = max(openFileCountMax, descriptors.count)
        residentByteCounts.append(try residentByteCount())
    }

    private func residentByteCount() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        return (Int(text.split(separator: " ")[1]) ?? 0) * 4_096
    }

    // MARK: Figures

    var writeAmplification: Double {
        let told = observer.told
        return Double(told.writtenByteCount + told.copiedByteCount)
            / Double(max(told.writtenByteCount, 1))
    }

    /// How long the fastest of the slowest reads took, of which there is one in so many.
    func readMicroseconds(slowestOf share: Int) -> Int {
        var rest = readCounts.reduce(0, +) / share
        for (microseconds, count) in readCounts.enumerated().reversed() {
            rest -= count
            if rest < 0 { return microseconds }
        }
        return 0
    }

    /// The most memory of the second half, over that of the first.
    var residentGrowth: Double {
        let half = residentByteCounts.count / 2
        let first = residentByteCounts.prefix(half).max() ?? 1
        return Double(residentByteCounts.dropFirst(half).max() ?? 1) / Double(first)
    }

    var text: String {
        let told = observer.told
        let resident = residentByteCounts
        let megabytes = { (count: Int?) in (count ?? 0) / 1_048_576 }
        return "soak: \(operationCount.grouped) operations on \(sessionCount.grouped) sessions,"
            + " wrong: \(wrongCount), compactions: \(told.compactionCount),"
            + " expired in them: \(told.expiredCount.grouped),"
            + " write amplification: \(writeAmplification),"
            + " fullest: \(fullestShare) of the budget after \(fullestLook / 2) s,"
            + " read p99.9: \(readMicroseconds(slowestOf: 1_000)) us,"
            + " p99.99: \(readMicroseconds(slowestOf: 10_000)) us,"
            + " resident: \(megabytes(resident.first)) to \(megabytes(resident.last)) MB,"
            + " the most of the second half \(residentGrowth) of the first's,"
            + " open files: \(openFileCountMax) at most"
    }
}
