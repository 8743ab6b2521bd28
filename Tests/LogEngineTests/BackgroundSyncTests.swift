import Foundation
import Locks
import SegmentFormat
import Testing

import struct Synchronization.Atomic

@testable import LogEngine

/// Syncs beside the writer, when writes are acknowledged before them.
@Suite(.serialized) final class BackgroundSyncTests {
    private let directory = FileManager.default.temporaryDirectory
        .appendingPathComponent("sync-\(UUID().uuidString)").path
    private let disk = CountingDisk()
    private let witness = Witness()

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    private func open(_ interval: Duration) throws -> SegmentLog {
        var options = LogOptions()
        options.durability = .interval(interval)
        options.maintenance = .manual
        return try SegmentLog(directory, on: disk, options: options, observer: witness)
    }

    /// What one thread tells another.
    private final class Flag: Sendable {
        private let value = Atomic(false)
        var isRaised: Bool { value.load(ordering: .acquiring) }
        func raise() { value.store(true, ordering: .releasing) }
    }

    /// Holds syncs of segments up until it is opened.
    private final class Gate: Sendable {
        private let isOpen = Flag()
        private let waiting = Atomic(0)

        var waitingCount: Int { waiting.load(ordering: .acquiring) }

        func open() { isOpen.raise() }

        func pass(_ name: String) {
            guard name.hasSuffix(".segment") else { return }
            waiting.add(1, ordering: .acquiringAndReleasing)
            while !isOpen.isRaised { Thread.sleep(forTimeInterval: 0.000_5) }
            waiting.subtract(1, ordering: .acquiringAndReleasing)
        }
    }

    /// Opens a log whose last write waits at a gate to be synced.
    private func openWithHeldSync() throws -> (SegmentLog, Gate) {
        let log = try open(.milliseconds(1))
        try log.put("a", "0")
        withinSeconds { witness.told.isSynced }
        let gate = Gate()
        disk.watchSyncs { gate.pass($0) }
        try log.put("a", "1")
        withinSeconds { gate.waitingCount == 1 }
        return (log, gate)
    }

    @Test func `nobody but who asks for it waits for a sync`() async throws {
        let (log, gate) = try openWithHeldSync()
        // Many more than the log's thread and a caller's could each get past a sync.
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for number in 0..<50 {
                        _ = try? await log.write(bytes("\(task)"), bytes("\(number)"))
                    }
                }
            }
        }
        for task in 0..<8 { #expect(try log.text("\(task)") == "49") }
        #expect(gate.waitingCount == 1)
        let isDone = Flag()
        Thread.detachNewThread {
            try? log.syncBlocking()
            isDone.raise()
        }
        try await Task.sleep(for: .milliseconds(20))
        #expect(!isDone.isRaised)
        // Two at a time would share the one report of a failed write-back.
        #expect(gate.waitingCount == 1)
        gate.open()
        withinSeconds { isDone.isRaised }
        disk.watchSyncs(nil)
        try await log.close()
        #expect(witness.told.poisons.isEmpty)
    }

    @Test func `a sync is due once shortly before a segment ends, and not at its very end`() throws
    {
        var bench = Bench(segmentByteCountMax: 6 << 20)
        bench.options.durability = .interval(.seconds(60))
        let writer = try bench.makeWriter()
        #expect(writer.syncNeed == .none)
        let value = [UInt8](repeating: 7, count: 1 << 18)
        var needs: [SyncNeed] = []
        for number in 0..<20 {
            let put = WriteRequest.put(
                Put(
                    key: bytes("k\(number)"), value: value, activity: nil, lifetime: .standard,
                    condition: .none))
            #expect(writer.run([put])[0].failureCase == .none)
            needs.append(writer.syncNeed)
        }
        // 6 MiB: much is 8, but 1 between 4 and 2 MiB before the end.
        #expect(needs.firstIndex(of: .now) == 7)
        #expect(needs.lastIndex(of: .now) == 14)
        #expect(needs[7...14].allSatisfy { $0 == .now })
        #expect(writer.run([.sync])[0].failureCase == .none)
        #expect(writer.syncNeed == .none)
    }

    @Test func `closing waits for a sync in the background`() throws {
        let (log, gate) = try openWithHeldSync()
        let isClosed = Flag()
        Thread.detachNewThread {
            try? log.closeBlocking()
            isClosed.raise()
        }
        Thread.sleep(forTimeInterval: 0.02)
        #expect(!isClosed.isRaised)
        gate.open()
        withinSeconds { isClosed.isRaised }
    }

    @Test func `much is synced before its interval is over`() throws {
        let log = try open(.seconds(3_600))
        let value = [UInt8](repeating: 7, count: 1 << 20)
        for number in 0..<20 { _ = try log.writeBlocking(bytes("\(number)"), value) }
        withinSeconds { witness.told.syncCount > 0 }
        try log.closeBlocking()
    }

    @Test func `space that is only allocated reads as nothing, and goes with the sealing`() throws {
        var log: SegmentLog? = try open(.seconds(3_600))
        for number in 0..<2_000 {
            _ = try log?.writeBlocking(bytes("\(number)"), [UInt8](repeating: 1, count: 500))
        }
        // As a killed process leaves it.
        let copy = directory + "-copy"
        try FileManager.default.copyItem(atPath: directory, toPath: copy)
        defer { try? FileManager.default.removeItem(atPath: copy) }
        let other = try SegmentLog(copy)
        #expect(!other.recovery.wasClosed)
        for number in 0..<2_000 {
            #expect(try other.read(bytes("\(number)"))?.value.count == 500)
        }
        try other.closeBlocking()
        try log?.closeBlocking()
        log = nil
        let names = try FileManager.default.contentsOfDirectory(atPath: directory)
        let sizes = try names.filter { $0.hasSuffix(".segment") }.map { name in
            try FileManager.default.attributesOfItem(atPath: directory + "/" + name)[.size] as? Int
        }
        let longest = try #require(sizes.compactMap { $0 }.max())
        #expect(longest < 2_000 * 700)
    }
}
