import DiskIO
import Foundation
import Locks
import SegmentFormat
import SimulatedDisks
import Testing

@testable import LogEngine

/// Footers that are written while the log goes on.
@Suite struct PendingFooterTests {
    /// A log whose first segment is full, and whose footer could not be written.
    private func begin(_ bench: Bench, _ witness: Witness = Witness()) throws -> SegmentLog {
        let log = try bench.open(witness)
        bench.disk.failOperation(kind: .truncate, with: .inputOutput)
        for number in 0..<10 { try log.put("key\(number)", "value \(number)") }
        #expect(bench.disk.faultWasMet)
        #expect(try bench.manifest().segments.map(\.state) == [.sealing, .active])
        return log
    }

    private let all = Dictionary(uniqueKeysWithValues: (0..<10).map { ("key\($0)", "value \($0)") })

    private func states(_ bench: Bench) throws -> [SegmentState] {
        try bench.manifest().segments.map(\.state)
    }

    // MARK: Tried again

    @Test func `without its footer a segment is read, and sealed before the next is`() throws {
        let bench = Bench(segmentByteCountMax: 500)
        let witness = Witness()
        let log = try begin(bench, witness)
        #expect(witness.told.failures.count == 1)
        #expect(witness.told.seals.isEmpty)
        #expect(try log.all() == all)
        bench.disk.clearFaults()
        for number in 10..<20 { try log.put("key\(number)", "value \(number)") }
        #expect(try states(bench).first == .sealed)
        #expect(witness.told.seals.map(\.file) == Array(try bench.segments.dropLast()))
        try log.closeBlocking()
        #expect(try bench.verify().damages == [])
        #expect(try bench.manifest().sealing == nil)
    }

    @Test func `as long as it fails no other is begun, and nothing is lost`() throws {
        let bench = Bench(segmentByteCountMax: 500)
        let log = try begin(bench)
        bench.disk.failOperation(kind: .truncate, with: .inputOutput, lasting: true)
        var written = 10
        let error = failure { () throws(LogError) in
            while true {
                try log.put("key\(written)", "value \(written)")
                written += 1
            }
        }
        #expect(error == .unavailable)
        #expect(written > 11 && written < 30)
        #expect(try bench.segments.count == 2)
        #expect(try log.count() == written)
        bench.disk.clearFaults()
        try log.put("key\(written)", "value")
        #expect(try bench.segments.count == 3)
        #expect(try log.count() == written + 1)
    }

    @Test func `who asks for a sealed segment has it with its footer`() throws {
        let bench = Bench(segmentByteCountMax: 500)
        let log = try begin(bench)
        bench.disk.clearFaults()
        _ = try log.runBlocking(.seal).get()
        #expect(try states(bench) == [.sealed, .sealed, .active])
        _ = try log.compactBlocking()
        #expect(try log.all() == all)
        #expect(try bench.verify().damages == [])
    }

    @Test func `a segment without its footer is none to compact`() throws {
        let bench = Bench(segmentByteCountMax: 500)
        let log = try begin(bench)
        for number in 0..<10 { try log.put("key\(number)", "newer") }
        bench.disk.failOperation(kind: .truncate, with: .inputOutput, lasting: true)
        #expect(failure { () throws(LogError) in _ = try log.compactBlocking() } == .unavailable)
        #expect(try log.count() == 10)
        bench.disk.clearFaults()
        #expect(try log.compactBlocking().inputByteCount > 0)
        #expect(try log.text("key3") == "newer")
    }

    @Test func `a sync of it that fails ends writing`() throws {
        let bench = Bench(segmentByteCountMax: 500)
        let log = try begin(bench)
        bench.disk.failOperation(
            kind: .sync, namePrefix: try #require(try bench.segments.first), with: .inputOutput)
        log.withWriter { $0.sealing?.finishAndTell() }
        #expect(bench.disk.faultWasMet)
        #expect(failure { () throws(LogError) in try log.put("a", "1") } == .poisoned)
        #expect(failure { () throws(LogError) in try log.closeBlocking() } == .poisoned)
        let again = try bench.killed().open()
        #expect(try again.all() == all)
    }

    @Test func `a closing that can't write it leaves it to the next opening`() throws {
        let bench = Bench(segmentByteCountMax: 500)
        let log = try begin(bench)
        bench.disk.failOperation(kind: .truncate, with: .inputOutput, lasting: true)
        try log.closeBlocking()
        bench.disk.clearFaults()
        #expect(try bench.manifest().sealing != nil)
        let again = try bench.open()
        #expect(try again.all() == all)
        try again.put("key0", "newer")
        try again.closeBlocking()
        #expect(try bench.manifest().sealing == nil)
        #expect(try bench.verify().damages == [])
    }

    // MARK: A crash before it

    @Test func `the next opening reads the records in its place, and writes it`() throws {
        let bench = Bench(segmentByteCountMax: 500)
        _ = try begin(bench)
        let crashed = bench.killed()
        crashed.disk.clearFaults()
        let named = try #require(try crashed.manifest().sealing)
        let name = try #require(try crashed.segments.first)
        try crashed.disk.truncateFile("/store/\(name)", to: named.dataEnd)
        let reader = try crashed.openReading()
        #expect(reader.recovery.damages == [])
        #expect(try reader.all() == all)
        #expect(try crashed.verify().damages == [])
        let inspection = try SegmentLog.inspect("/store", on: crashed.disk)
        #expect(inspection.segments.map(\.state) == [.sealing, .active])
        #expect(inspection.segments.first?.footer == LogInspection.Segment.Footer.none)
        #expect(inspection.damages == [])

        let log = try crashed.open()
        #expect(log.recovery.damages == [])
        #expect(try log.all() == all)
        #expect(try states(crashed) == [.sealing, .active])
        try log.put("key0", "newer")
        #expect(try states(crashed) == [.sealed, .active])
        #expect(try crashed.verify().damages == [])
        _ = try log.compactBlocking()
        #expect(try log.text("key0") == "newer")
        #expect(try log.count() == 10)
    }

    @Test func `a full disk after the crash keeps nobody from making room`() throws {
        let bench = Bench(segmentByteCountMax: 500)
        _ = try begin(bench)
        let crashed = bench.killed()
        crashed.disk.clearFaults()
        crashed.disk.failOperation(
            kind: .write, namePrefix: try #require(try bench.segments.first), with: .diskFull,
            lasting: true)
        let witness = Witness()
        let log = try crashed.open(witness)
        #expect(try log.removeBlocking(bytes("key3")))
        #expect(witness.told.failures.count == 1)
        crashed.disk.clearFaults()
        try log.closeBlocking()
        #expect(try crashed.manifest().sealing == nil)
        #expect(try crashed.verify().damages == [])
    }

    @Test func `a footer that is there is shown, and written again`() throws {
        let bench = Bench(segmentByteCountMax: 500)
        let log = try begin(bench)
        bench.disk.clearFaults()
        log.withWriter { $0.sealing?.finishAndTell() }
        let crashed = bench.killed()
        let segment = try #require(
            try SegmentLog.inspect("/store", on: crashed.disk).segments.first)
        #expect(segment.state == .sealing)
        #expect(segment.footer == .sound(recordCount: segment.recordCount))
        #expect(try crashed.verify().damages == [])
        let again = try crashed.open()
        let name = try #require(try crashed.segments.first)
        let count = crashed.disk.operations.count { $0.kind == .sync && $0.name == name }
        try again.put("key0", "newer")
        #expect(try states(crashed) == [.sealed, .active])
        #expect(crashed.disk.operations.count { $0.kind == .sync && $0.name == name } == count + 1)
    }

    @Test func `half a footer is none, whatever its version is`() throws {
        let bench = Bench(segmentByteCountMax: 500)
        _ = try begin(bench)
        let crashed = bench.killed()
        crashed.disk.clearFaults()
        let named = try #require(try crashed.manifest().sealing)
        let path = "/store/\(try #require(try crashed.segments.first))"
        let start = named.dataEnd + named.recordCount * FooterEntry.byteCount
        try crashed.disk.truncateFile(path, to: start + FooterSummary.byteCount)
        // That of a program to come, in front of the check.
        try crashed.disk.corrupt(path, at: start + 8, with: [2, 0])
        #expect(try crashed.openReading().all() == all)
        let log = try crashed.open()
        #expect(log.recovery.damages == [])
        try log.put("key0", "newer")
        #expect(try states(crashed) == [.sealed, .active])
        #expect(try crashed.verify().damages == [])
    }

    @Test func `a file that can't be opened for it keeps nobody from writing`() throws {
        let bench = Bench(segmentByteCountMax: 500)
        _ = try begin(bench)
        let crashed = bench.killed()
        crashed.disk.clearFaults()
        let witness = Witness()
        let log = try crashed.open(witness)
        let name = try #require(try crashed.segments.first)
        crashed.disk.failOperation(
            kind: .open, namePrefix: name, with: .inputOutput, lasting: true)
        try log.put("key0", "newer")
        #expect(witness.told.failures.count == 1)
        #expect(try states(crashed) == [.sealing, .active])
        #expect(try log.removeBlocking(bytes("key1")))
        var error = Case.none
        for number in 0..<20 where error == .none {
            error = failure { () throws(LogError) in try log.put("more\(number)", "value") }
        }
        #expect(error == .unavailable)
        crashed.disk.clearFaults()
        try log.put("more", "value")
        #expect(try states(crashed) == [.sealed, .sealing, .active])
    }

    @Test func `where nothing was written since, compaction does without it`() throws {
        let bench = Bench(segmentByteCountMax: 500)
        let witness = Witness()
        let log = try bench.open(witness)
        for number in 0..<20 { try log.put("key\(number)", "value \(number)") }
        bench.disk.failOperation(kind: .truncate, with: .diskFull, lasting: true)
        log.withWriter { _ = try? $0.rotate() }
        #expect(witness.told.failures.count == 1)
        _ = try log.runBlocking(.seal).get()
        bench.disk.clearFaults()
        _ = try log.compactBlocking()
        #expect(try log.count() == 20)
        #expect(try bench.verify().damages == [])
    }

    @Test(arguments: [false, true])
    func `a record that rotted in it is damage`(isInHead: Bool) throws {
        let bench = Bench(segmentByteCountMax: 500)
        let log = try begin(bench)
        bench.disk.clearFaults()
        // Else opening reads the records, and a writer refuses a damaged head.
        let hasCheckpoint = isInHead
        if hasCheckpoint { #expect(try log.checkpointBlocking()) }
        let crashed = bench.killed()
        let name = try #require(try crashed.segments.first)
        let offset = SegmentHeader.byteCount + (isInHead ? 9 : RecordHead.byteCount + 5)
        try crashed.disk.flipBit(offset * 8, of: "/store/\(name)")
        let reader = try crashed.openReading()
        #expect(reader.recovery.damages.isEmpty == hasCheckpoint)
        let witness = Witness()
        let again = try crashed.open(witness)
        try again.put("key9", "newer")
        #expect(witness.told.damages.isEmpty != isInHead)
        #expect(try states(crashed).first == .sealed)
        #expect(failure { () throws(LogError) in _ = try again.text("key0") } == .corrupted)
        #expect(try again.text("key1") == "value 1")
        #expect(try crashed.verify().damages.isEmpty == false)
        guard !hasCheckpoint else { return }
        let segment = try SegmentLog.inspect("/store", on: crashed.disk).segments.first
        let count = try #require(segment?.recordCount)
        #expect(segment?.footer == .sound(recordCount: count))
    }

    // MARK: Written beside

    /// Holds up the sync of the first segment's footer, which comes after the second was made.
    private final class Gate: Sendable {
        private let state = Mutex((isOpen: false, isReached: false, hasNext: false))

        var hasNext: Bool { state.withLock { $0.hasNext } }
        var isReached: Bool { state.withLock { $0.isReached } }

        func open() { state.withLock { $0.isOpen = true } }

        func pass(_ name: String) {
            let isHeld = state.withLock { state in
                if name == FileName.segment(SegmentID(2)).text { state.hasNext = true }
                guard state.hasNext, name == FileName.segment(SegmentID(1)).text else {
                    return false
                }
                state.isReached = true
                return true
            }
            if isHeld { withinSeconds { state.withLock { $0.isOpen } } }
        }
    }

    @Test(arguments: [Durability.durable, .interval(.seconds(60))])
    func `nobody waits for it but who closes the log`(durability: Durability) throws {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("footer-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let disk = CountingDisk()
        var options = LogOptions()
        options.segmentByteCountMax = 1 << 16
        options.durability = durability
        let gate = Gate()
        disk.watchSyncs { gate.pass($0) }
        let log = try SegmentLog(directory, on: disk, options: options)
        var count = 0
        while !gate.hasNext, count < 5_000 {
            try log.put("key\(count)", "value \(count)")
            count += 1
        }
        withinSeconds { gate.isReached }
        // Not enough for a third segment, which would wait.
        for number in 0..<100 { try log.put("key\(number)", "newer \(number)") }
        #expect(try log.text("key7") == "newer 7")
        let reader = try SegmentLog(reading: directory, on: disk, options: options)
        #expect(reader.recovery.damages == [])
        #expect(try reader.text("key\(count - 1)") == "value \(count - 1)")
        let isClosed = Mutex(false)
        Thread.detachNewThread {
            try? log.closeBlocking()
            isClosed.withLock { $0 = true }
        }
        Thread.sleep(forTimeInterval: 0.02)
        #expect(!isClosed.withLock { $0 })
        gate.open()
        withinSeconds { isClosed.withLock { $0 } }
        let again = try SegmentLog(directory, on: disk, options: options)
        #expect(try again.count() == count)
        #expect(try again.text("key7") == "newer 7")
        try again.closeBlocking()
        #expect(try SegmentLog.verify(directory, on: disk).damages == [])
    }
}
