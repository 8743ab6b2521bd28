import DiskIO
import Foundation
import Locks
import SegmentFormat
import SimulatedDisks
import Testing

@testable import LogEngine

/// Checkpoints that are written while the log goes on.
@Suite struct PendingCheckpointTests {
    // MARK: A frozen index

    @Test(arguments: 0..<20)
    func `a frozen shard is what it was, whatever changes`(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        var table = IndexTable()
        var slots: [IndexSlot] = []
        func newSlot(_ hash: UInt32? = nil) -> IndexSlot {
            // Few hashes, so that many are equal.
            let hash = hash ?? UInt32(random.number(below: 500)) << 22
            return IndexTests.slot(hash, random.number(below: 1 << 20))
        }
        func change(_ count: Int) {
            for _ in 0..<count {
                switch random.number(below: slots.isEmpty ? 1 : 3) {
                case 0:
                    slots.append(newSlot())
                    _ = table.insert(slots[slots.count - 1])
                case 1:
                    let place = random.number(below: slots.count)
                    let new = newSlot(slots[place].hash)
                    let isDone = table.replace(slots[place], with: new)
                    #expect(isDone)
                    slots[place] = new
                default:
                    let place = random.number(below: slots.count)
                    let isDone = table.remove(slots.remove(at: place))
                    #expect(isDone)
                }
            }
        }
        func sorted(_ slots: [IndexSlot]) -> [[UInt64]] {
            slots.map { [UInt64($0.hash), $0.front, $0.back] }.sorted {
                $0.lexicographicallyPrecedes($1)
            }
        }
        for _ in 0..<5 {
            change(random.number(below: 2_000))
            table.freeze()
            let before = slots
            // Until a copy is less, and after that.
            change(random.number(below: 1_500))
            let image = table.takeFrozen().image
            #expect(sorted(image.slots) == sorted(before))
            #expect(image.slots.map(\.hash) == before.map(\.hash).sorted())
            #expect(image.capacity >= before.count)
            let now = table.takeFrozen().image
            #expect(sorted(now.slots) == sorted(slots))
            #expect(sorted(table.shard.occupied) == sorted(slots))
        }
    }

    // MARK: Written late

    /// A log with a checkpoint begun after 100 values.
    private func begin(_ bench: Bench) throws -> (SegmentLog, PendingCheckpoint) {
        let log = try bench.open()
        for number in 0..<100 { try log.put("key\(number)", "value \(number)") }
        let result = try log.runBlocking(.checkpoint).get()
        guard case .checkpoint(let pending, true) = result else { throw NoCheckpoint() }
        return (log, pending)
    }

    private struct NoCheckpoint: Error {}

    private func change(_ log: SegmentLog) throws -> [String: String] {
        for number in 50..<150 { try log.put("key\(number)", "newer \(number)") }
        for number in 90..<110 { _ = try log.removeBlocking(bytes("key\(number)")) }
        return try log.all()
    }

    @Test func `what comes after its beginning is replayed`() throws {
        let bench = Bench()
        let (log, pending) = try begin(bench)
        let expected = try change(log)
        #expect(pending.isWritten == nil)
        #expect(pending.finish() && pending.finish())
        let again = try bench.killed().open()
        #expect(again.recovery.indexSource == .checkpoint)
        #expect(again.recovery.discardedCheckpoint == nil)
        #expect(try again.all() == expected)
        #expect(try again.statistics().liveByteCount == log.statistics().liveByteCount)
        try log.closeBlocking()
        #expect(try bench.open().all() == expected)
    }

    @Test func `a compaction meanwhile makes it useless, and nothing else`() throws {
        let bench = Bench()
        let (log, pending) = try begin(bench)
        let expected = try change(log)
        _ = try log.compactBlocking()
        #expect(try log.all() == expected)
        #expect(!pending.finish())
        #expect(try !bench.files.contains("CHECKPOINT"))
        let again = try bench.killed().open()
        #expect(again.recovery.indexSource != .checkpoint)
        #expect(try again.all() == expected)
        try log.closeBlocking()
        #expect(try bench.open().recovery.indexSource == .checkpoint)
    }

    @Test func `who asks for one has what was written before, whoever asked first`() throws {
        let bench = Bench()
        let (log, pending) = try begin(bench)
        let expected = try change(log)
        #expect(try log.checkpointBlocking())
        #expect(pending.isWritten == true)
        let again = try bench.killed().open()
        #expect(again.recovery.indexSource == .checkpoint)
        #expect(again.recovery.replayedRecordCount == 0)
        #expect(try again.all() == expected)
    }

    @Test func `a key that is written over and over does not keep it from being written`() throws {
        let bench = Bench(segmentByteCountMax: 1 << 20)
        let (log, pending) = try begin(bench)
        for number in 0..<3_000 { try log.put("key7", "newer \(number)") }
        #expect(pending.finish())
        let again = try bench.killed().open()
        #expect(again.recovery.indexSource == .checkpoint)
        #expect(try again.text("key7") == "newer 2999")
        #expect(try again.count() == 100)
    }

    @Test func `a closing that fails waits for it, too`() throws {
        let bench = Bench()
        let (log, pending) = try begin(bench)
        try log.put("a", "1")
        bench.disk.failOperation(kind: .sync, with: .inputOutput)
        let error = failure { () throws(LogError) in try log.put("b", "2") }
        #expect(error == .poisoned)
        #expect(pending.isWritten == nil)
        #expect(failure { () throws(LogError) in try log.closeBlocking() } == .poisoned)
        #expect(pending.isWritten != nil)
    }

    @Test func `none is begun where it would fill the disk, nor for a log that was let go`() throws
    {
        var bench = Bench()
        bench.options.checkpointByteCount = 1_000
        let witness = Witness()
        let log = try bench.open(witness)
        bench.disk.capacity = bench.disk.usedByteCount + 2_600
        for number in 0..<10 { try log.put("key\(number)", "value \(number)") }
        log.withWriter { $0.checkpointIfDue() }
        #expect(witness.told.checkpoints == [])
        bench.disk.capacity = nil
        for number in 0..<20 { try log.put("key\(number)", "value \(number)") }
        log.withWriter { $0.checkpointIfDue() }
        #expect(witness.told.checkpoints.count == 1)

        log.withWriter { $0.isAbandoned = true }
        #expect(failure { () throws(LogError) in try log.put("a", "1") } == .closed)
        #expect(failure { () throws(LogError) in _ = try log.compactBlocking() } == .closed)
        #expect(log.withWriter { $0.beginCheckpoint() == nil } == true)
    }

    @Test func `a removal on a disk that it filled finds what it gave back`() throws {
        let bench = Bench(segmentByteCountMax: 4_000)
        let (log, pending) = try begin(bench)
        bench.disk.failOperation(kind: .write, namePrefix: "CHECKPOINT.new", with: .diskFull)
        let isMore = log.withWriter { $0.giveUp(.checkpoint) }
        #expect(isMore == true)
        #expect(pending.isWritten == false)
        #expect(log.withWriter { $0.giveUp(.checkpoint) } == false)
    }

    /// The kernel tells of it once, and whoever it told was not the one whose file is lost.
    @Test func `a directory's sync that fails for it fails for who writes, too`() throws {
        let bench = Bench(segmentByteCountMax: 4_000)
        let (log, pending) = try begin(bench)
        bench.disk.failOperation(kind: .syncDirectory, with: .inputOutput)
        #expect(pending.finish() == false)
        #expect(bench.disk.faultWasMet)
        bench.disk.clearFaults()
        #expect(failure { () throws(LogError) in try log.put("next", "1") } == .poisoned)
        #expect(failure { () throws(LogError) in _ = try log.compactBlocking() } == .poisoned)
        #expect(try log.text("key7") != nil)
        let again = try bench.killed().open()
        #expect(try again.text("key7") != nil)
        #expect(try again.text("next") == nil)
        try again.put("after", "1")
    }

    @Test func `what was acknowledged before such a failure is synced all the same`() throws {
        var bench = Bench()
        bench.options.durability = .interval(.seconds(1_000))
        let (log, pending) = try begin(bench)
        try log.put("last", "1")
        bench.disk.failOperation(kind: .syncDirectory, with: .inputOutput)
        #expect(pending.finish() == false)
        bench.disk.clearFaults()
        #expect(failure { () throws(LogError) in try log.put("next", "1") } == .poisoned)
        bench.disk = bench.disk.afterPowerCut(.nothing)
        let again = try bench.open()
        #expect(try again.text("last") == "1")
        #expect(try again.text("next") == nil)
    }

    // MARK: Written beside

    /// Holds up what syncs a checkpoint.
    private final class Gate: Sendable {
        private let state = Mutex((isOpen: false, isReached: false))

        var isReached: Bool { state.withLock { $0.isReached } }

        func open() { state.withLock { $0.isOpen = true } }

        func pass(_ name: String) {
            guard name.hasPrefix("CHECKPOINT") else { return }
            state.withLock { $0.isReached = true }
            withinSeconds { state.withLock { $0.isOpen } }
        }
    }

    @Test func `nobody waits for it but who closes the log`() throws {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("checkpoint-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let disk = CountingDisk()
        var options = LogOptions()
        options.segmentByteCountMax = 1 << 16
        options.checkpointByteCount = 1 << 16
        options.durability = .interval(.seconds(60))
        let gate = Gate()
        disk.watchSyncs { gate.pass($0) }
        var log: SegmentLog? = try SegmentLog(directory, on: disk, options: options)
        for number in 0..<5_000 { try log?.put("key\(number)", "value \(number)") }
        withinSeconds { gate.isReached }
        // Through segments to come, too, which do not begin another.
        for number in 0..<5_000 { try log?.put("key\(number)", "newer \(number)") }
        #expect(try log?.text("key7") == "newer 7")
        let isGone = Mutex(false)
        let held = Mutex(log)
        log = nil
        Thread.detachNewThread {
            held.withLock { $0 = nil }
            isGone.withLock { $0 = true }
        }
        Thread.sleep(forTimeInterval: 0.02)
        #expect(!isGone.withLock { $0 })
        // Else whoever opens the store next would have two at a time.
        #expect(
            failure { () throws(LogError) in
                _ = try SegmentLog(directory, on: disk, options: options)
            } == .locked)
        gate.open()
        withinSeconds { isGone.withLock { $0 } }
        let again = try SegmentLog(directory, on: disk, options: options)
        #expect(again.recovery.indexSource == .checkpoint)
        #expect(try again.text("key7") == "newer 7")
        try again.closeBlocking()
    }
}
