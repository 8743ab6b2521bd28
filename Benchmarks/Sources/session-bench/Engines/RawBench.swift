import CPeers
import Synchronization

/// A file that is appended to, with nothing else: what no engine can be faster than.
///
/// Sendable, and without a guard: it is used by one thread at a time, but for syncs.
struct RawBench: @unchecked Sendable {
    /// What is filled with zeros ahead of time when the file is not to grow.
    static let aheadByteCount: UInt64 = 1 << 30

    private let log: OpaquePointer

    init(_ path: String, ahead: UInt64) throws {
        guard let log = raw_log_open(path, ahead) else {
            throw BenchError("open \(path): \(String(cString: peer_error()))")
        }
        self.log = log
    }

    @inline(__always)
    func append(_ bytes: UnsafeRawPointer, _ count: Int, syncs: Bool) throws {
        guard raw_log_append(log, bytes, count, syncs ? 1 : 0) == 0 else {
            throw BenchError("append to a file: \(String(cString: peer_error()))")
        }
    }

    func sync() throws {
        guard raw_log_sync(log) == 0 else {
            throw BenchError("sync a file: \(String(cString: peer_error()))")
        }
    }

    /// Lets the next append go to the beginning, over what is there.
    func rewind() { raw_log_rewind(log) }

    func close() { raw_log_close(log) }
}
