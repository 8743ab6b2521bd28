import DiskIO
import SegmentFormat

/// Reads the manifest, and replaces it in one step.
enum ManifestFile {
    /// Returns the manifest, or nil when the directory has none.
    static func load(
        from directory: any DiskDirectory,
        isWriting: Bool
    ) throws(LogError) -> Manifest? {
        let name = FileName.manifest.text
        let bytes: [UInt8]
        do throws(DiskError) {
            let file = try directory.open(name, .reading)
            // One byte more than a manifest has at most: what is longer is none, and says so.
            let count = min(try file.byteCount(), UInt64(FormatLimits.manifestByteCountMax) + 1)
            bytes = try file.bytes(at: 0, count: Int(count))
        } catch {
            if error.kind == .notFound { return nil }
            throw LogError(error, doing: "read manifest")
        }
        do throws(FormatError) {
            return try Manifest(decoding: bytes, isWriting: isWriting)
        } catch {
            throw LogError(error, file: name, byteCount: bytes.count)
        }
    }

    /// A commit that did not happen.
    enum Failure: Error {
        /// The manifest is the one it was.
        case unchanged(LogError)
        /// Nobody knows which one a power cut would leave: no more may be written.
        case unknown(LogFault)
    }

    /// Makes `manifest` the store's: new file, sync, rename, directory sync.
    static func commit(
        _ manifest: Manifest,
        in directory: any DiskDirectory,
        creating create: (String) throws(DiskError) -> any DiskFile
    ) throws(Failure) {
        let name = FileName.newManifest.text
        let file: any DiskFile
        do throws(DiskError) {
            file = try create(name)
            try file.write(manifest.encoded(), at: 0)
        } catch {
            discard(name, in: directory)
            throw .unchanged(LogError(error, doing: "write manifest"))
        }
        do throws(DiskError) {
            try file.sync()
            try directory.rename(name, to: FileName.manifest.text)
            try directory.sync()
        } catch {
            let fault = LogFault("commit manifest", file: error.name, detail: "\(error)")
            // A rename that found no space did not happen; any other failure may or may not have.
            guard error.operation == .rename, error.kind == .diskFull else {
                throw .unknown(fault)
            }
            discard(name, in: directory)
            throw .unchanged(LogError(error, doing: "commit manifest"))
        }
    }

    /// Half of a manifest is of no use to anybody, and on a full disk its space is; when it can't
    /// be removed now, the next commit or opening will.
    private static func discard(_ name: String, in directory: any DiskDirectory) {
        _ = try? directory.remove(name)
    }
}

extension DiskDirectory {
    /// Creates a file that nothing refers to yet, in place of any leftover of that name.
    func create(_ name: String) throws(DiskError) -> any DiskFile {
        do throws(DiskError) {
            return try open(name, .creating)
        } catch {
            guard error.kind == .alreadyExists else { throw error }
            try remove(name)
            return try open(name, .creating)
        }
    }
}
