import DiskIO
import Locks

/// The machine's disk, with a count of what is read from and written to each file, and clocks that
/// can be moved.
final class CountingDisk: Disk {
    private struct Counts {
        var read: [String: Int] = [:]
        var written: [String: Int] = [:]
        var changes = 0
        var milliseconds: UInt64 = 0
    }

    private let counts = Mutex(Counts())
    private let willChange = Mutex<(@Sendable (_ number: Int) -> Void)?>(nil)
    private let willSync = Mutex<(@Sendable (_ name: String) -> Void)?>(nil)
    private let disk = PosixDisk()

    var readByteCounts: [String: Int] { counts.withLock { $0.read } }

    /// Zeros that are written ahead of records count, too.
    var writtenByteCounts: [String: Int] { counts.withLock { $0.written } }
    var writtenByteCount: Int { writtenByteCounts.values.reduce(0, +) }

    /// How many calls asked for a change, from writing bytes to removing a name.
    var changeCount: Int { counts.withLock { $0.changes } }

    func forgetCounts() {
        counts.withLock { counts in
            counts = Counts(milliseconds: counts.milliseconds)
        }
    }

    /// Lets time pass, on both clocks.
    func advance(milliseconds: UInt64) {
        counts.withLock { $0.milliseconds += milliseconds }
    }

    /// Calls `body` before each change, with its number since the counts were forgotten.
    func watchChanges(_ body: (@Sendable (_ number: Int) -> Void)?) {
        willChange.withLock { $0 = body }
    }

    /// Calls `body` before each sync of a file, with its name.
    func watchSyncs(_ body: (@Sendable (_ name: String) -> Void)?) {
        willSync.withLock { $0 = body }
    }

    fileprivate func noteSync(of name: String) {
        noteChange()
        willSync.withLock { $0 }?(name)
    }

    fileprivate func note(read byteCount: Int, of name: String) {
        counts.withLock { $0.read[name, default: 0] += byteCount }
    }

    fileprivate func note(written byteCount: Int, to name: String) {
        counts.withLock { $0.written[name, default: 0] += byteCount }
    }

    fileprivate func noteChange() {
        let number = counts.withLock { counts in
            counts.changes += 1
            return counts.changes - 1
        }
        willChange.withLock { $0 }?(number)
    }

    func openDirectory(
        _ path: String,
        creating isCreating: Bool
    ) throws(DiskError) -> any DiskDirectory {
        CountingDirectory(try disk.openDirectory(path, creating: isCreating), self)
    }

    func wallClockMilliseconds() -> Int64 {
        disk.wallClockMilliseconds() + Int64(counts.withLock { $0.milliseconds })
    }

    func monotonicNanoseconds() -> UInt64 {
        disk.monotonicNanoseconds() + counts.withLock { $0.milliseconds } * 1_000_000
    }

    func randomBits() -> UInt64 { disk.randomBits() }
}

private final class CountingDirectory: DiskDirectory {
    private let directory: any DiskDirectory
    private let disk: CountingDisk

    init(_ directory: any DiskDirectory, _ disk: CountingDisk) {
        self.directory = directory
        self.disk = disk
    }

    var path: String { directory.path }
    var identity: DirectoryIdentity { directory.identity }
    func names() throws(DiskError) -> [String] { try directory.names() }
    func open(_ name: String, _ access: FileAccess) throws(DiskError) -> any DiskFile {
        if access == .creating { disk.noteChange() }
        return CountingFile(try directory.open(name, access), disk)
    }
    func rename(_ source: String, to target: String) throws(DiskError) {
        disk.noteChange()
        try directory.rename(source, to: target)
    }
    func remove(_ name: String) throws(DiskError) {
        disk.noteChange()
        try directory.remove(name)
    }
    func sync() throws(DiskError) {
        disk.noteChange()
        try directory.sync()
    }
    func lock(_ name: String, note: [UInt8]) throws(DiskError) -> any DiskLock {
        try directory.lock(name, note: note)
    }
    func availableByteCount() throws(DiskError) -> UInt64 { try directory.availableByteCount() }
}

private final class CountingFile: DiskFile {
    private let file: any DiskFile
    private let disk: CountingDisk

    init(_ file: any DiskFile, _ disk: CountingDisk) {
        self.file = file
        self.disk = disk
    }

    var name: String { file.name }
    func byteCount() throws(DiskError) -> UInt64 { try file.byteCount() }
    func readOnce(
        into bytes: inout MutableRawSpan,
        at byteOffset: UInt64
    ) throws(DiskError) -> Int {
        let count = try file.readOnce(into: &bytes, at: byteOffset)
        disk.note(read: count, of: name)
        return count
    }
    func map(_ byteCount: Int) throws(DiskError) -> FileMapping { try file.map(byteCount) }
    func writeOnce(_ bytes: RawSpan, at byteOffset: UInt64) throws(DiskError) -> Int {
        disk.noteChange()
        let count = try file.writeOnce(bytes, at: byteOffset)
        disk.note(written: count, to: name)
        return count
    }
    func sync() throws(DiskError) {
        disk.noteSync(of: name)
        try file.sync()
    }
    func truncate(to byteCount: UInt64) throws(DiskError) {
        disk.noteChange()
        try file.truncate(to: byteCount)
    }
    func allocate(_ byteCount: Int, at byteOffset: UInt64) throws(DiskError) {
        disk.noteChange()
        try file.allocate(byteCount, at: byteOffset)
    }
}
