import DiskIO
import SegmentFormat

// A full disk must not keep anybody from making room: a tombstone needs a few bytes, and after an
// opening a new manifest as well. First they may use the end of what is allocated in the active
// segment, then a file that was kept for this and is given up.
extension LogWriter {
    /// Tries `removals`, which found no space, again with what was kept for them.
    func retry(
        _ requests: [WriteRequest],
        _ removals: [Int],
        into results: inout [WriteResult?]
    ) {
        run(requests, indices: removals, into: &results, isEmergency: true)
        let stuck = removals.filter { index in
            guard case .failure(.diskFull)? = results[index] else { return false }
            return true
        }
        guard !stuck.isEmpty, spendReserve() else { return }
        isSpendingReserve = true
        run(requests, indices: stuck, into: &results, isEmergency: true)
        isSpendingReserve = false
    }

    /// Makes the reserve file when it is not there.
    ///
    /// It says nothing, so it need not be durable; without space for it, a later write tries again.
    func makeReserve() {
        guard hasReserve != true else { return }
        let name = FileName.reserve.text
        do throws(DiskError) {
            let file = try core.directory.open(name, .creating)
            hasReserve = true
            let zeros = [UInt8](repeating: 0, count: core.options.reserveFileByteCount)
            try file.write(zeros, at: 0)
        } catch {
            hasReserve = error.kind == .alreadyExists || error.operation == .write
            guard error.kind != .alreadyExists else { return }
            core.observer.didFail(LogError(error, doing: "keep a reserve"))
        }
    }

    /// Gives the reserve file up; returns whether there was one.
    private func spendReserve() -> Bool {
        do throws(DiskError) {
            try core.directory.remove(FileName.reserve.text)
            hasReserve = false
            return true
        } catch {
            if error.kind != .notFound {
                core.observer.didFail(LogError(error, doing: "give up the reserve"))
            }
            return false
        }
    }
}
