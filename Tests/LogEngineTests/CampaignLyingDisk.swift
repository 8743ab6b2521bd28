import DiskIO
import Locks
import SegmentFormat
import SimulatedDisks
import Testing

/// A way not to keep the contract of a disk, which a log on it cannot notice.
enum CampaignLie: String, CaseIterable, CustomTestStringConvertible {
    /// Files are never synced.
    case filesAreNotSynced

    /// Segments are never synced, everything else is.
    case segmentsAreNotSynced

    /// The manifest's new edition is renamed before it is synced.
    case manifestIsNotSynced

    /// The checkpoint is renamed before it is synced.
    case checkpointIsNotSynced

    /// Directories are never synced.
    case directoriesAreNotSynced

    /// The directory is synced before a rename instead of after it.
    case directoriesAreSyncedEarly

    /// A third of the syncs of files do nothing.
    case someFilesAreNotSynced

    /// Every sync makes only the one before it happen: each comes a call late.
    case filesAreSyncedLate

    /// Cutting a file off does nothing.
    case filesAreNotCut

    /// The manifest comes out without the time before which values have expired.
    case watermarkIsForgotten

    /// The manifest comes out without any time.
    case timeIsForgotten

    /// The time that passes is what the wall clock says, also when that is set forward.
    case timeFollowsTheClock

    var testDescription: String { rawValue }
}

/// A disk that passes everything on but what it lies about.
final class CampaignLyingDisk: Disk {
    private let disk: SimulatedDisk
    private let liar: CampaignLiar

    init(_ disk: SimulatedDisk, _ lie: CampaignLie) {
        self.disk = disk
        liar = CampaignLiar(lie)
    }

    func openDirectory(
        _ path: String,
        creating isCreating: Bool
    ) throws(DiskError) -> any DiskDirectory {
        LyingDirectory(try disk.openDirectory(path, creating: isCreating), liar)
    }

    func wallClockMilliseconds() -> Int64 { disk.wallClockMilliseconds() }
    func monotonicNanoseconds() -> UInt64 { liar.monotonicNanoseconds(disk) }
    func randomBits() -> UInt64 { disk.randomBits() }
}

/// Decides what is passed on.
private final class CampaignLiar: Sendable {
    let lie: CampaignLie
    private let syncCount = Mutex(0)
    private let late = Mutex<(any DiskFile)?>(nil)
    private let latest = Mutex<UInt64>(0)

    init(_ lie: CampaignLie) {
        self.lie = lie
    }

    func monotonicNanoseconds(_ disk: SimulatedDisk) -> UInt64 {
        guard lie == .timeFollowsTheClock else { return disk.monotonicNanoseconds() }
        return latest.withLock { latest in
            latest = max(latest, disk.wall * 1_000_000)
            return latest
        }
    }

    /// Returns the manifest that is written in place of `bytes`; nil when they are.
    func manifest(_ bytes: RawSpan, of file: any DiskFile) -> [UInt8]? {
        guard lie == .watermarkIsForgotten || lie == .timeIsForgotten,
            file.name.hasPrefix("MANIFEST")
        else { return nil }
        let bytes = bytes.withUnsafeBytes { Array($0) }
        guard var manifest = try? Manifest(decoding: bytes, isWriting: true) else { return nil }
        manifest.expiredBefore = 0
        if lie == .timeIsForgotten { manifest.timeFloor = 0 }
        return manifest.encoded()
    }

    func sync(_ file: any DiskFile) throws(DiskError) {
        switch lie {
        case .filesAreNotSynced:
            return
        case .segmentsAreNotSynced where file.name.hasSuffix(".segment"):
            return
        case .manifestIsNotSynced where file.name.hasPrefix("MANIFEST"):
            return
        case .checkpointIsNotSynced where file.name.hasPrefix("CHECKPOINT"):
            return
        case .someFilesAreNotSynced:
            let count = syncCount.withLock { count in
                count += 1
                return count
            }
            guard count % 3 != 0 else { return }
            try file.sync()
        case .filesAreSyncedLate:
            let previous = late.withLock { late in
                defer { late = file }
                return late
            }
            try previous?.sync()
        default:
            try file.sync()
        }
    }
}

private final class LyingDirectory: DiskDirectory {
    private let directory: any DiskDirectory
    private let liar: CampaignLiar

    init(_ directory: any DiskDirectory, _ liar: CampaignLiar) {
        (self.directory, self.liar) = (directory, liar)
    }

    var path: String { directory.path }
    var identity: DirectoryIdentity { directory.identity }

    func names() throws(DiskError) -> [String] { try directory.names() }

    func open(_ name: String, _ access: FileAccess) throws(DiskError) -> any DiskFile {
        LyingFile(try directory.open(name, access), liar)
    }

    func rename(_ source: String, to target: String) throws(DiskError) {
        if liar.lie == .directoriesAreSyncedEarly { try directory.sync() }
        try directory.rename(source, to: target)
    }

    func remove(_ name: String) throws(DiskError) { try directory.remove(name) }

    func sync() throws(DiskError) {
        switch liar.lie {
        case .directoriesAreNotSynced, .directoriesAreSyncedEarly: return
        default: try directory.sync()
        }
    }

    func lock(_ name: String, note: [UInt8]) throws(DiskError) -> any DiskLock {
        try directory.lock(name, note: note)
    }

    func availableByteCount() throws(DiskError) -> UInt64 { try directory.availableByteCount() }
}

private final class LyingFile: DiskFile {
    private let file: any DiskFile
    private let liar: CampaignLiar

    init(_ file: any DiskFile, _ liar: CampaignLiar) {
        (self.file, self.liar) = (file, liar)
    }

    var name: String { file.name }

    func byteCount() throws(DiskError) -> UInt64 { try file.byteCount() }

    func readOnce(
        into bytes: inout MutableRawSpan,
        at byteOffset: UInt64
    ) throws(DiskError) -> Int {
        try file.readOnce(into: &bytes, at: byteOffset)
    }

    func writeOnce(_ bytes: RawSpan, at byteOffset: UInt64) throws(DiskError) -> Int {
        guard let manifest = liar.manifest(bytes, of: file) else {
            return try file.writeOnce(bytes, at: byteOffset)
        }
        return try file.writeOnce(manifest.span.bytes, at: byteOffset)
    }

    func sync() throws(DiskError) { try liar.sync(file) }

    func truncate(to byteCount: UInt64) throws(DiskError) {
        guard liar.lie != .filesAreNotCut else { return }
        try file.truncate(to: byteCount)
    }
}
