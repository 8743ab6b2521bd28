import BenchReport
import CPeers
import Glibc

/// What the machine itself takes for the things that engines do.
extension Bench {
    /// One record with what any engine has to put beside it.
    static let recordByteCount = 656

    func measureLimits() throws {
        say("limits")
        for round in 1...settings.rounds {
            try limit("clock", round, scale: 64) { _ in
                for _ in 0..<64 { _ = bench_now() }
            }
            try limit("syscall", round, scale: 64) { _ in
                for _ in 0..<64 { _ = getppid() }
            }
            try measureLoop(round)
            try measureCopies(round)
            try measureCachedReads(round)
            try measureHandovers(round)
        }
        try measureCompressedReads()
        try measureIndexedReads()
    }

    /// Measures `operation`, which does `scale` things at once.
    private func limit(
        _ name: String,
        _ round: Int,
        scale: Int = 1,
        _ operation: (Int) throws -> Void
    ) throws {
        let run = try TimedRun.timing(extent(1_000_000), operation)
        try recordLimit(Latencies(together: [run]), name, round, scale: scale)
    }

    func recordLimit(
        _ latencies: Latencies,
        _ name: String,
        _ round: Int,
        scale: Int = 1,
        more: [String: Double] = [:]
    ) throws {
        var measurement = latencies.measurement(
            of: Phase.limits.rawValue, "raw-" + name, records: 0, workers: 1, round: round)
        measurement.operations *= scale
        measurement.operationsPerSecond *= Double(scale)
        measurement.add("ns_per_op", 1e9 / max(1, measurement.operationsPerSecond))
        for (name, value) in more { measurement.add(name, value) }
        try record(measurement)
    }

    /// What the loop takes that measures reads, with an engine that does nothing.
    private func measureLoop(_ round: Int) throws {
        let engine = NullEngine()
        let lengths = lengths(min(settings.records, 100_000))
        let operands = ReadOperands<ByteArrays>(
            .uniform, worker: 0, count: settings.operations, lengths: lengths)
        let keyLengths = operands.keys.items.map { Int16($0.count) }
        try limit("timed-loop", round) { index in
            guard engine.get(operands.keys, index, with: ()) == Int(keyLengths[index]) else {
                throw BenchError("A key has another length.")
            }
        }
    }

    /// Copies records that are not in the processor's caches.
    private func measureCopies(_ round: Int) throws {
        let (size, count) = (Self.recordByteCount, min(settings.records, 1_000_000))
        let source = [UInt8](repeating: 1, count: size * count)
        let order = Workload.permutation(salt: 1, count)
        var target = [UInt8](repeating: 0, count: size)
        try limit("memcpy-656", round) { index in
            let start = Int(order[index % count]) * size
            target.withUnsafeMutableBytes { target in
                source.withUnsafeBytes { source in
                    target.copyMemory(from: .init(rebasing: source[start..<start + size]))
                }
            }
        }
    }

    /// Reads records of a file that is in memory, in a random order.
    private func measureCachedReads(_ round: Int) throws {
        let (size, count) = (Self.recordByteCount, min(settings.records, 1_000_000))
        let directory = try directories.empty("raw")
        defer { try? directories.remove("raw") }
        let path = directory + "/file"
        try writeRecords(count, path)
        let file = Glibc.open(path, O_RDONLY)
        guard file >= 0 else { throw BenchError("Could not open \(path).") }
        defer { Glibc.close(file) }
        let order = Workload.permutation(salt: 1, count)
        var target = [UInt8](repeating: 0, count: size)
        try limit("pread-656", round) { index in
            let offset = UInt64(order[index % order.count]) * UInt64(size)
            let read = target.withUnsafeMutableBytes { target in
                raw_read(file, target.baseAddress, size, offset)
            }
            guard read == size else { throw BenchError("A read of a file came short.") }
        }
    }
}
