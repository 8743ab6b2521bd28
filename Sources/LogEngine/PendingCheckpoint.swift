import DiskIO
import Locks
import SegmentFormat

/// A checkpoint that was begun: the index as it was then, while the log goes on.
///
/// At ten million sessions writing one took half a second, in which nobody else was served.
final class PendingCheckpoint: Sendable {
    private let front: Checkpoint
    private let core: LogCore
    private let relocations: UInt64
    private let turn = Mutex(())
    private let outcome = Mutex<Bool?>(nil)

    /// Freezes the index; to be made by who changes it, and finished before there is another.
    ///
    /// The log up to `front.logEnd` must be durable.
    init(_ front: Checkpoint, _ core: LogCore) {
        self.front = front
        self.core = core
        self.relocations = core.relocations
        core.index.freeze()
    }

    /// Whether it could be written; nil while it is at work.
    var isWritten: Bool? { outcome.withLock { $0 } }

    /// Writes it, or waits for who does; returns whether it could be written.
    ///
    /// A failure costs only time at the next opening, unless it is the sync of the directory, which
    /// ends writing as every failed sync does.
    @discardableResult
    func finish() -> Bool {
        turn.withLock { _ in
            if let isWritten { return isWritten }
            let isDone = write()
            outcome.withLock { $0 = isDone }
            return isDone
        }
    }

    private func write() -> Bool {
        defer { core.index.thaw() }
        do throws(DiskError) {
            let isWritten = try CheckpointFile.write(front, core.index, in: core.directory) {
                // After a compaction it points at segments that are gone, where the one before may
                // not.
                core.relocations == relocations
            }
            if isWritten { core.observer.didWriteCheckpoint(slotCount: front.slotCount) }
            return isWritten
        } catch {
            core.observer.didFail(LogError(error, doing: "write checkpoint"))
            return false
        }
    }
}

extension LogWriter {
    /// Begins to write the index to disk; nil when a failed write stands behind the records, which
    /// would count as known, or when another is at work.
    func beginCheckpoint() -> PendingCheckpoint? {
        guard !isAbandoned else { return nil }
        if let pendingCheckpoint, pendingCheckpoint.isWritten == nil { return nil }
        clearTail()
        guard !mustClearTail else { return nil }
        let front = Checkpoint(
            storeID: manifest.storeID,
            edition: manifest.edition,
            nextSequence: nextSequence,
            timeFloor: core.clock.floor,
            slotCount: core.index.count,
            shardCount: LogIndex.shardCount,
            logEnd: active.map {
                LogPosition(segment: $0.segment.id, byteOffset: $0.syncedThrough)
            },
            segments: core.segments.inIndexOrder.map { segment in
                guard let segment else { return .vacant }
                let counts = segment.counts
                return CheckpointSegment(
                    id: segment.id,
                    liveRecordCount: counts.live,
                    liveByteCount: counts.liveBytes
                )
            }
        )
        let pending = PendingCheckpoint(front, core)
        pendingCheckpoint = pending
        isUnchangedSinceCheckpoint = true
        byteCountSinceCheckpoint = 0
        return pending
    }

    /// Writes one when the log has grown enough for it: while it goes on, or at once when it is to
    /// do nothing by itself.
    func checkpointIfDue() {
        let limit = max(
            core.options.checkpointByteCount,
            core.index.count * Self.checkpointByteCountPerKey
        )
        guard byteCountSinceCheckpoint >= limit, isRoomy, let pending = beginCheckpoint() else {
            return
        }
        guard core.options.maintenance == .automatic,
            (try? LogThread.startBehind { pending.finish() }) != nil
        else {
            pending.finish()
            return
        }
    }

    /// Whether a checkpoint and the next segment fit the disk both: writers would find it full.
    private var isRoomy: Bool {
        let needed = core.index.count * IndexSlot.byteCount + core.options.segmentByteCountMax
        guard let available = try? core.directory.availableByteCount() else { return true }
        return available >= UInt64(needed)
    }

    /// A slot takes 11 bytes in a checkpoint: at most a quarter more is written because of them.
    private static let checkpointByteCountPerKey = 44

    /// Has what the index says on disk, for who leaves the store.
    func finishCheckpoint() {
        if let pendingCheckpoint, !pendingCheckpoint.finish() { isUnchangedSinceCheckpoint = false }
        guard !isUnchangedSinceCheckpoint else { return }
        beginCheckpoint()?.finish()
    }
}
