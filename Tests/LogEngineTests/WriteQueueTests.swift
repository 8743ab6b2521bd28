import DiskIO
import Foundation
import Locks
import SegmentFormat
import SimulatedDisks
import Testing

import struct Synchronization.Atomic

@testable import LogEngine

@Suite(.serialized) struct WriteQueueTests {
    /// The threads of this process that only a log starts.
    private var threadCount: Int {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
        }
    }

    // MARK: Many at once

    @Test func `tasks, threads and a closing at the same time are all answered`() async throws {
        for seed in 0..<6 as Range<UInt64> {
            let bench = Bench(seed: seed, segmentByteCountMax: 20_000)
            let log = try bench.open()
            let answers = Answers()
            await withTaskGroup(of: Void.self) { group in
                for task in 0..<12 {
                    group.addTask {
                        for number in 0..<40 {
                            let result: Result<UInt64, LogError>
                            do throws(LogError) {
                                let written = try await log.write(
                                    bytes("t\(task)"), bytes("\(number)"))
                                result = .success(written)
                            } catch {
                                result = .failure(error)
                            }
                            answers.note("t\(task)", "\(number)") { () throws(LogError) in
                                _ = try result.get()
                            }
                        }
                    }
                }
                for thread in 0..<4 {
                    group.addTask {
                        await Self.onThread {
                            for number in 0..<40 {
                                answers.note("b\(thread)", "\(number)") { () throws(LogError) in
                                    try log.put("b\(thread)", "\(number)")
                                }
                            }
                        }
                    }
                }
                group.addTask {
                    if seed % 2 == 0 {
                        await Self.onThread { Thread.sleep(forTimeInterval: 0.003) }
                        try? await log.close()
                    } else {
                        await Self.onThread {
                            Thread.sleep(forTimeInterval: 0.003)
                            try? log.closeBlocking()
                        }
                    }
                }
            }
            #expect(answers.count == 16 * 40)
            #expect(failure { () throws(LogError) in try log.put("x", "y") } == .closed)
            let other = try bench.open()
            #expect(other.recovery.wasClosed)
            #expect(try other.all() == answers.acknowledged)
            try other.closeBlocking()
        }
    }

    /// What became of each call.
    private final class Answers: Sendable {
        private let state = Mutex<(count: Int, acknowledged: [String: String])>((0, [:]))

        var count: Int { state.withLock { $0.count } }
        var acknowledged: [String: String] { state.withLock { $0.acknowledged } }

        func note(_ key: String, _ value: String, _ body: () throws(LogError) -> Void) {
            do throws(LogError) {
                try body()
                state.withLock { $0.acknowledged[key] = value }
            } catch {
                #expect(error == .closed)
            }
            state.withLock { $0.count += 1 }
        }
    }

    private final class Counter: Sendable {
        let count = Atomic(0)
    }

    private static func onThread(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                body()
                continuation.resume()
            }
        }
    }

    @Test func `a blocking writer comes back while others keep writing`() throws {
        let bench = Bench(segmentByteCountMax: 1 << 20)
        let log = try bench.open()
        let queue = try #require(log.queue)
        try log.put("a", "1")
        // Whoever writes finds another waiting after each sync: without the hand-over, until all of
        // them were served.
        let isBack = Atomic(false)
        let otherCount = Atomic(0)
        let otherCountMax = 3_000
        bench.disk.onOperation { _, operation in
            guard operation.kind == .sync, !isBack.load(ordering: .acquiring) else { return }
            guard otherCount.load(ordering: .acquiring) < otherCountMax else { return }
            otherCount.add(1, ordering: .acquiringAndReleasing)
            Thread.detachNewThread { _ = try? log.put("b", "2") }
            while queue.state.withLock({ $0.pending.isEmpty }) { sched_yield() }
        }
        try log.put("a", "2")
        isBack.store(true, ordering: .releasing)
        #expect(otherCount.load(ordering: .acquiring) < otherCountMax)
        bench.disk.onOperation(nil)
        try log.closeBlocking()
    }

    @Test func `a queue that is full turns writes away, and closes all the same`() throws {
        var bench = Bench()
        bench.options.queuedByteCountMax = 500
        let log = try bench.open()
        try log.put("a", "1")
        // Hold the first sync, so that requests wait.
        let gate = DispatchSemaphore(value: 0)
        let isHeld = Atomic(false)
        bench.disk.onOperation { _, operation in
            guard operation.kind == .sync else { return }
            guard !isHeld.exchange(true, ordering: .relaxed) else { return }
            gate.wait()
        }
        let answers = Mutex<[Case]>([])
        Thread.detachNewThread { _ = try? log.put("held", "1") }
        withinSeconds { isHeld.load(ordering: .relaxed) }
        for number in 0..<10 {
            Thread.detachNewThread {
                let answer = failure { () throws(LogError) in try log.put("w\(number)", "1") }
                answers.withLock { $0.append(answer) }
            }
        }
        // Three fit.
        withinSeconds { answers.withLock { $0.count } >= 7 }
        #expect(answers.withLock { $0 } == Array(repeating: .unavailable, count: 7))
        let isClosed = Atomic(false)
        Thread.detachNewThread {
            _ = try? log.closeBlocking()
            isClosed.store(true, ordering: .relaxed)
        }
        Thread.sleep(forTimeInterval: 0.05)
        let isClosedEarly = isClosed.load(ordering: .relaxed)
        #expect(!isClosedEarly)
        #expect(failure { () throws(LogError) in _ = try bench.open() } == .locked)
        gate.signal()
        withinSeconds { isClosed.load(ordering: .relaxed) }
        withinSeconds { answers.withLock { $0.count } == 10 }
        #expect(answers.withLock { $0.count { $0 == .none } } == 3)
        bench.disk.onOperation(nil)
        let other = try bench.open()
        #expect(other.recovery.wasClosed)
        #expect(try other.count() == 5)
        try other.closeBlocking()
    }

    @Test func `more than a round's requests are served in several`() async throws {
        var bench = Bench(segmentByteCountMax: 1 << 20)
        bench.options.batchByteCountMax = 600
        let witness = Witness()
        let log = try bench.open(witness)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    _ = try? await log.write(bytes("k\(number)"), bytes("some value"))
                }
            }
        }
        #expect(try log.count() == 200)
        // 64 bytes a record: a batch is over once it has 600.
        #expect(witness.told.commits.allSatisfy { $0.bytes <= 640 })
        #expect(witness.told.commits.reduce(0) { $0 + $1.records } == 200)
        try await log.close()
    }

    // MARK: A thread that cannot be started

    private static let noThread = LogError.unavailable(
        LogFault("start thread", file: "", detail: "none"))

    @Test func `without a thread tasks are turned away, threads and closing are not`() async throws
    {
        for isInterval in [false, true] {
            var bench = Bench()
            if isInterval { bench.options.durability = .interval(.seconds(1)) }
            let queue = WriteQueue(try bench.makeWriter()) { (_) throws(LogError) in
                throw Self.noThread
            }
            #expect(await queue.run(.put("a", "1")).failureCase == .unavailable)
            // Nobody would sync what a blocking caller leaves behind.
            let expected: Case = isInterval ? .unavailable : .none
            #expect(queue.runBlocking(.put("a", "2")).failureCase == expected)
            #expect(await queue.run(.close).failureCase == .none)
            #expect(queue.runBlocking(.put("a", "3")).failureCase == .closed)
            #expect(await queue.run(.put("a", "3")).failureCase == .closed)
            #expect(queue.runBlocking(.close).failureCase == .none)
        }
    }

    @Test func `work left to a thread that does not come is done by somebody else`() throws {
        let bench = Bench(segmentByteCountMax: 1 << 20)
        let queue = WriteQueue(try bench.makeWriter()) { (_) throws(LogError) in
            Thread.sleep(forTimeInterval: 0.0005)
            throw Self.noThread
        }
        let done = Counter()
        for thread in 0..<6 {
            Thread.detachNewThread {
                for number in 0..<50 {
                    let result = queue.runBlocking(.put("b\(thread)", "\(number)"))
                    #expect(result.failureCase == .none)
                }
                done.count.add(1, ordering: .relaxed)
            }
        }
        for task in 0..<6 {
            Task.detached {
                for number in 0..<50 {
                    let result = await queue.run(.put("t\(task)", "\(number)"))
                    #expect([.none, .unavailable].contains(result.failureCase))
                }
                done.count.add(1, ordering: .relaxed)
            }
        }
        withinSeconds { done.count.load(ordering: .relaxed) == 12 }
        #expect(queue.runBlocking(.close).failureCase == .none)
    }

    /// Holds a commit up while the log's thread fails to start.
    private final class LateCommit: LogObserver {
        let isAwaited = Atomic(false)
        let syncCount = Atomic(0)
        let committed = DispatchSemaphore(value: 0)
        let failed = DispatchSemaphore(value: 0)

        func didCommit(recordCount: Int, byteCount: Int, syncNanoseconds: UInt64?) {
            guard isAwaited.load(ordering: .acquiring) else { return }
            committed.signal()
            failed.wait()
        }
        func didSync(nanoseconds: UInt64) { syncCount.add(1, ordering: .relaxed) }
    }

    @Test func `what is written while the thread fails to start is synced all the same`() throws {
        var bench = Bench(segmentByteCountMax: 1 << 20)
        bench.options.durability = .interval(.seconds(1_000))
        let late = LateCommit()
        let writer = try bench.makeWriter(late)
        _ = writer.run([.put("first", "1")])
        let put = Put(key: bytes("a"), value: bytes("1"), lifetime: .standard, condition: .none)
        late.isAwaited.store(true, ordering: .releasing)
        let done = Counter()
        let queues = Mutex<WriteQueue?>(nil)
        let queue = WriteQueue(writer) { (_) throws(LogError) in
            // Somebody counts on the thread that is being made, and is not done when it fails.
            Thread.detachNewThread {
                let revision = queues.withLock { $0 }.flatMap { try? $0.putAtOnce(put) }
                #expect(revision != nil)
                done.count.add(1, ordering: .relaxed)
            }
            late.committed.wait()
            throw Self.noThread
        }
        queues.withLock { $0 = queue }
        #expect(queue.runBlocking(.put("b", "1")).failureCase == .unavailable)
        #expect(late.syncCount.load(ordering: .relaxed) == 0)
        late.isAwaited.store(false, ordering: .releasing)
        late.failed.signal()
        withinSeconds { done.count.load(ordering: .relaxed) == 1 }
        #expect(late.syncCount.load(ordering: .relaxed) == 1)
        queues.withLock { $0 = nil }
        #expect(queue.runBlocking(.close).failureCase == .none)
    }

    // MARK: At once

    @Test func `what waits for no sync is written by who asks for it`() async throws {
        var bench = Bench(segmentByteCountMax: 1 << 20)
        bench.options.durability = .interval(.seconds(1_000))
        // A thread that never comes to work: whoever left something to it would wait for ever.
        let queue = WriteQueue(try bench.makeWriter()) { (_) in }
        #expect(queue.runBlocking(.put("first", "1")).failureCase == .none)
        for number in 0..<20 {
            #expect(await queue.run(.put("k\(number)", "v")).failureCase == .none)
            #expect(queue.runBlocking(.put("k\(number)", "w")).failureCase == .none)
        }
        let removal = WriteRequest.destroy(key: bytes("k3"), condition: .none)
        #expect(await queue.run(removal).number == 1)
        let texts = try queue.withWriter { (writer) throws(LogError) in
            let (kept, removed) = (
                try writer.core.current(bytes("k2")), try writer.core.current(bytes("k3"))
            )
            return [kept, removed].map { $0.map { String(decoding: $0.value, as: UTF8.self) } }
        }
        #expect(texts == ["w", nil])
        #expect(queue.runBlocking(.close).failureCase == .none)
    }

    @Test func `what needs more room than was made ready is left to the thread`() throws {
        var bench = Bench(segmentByteCountMax: 1 << 20)
        bench.options.durability = .interval(.seconds(1_000))
        let writer = try bench.makeWriter()
        let request = WriteRequest.put("key", String(repeating: "v", count: 20_000))
        #expect(writer.runAtOnce(request) == nil)
        _ = writer.run([request])
        var writtenCount = 0
        while let result = writer.runAtOnce(request) {
            #expect(result.failureCase == .none)
            writtenCount += 1
        }
        // Two of them fit into what was filled with zeros ahead of the first, beside the reserve.
        #expect((1...3).contains(writtenCount))
        _ = writer.run([.close])
    }

    // MARK: Leaving nothing behind

    @Test(arguments: [false, true])
    func `a closed or dropped log leaves no thread, handle or lock`(isDropped: Bool) async throws {
        let bench = Bench(segmentByteCountMax: 300)
        for isBlocking in [false, true] {
            let before = try threadCount
            // The first task may start threads of the pool.
            await Task.yield()
            var logs: [SegmentLog] = []
            for number in 0..<20 {
                var other = bench
                other.disk = SimulatedDisk(seed: UInt64(number))
                let log = try other.open()
                for key in 0..<8 { _ = try await log.write(bytes("k\(key)"), bytes("v")) }
                #expect(try log.all().count == 8)
                logs.append(log)
                #expect(other.disk.openFileCount > 3)
                if isDropped { continue }
                if isBlocking { try log.closeBlocking() } else { try await log.close() }
                // The directory is what the closed log itself keeps.
                #expect(other.disk.openFileCount == 1)
            }
            if isDropped { logs.removeAll() }
            try withinSeconds { try threadCount < before + 10 }
            logs.removeAll()
        }
    }

    @Test func `a dropped log gives back everything, and nothing acknowledged is lost`() throws {
        for durability in [Durability.durable, .interval(.milliseconds(5))] {
            var bench = Bench()
            bench.options.durability = durability
            var log: SegmentLog? = try bench.open()
            try log?.put("a", "1")
            log = nil
            withinSeconds { bench.disk.openFileCount == 0 }
            log = try bench.open()
            #expect(log?.recovery.wasClosed == false)
            #expect(try log?.text("a") == "1")
            try log?.closeBlocking()
            log = nil
            withinSeconds { bench.disk.openFileCount == 0 }
        }
    }

    // MARK: Interval durability

    private func makeInterval(_ witness: Witness) throws -> (Bench, SegmentLog) {
        var bench = Bench(segmentByteCountMax: 1 << 20)
        bench.options.durability = .interval(.milliseconds(2))
        // Time passes with every look at the clock.
        bench.disk.autoAdvanceMilliseconds = 1
        return (bench, try bench.open(witness))
    }

    @Test(arguments: [false, true])
    func `what is written is synced in the background`(isBlocking: Bool) async throws {
        let witness = Witness()
        let (bench, log) = try makeInterval(witness)
        for number in 0..<20 {
            let before = witness.told.syncCount
            if isBlocking {
                try log.put("k\(number)", "v")
            } else {
                _ = try await log.write(bytes("k\(number)"), bytes("v"))
            }
            withinSeconds { witness.told.syncCount > before }
            let after = bench.disk.afterPowerCut(.nothing, seed: 1)
            let other = try SegmentLog("/store", on: after, options: bench.options)
            #expect(try other.text("k\(number)") == "v")
            try other.closeBlocking()
        }
        try await log.close()
    }

    @Test func `the last of many blocking writes is synced in the background too`() throws {
        for _ in 0..<30 {
            let (bench, log) = try makeInterval(Witness())
            let doneCount = Atomic(0)
            for thread in 0..<3 {
                Thread.detachNewThread {
                    for number in 0..<20 { _ = try? log.put("k\(thread)", "\(number)") }
                    doneCount.add(1, ordering: .relaxed)
                }
            }
            withinSeconds { doneCount.load(ordering: .relaxed) == 3 }
            // Of a sync one is told when it is over, and it may have begun before the last write.
            try withinSeconds(20) {
                let after = bench.disk.afterPowerCut(.nothing, seed: 1)
                let other = try SegmentLog("/store", on: after, options: bench.options)
                defer { try? other.closeBlocking() }
                return try (0..<3).allSatisfy { try other.text("k\($0)") == "19" }
            }
            try log.closeBlocking()
        }
    }

    @Test func `a sync that fails in the background ends writing`() throws {
        let witness = Witness()
        let (bench, log) = try makeInterval(witness)
        try log.put("a", "1")
        withinSeconds { witness.told.isSynced }
        bench.disk.failOperation(kind: .sync, with: .syncFailure(thenReading: .new))
        try log.put("b", "2")
        withinSeconds { witness.told.poisons.count == 1 }
        #expect(failure { () throws(LogError) in try log.put("c", "3") } == .poisoned)
        #expect(failure { () throws(LogError) in try log.syncBlocking() } == .poisoned)
        #expect(
            failure { () throws(LogError) in _ = try log.checkpointBlocking() } == .poisoned)
        #expect(try log.text("b") == "2")
        #expect(failure { () throws(LogError) in try log.closeBlocking() } == .poisoned)
        #expect(witness.told.poisons.count == 1)
        let other = try bench.open()
        #expect(try other.text("a") == "1")
        try other.closeBlocking()
    }

    @Test(arguments: [Durability.durable, .interval(.seconds(Int64.max))])
    func `a sync makes durable what was written`(durability: Durability) async throws {
        var bench = Bench()
        bench.options.durability = durability
        let log = try bench.open()
        try log.put("a", "1")
        try await log.sync()
        let after = bench.disk.afterPowerCut(.nothing, seed: 1)
        let other = try SegmentLog("/store", on: after, options: bench.options)
        #expect(try other.text("a") == "1")
        try other.closeBlocking()
        try await log.close()
        #expect(failure { () throws(LogError) in try log.syncBlocking() } == .closed)
    }

    @Test func `closing and opening again works from tasks`() async throws {
        let bench = Bench()
        var log = try await SegmentLog.open("/store", on: bench.disk, options: bench.options)
        _ = try await log.write(bytes("a"), bytes("1"))
        await #expect(throws: LogError.self) {
            _ = try await SegmentLog.open("/store", on: bench.disk, options: bench.options)
        }
        try await log.close()
        try await log.close()
        try log.closeBlocking()
        log = try await SegmentLog.open(reading: "/store", on: bench.disk, options: bench.options)
        #expect(try log.text("a") == "1")
        await #expect(throws: LogError.self) { _ = try await log.write(bytes("a"), []) }
        try await log.close()
        #expect(failure { () throws(LogError) in _ = try log.text("a") } == .closed)
    }
}
