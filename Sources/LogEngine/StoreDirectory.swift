import DiskIO
import SegmentFormat

/// Finds out whether a directory is a store, before anything in it is touched.
enum StoreDirectory {
    /// A directory that is ours to write.
    struct Opened {
        var directory: any DiskDirectory
        var lock: any DiskLock
        /// Nil when the store has yet to be made.
        var manifest: Manifest?
    }

    /// Opens and locks the directory; one that is no store of ours stays as it was.
    static func openForWriting(_ path: String, on disk: any Disk) throws(LogError) -> Opened {
        let directory = try open(path, on: disk, creating: true)
        // Looked at first without the lock, so that not even a lock file is left in a foreign
        // place.
        _ = try manifest(of: directory, isWriting: true)
        let lock = try lock(directory, note: note(disk))
        do throws(LogError) {
            let manifest = try manifest(of: directory, isWriting: true)
            return Opened(directory: directory, lock: lock, manifest: manifest)
        } catch {
            lock.release()
            throw error
        }
    }

    /// How often a reader begins again because the writer has changed the manifest meanwhile.
    private static let readingAttemptMax = 20

    /// Recovers the store as it is, without changing it.
    static func openForReading(
        _ path: String,
        on disk: any Disk,
        options: LogOptions
    ) throws(LogError) -> Recovery.Outcome {
        let directory = try open(path, on: disk, creating: false)
        var manifest = try requireManifest(directory)
        for _ in 0..<readingAttemptMax {
            let result = recover(disk, directory, manifest, options)
            let newer = try requireManifest(directory)
            // A writer replaces segments and footers; what looked like damage may be its work.
            if newer.edition == manifest.edition { return try result.get() }
            if case .success(let outcome) = result, outcome.report.damages.isEmpty,
                outcome.report.discardedCheckpoint == nil, newer.hasSegments(of: manifest)
            {
                return outcome
            }
            manifest = newer
        }
        // Whatever is found by now is more use than an endless search.
        return try recover(disk, directory, manifest, options).get()
    }

    private static func recover(
        _ disk: any Disk,
        _ directory: any DiskDirectory,
        _ manifest: Manifest,
        _ options: LogOptions
    ) -> Result<Recovery.Outcome, LogError> {
        do throws(LogError) {
            return .success(
                try Recovery.run(
                    disk: disk,
                    directory: directory,
                    manifest: manifest,
                    options: options,
                    observer: SilentObserver(),
                    isWriting: false
                )
            )
        } catch {
            return .failure(error)
        }
    }

    private static func requireManifest(
        _ directory: any DiskDirectory
    ) throws(LogError) -> Manifest {
        if let manifest = try manifest(of: directory, isWriting: false) { return manifest }
        throw .notFound(
            LogFault("open", file: directory.path, detail: "there is no store in this directory")
        )
    }

    /// Returns the manifest; nil where a store can be made.
    private static func manifest(
        of directory: any DiskDirectory,
        isWriting: Bool
    ) throws(LogError) -> Manifest? {
        if let manifest = try ManifestFile.load(from: directory, isWriting: isWriting) {
            return manifest
        }
        do throws(LogError) {
            try requireEmpty(directory)
        } catch {
            // Somebody may have made the store since.
            guard case .corrupted = error,
                let manifest = try ManifestFile.load(from: directory, isWriting: isWriting)
            else { throw error }
            return manifest
        }
        return nil
    }

    static func open(
        _ path: String,
        on disk: any Disk,
        creating: Bool
    ) throws(LogError) -> any DiskDirectory {
        do throws(DiskError) {
            return try disk.openDirectory(path, creating: creating)
        } catch {
            throw LogError(error, doing: "open")
        }
    }

    private static func lock(
        _ directory: any DiskDirectory,
        note: [UInt8]
    ) throws(LogError) -> any DiskLock {
        do throws(DiskError) {
            return try directory.lock(FileName.lock.text, note: note)
        } catch {
            throw LogError(error, doing: "lock")
        }
    }

    /// Who holds the lock; for people, and believed by nobody.
    private static func note(_ disk: any Disk) -> [UInt8] {
        Array("pid \(ProcessNumber.current), since \(disk.wallClockMilliseconds()) ms\n".utf8)
    }

    /// Refuses a directory without a manifest in which there is anything but the beginnings of a
    /// store.
    private static func requireEmpty(_ directory: any DiskDirectory) throws(LogError) {
        for name in try knownNames(directory) {
            switch FileName(name) {
            case .lock?, .newManifest?, .reserve?, nil: continue
            case .segment?, .checkpoint?, .newCheckpoint?, .manifest?, .cut?:
                throw .corrupted(
                    LogDamage(
                        file: FileName.manifest.text,
                        byteOffset: 0,
                        detail: "the manifest is missing, but there is '\(name)'"
                    )
                )
            }
        }
    }

    /// Refuses a directory with files that no store has; returns the names of those it has.
    private static func knownNames(
        _ directory: any DiskDirectory
    ) throws(LogError) -> [String] {
        let names: [String]
        do throws(DiskError) {
            names = try directory.names()
        } catch {
            throw LogError(error, doing: "list")
        }
        for name in names where FileName(name) == nil {
            throw .foreign(
                LogFault(
                    "open",
                    file: directory.path,
                    detail: "there is no store in this directory, but there is '\(name)'"
                )
            )
        }
        return names
    }
}

extension Manifest {
    /// Whether no compaction has taken a segment of `other` away since.
    ///
    /// Records that were appended after one refer to its outputs, of which `other` knows nothing.
    fileprivate func hasSegments(of other: Manifest) -> Bool {
        Set(segments.map(\.id)).isSuperset(of: other.segments.map(\.id))
    }
}
