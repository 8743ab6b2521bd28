import LogEngine

/// Our own engine, through the calls that block.
struct LogBench: Engine {
    let log: SegmentLog
    let settings: String
    let process = 0

    /// Opens the store in `directory` with default settings but for what is measured, and
    /// for what sets the variant apart.
    init(
        _ directory: String,
        _ acknowledgement: Acknowledgement,
        maintenance: MaintenanceMode = .automatic,
        variant: Subject = .store
    ) throws {
        var options = LogOptions()
        if acknowledgement == .buffered { options.durability = .interval(.seconds(1)) }
        options.maintenance = maintenance
        variant.set(&options)
        log = try SegmentLog(directory, options: options)
        settings = Self.describe(options)
    }

    func attach() {}
    func detach(_ user: Void) {}

    @inline(__always)
    func put(
        _ keys: ByteArrays,
        _ key: Int,
        _ values: ByteArrays,
        _ value: Int,
        with user: Void
    ) throws {
        _ = try log.writeBlocking(keys.items[key], values.items[value])
    }

    @inline(__always)
    func get(_ keys: ByteArrays, _ key: Int, with user: Void) throws -> Int {
        guard let record = try log.read(keys.items[key]) else { return -1 }
        return record.value.count
    }

    func value(_ keys: ByteArrays, _ key: Int, with user: Void) throws -> [UInt8]? {
        try log.read(keys.items[key])?.value
    }

    func sync() throws { try log.syncBlocking() }
    func compact() throws { _ = try log.compactBlocking() }
    func close() throws { try log.closeBlocking() }

    static func describe(_ options: LogOptions) -> String {
        var parts = ["durability \(options.durability)", "maintenance \(options.maintenance)"]
        parts.append("segments of \(options.segmentByteCountMax >> 20) MiB")
        parts.append("compression \(options.compression)")
        parts.append("compacted \(options.compactedCompression)")
        parts.append("reading \(options.reading)")
        parts.append("cache of \(options.cacheByteCountMax >> 20) MiB")
        return parts.joined(separator: ", ")
    }
}
