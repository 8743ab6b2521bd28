import Locks

/// Holds on to the segments that there are, so that whoever goes through them can read each as long
/// as it takes; compaction may take them away meanwhile, but not their files.
///
/// A pin that is forgotten would keep the disk full of what nobody needs: past a limit the log
/// takes the oldest pins back.
final class SegmentPins: Sendable {
    private struct State {
        /// By their numbers in the slots; nil once they were taken back.
        var segments: [LogSegment?]?
    }

    /// On the monotonic clock, in nanoseconds.
    let createdAt: UInt64
    private let state: Mutex<State>

    init(_ segments: [LogSegment?], at time: UInt64) {
        createdAt = time
        state = Mutex(State(segments: segments))
    }

    /// Returns the segment with this number; nil when there was none.
    ///
    /// - Throws: `unavailable` when the pins were taken back.
    func segment(at index: UInt16) throws(LogError) -> LogSegment? {
        guard let segments = state.withLock({ $0.segments }) else {
            let detail =
                "the iteration has held on to segments for longer than the log can keep them;"
                + " begin another"
            throw .unavailable(LogFault("list", file: "", detail: detail))
        }
        return Int(index) < segments.count ? segments[Int(index)] : nil
    }

    /// Whether it holds on to a segment that compaction has taken away.
    var holdsRemoved: Bool {
        state.withLock { $0.segments }?.contains { $0?.isRemoved == true } ?? false
    }

    func takeBack() {
        // Outside the lock: the last reference removes a file.
        _ = state.withLock { state in
            defer { state.segments = nil }
            return state.segments
        }
    }
}
