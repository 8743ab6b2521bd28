import LogEngine
import MeasuredWork

/// The engine, between arrays of bytes and system calls.
struct LogPaths {
    private let log: SegmentLog
    private let records = Workload.records(0..<operationCount)

    /// Makes a store with the records in it; with hot values in memory, or from the disk each time.
    init(_ directory: String, isHot: Bool = false, isMapped: Bool = false) throws {
        var options = LogOptions.steady
        options.reading = isMapped ? .mapped : .copied
        if isHot { options.cacheByteCountMax = 8 * 1_024 * 1_024 }
        log = try SegmentLog(directory, on: SteadyDisk(), options: options)
        for record in records { _ = try log.writeBlocking(record.key, record.value) }
    }

    // MARK: Reading

    func readPresent() throws -> CountedLoop { try reading() }

    /// From memory: of a thousand, all but the odd one whose place another has taken.
    func readHot() throws -> CountedLoop {
        for record in records { _ = try log.read(record.key) }
        return try reading()
    }

    func readAbsent() throws -> CountedLoop {
        let (log, keys) = (log, Workload.absentKeys(0..<operationCount))
        return { _ in
            for key in keys {
                try WrongPath.require(try log.read(key) == nil, "an absent key has a value")
            }
        }
    }

    /// Out of segments that were compressed with a dictionary.
    func readCompacted() throws -> CountedLoop {
        let report = try log.compactBlocking()
        try WrongPath.require(
            report.outputByteCount * 3 < report.inputByteCount,
            "compaction left \(report.outputByteCount) of \(report.inputByteCount) bytes"
        )
        return try reading()
    }

    func readTouched() throws -> CountedLoop {
        for record in records {
            try WrongPath.require(try log.touchBlocking(record.key), "a key is not there")
        }
        return try reading()
    }

    private func reading() throws -> CountedLoop {
        for record in records {
            let value = try log.read(record.key)?.value
            try WrongPath.require(value == record.value, "a read gives another value")
        }
        let (log, records) = (log, records)
        return { _ in
            for record in records { blackHole(try log.read(record.key)?.value.count ?? 0) }
        }
    }

    // MARK: Writing

    func writeBlocking() throws -> CountedLoop {
        let (log, versions) = (log, versions())
        return { pass in
            for record in versions[pass] {
                blackHole(try log.writeBlocking(record.key, record.value))
            }
        }
    }

    func writeAsync() throws -> CountedLoop {
        let (log, versions) = (log, versions())
        return { pass in
            for record in versions[pass] {
                blackHole(try await log.write(record.key, record.value))
            }
        }
    }

    /// What each pass writes over what is there.
    private func versions() -> [[Workload.Record]] {
        (0..<passCount).map { Workload.records(0..<operationCount, version: UInt64($0) + 1) }
    }
}

extension LogOptions {
    /// Nothing happens by itself while instructions are counted, and nothing waits for the disk.
    static var steady: LogOptions {
        var options = LogOptions()
        options.durability = .interval(.seconds(86_400))
        options.maintenance = .manual
        // The same thousand again and again would all be hot.
        options.cacheByteCountMax = 0
        return options
    }
}
