import DiskIO
import SegmentFormat

// A full disk must not keep anybody from making room: a tombstone needs a few bytes, and after an
// opening a new manifest as well.
extension LogWriter {
    /// What removals that find no space are worth, in the order in which it is given up.
    enum Sacrifice: CaseIterable {
        /// Nothing yet: the end of what is allocated in the active segment is kept for them.
        case nothing
        /// A file of zeros that was kept for this.
        case reserve
        /// The index on disk, which saves time at the next opening and is never the only truth.
        case checkpoint
    }

    /// Gives it up; returns whether there was anything to give.
    func giveUp(_ sacrifice: Sacrifice) -> Bool {
        switch sacrifice {
        case .nothing: return true
        case .reserve:
            guard remove(.reserve) else { return false }
            hasReserve = false
        case .checkpoint:
            // What is being written of another takes space, too.
            let wasAtWork = pendingCheckpoint.map { $0.isWritten == nil } ?? false
            pendingCheckpoint?.finish()
            guard remove(.checkpoint) else { return wasAtWork }
            isUnchangedSinceCheckpoint = false
        }
        return true
    }

    private func remove(_ name: FileName) -> Bool {
        do throws(DiskError) {
            try core.directory.remove(name.text)
            return true
        } catch {
            if error.kind != .notFound {
                core.observer.didFail(LogError(error, doing: "make room"))
            }
            return false
        }
    }

    /// Makes the reserve file, or what is missing of it.
    ///
    /// It says nothing, so it need not be durable; without space for it, a later write tries again.
    func makeReserve() {
        guard hasReserve != true else { return }
        do throws(DiskError) {
            try fillReserve(try openReserve())
            hasReserve = true
        } catch {
            core.observer.didFail(LogError(error, doing: "keep a reserve"))
        }
    }

    private func openReserve() throws(DiskError) -> any DiskFile {
        do throws(DiskError) {
            return try core.directory.open(FileName.reserve.text, .creating)
        } catch {
            guard error.kind == .alreadyExists else { throw error }
            return try core.directory.open(FileName.reserve.text, .writing)
        }
    }

    private func fillReserve(_ file: any DiskFile) throws(DiskError) {
        let start = Int(clamping: try file.byteCount())
        let count = core.options.reserveFileByteCount - start
        if count > 0 { try file.write([UInt8](repeating: 0, count: count), at: start) }
    }
}
