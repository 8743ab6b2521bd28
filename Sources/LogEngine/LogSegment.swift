import DiskIO
import Locks
import SegmentFormat

import struct Synchronization.Atomic

/// One segment as the engine holds it.
final class LogSegment: Sendable {
    let id: SegmentID
    /// Its number in the index's slots.
    let index: UInt16
    let salt: UInt64
    let fileName: String
    /// For a compaction's output, the number before its first liveness test; else 0.
    let liveAsOf: UInt64
    let layout: RecordLayout
    /// Of the entries in a compaction's footer; else 0.
    private let entriesByteCount: Int
    private let state: Mutex<State>
    /// How often files had been opened when its own was last read from.
    let lastUse = Atomic<UInt64>(0)

    struct State {
        var file: (any DiskFile)?
        /// The file's bytes in memory, if they are asked for; goes with the file.
        var mapping: FileMapping?
        /// The file of a segment without its footer stays open.
        var isPinned = false
        var liveRecordCount = 0
        var liveByteCount: UInt64 = 0
        /// Set once no manifest names it any more: its file goes with the last who reads from it.
        var removal: Removal?
        /// What its values are compressed with, while anybody needs it.
        weak var dictionary: CompressionDictionary?
        /// Somebody has looked for one, and there is none.
        var lacksDictionary = false
        /// Bytes of what the compaction that wrote it compressed its values with; not known any
        /// more after the log was opened again.
        var dictionaryByteCount: UInt64 = 0
        /// Its tombstones, once it is sealed and somebody has looked, or compaction has written it.
        var tombstones: TombstoneTally?
        /// The number of its first record, until it is sealed.
        var firstSequence: UInt64?
        /// The numbers of its records, once it is sealed.
        var sequences: ClosedRange<UInt64>?
        /// Where its records end; for the active segment, what the last commit said.
        var dataEnd: Int
        var recordCount: Int

        mutating func addLive(recordCount: Int = 1, byteCount: Int) {
            liveRecordCount += recordCount
            liveByteCount += UInt64(byteCount)
        }

        /// What is closed, or unmapped, with its last reference.
        struct OpenFile {
            var file: any DiskFile
            var mapping: FileMapping?
        }

        /// Lets the file go to the caller; nil when there is none.
        mutating func takeFile() -> OpenFile? {
            guard let file = file.take() else { return nil }
            return OpenFile(file: file, mapping: mapping.take())
        }
    }

    init(_ segment: ManifestSegment, index: UInt16) {
        id = segment.id
        self.index = index
        salt = segment.salt
        fileName = FileName.segment(segment.id).text
        liveAsOf = segment.liveAsOf
        layout = segment.layout
        entriesByteCount = segment.entriesByteCount
        // Its footer may be missing: it is none that compaction could take.
        let isSealing = segment.state == .sealing
        state = Mutex(
            State(
                firstSequence: isSealing ? segment.sequences?.lowerBound : nil,
                sequences: isSealing ? nil : segment.sequences,
                dataEnd: segment.dataEnd,
                recordCount: segment.recordCount
            )
        )
    }

    /// Who removes the file, and who is told when that fails; the next opening then will.
    struct Removal {
        var directory: any DiskDirectory
        var observer: any LogObserver
    }

    deinit {
        guard let removal = state.withLock({ $0.removal }) else { return }
        do throws(DiskError) {
            try removal.directory.remove(fileName)
        } catch  where error.kind == .notFound {
            return
        } catch {
            removal.observer.didFail(LogError(error, doing: "remove compacted segment"))
        }
    }

    func withState<Result>(_ body: (inout sending State) -> sending Result) -> sending Result {
        state.withLock(body)
    }

    var isRemoved: Bool { state.withLock { $0.removal != nil } }

    func addLive(byteCount: Int) {
        state.withLock { $0.addLive(byteCount: byteCount) }
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

    /// The length of its file, with the footer that it has or will have.
    var fileByteCount: UInt64 {
        let (dataEnd, records) = state.withLock { ($0.dataEnd, $0.recordCount) }
        let entries = layout == .plain ? records * FooterEntry.byteCount : entriesByteCount
        return UInt64(max(0, dataEnd) + entries + FooterSummary.byteCount)
    }

    /// What one record takes in its footer; on average, where they differ.
    var footerEntryByteCount: Int {
        guard layout != .plain else { return FooterEntry.byteCount }
        return entriesByteCount / max(1, state.withLock { $0.recordCount })
    }

    /// What statistics want to know.
    var counts: (live: Int, liveBytes: UInt64, dataEnd: Int, records: Int) {
        state.withLock {
            ($0.liveRecordCount, $0.liveByteCount, $0.dataEnd, $0.recordCount)
        }
    }
}
