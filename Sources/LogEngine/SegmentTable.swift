import DiskIO
import SegmentFormat
import Synchronization

/// The live segments by number, and a bounded number of their files held open.
final class SegmentTable: Sendable {
    let directory: any DiskDirectory
    private let openFileCountMax: Int
    private let state = Mutex(State())

    private struct State {
        /// By the number in the slots.
        var segments: [LogSegment?] = []
        var indices: [SegmentID: UInt16] = [:]
        var openCount = 0
        var useCount: UInt64 = 0
    }

    init(_ directory: any DiskDirectory, openFileCountMax: Int) {
        self.directory = directory
        self.openFileCountMax = openFileCountMax
    }

    /// All of them, in the order of their ids.
    var all: [LogSegment] { inIndexOrder.sorted { $0.id < $1.id } }

    /// All of them, in the order of their numbers in the slots.
    var inIndexOrder: [LogSegment] { state.withLock { $0.segments.compactMap { $0 } } }

    func segment(at index: UInt16) -> LogSegment? {
        state.withLock { state in
            Int(index) < state.segments.count ? state.segments[Int(index)] : nil
        }
    }

    func segment(_ id: SegmentID) -> LogSegment? {
        state.withLock { state in
            state.indices[id].flatMap { state.segments[Int($0)] }
        }
    }

    /// Adds a segment under the next free number.
    func add(_ segment: ManifestSegment) throws(LogError) -> LogSegment {
        let added: LogSegment? = state.withLock { state in
            guard state.segments.count < FormatLimits.segmentCountMax else { return nil }
            let index = UInt16(state.segments.count)
            let added = LogSegment(segment, index: index)
            state.segments.append(added)
            state.indices[segment.id] = index
            return added
        }
        guard let added else {
            throw .rejected(
                LogFault(
                    "begin segment",
                    file: FileName.segment(segment.id).text,
                    detail: "the store has \(FormatLimits.segmentCountMax) segments"
                )
            )
        }
        return added
    }

    /// Makes `file` the segment's, and keeps it open until it is unpinned.
    func pin(_ file: any DiskFile, for segment: LogSegment) {
        segment.withState { state in
            state.file = file
            state.isPinned = true
        }
    }

    /// Lets the segment's file be closed when others are needed more.
    func unpin(_ segment: LogSegment) {
        segment.withState { state in
            state.isPinned = false
            state.file = nil
        }
    }

    /// Returns the segment's file, opening it when needed.
    ///
    /// When there are too many, the least recently used are closed. Whoever still reads from a closed one keeps it alive.
    func file(of segment: LogSegment) throws(DiskError) -> any DiskFile {
        let use = state.withLock { state in
            state.useCount += 1
            return state.useCount
        }
        let open: (any DiskFile)? = segment.withState { state in
            state.lastUse = use
            return state.file
        }
        if let open { return open }
        let opened = try openFile(segment.fileName)
        let isNew = segment.withState { state in
            let isNew = state.file == nil
            if isNew { state.file = opened }
            return isNew
        }
        if isNew { noteOpened() }
        return opened
    }

    private func openFile(_ name: String) throws(DiskError) -> any DiskFile {
        do throws(DiskError) {
            return try directory.open(name, .reading)
        } catch {
            // The process is out of descriptors, perhaps because of us: give back what we can spare.
            guard error.kind == .tooManyOpenFiles, closeLeastUsed(leaving: 0) else { throw error }
            return try directory.open(name, .reading)
        }
    }

    private func noteOpened() {
        let openCount = state.withLock { state in
            state.openCount += 1
            return state.openCount
        }
        if openCount > openFileCountMax { closeLeastUsed(leaving: openFileCountMax * 3 / 4) }
    }

    /// Closes files until `count` are left; returns whether it closed any.
    @discardableResult
    private func closeLeastUsed(leaving count: Int) -> Bool {
        let candidates = all.compactMap { segment -> (segment: LogSegment, lastUse: UInt64)? in
            let lastUse: UInt64? = segment.withState { state in
                state.file != nil && !state.isPinned ? state.lastUse : nil
            }
            return lastUse.map { (segment, $0) }
        }
        let surplus = candidates.count - count
        guard surplus > 0 else { return false }
        for candidate in candidates.sorted(by: { $0.lastUse < $1.lastUse }).prefix(surplus) {
            candidate.segment.withState { state in
                if !state.isPinned { state.file = nil }
            }
        }
        state.withLock { $0.openCount = count }
        return true
    }
}
