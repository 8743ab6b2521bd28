import DiskIO
import SegmentFormat

extension Recovery {
    /// Finds files that a crash left and nothing refers to.
    ///
    /// A segment that the manifest does not name is one that compaction took away, when its number
    /// was given before this manifest was written; or an output of a compaction that was not
    /// committed, which copies what its inputs still have; or one that was prepared and holds no
    /// record. With records in any other, the manifest is older than the log, and removing it would
    /// lose them.
    mutating func findLeftovers(_ manifest: Manifest) throws(LogError) -> [String] {
        var leftovers: [String] = []
        for name in try names() {
            switch FileName(name) {
            case .newManifest, .newCheckpoint:
                leftovers.append(name)
            case .segment(let id) where !manifest.segments.contains(where: { $0.id == id }):
                if id < manifest.nextSegment {
                    leftovers.append(name)
                } else if try !holdsRecords(name, id, manifest) {
                    leftovers.append(name)
                } else if try !isNamedByNow(id) {
                    try reportOrThrow(unnamed(name))
                }
            case .segment, .manifest, .checkpoint, .lock, .cut, .reserve, nil:
                continue
            }
        }
        return leftovers
    }

    /// Removes the leftovers, when nothing can be refused any more: what is refused stays as it
    /// was.
    mutating func remove(_ leftovers: [String]) throws(LogError) {
        for name in leftovers { try remove(name) }
    }

    /// Returns the manifest as it is now, which beside a writer may not be the one that is
    /// recovered.
    func newestManifest() throws(LogError) -> Manifest? {
        isWriting ? nil : try ManifestFile.load(from: directory, isWriting: false)
    }

    /// Whether a writer has begun the segment meanwhile: it is named before it gets a record.
    private func isNamedByNow(_ id: SegmentID) throws(LogError) -> Bool {
        try newestManifest()?.segments.contains { $0.id == id } ?? false
    }

    private func unnamed(_ name: String) -> LogDamage {
        LogDamage(
            file: name,
            byteOffset: 0,
            detail: "holds records, but the manifest does not name it: the manifest is older than"
                + " the log, or the file belongs to another store"
        )
    }

    /// Whether the file is a segment of this store with at least one record.
    ///
    /// Until a segment is named, nothing of it needs to have reached the disk: what is no header of
    /// this very file, with a record's head behind it, was never more than prepared.
    private func holdsRecords(_ name: String, _ id: SegmentID, _ manifest: Manifest)
        throws(LogError)
        -> Bool
    {
        let start = SegmentHeader.byteCount
        let bytes: [UInt8]
        do throws(DiskError) {
            let file = try directory.open(name, .reading)
            let count = start + RecordHead.byteCount + FormatLimits.keyByteCountMax
            bytes = try file.bytes(at: 0, count: count)
        } catch {
            // Beside a writer, it may be gone by now.
            if error.kind == .notFound { return false }
            throw LogError(error, doing: "look at leftover")
        }
        guard let header = try? SegmentHeader(decoding: bytes, isWriting: isWriting),
            header.id == id, header.storeID == manifest.storeID, header.liveAsOf == 0
        else { return false }
        let head = try? RecordHead(
            decoding: bytes,
            at: start,
            byteOffset: start,
            salt: header.salt
        )
        return head != nil
    }

    private mutating func remove(_ name: String) throws(LogError) {
        guard isWriting else { return }
        do throws(DiskError) {
            try directory.remove(name)
            report.removedFiles.append(name)
        } catch {
            throw LogError(error, doing: "remove leftover")
        }
    }

    private func names() throws(LogError) -> [String] {
        do throws(DiskError) {
            return try directory.names()
        } catch {
            throw LogError(error, doing: "list")
        }
    }
}
