package import DiskIO

extension SegmentLog {
    /// Opens a store for writing on a thread of its own; see `init(_:options:observer:)`.
    ///
    /// For callers that may not block: what runs on the cooperative pool.
    public static func open(
        _ directory: String,
        options: LogOptions = LogOptions(),
        observer: (any LogObserver)? = nil
    ) async throws(LogError) -> SegmentLog {
        try await open(directory, on: PosixDisk(), options: options, observer: observer)
    }

    /// Opens a store for reading on a thread of its own; see `init(reading:options:)`.
    public static func open(
        reading directory: String,
        options: LogOptions = LogOptions()
    ) async throws(LogError) -> SegmentLog {
        try await open(reading: directory, on: PosixDisk(), options: options)
    }

    /// Opens for writing on `disk`.
    package static func open(
        _ directory: String,
        on disk: any Disk,
        options: LogOptions = LogOptions(),
        observer: (any LogObserver)? = nil
    ) async throws(LogError) -> SegmentLog {
        try await LogThread.run { () throws(LogError) in
            try SegmentLog(directory, on: disk, options: options, observer: observer)
        }
    }

    /// Opens for reading on `disk`.
    package static func open(
        reading directory: String,
        on disk: any Disk,
        options: LogOptions = LogOptions()
    ) async throws(LogError) -> SegmentLog {
        try await LogThread.run { () throws(LogError) in
            try SegmentLog(reading: directory, on: disk, options: options)
        }
    }
}
