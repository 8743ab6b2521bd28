import DiskIO
import SegmentFormat
import SimulatedDisks
import Testing

@testable import LogEngine

@Suite struct LimitTests {
    // MARK: Options

    typealias Change = @Sendable (inout LogOptions) -> Void

    static let impossible: [(setting: String, change: Change)] = [
        ("segmentByteCountMax", { $0.segmentByteCountMax = 255 }),
        ("segmentByteCountMax", { $0.segmentByteCountMax = 256 * 1_024 * 1_024 + 1 }),
        ("keyByteCountMax", { $0.keyByteCountMax = 0 }),
        ("keyByteCountMax", { $0.keyByteCountMax = 4_097 }),
        ("valueByteCountMax", { $0.valueByteCountMax = 0 }),
        ("valueByteCountMax", { $0.valueByteCountMax = 16 * 1_024 * 1_024 + 1 }),
        ("queuedByteCountMax", { $0.queuedByteCountMax = 0 }),
        ("batchByteCountMax", { $0.batchByteCountMax = 0 }),
        ("openFileCountMax", { $0.openFileCountMax = 1 }),
        ("checkpointByteCount", { $0.checkpointByteCount = 0 }),
        ("lifetimeMilliseconds", { $0.lifetimeMilliseconds = 0 }),
        ("lifetimeMilliseconds", { $0.lifetimeMilliseconds = 1 << 48 }),
        ("durability", { $0.durability = .interval(.microseconds(999)) }),
        ("durability", { $0.durability = .interval(.zero) }),
    ]

    @Test(arguments: impossible.indices)
    func `an option out of range is refused by name, and nothing is made`(index: Int) throws {
        let (setting, change) = Self.impossible[index]
        let disk = SimulatedDisk()
        var options = LogOptions()
        change(&options)
        for isReading in [false, true] {
            do throws(LogError) {
                if isReading {
                    _ = try SegmentLog(reading: "/store", on: disk, options: options)
                } else {
                    _ = try SegmentLog("/store", on: disk, options: options)
                }
                Issue.record("\(setting) was taken")
            } catch {
                guard case .rejected(let fault) = error else { throw error }
                #expect(fault.file == setting)
            }
        }
        #expect(disk.operationCount == 0)
    }

    @Test func `options at their limits are taken`() throws {
        var bench = Bench(segmentByteCountMax: 256)
        bench.options.keyByteCountMax = 4_096
        bench.options.valueByteCountMax = 1
        bench.options.queuedByteCountMax = 1
        bench.options.batchByteCountMax = 1
        bench.options.openFileCountMax = 2
        bench.options.checkpointByteCount = 1
        bench.options.lifetimeMilliseconds = Lifetime.millisecondsMax
        var log = try bench.open()
        for number in 0..<20 { try log.put("key\(number)", "v") }
        try log.closeBlocking()
        log = try bench.open()
        #expect(try log.count() == 20)
        try log.closeBlocking()
        #expect(try bench.verify().damages == [])
    }

    // MARK: Keys and values

    @Test func `keys and values fit up to their limits, and not beyond`() throws {
        var bench = Bench(segmentByteCountMax: 1 << 20)
        bench.options.keyByteCountMax = 100
        bench.options.valueByteCountMax = 1_000
        var log = try bench.open()
        func isTaken(_ keyByteCount: Int, _ valueByteCount: Int) -> Case {
            failure { () throws(LogError) in
                _ = try log.writeBlocking(
                    [UInt8](repeating: 1, count: keyByteCount),
                    [UInt8](repeating: 2, count: valueByteCount)
                )
            }
        }
        #expect(isTaken(1, 0) == .none)
        #expect(isTaken(100, 1_000) == .none)
        #expect(isTaken(0, 1) == .rejected)
        #expect(isTaken(101, 1) == .rejected)
        #expect(isTaken(1, 1_001) == .rejected)
        #expect(try log.read([1])?.value == [])
        #expect(try log.read([])?.value == nil)
        let key = [UInt8](repeating: 1, count: 100)
        #expect(try log.read(key)?.value.count == 1_000)
        #expect(try !log.removeBlocking([UInt8](repeating: 1, count: 70_000)))
        try log.closeBlocking()

        // A tighter limit is for what is written from now on.
        bench.options.keyByteCountMax = 10
        log = try bench.open()
        #expect(isTaken(100, 1) == .rejected)
        #expect(try log.touchBlocking(key))
        #expect(try log.removeBlocking(key))
        #expect(try log.count() == 1)
        try log.closeBlocking()
    }

    @Test func `times and lifetimes out of range are refused`() throws {
        let log = try Bench().open()
        func isTaken(_ activity: UInt64?, _ lifetime: ValueLifetime) -> Case {
            failure { () throws(LogError) in
                _ = try log.writeBlocking([1], [], activity: activity, lifetime: lifetime)
            }
        }
        #expect(isTaken((1 << 48) - 1, .endless) == .none)
        #expect(isTaken(0, .milliseconds(1)) == .none)
        #expect(isTaken(1 << 48, .standard) == .rejected)
        #expect(isTaken(nil, .milliseconds(0)) == .rejected)
        #expect(isTaken(nil, .milliseconds(Lifetime.millisecondsMax)) == .rejected)
        #expect(isTaken(nil, .milliseconds(Lifetime.millisecondsMax - 1)) == .none)
        #expect(try log.read([1])?.lifetime == .milliseconds(Lifetime.millisecondsMax - 1))
        #expect(
            failure { () throws(LogError) in
                _ = try log.touchBlocking([1], activity: 1 << 48)
            } == .rejected)
        #expect(try log.touchBlocking([1], activity: (1 << 48) - 1))
        #expect(try log.read([1])?.activity == (1 << 48) - 1)
        try log.closeBlocking()
    }

    @Test func `a log opened for reading refuses to write`() async throws {
        let bench = Bench()
        let log = try bench.open()
        let revision = try log.put("a", "1")
        let reader = try bench.openReading()
        let key = bytes("a")
        #expect(failure { () throws(LogError) in try reader.put("a", "2") } == .readOnly)
        #expect(failure { () throws(LogError) in _ = try reader.removeBlocking(key) } == .readOnly)
        #expect(failure { () throws(LogError) in _ = try reader.touchBlocking(key) } == .readOnly)
        #expect(
            failure { () throws(LogError) in
                _ = try reader.recordExpiryBlocking(key, revision: revision)
            } == .readOnly)
        #expect(failure { () throws(LogError) in try reader.syncBlocking() } == .readOnly)
        #expect(
            failure { () throws(LogError) in _ = try reader.checkpointBlocking() } == .readOnly)
        await #expect(throws: LogError.self) { try await reader.sync() }
        await #expect(throws: LogError.self) { _ = try await reader.remove(key) }
        #expect(try reader.statistics().manifestEdition == 2)
        try reader.closeBlocking()
        #expect(failure { () throws(LogError) in _ = try reader.count() } == .closed)
        #expect(failure { () throws(LogError) in _ = try reader.statistics() } == .closed)
        #expect(failure { () throws(LogError) in _ = try reader.all() } == .closed)
        try log.closeBlocking()
    }

    // MARK: Long records

    @Test func `a value longer than a slot can tell is read, counted and replaced`() throws {
        var bench = Bench(segmentByteCountMax: 1_000)
        bench.disk = SimulatedDisk(seed: 1, recordsOperations: false)
        let big = [UInt8](repeating: 7, count: 16 * 1_024 * 1_024)
        let key = bytes("a key of some length")
        var log = try bench.open()
        try log.put("small", "1")
        _ = try log.writeBlocking(key, big)
        try log.put("other", "2")
        #expect(try log.read(key)?.value == big)
        #expect(try log.touchBlocking(key))
        #expect(try log.read(key)?.value == big)
        try log.closeBlocking()
        #expect(try bench.verify().damages == [])
        // Counted anew, where the slot's length is not the record's.
        try bench.disk.removeFile("/store/CHECKPOINT")
        #expect(try bench.verify().damages == [])

        log = try bench.open()
        _ = try log.writeBlocking(key, big)
        _ = try log.writeBlocking(key, bytes("short"))
        #expect(try log.read(key)?.value == bytes("short"))
        #expect(try log.statistics().liveByteCount == 48 + 48 + 72)
        try log.closeBlocking()
        #expect(try bench.verify().damages == [])
        for name in try bench.segments where try bench.contents(name).count > 1 << 24 {
            // A length that nobody can read any more.
            try bench.disk.flipBit((64 + 8) * 8, of: "/store/\(name)")
        }
        let damaged = try bench.openReading()
        #expect(try damaged.read(key)?.value == bytes("short"))
    }

    @Test func `a damaged long record is damage, and its length what the slot says`() throws {
        var bench = Bench(segmentByteCountMax: 1_000)
        bench.disk = SimulatedDisk(seed: 1, recordsOperations: false)
        let key = bytes("a")
        let log = try bench.open()
        _ = try log.writeBlocking(key, [UInt8](repeating: 7, count: 16 * 1_024 * 1_024))
        let slot = try #require(log.core.index.candidates(for: log.core.hash(key)).first)
        #expect(try log.core.reader.byteCount(of: slot) == 16 * 1_024 * 1_024 + 48)
        try bench.disk.flipBit((64 + 8) * 8, of: "/store/0000000001.segment")
        #expect(try log.core.reader.byteCount(of: slot) == IndexSlot.recordByteCountMax)
        bench.disk.failOperation(kind: .read, with: .inputOutput)
        #expect(
            failure { () throws(LogError) in
                _ = try log.core.reader.byteCount(of: slot)
            } == .unavailable)
        #expect(failure { () throws(LogError) in _ = try log.read(key) } == .corrupted)
        try log.closeBlocking()
    }

    // MARK: Segments

    @Test func `a store with all the segments it may have takes no more, and is whole`() throws {
        var bench = Bench(segmentByteCountMax: 256)
        bench.options.segmentCountMax = 5
        var log = try bench.open()
        var keys: [String] = []
        var refusal = Case.none
        for number in 0..<40 where refusal == .none {
            refusal = failure { () throws(LogError) in
                try log.put("key\(number)", "some value, and then some more")
                keys.append("key\(number)")
            }
        }
        #expect(refusal == .diskFull)
        #expect(try bench.segments.count == 5)
        #expect(try log.removeBlocking(bytes(keys[0])))
        #expect(try Set(log.all().keys) == Set(keys.dropFirst()))
        bench.options.segmentCountMax = 6
        bench = bench.killed()
        log = try bench.open()
        try log.put("more", "1")
        #expect(try Set(log.all().keys) == Set(keys.dropFirst() + ["more"]))
        try log.closeBlocking()
        #expect(try bench.verify().damages == [])
    }

    @Test func `every record of a tiny segment stands alone`() throws {
        let bench = Bench(segmentByteCountMax: 256)
        var log = try bench.open()
        for number in 0..<30 {
            try log.put("k\(number)", String(repeating: "x", count: number * 20))
        }
        try log.closeBlocking()
        log = try bench.open()
        for number in 0..<30 { #expect(try log.text("k\(number)")?.utf8.count == number * 20) }
        #expect(try log.statistics().segments.count > 20)
        try log.closeBlocking()
        #expect(try bench.verify().damages == [])
    }

    // MARK: Numbers

    @Test func `no number is given twice, over crashes and openings`() throws {
        var bench = Bench(segmentByteCountMax: 600)
        bench.options.sequenceReservation = 3
        var random = SplitMix64(seed: 5)
        var last: UInt64 = 0
        for _ in 0..<60 {
            let log = try bench.open()
            for _ in 0..<random.number(below: 9) {
                let revision = try log.put("k\(random.number(below: 5))", "v")
                #expect(revision > last)
                last = revision
            }
            switch random.number(below: 3) {
            case 0:
                try log.closeBlocking()
            case 1:
                bench = bench.killed()
            default:
                bench.disk = bench.disk.afterPowerCut(.nothing, seed: random.next())
            }
        }
    }
}
