import Foundation
import SegmentFormat
import Testing

@testable import LogEngine

/// Sessions that expire together, on the machine's own disk, and what it takes to be rid of them.
///
/// The long form is `EXPIRED_SESSIONS=1000000 swift test -c release --traits Tools --filter
/// ExpiredMillion`.
@Suite(.serialized) struct ExpiredMillionTests {
    /// Of what is given back, how much may be written for it.
    ///
    /// Where some are alive, that is without what they cost: their copies, and what each takes of
    /// the index on disk.
    private static let writtenShareMax = 0.02
    private static let secondsMax = CampaignSettings.isDebug ? 60.0 : 10.0

    @Test func `what has expired goes in seconds, and next to nothing is written for it`() throws {
        var crowd = try Crowd(.none)
        defer { crowd.remove() }
        let reclaim = try crowd.reclaim()
        print(reclaim.text)
        #expect(reclaim.writtenShare < Self.writtenShareMax)
        #expect(reclaim.seconds < Self.secondsMax)
        // The files of before, but for what the next writes go into.
        #expect(reclaim.freedByteCount > crowd.loadedByteCount / 10 * 9)
        try crowd.expectRight()
        try crowd.expectNoReturn()
    }

    @Test func `an older half goes as it came, and the younger is not touched`() throws {
        var crowd = try Crowd(.youngerHalf)
        defer { crowd.remove() }
        let reclaim = try crowd.reclaim()
        print(reclaim.text)
        #expect(reclaim.copiedByteCount == 0)
        #expect(reclaim.writtenShareForExpired < Self.writtenShareMax)
        #expect(reclaim.seconds < Self.secondsMax)
        #expect(reclaim.freedByteCount > crowd.loadedByteCount / 10 * 4)
        try crowd.expectRight()
        try crowd.expectNoReturn()
    }

    @Test func `where every other is alive, little more than those is written`() throws {
        var crowd = try Crowd(.everyOther)
        defer { crowd.remove() }
        let reclaim = try crowd.reclaim()
        print(reclaim.text)
        #expect(reclaim.writtenShareForExpired < Self.writtenShareMax)
        #expect(reclaim.sweptCount == 0)
        #expect(reclaim.freedByteCount > crowd.loadedByteCount / 10 * 4)
        try crowd.expectRight()
        try crowd.expectNoReturn()
    }

    @Test func `the limit finds out a log that records each expiry`() throws {
        var crowd = try Crowd(.none)
        defer { crowd.remove() }
        // Whoever watches is told of each, and each is recorded.
        crowd.watch()
        let reclaim = try crowd.reclaim()
        print("watched,", reclaim.text)
        #expect(reclaim.writtenShare > Self.writtenShareMax)
        try crowd.expectRight()
    }
}

/// Who of the sessions is still alive when the others have expired.
private enum Survivors: String {
    case none, youngerHalf, everyOther
}

/// What was given back, and what it took.
private struct Reclaim {
    var name: String
    var seconds: Double
    var freedByteCount: Int
    /// By kind of file.
    var writtenByteCounts: [String: Int]
    /// Of them, what compaction had to copy.
    var copiedByteCount: Int
    var sweptCount: Int

    var writtenByteCount: Int { writtenByteCounts.values.reduce(0, +) }
    var writtenShare: Double { Double(writtenByteCount) / Double(max(freedByteCount, 1)) }
    var writtenShareForExpired: Double {
        let index = writtenByteCounts["CHECKPOINT.new", default: 0]
        return Double(writtenByteCount - copiedByteCount - index) / Double(max(freedByteCount, 1))
    }

    var text: String {
        let kinds = writtenByteCounts.sorted { $0.key < $1.key }
            .map { "\($0.key) \($0.value.grouped)" }
        return "\(name): freed \(freedByteCount.grouped) bytes in \(rounded(seconds)) s,"
            + " written for it \(writtenByteCount.grouped) = \(rounded(writtenShare * 100)) %"
            + " (\(kinds.joined(separator: ", ")); copies \(copiedByteCount.grouped)),"
            + " recorded one by one: \(sweptCount.grouped)"
    }

    private func rounded(_ value: Double) -> Double { (value * 1_000).rounded() / 1_000 }
}

/// A store full of sessions, some or all of which have expired.
private struct Crowd {
    private let survivors: Survivors
    private let directory: String
    private let disk = CountingDisk()
    private var options = LogOptions()
    private var log: SegmentLog?
    private var workload = Workload()
    private let count = CampaignSettings.expiredSessionCount
    private(set) var loadedByteCount = 0

    private static let lifetimeMilliseconds: UInt64 = 3_600_000

    init(_ survivors: Survivors) throws {
        self.survivors = survivors
        directory =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("expired-\(UUID().uuidString)").path
        options.durability = .interval(.seconds(1))
        options.lifetimeMilliseconds = Self.lifetimeMilliseconds
        options.maintenance = .manual
        // As many segments as a million sessions have.
        if count < 1_000_000 { options.segmentByteCountMax = max(1 << 20, count * 64) }
        try load()
    }

    private mutating func load() throws {
        let log = try SegmentLog(directory, on: disk, options: options)
        for number in 0..<count {
            if survivors == .youngerHalf, number == count / 2 {
                disk.advance(milliseconds: Self.lifetimeMilliseconds * 2)
            }
            let (key, value) = workload.record(number, version: 0)
            let lifetime: ValueLifetime =
                survivors == .everyOther && isAlive(number) ? .endless : .standard
            _ = try log.writeBlocking(key, value, lifetime: lifetime)
        }
        if survivors != .youngerHalf {
            disk.advance(milliseconds: Self.lifetimeMilliseconds * 2)
        }
        loadedByteCount = Int(try log.statistics().fileByteCount)
        self.log = log
    }

    private func isAlive(_ number: Int) -> Bool {
        switch survivors {
        case .none: false
        case .youngerHalf: number >= count / 2
        case .everyOther: number % 2 == 0
        }
    }

    private var aliveCount: Int { (0..<count).count { isAlive($0) } }

    func remove() { try? FileManager.default.removeItem(atPath: directory) }

    /// Has each expiry told to somebody.
    func watch() { log?.watchExpiry(while: { true }, { _ in }) }

    /// Does what the log does by itself, now: two looks, a half minute apart, and the index.
    mutating func reclaim() throws -> Reclaim {
        let log = try #require(log)
        let before = try log.statistics().fileByteCount
        disk.forgetCounts()
        let clock = ContinuousClock()
        let started = clock.now
        var sweptCount = 0
        var copiedByteCount = 0
        for _ in 0..<2 {
            sweptCount += try log.sweepBlocking()
            let report = try log.compactDueBlocking()
            copiedByteCount += Int(report.outputByteCount)
            // What an entry of a compacted segment's footer has at least.
            copiedByteCount += report.movedRecordCount * 16
            disk.advance(milliseconds: 30_000)
        }
        #expect(try log.checkpointBlocking())
        let seconds = started.duration(to: clock.now) / .seconds(1)
        let after = try log.statistics().fileByteCount
        var kinds: [String: Int] = [:]
        for (name, count) in disk.writtenByteCounts {
            kinds[name.hasSuffix(".segment") ? "segments" : name, default: 0] += count
        }
        return Reclaim(
            name: "\(count.grouped) sessions, alive: \(survivors)",
            seconds: seconds,
            freedByteCount: Int(before - min(before, after)),
            writtenByteCounts: kinds,
            copiedByteCount: copiedByteCount,
            sweptCount: sweptCount
        )
    }

    // MARK: Looking

    /// Expects the living with their values, and nothing of the others.
    mutating func expectRight() throws {
        let log = try #require(log)
        var wrongCount = 0
        for number in 0..<count {
            let (key, value) = workload.record(number, version: 0)
            if try log.read(key)?.value != (isAlive(number) ? value : nil) { wrongCount += 1 }
        }
        #expect(wrongCount == 0)
        #expect(try log.count() == aliveCount)
    }

    /// Kills and reopens, closes and reopens, with settings under which nothing would have expired,
    /// and a clock that has gone back.
    mutating func expectNoReturn() throws {
        options.lifetimeMilliseconds = nil
        for isClosed in [false, true, true] {
            if isClosed { try log?.closeBlocking() }
            // The lock goes with the last reference.
            log = nil
            // A disk of its own has the machine's time, which is before that of the old one.
            log = try SegmentLog(directory, on: CountingDisk(), options: options)
            #expect(log?.recovery.damages == [])
            try expectRight()
            options.lifetimeMilliseconds = Self.lifetimeMilliseconds * 1_000
        }
        try log?.closeBlocking()
        log = nil
        let report = try SegmentLog.verify(directory, on: disk)
        #expect(report.damages == [])
    }
}
