import DiskIO
import Locks
import SegmentFormat

/// One segment as the engine holds it.
final class LogSegment: Sendable {
    let id: SegmentID
    /// Its number in the index's slots.
    let index: UInt16
    let salt: UInt64
    let fileName: String
    private let state: Mutex<State>

    struct State {
        var file: (any DiskFile)?
        /// The active segment's file stays open.
        var isPinned = false
        var lastUse: UInt64 = 0
        var liveRecordCount = 0
        var liveByteCount: UInt64 = 0
        /// Where its records end; for the active segment, what the last commit said.
        var dataEnd: Int
        var recordCount: Int
    }

    init(_ segment: ManifestSegment, index: UInt16) {
        id = segment.id
        self.index = index
        salt = segment.salt
        fileName = FileName.segment(segment.id).text
        state = Mutex(State(dataEnd: segment.dataEnd, recordCount: segment.recordCount))
    }

    func withState<Result>(_ body: (inout sending State) -> sending Result) -> sending Result {
        state.withLock(body)
    }

    func addLive(byteCount: Int) {
        state.withLock { state in
            state.liveRecordCount += 1
            state.liveByteCount += UInt64(byteCount)
        }
    }

    func removeLive(byteCount: Int) {
        state.withLock { state in
            state.liveRecordCount = max(0, state.liveRecordCount - 1)
            state.liveByteCount -= min(state.liveByteCount, UInt64(byteCount))
        }
    }

    func setLive(recordCount: Int, byteCount: UInt64) {
        state.withLock { state in
            state.liveRecordCount = recordCount
            state.liveByteCount = byteCount
        }
    }

    /// What statistics want to know.
    var counts: (live: Int, liveBytes: UInt64, dataEnd: Int, records: Int) {
        state.withLock {
            ($0.liveRecordCount, $0.liveByteCount, $0.dataEnd, $0.recordCount)
        }
    }
}
