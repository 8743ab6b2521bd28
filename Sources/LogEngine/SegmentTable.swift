import DiskIO
import Locks
import SegmentFormat

import struct Synchronization.Atomic

/// The live segments by number, and a bounded number of their files held open.
final class SegmentTable: Sendable {
    let directory: any DiskDirectory
    private let openFileCountMax: Int
    private let segmentCountMax: Int
    private let reading: ReadMode
    /// To what the file of the active segment grows.
    private let segmentByteCountMax: Int
    private let state = Mutex(State())
    private let shelves = InlineArray<16, Mutex<Shelf>> { _ in Mutex(Shelf()) }
    /// Files that segments hold, pinned ones included; changed with each of them.
    private let openCount = Atomic(0)
    /// How often a file was opened: a segment's last use is told by it, so that reading from files
    /// that are open writes to nothing that all readers share.
    private let openings = Atomic<UInt64>(0)
    /// Set before all files are let go: whoever opens one later keeps it to himself.
    private let isClosed = Atomic(false)

    /// Where one reader in so many looks segments up: a copy of the list with a lock of its own, so
    /// that two seldom meet at one.
    private struct Shelf {
        var segments: [LogSegment?] = []
        /// Those of them whose files are open, and were read from by way of this shelf.
        ///
        /// Changed with the segment's own lock held, so that none stays behind when its file is
        /// closed.
        var opened: [OpenSegment?] = []

        /// Puts the list as it is now; what is open stays.
        mutating func refill(_ segments: [LogSegment?]) {
            self.segments = segments
            while opened.count < segments.count { opened.append(nil) }
            for index in opened.indices where opened[index] != nil {
                let segment = index < segments.count ? segments[index] : nil
                if opened[index]?.segment !== segment { opened[index] = nil }
            }
        }
    }

    private static let shelfCount = 16

    private struct State {
        /// By the number in the slots; one that compaction took away leaves its number to the next.
        var segments: [LogSegment?] = []
        var vacant: [UInt16] = []
        var pins: [WeakPins] = []
        /// What was taken away, and is not gone as long as somebody reads from it.
        var removed: [WeakSegment] = []
        var indices: [SegmentID: UInt16] = [:]

        mutating func add(_ segment: ManifestSegment) -> LogSegment {
            let index = vacant.popLast() ?? UInt16(segments.count)
            let added = LogSegment(segment, index: index)
            if Int(index) == segments.count { segments.append(nil) }
            // A manifest never names more.
            precondition(segments.count <= FormatLimits.segmentCountMax)
            segments[Int(index)] = added
            indices[segment.id] = index
            return added
        }

        mutating func append(_ segment: ManifestSegment?) {
            let index = UInt16(segments.count)
            segments.append(segment.map { LogSegment($0, index: index) })
            if let segment {
                indices[segment.id] = index
            } else {
                vacant.append(index)
            }
        }
    }

    private struct WeakPins {
        weak var pins: SegmentPins?
    }

    private struct WeakSegment {
        weak var segment: LogSegment?
    }

    init(_ directory: any DiskDirectory, options: LogOptions, isWriting: Bool) {
        self.directory = directory
        openFileCountMax = options.openFileCountMax
        segmentCountMax = options.segmentCountMax
        segmentByteCountMax = options.segmentByteCountMax
        // Beside a writer, files are cut that this process knows nothing of.
        reading = isWriting ? options.reading : .copied
    }

    /// All of them, in the order of their ids.
    var all: [LogSegment] { inIndexOrder.compactMap { $0 }.sorted { $0.id < $1.id } }

    /// All of them by their numbers in the slots; nil where there is none.
    var inIndexOrder: [LogSegment?] { state.withLock { $0.segments } }

    func segment(at index: UInt16) -> LogSegment? {
        segment(at: index, on: 0)
    }

    /// Returns the segment that the record of `slot` is in.
    func segment(of slot: IndexSlot) -> LogSegment? {
        segment(at: slot.segmentIndex, on: Self.shelfNumber(of: slot))
    }

    private static func shelfNumber(of slot: IndexSlot) -> Int {
        Int(truncatingIfNeeded: slot.hash) & (shelfCount - 1)
    }

    private func segment(at index: UInt16, on shelf: Int) -> LogSegment? {
        shelves[shelf].withLock { shelf in
            Int(index) < shelf.segments.count ? shelf.segments[Int(index)] : nil
        }
    }

    /// Puts the list as it is now on the shelves; with the state's lock held, so that changes come
    /// to them in their order.
    private func refill(_ state: State) {
        for number in 0..<Self.shelfCount {
            shelves[number].withLock { $0.refill(state.segments) }
        }
    }

    func segment(_ id: SegmentID) -> LogSegment? {
        state.withLock { state in
            state.indices[id].flatMap { state.segments[Int($0)] }
        }
    }

    /// Throws when there is no number left for another segment; to be asked before one is made.
    func requireRoom() throws(LogError) {
        guard state.withLock({ $0.indices.count }) >= segmentCountMax else { return }
        throw .diskFull(
            LogFault(
                "begin segment",
                file: directory.path,
                detail: "the store has \(segmentCountMax) segments"
            )
        )
    }

    /// Adds a segment under a free number.
    func add(_ segment: ManifestSegment) -> LogSegment {
        state.withLock { state in
            let added = state.add(segment)
            refill(state)
            return added
        }
    }

    /// Adds segments, nil for none, under the next numbers: as a checkpoint lists them.
    func append(contentsOf listed: [ManifestSegment?]) {
        state.withLock { state in
            for segment in listed { state.append(segment) }
            refill(state)
        }
    }

    /// Takes a segment away that no manifest names; whoever still reads from it can, and its file
    /// goes with the last of them.
    func remove(_ segment: LogSegment, observer: any LogObserver) {
        let removal = LogSegment.Removal(directory: directory, observer: observer)
        segment.withState { $0.removal = removal }
        close(segment)
        state.withLock { state in
            state.segments[Int(segment.index)] = nil
            state.indices[segment.id] = nil
            state.vacant.append(segment.index)
            state.removed.removeAll { $0.segment == nil }
            state.removed.append(WeakSegment(segment: segment))
            refill(state)
        }
    }

    // MARK: Pins

    /// Pins all segments.
    func pin(at time: UInt64) -> SegmentPins {
        state.withLock { state in
            let pins = SegmentPins(state.segments, at: time)
            state.pins.removeAll { $0.pins == nil }
            state.pins.append(WeakPins(pins: pins))
            return pins
        }
    }

    /// What was compacted, and is still on disk because somebody may read it.
    var pinned: (byteCount: UInt64, segmentCount: Int, oldest: UInt64?) {
        let (segments, pins) = state.withLock { state in
            (state.removed.compactMap(\.segment), state.pins.compactMap(\.pins))
        }
        return (
            segments.reduce(0) { $0 + UInt64($1.counts.dataEnd) },
            segments.count,
            segments.isEmpty ? nil : pins.filter(\.holdsRemoved).map(\.createdAt).min()
        )
    }

    /// Takes pins back, the oldest first, until no more than `limit` bytes are on disk for them.
    ///
    /// - Returns: Of how many iterations.
    func takeBackPins(over limit: UInt64) -> Int {
        let pins = state.withLock { $0.pins.compactMap(\.pins) }
        var count = 0
        for pins in pins.sorted(by: { $0.createdAt < $1.createdAt })
        where pinned.byteCount > limit && pins.holdsRemoved {
            pins.takeBack()
            count += 1
        }
        return count
    }

    // MARK: Files

    /// Makes `file` the segment's, and keeps it open until it is unpinned.
    func pin(_ file: any DiskFile, for segment: LogSegment) {
        let old: LogSegment.State.OpenFile? = segment.withState { state in
            takeOffShelves(segment)
            let old = state.takeFile()
            state.file = file
            state.isPinned = true
            return old
        }
        if old == nil { openCount.add(1, ordering: .relaxed) }
    }

    /// Lets the segment's file go.
    func unpin(_ segment: LogSegment) {
        segment.withState { $0.isPinned = false }
        close(segment)
    }

    /// Lets all files go.
    func closeAll() {
        isClosed.store(true, ordering: .sequentiallyConsistent)
        for segment in all { unpin(segment) }
    }

    /// Returns the segment's file, opening it when needed.
    ///
    /// When there are too many, the least recently used are closed; whoever still reads from a
    /// closed one keeps it alive.
    func file(of segment: LogSegment) throws(DiskError) -> any DiskFile {
        let use = openings.load(ordering: .relaxed)
        segment.lastUse.store(use, ordering: .relaxed)
        if let open = segment.withState({ $0.file }) { return open }
        let opened = try openFile(segment.fileName)
        let newUse = openings.add(1, ordering: .relaxed).newValue
        let isNew = segment.withState { state in
            // What is no longer in the table is not counted, and closed with its reader.
            let isNew =
                state.file == nil && state.removal == nil
                && !isClosed.load(ordering: .sequentiallyConsistent)
            if isNew {
                state.file = opened
                segment.lastUse.store(newUse, ordering: .relaxed)
            }
            return isNew
        }
        if isNew { noteOpened() }
        return opened
    }

    /// Returns the segment of `slot` with its file, opening it when needed; nil when it is not
    /// there or can't be opened, or was taken away.
    func opened(of slot: IndexSlot) -> OpenSegment? {
        let index = Int(slot.segmentIndex)
        let number = Self.shelfNumber(of: slot)
        let found = shelves[number].withLock { shelf in
            index < shelf.opened.count ? shelf.opened[index] : nil
        }
        guard let found else { return putOnShelf(index, number) }
        let use = openings.load(ordering: .relaxed)
        // Written only when it is another, since all readers share it.
        if found.segment.lastUse.load(ordering: .relaxed) != use {
            found.segment.lastUse.store(use, ordering: .relaxed)
        }
        return found
    }

    private func putOnShelf(_ index: Int, _ number: Int) -> OpenSegment? {
        guard let segment = segment(at: UInt16(index), on: number),
            (try? file(of: segment)) != nil
        else { return nil }
        return segment.withState { state in
            // Closed again already, or nobody's to find.
            guard let file = state.file, state.removal == nil else { return nil }
            if reading == .mapped, state.mapping == nil {
                let growth = state.isPinned ? segmentByteCountMax : 0
                state.mapping = Self.map(file, growingTo: growth)
            }
            let mapping = state.mapping
            return shelves[number].withLock { shelf in
                guard index < shelf.opened.count, shelf.segments[index] === segment else {
                    return nil
                }
                let opened = OpenSegment(segment, file, mapping)
                shelf.opened[index] = opened
                return opened
            }
        }
    }

    /// Maps all of `file`, and what it may still grow by; nil when that can't be had.
    private static func map(_ file: any DiskFile, growingTo growth: Int) -> FileMapping? {
        guard let found = try? file.byteCount(), let byteCount = Int(exactly: found) else {
            return nil
        }
        let length = max(byteCount, growth)
        return length > 0 ? try? file.map(length) : nil
    }

    /// Lets the file go that the shelves have for `segment`; with the segment's lock held.
    private func takeOffShelves(_ segment: LogSegment) {
        let index = Int(segment.index)
        for number in 0..<Self.shelfCount {
            shelves[number].withLock { shelf in
                guard index < shelf.opened.count, shelf.opened[index]?.segment === segment else {
                    return
                }
                shelf.opened[index] = nil
            }
        }
    }

    /// Same as `file(of:)`, with the log's error.
    func file(of segment: LogSegment, doing: String) throws(LogError) -> any DiskFile {
        do throws(DiskError) {
            return try file(of: segment)
        } catch {
            throw LogError(error, doing: doing)
        }
    }

    private func openFile(_ name: String) throws(DiskError) -> any DiskFile {
        do throws(DiskError) {
            return try directory.open(name, .reading)
        } catch {
            // The process is out of descriptors, perhaps because of us: give back what we can
            // spare.
            guard error.kind == .tooManyOpenFiles, giveBackFiles() else { throw error }
            return try directory.open(name, .reading)
        }
    }

    /// Closes all files that can be spared; returns whether there were any.
    func giveBackFiles() -> Bool { closeLeastUsed(leaving: 0) }

    private func noteOpened() {
        let count = openCount.add(1, ordering: .relaxed).newValue
        // A quarter at once, so that not every opening has to look for the least used.
        if count > openFileCountMax {
            closeLeastUsed(leaving: openFileCountMax - openFileCountMax / 4)
        }
    }

    /// Closes files, but no pinned ones, until `count` are left; returns whether it closed any.
    @discardableResult
    private func closeLeastUsed(leaving count: Int) -> Bool {
        let surplus = openCount.load(ordering: .relaxed) - count
        let candidates = all.compactMap { segment -> (segment: LogSegment, use: UInt64)? in
            let isClosable = segment.withState { $0.file != nil && !$0.isPinned }
            return isClosable ? (segment, segment.lastUse.load(ordering: .relaxed)) : nil
        }
        let isLess = { (left: (LogSegment, use: UInt64), right: (LogSegment, use: UInt64)) in
            left.use < right.use
        }
        return candidates.sorted(by: isLess).prefix(max(0, surplus))
            .count { close($0.segment) } > 0
    }

    /// Closes the segment's file unless it is pinned; returns whether it was open.
    @discardableResult
    private func close(_ segment: LogSegment) -> Bool {
        // Handed out, so that it is not closed while others wait for the lock.
        let closed: LogSegment.State.OpenFile? = segment.withState { state in
            guard !state.isPinned, state.file != nil else { return nil }
            takeOffShelves(segment)
            return state.takeFile()
        }
        if closed != nil { openCount.subtract(1, ordering: .relaxed) }
        return closed != nil
    }
}
