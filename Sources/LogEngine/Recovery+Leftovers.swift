import DiskIO
import SegmentFormat

extension Recovery {
    /// Finds files that a crash left and nothing refers to.
    ///
    /// A segment that the manifest does not name is one that compaction took away, when its number
    /// was given before this manifest was written; or an output of a compaction that was not
    /// committed, which copies what its inputs still have; or one that was prepared and holds no
    /// record. With records in any other, the manifest is older than the log, and removing it would
    /// lose them; and what another store has written is not ours to remove.
    mutating func findLeftovers(_ manifest: Manifest) throws(LogError) -> [String] {
        var leftovers: [String] = []
        for name in try names() {
            switch FileName(name) {
            case .newManifest, .newCheckpoint:
                leftovers.append(name)
            case .segment(let id) where !manifest.segments.contains(where: { $0.id == id }):
                switch try origin(of: name, id, manifest) {
                case .otherStore:
                    try reportOrThrow(stranger(name))
                case .records where id >= manifest.nextSegment:
                    guard try !isNamedByNow(id) else { continue }
                    try reportOrThrow(unnamed(name))
                case .records, .remains:
                    leftovers.append(name)
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
                + " the log"
        )
    }

    private func stranger(_ name: String) -> LogDamage {
        LogDamage(file: name, byteOffset: 0, detail: "this file belongs to another store")
    }

    /// Whose a segment is that the manifest does not name.
    private enum Origin {
        case otherStore
        /// At least one record of ours.
        case records
        /// An output of a compaction, or what was never more than prepared.
        case remains
    }

    /// Looks at the front of a segment that nothing names.
    ///
    /// Until a segment is named, nothing of it needs to have reached the disk: what is no header of
    /// this very file, with a record's head behind it, was never more than prepared.
    private func origin(
        of name: String,
        _ id: SegmentID,
        _ manifest: Manifest
    ) throws(LogError) -> Origin {
        let start = SegmentHeader.byteCount
        let bytes: [UInt8]
        do throws(DiskError) {
            let file = try directory.open(name, .reading)
            let count = start + RecordHead.byteCount + FormatLimits.keyByteCountMax
            bytes = try file.bytes(at: 0, count: count)
        } catch {
            // Beside a writer, it may be gone by now.
            if error.kind == .notFound { return .remains }
            throw LogError(error, doing: "look at leftover")
        }
        guard let header = try? SegmentHeader(decoding: bytes, isWriting: isWriting) else {
            return .remains
        }
        guard header.storeID == manifest.storeID else { return .otherStore }
        guard header.id == id, header.liveAsOf == 0 else { return .remains }
        let head = try? RecordHead(
            decoding: bytes,
            at: start,
            byteOffset: start,
            salt: header.salt
        )
        return head == nil ? .remains : .records
    }

    private mutating func remove(_ name: String) throws(LogError) {
        guard isWriting else { return }
        do throws(DiskError) {
            try directory.remove(name)
            report.removedFiles.append(name)
        } catch  where error.kind == .notFound {
            // Whoever had the store before has let go of it since.
            return
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
