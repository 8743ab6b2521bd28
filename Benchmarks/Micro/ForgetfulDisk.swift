import DiskIO
import Synchronization

/// The machine's files, until it is told to forget: then what is written goes nowhere, and takes no
/// time, and neither does a sync.
///
/// Good for a log whose keys are all new: it reads nothing back.
final class ForgetfulDisk: Disk {
    private let disk = PosixDisk()
    private let switchboard = Switch()

    /// Whether the disk forgets.
    final class Switch: Sendable {
        let isForgetting = Atomic(false)
    }

    /// Forgets all that comes from now on.
    func forget() { switchboard.isForgetting.store(true, ordering: .relaxed) }

    func openDirectory(
        _ path: String,
        creating isCreating: Bool
    ) throws(DiskError) -> any DiskDirectory {
        ForgetfulDirectory(try disk.openDirectory(path, creating: isCreating), switchboard)
    }

    func wallClockMilliseconds() -> Int64 { disk.wallClockMilliseconds() }
    func monotonicNanoseconds() -> UInt64 { disk.monotonicNanoseconds() }
    func randomBits() -> UInt64 { disk.randomBits() }
}

private final class ForgetfulDirectory: DiskDirectory {
    private let directory: any DiskDirectory
    private let switchboard: ForgetfulDisk.Switch

    init(_ directory: any DiskDirectory, _ switchboard: ForgetfulDisk.Switch) {
        self.directory = directory
        self.switchboard = switchboard
    }

    var path: String { directory.path }
    var identity: DirectoryIdentity { directory.identity }

    func names() throws(DiskError) -> [String] { try directory.names() }

    func open(_ name: String, _ access: FileAccess) throws(DiskError) -> any DiskFile {
        ForgetfulFile(try directory.open(name, access), switchboard)
    }

    func rename(_ source: String, to target: String) throws(DiskError) {
        try directory.rename(source, to: target)
    }

    func remove(_ name: String) throws(DiskError) { try directory.remove(name) }

    func sync() throws(DiskError) {
        guard !switchboard.isForgetting.load(ordering: .relaxed) else { return }
        try directory.sync()
    }

    func lock(_ name: String, note: [UInt8]) throws(DiskError) -> any DiskLock {
        try directory.lock(name, note: note)
    }

    func availableByteCount() throws(DiskError) -> UInt64 { try directory.availableByteCount() }
}

private final class ForgetfulFile: DiskFile {
    private let file: any DiskFile
    private let switchboard: ForgetfulDisk.Switch

    init(_ file: any DiskFile, _ switchboard: ForgetfulDisk.Switch) {
        self.file = file
        self.switchboard = switchboard
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
        guard !switchboard.isForgetting.load(ordering: .relaxed) else { return bytes.byteCount }
        return try file.writeOnce(bytes, at: byteOffset)
    }

    func sync() throws(DiskError) {
        guard !switchboard.isForgetting.load(ordering: .relaxed) else { return }
        try file.sync()
    }

    func truncate(to byteCount: UInt64) throws(DiskError) {
        guard !switchboard.isForgetting.load(ordering: .relaxed) else { return }
        try file.truncate(to: byteCount)
    }
}
