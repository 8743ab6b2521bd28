import DiskIO
import Locks

/// The syncs of one file, one at a time.
///
/// The kernel tells of a failed write-back once: of two syncs at a time one may succeed although
/// what its caller wrote is lost, because the other was told. So whoever syncs waits for its turn,
/// and a failure is the failure of all that follow.
final class SyncTurn: Sendable {
    private let file: any DiskFile
    private let fault = Mutex<LogFault?>(nil)

    init(_ file: any DiskFile) {
        self.file = file
    }

    /// Syncs the file; returns what has failed, now or before.
    func sync() -> LogFault? {
        fault.withLock { fault in
            guard fault == nil else { return fault }
            do throws(DiskError) {
                try file.sync()
            } catch {
                fault = LogFault("sync", file: error.name, detail: "\(error)")
            }
            return fault
        }
    }
}

/// What is synced while the writer goes on.
struct BackgroundSync: Sendable {
    let turn: SyncTurn
    let segment: LogSegment
    /// Where the records ended before it began.
    let dataEnd: Int
}

/// How soon a sync is due.
enum SyncNeed {
    case none
    /// When its interval is over.
    case inTime
    case now
}

extension LogWriter {
    /// How soon what the next power loss would take is to be synced.
    var syncNeed: SyncNeed {
        // After a failed sync there will be no other.
        guard isDirty, poison == nil, let active else { return .none }
        let byteCount = active.tail - active.syncedThrough
        guard byteCount > 0 else { return .none }
        // Whoever seals the segment waits for what is unsynced, 9 ms for 8 MiB, and for a sync that
        // has not ended by then.
        let room = limits.byteCount - active.tail
        let isMuch =
            room < Self.endByteCount
            ? room >= Self.endByteCount / 2 && byteCount >= Self.endByteCount / 4
            : byteCount >= Self.unsyncedByteCountMax
        return isMuch ? .now : .inTime
    }

    private static let unsyncedByteCountMax = 8 * 1_024 * 1_024
    private static let endByteCount = 4 * 1_024 * 1_024

    /// Returns what is to be synced, nil when there is nothing: without the writer, whom nobody
    /// waits for meanwhile, and to be ended with ``finish(_:_:nanoseconds:)``.
    ///
    /// A sync of what a second of writes leaves took 609 ms here, in which no other was served.
    func beginSync() -> BackgroundSync? {
        guard isDirty, !isClosed, poison == nil, let active else { return nil }
        return BackgroundSync(turn: active.turn, segment: active.segment, dataEnd: active.tail)
    }

    /// Counts what `sync` has made durable, or ends writing for good when it failed.
    func finish(_ sync: BackgroundSync, _ fault: LogFault?, nanoseconds: UInt64) {
        if let fault {
            _ = poisoned(fault)
            return
        }
        core.observer.didSync(nanoseconds: nanoseconds)
        // One that was sealed meanwhile was synced for that.
        guard let active, active.segment === sync.segment else { return }
        active.syncedThrough = max(active.syncedThrough, sync.dataEnd)
        if active.syncedThrough == active.tail { isDirty = false }
    }
}
