package import DiskIO
import Locks

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
        try await onThread { () throws(LogError) in
            try SegmentLog(directory, on: disk, options: options, observer: observer)
        }
    }

    /// Opens for reading on `disk`.
    package static func open(
        reading directory: String,
        on disk: any Disk,
        options: LogOptions = LogOptions()
    ) async throws(LogError) -> SegmentLog {
        try await onThread { () throws(LogError) in
            try SegmentLog(reading: directory, on: disk, options: options)
        }
    }

    private static func onThread(
        _ body: @escaping @Sendable () throws(LogError) -> SegmentLog
    ) async throws(LogError) -> SegmentLog {
        let opening = Opening()
        await withCheckedContinuation { continuation in
            do throws(LogError) {
                try LogThread.start {
                    do throws(LogError) {
                        opening.ends(.success(try body()))
                    } catch {
                        opening.ends(.failure(error))
                    }
                    continuation.resume()
                }
            } catch {
                opening.ends(.failure(error))
                continuation.resume()
            }
        }
        return try opening.log
    }
}

/// What became of opening a log on another thread.
///
/// The continuation could carry it; but the thread sanitizer sees no order between the thread and
/// the task when the thread is done before the task awaits it. It sees that of a lock.
private final class Opening: Sendable {
    private let result = Mutex<Result<SegmentLog, LogError>>(.failure(.closed))

    var log: SegmentLog {
        get throws(LogError) { try result.withLock { $0 }.get() }
    }

    func ends(_ outcome: Result<SegmentLog, LogError>) {
        result.withLock { $0 = outcome }
    }
}
