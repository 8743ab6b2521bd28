import DiskIO
import SegmentFormat
import SimulatedDisks
import Synchronization
import Testing

@testable import LogEngine

/// What is a store, what is not, and who may look at it meanwhile.
@Suite struct StoreDirectoryTests {
    let bench = Bench()

    // MARK: What is no store

    @Test(arguments: ["notes.txt", "manifest", "1.segment", ".hidden", "MANIFEST.old"])
    func `a directory with other things in it stays as it was`(name: String) throws {
        try bench.disk.makeDirectory("/store")
        try bench.disk.setContents(of: "/store/\(name)", to: [1])
        let before = bench.disk.snapshot()
        #expect(failure { () throws(LogError) in _ = try bench.open() } == .foreign)
        #expect(failure { () throws(LogError) in _ = try bench.openReading() } == .foreign)
        #expect(failure { () throws(LogError) in _ = try bench.verify() } == .foreign)
        #expect(bench.disk.snapshot() == before)
    }

    @Test(arguments: [
        "0000000001.segment", "CHECKPOINT", "CHECKPOINT.new", "0000000001-0000000064.cut",
    ])
    func `parts of a store without a manifest are damage`(name: String) throws {
        try bench.disk.makeDirectory("/store")
        try bench.disk.setContents(of: "/store/\(name)", to: [1])
        let before = bench.disk.snapshot()
        #expect(failure { () throws(LogError) in _ = try bench.open() } == .corrupted)
        #expect(failure { () throws(LogError) in _ = try bench.openReading() } == .corrupted)
        #expect(bench.disk.snapshot() == before)
    }

    static let foreignManifests: [(content: [UInt8], answer: Case)] = [
        ([], .corrupted),
        (Array("{ \"name\": \"somebody else's\" }".utf8), .foreign),
        ([UInt8](repeating: 0, count: 4_000_000), .foreign),
        ([UInt8](repeating: 0, count: 100), .foreign),
    ]

    @Test(arguments: foreignManifests.indices)
    func `somebody else's MANIFEST is left alone`(index: Int) throws {
        let (content, answer) = Self.foreignManifests[index]
        try bench.disk.makeDirectory("/store")
        try bench.disk.setContents(of: "/store/MANIFEST", to: content)
        let before = bench.disk.snapshot()
        #expect(failure { () throws(LogError) in _ = try bench.open() } == answer)
        #expect(failure { () throws(LogError) in _ = try bench.openReading() } == answer)
        #expect(bench.disk.snapshot() == before)
    }

    @Test func `every changed byte of a manifest is refused`() throws {
        let log = try bench.open()
        try log.put("a", "1")
        try log.closeBlocking()
        let whole = try bench.contents("MANIFEST")
        for place in whole.indices {
            var content = whole
            content[place] ^= 1
            try bench.disk.setContents(of: "/store/MANIFEST", to: content)
            let answer = failure { () throws(LogError) in _ = try bench.open() }
            #expect([.corrupted, .foreign, .unsupported].contains(answer), "\(place)")
        }
        try bench.disk.setContents(of: "/store/MANIFEST", to: whole + [0])
        #expect(failure { () throws(LogError) in _ = try bench.open() } == .corrupted)
    }

    @Test func `a link, a file or nothing in the directory's place is told apart`() throws {
        #expect(failure { () throws(LogError) in _ = try bench.openReading() } == .notFound)
        #expect(failure { () throws(LogError) in _ = try bench.verify() } == .notFound)
        try bench.disk.makeDirectory("/store")
        #expect(failure { () throws(LogError) in _ = try bench.openReading() } == .notFound)
        try bench.disk.setContents(of: "/file", to: [])
        #expect(
            failure { () throws(LogError) in
                _ = try SegmentLog("/file", on: bench.disk)
            } == .foreign)
        #expect(
            failure { () throws(LogError) in
                _ = try SegmentLog("/missing/store", on: bench.disk)
            } == .notFound)
        try bench.disk.makeSymbolicLink("/store/MANIFEST")
        #expect(failure { () throws(LogError) in _ = try bench.open() } == .foreign)
    }

    // MARK: Beginnings

    @Test func `what a crash left of a beginning is begun again`() throws {
        try bench.disk.makeDirectory("/store")
        try bench.disk.setContents(of: "/store/MANIFEST.new", to: [1, 2])
        try bench.disk.setContents(of: "/store/LOCK", to: [])
        let witness = Witness()
        let log = try bench.open(witness)
        #expect(log.recovery.isNew)
        #expect(log.recovery.indexSource == .empty)
        #expect(witness.told.openings == [log.recovery])
        try log.put("a", "1")
        try log.closeBlocking()
        #expect(try bench.verify().isSound)
    }

    @Test(
        arguments: [
            DiskError.Operation.openDirectory, .open, .write, .sync, .rename, .syncDirectory,
            .names,
            .lock,
        ], [Fault.inputOutput, .diskFull])
    func `a store that cannot be made is made later`(
        kind: DiskError.Operation,
        fault: Fault
    ) throws {
        var metCount = 0
        for match in 1...3 {
            let disk = SimulatedDisk()
            var bench = bench
            bench.disk = disk
            disk.failOperation(kind: kind, match: match, with: fault)
            let answer = failure { () throws(LogError) in
                let log = try bench.open()
                try log.put("a", "1")
            }
            guard disk.faultWasMet else { continue }
            metCount += 1
            #expect([.unavailable, .diskFull, .poisoned, .none].contains(answer))
            disk.clearFaults()
            let log = try bench.open()
            try log.put("b", "1")
            #expect(try log.text("b") == "1")
            try log.closeBlocking()
            #expect(try bench.verify().isSound)
        }
        #expect(metCount > 0 || fault == .diskFull)
    }

    // MARK: Locks

    @Test func `one writes at a time, and the holder is named`() throws {
        let log = try bench.open()
        do throws(LogError) {
            _ = try bench.open()
            Issue.record("two writers")
        } catch {
            guard case .locked(let fault) = error else { throw error }
            #expect(fault.detail.hasPrefix("pid \(ProcessNumber.current), since "))
        }
        try log.put("a", "1")
        try log.closeBlocking()
        let other = try bench.open()
        try other.closeBlocking()
        // Giving it back twice is giving it back once.
        try log.closeBlocking()
        let third = try bench.open()
        #expect(failure { () throws(LogError) in _ = try bench.open() } == .locked)
        try third.closeBlocking()
    }

    @Test func `an opening that fails gives the lock back`() throws {
        let log = try bench.open()
        try log.put("a", "1")
        try log.closeBlocking()
        try bench.disk.flipBit(300, of: "/store/MANIFEST")
        #expect(failure { () throws(LogError) in _ = try bench.open() } == .corrupted)
        try bench.disk.flipBit(300, of: "/store/MANIFEST")
        for match in 2...3 {
            // The manifest is read once before the lock is held, and once after.
            bench.disk.failOperation(
                kind: .read, namePrefix: "MANIFEST", match: match, with: .inputOutput)
            _ = failure { () throws(LogError) in try bench.open().closeBlocking() }
            bench.disk.clearFaults()
        }
        try bench.open().closeBlocking()
    }

    @Test func `a file system without locks is refused`() throws {
        bench.disk.areLocksSupported = false
        #expect(failure { () throws(LogError) in _ = try bench.open() } == .rejected)
    }

    @Test func `a log on a file system that cannot be written is read-only`() throws {
        let log = try bench.open()
        try log.put("a", "1")
        try log.closeBlocking()
        bench.disk.failOperation(1, with: .readOnly, lasting: true)
        #expect(failure { () throws(LogError) in _ = try bench.open() } == .readOnly)
        #expect(try bench.openReading().text("a") == "1")
    }

    // MARK: Readers beside a writer

    @Test func `a reader beside a writer sees a prefix, and no damage`() async throws {
        for (round, segmentByteCountMax) in [256, 700, 1 << 16].enumerated() {
            var bench = Bench(seed: UInt64(round), segmentByteCountMax: segmentByteCountMax)
            bench.disk = SimulatedDisk(seed: UInt64(round), recordsOperations: false)
            bench.options.sequenceReservation = 5
            bench.options.checkpointByteCount = 2_000
            let shared = bench
            let acknowledged = Counter()
            let isDone = Counter()
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    defer { isDone.number.store(1, ordering: .relaxed) }
                    for opening in 0..<3 {
                        guard let log = try? shared.open() else { continue }
                        for number in 0..<(MillionTests.isQuick ? 40 : 200) {
                            let all = opening * 1_000 + number
                            _ = try? await log.write(bytes("n"), bytes("\(all)"))
                            _ = try? await log.write(bytes("k\(number % 7)"), bytes("\(all)"))
                            acknowledged.number.store(all, ordering: .relaxed)
                        }
                        try? await log.close()
                    }
                }
                group.addTask {
                    var readCount = 0
                    while isDone.number.load(ordering: .relaxed) == 0 {
                        let before = acknowledged.number.load(ordering: .relaxed)
                        // Not there yet is no damage either.
                        guard let reader = try? shared.openReading() else { continue }
                        readCount += 1
                        #expect(reader.recovery.damages == [])
                        #expect(reader.recovery.removedFiles == [])
                        Self.expectPrefix(reader, since: before)
                        if readCount % 3 == 0, let report = try? shared.verify() {
                            #expect(report.damages == [])
                        }
                        await Task.yield()
                    }
                    #expect(readCount > 0)
                }
            }
            #expect(try shared.verify().damages == [])
        }
    }

    private final class Counter: Sendable {
        let number = Atomic(-1 + 1)
    }

    /// `n` is written before each other key, which never has a later number.
    private static func expectPrefix(_ reader: SegmentLog, since before: Int) {
        do throws(LogError) {
            let newest = Int(try reader.text("n") ?? "0") ?? -1
            #expect(newest >= before)
            for key in 0..<7 {
                guard let number = Int(try reader.text("k\(key)") ?? "0") else { continue }
                #expect(number <= newest)
                #expect(newest - number <= 7 || newest % 1_000 < 8 || number % 1_000 > 50)
            }
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test func `a reader that looks while everything moves gives a view of some moment`() throws {
        // The writer changes the store in the middle of the reader's opening, at every operation.
        let base = Bench(seed: 3, segmentByteCountMax: 300)
        var options = base.options
        options.sequenceReservation = 2
        let log = try SegmentLog("/store", on: base.disk, options: options)
        for number in 0..<12 { try log.put("k\(number)", "old") }
        var number = 0
        for place in 1...60 {
            let start = base.disk.operationCount
            let isBusy = Atomic(false)
            base.disk.onOperation { count, _ in
                guard count == start + place, !isBusy.exchange(true, ordering: .relaxed) else {
                    return
                }
                for step in 0..<6 { _ = try? log.put("k\(step)", "new \(place)") }
                if place % 3 == 0 { _ = try? log.checkpointBlocking() }
            }
            let reader = try SegmentLog(reading: "/store", on: base.disk, options: options)
            base.disk.onOperation(nil)
            #expect(reader.recovery.damages == [], "\(place)")
            #expect(try reader.count() == 12)
            for key in 0..<12 { #expect(try reader.text("k\(key)") != nil) }
            number += 1
        }
        try log.closeBlocking()
        #expect(number == 60)
    }

    @Test func `a reader in whose opening the store is compacted gives a view of some moment`()
        throws
    {
        let base = Bench(seed: 3, segmentByteCountMax: 300)
        var options = base.options
        options.maintenance = .manual
        let log = try SegmentLog("/store", on: base.disk, options: options)
        for number in 0..<12 { try log.put("k\(number)", "value \(number)") }
        let compactedCount = Atomic(0)
        for place in 1...60 {
            let start = base.disk.operationCount
            let isBusy = Atomic(false)
            base.disk.onOperation { count, _ in
                guard count == start + place, !isBusy.exchange(true, ordering: .relaxed) else {
                    return
                }
                let report = try? log.compactBlocking()
                if let report, report.outputSegmentCount > 0 {
                    compactedCount.add(1, ordering: .relaxed)
                }
                // What a touch refers to stands in a segment that was not there before.
                for step in 0..<6 { _ = try? log.touchBlocking(bytes("k\(step)")) }
            }
            let reader = try SegmentLog(reading: "/store", on: base.disk, options: options)
            base.disk.onOperation(nil)
            #expect(reader.recovery.damages == [], "\(place)")
            for number in 0..<12 {
                #expect(try reader.text("k\(number)") == "value \(number)", "\(place)")
            }
            try log.put("more \(place)", String(repeating: "x", count: 200))
        }
        #expect(compactedCount.load(ordering: .relaxed) > 20)
        try log.closeBlocking()
    }
}
