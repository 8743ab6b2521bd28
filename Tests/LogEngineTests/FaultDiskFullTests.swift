import LogEngine
import SimulatedDisks
import Testing

/// A disk that is really full, rather than one that says so once.
@Suite struct FaultDiskFullTests {
    private let disk = SimulatedDisk(seed: 5, recordsOperations: false)
    private let value = [UInt8](repeating: 0x5A, count: 300)

    private func key(_ number: Int) -> [UInt8] { bytes("key-\(number)") }

    @Test(arguments: [2_000, 4_000, 9_000, 20_001, 50_003], [400, 4_000, 1_000_000])
    func `a full disk can be emptied, and writes resume when there is space`(
        capacity: Int,
        segmentByteCountMax: Int
    ) throws {
        var options = LogOptions()
        options.segmentByteCountMax = segmentByteCountMax
        options.checkpointByteCount = 5_000
        // A checkpoint beside would give space back after a write found none.
        options.maintenance = .manual
        disk.capacity = capacity
        let log = try SegmentLog("/store", on: disk, options: options)
        var expected = try fill(log)
        try expect(expected, in: log)

        // The reserve is for removals only, and has room for one at least.
        if !expected.isEmpty {
            let first = expected.removeFirst()
            #expect(try log.removeBlocking(key(first)))
            #expect(try log.read(key(first)) == nil)
        }
        var isRefused = false
        do throws(LogError) {
            _ = try log.writeBlocking(key(9_000), value)
        } catch {
            guard case .diskFull = error else { throw error }
            isRefused = true
        }
        #expect(isRefused)
        try expect(expected, in: log)
        try expectAfterPowerCut(expected, options)

        disk.capacity = capacity + 3_000_000
        for number in 5_000..<5_010 {
            _ = try log.writeBlocking(key(number), value)
            expected.append(number)
        }
        try expect(expected, in: log)
        try expectAfterPowerCut(expected, options)
        try log.closeBlocking()
        let reopened = try SegmentLog("/store", on: disk, options: options)
        try expect(expected, in: reopened)
    }

    @Test(arguments: [36_000, 40_003])
    func `a disk that is full when the store is opened can be emptied`(capacity: Int) throws {
        var options = LogOptions()
        options.segmentByteCountMax = 4_000
        var log = try SegmentLog("/store", on: disk, options: options)
        for number in 0..<8 { _ = try log.writeBlocking(key(number), value) }
        try log.closeBlocking()
        disk.capacity = capacity
        log = try SegmentLog("/store", on: disk, options: options)
        let expected = try fill(log, from: 8)
        let other = disk.clone()
        other.capacity = other.usedByteCount
        log = try SegmentLog("/store", on: other, options: options)
        let first = try #require(expected.first)
        #expect(try log.removeBlocking(key(first)))
        #expect(try log.read(key(first)) == nil)
        try expect(Array(0..<8) + expected.dropFirst(), in: log)
    }

    /// Writes until there is no more space; returns what was acknowledged.
    private func fill(_ log: SegmentLog, from first: Int = 0) throws -> [Int] {
        var written: [Int] = []
        for number in first..<1_000 {
            do throws(LogError) {
                _ = try log.writeBlocking(key(number), value)
                written.append(number)
            } catch {
                guard case .diskFull = error else { throw error }
                return written
            }
        }
        Issue.record("the disk never filled up")
        return written
    }

    private func expect(_ numbers: [Int], in log: SegmentLog) throws {
        for number in numbers { #expect(try log.read(key(number))?.value == value) }
        #expect(try log.count() == numbers.count)
    }

    private func expectAfterPowerCut(_ numbers: [Int], _ options: LogOptions) throws {
        for pattern in SurvivalPattern.all {
            let after = disk.afterPowerCut(pattern, seed: 3)
            after.capacity = nil
            let log = try SegmentLog("/store", on: after, options: options)
            #expect(log.recovery.damages.isEmpty)
            for number in numbers { #expect(try log.read(key(number))?.value == value) }
        }
    }
}
