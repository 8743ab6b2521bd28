import BenchReport
import CPeers
import Glibc

/// What a read takes in ever larger files, with as much of an index as no engine can do without.
extension Bench {
    /// Measures all sizes that `growth` has; rounds share a file, which takes long to make.
    func measureIndexedReads() throws {
        for size in Self.growthSizes where size <= settings.growthMax {
            say("limits, \(size) records")
            try measureIndexedReads(size)
        }
    }

    private func measureIndexedReads(_ records: Int) throws {
        let directory = try directories.empty("raw")
        defer { try? directories.remove("raw") }
        let path = directory + "/file"
        try writeRecords(records, path)
        directories.settle()
        let file = Glibc.open(path, O_RDONLY)
        guard file >= 0 else { throw BenchError("Could not open \(path).") }
        defer { Glibc.close(file) }
        // Beside each other in the index are records that are anywhere in the file.
        let slots = Workload.permutation(salt: 1, records).map { place in
            RawSlot(offset: UInt64(place) * UInt64(Self.recordByteCount), hash: UInt64(place))
        }
        for round in 1...settings.rounds {
            try measureIndexedReads(file, slots, round)
        }
    }

    private func measureIndexedReads(_ file: Int32, _ slots: [RawSlot], _ round: Int) throws {
        let size = Self.recordByteCount
        var stream = Stream(.read, worker: 0)
        let keys = (0..<settings.operations).map { _ in UInt32(stream.below(slots.count)) }
        var target = [UInt8](repeating: 0, count: size)
        let run = try target.withUnsafeMutableBytes { target in
            try TimedRun.timing(extent(keys.count)) { index in
                let offset = slots[Int(keys[index])].offset
                guard raw_read(file, target.baseAddress, size, offset) == size else {
                    throw BenchError("A read of a file came short.")
                }
            }
        }
        try recordLimit(Latencies(together: [run]), "index-pread-\(slots.count)", round)
    }

    /// Makes a file of `records` records, all of it in memory if there is room.
    func writeRecords(_ records: Int, _ path: String) throws {
        let size = Self.recordByteCount
        let log = try RawBench(path, ahead: 0)
        defer { log.close() }
        let blockCount = 100
        let block = [UInt8](repeating: 1, count: size * blockCount)
        for start in stride(from: 0, to: records, by: blockCount) {
            try block.withUnsafeBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                try log.append(base, size * min(blockCount, records - start), syncs: false)
            }
        }
    }
}

/// What an index has for each session, in as many bytes as ours.
private struct RawSlot {
    var offset: UInt64
    var hash: UInt64
}
