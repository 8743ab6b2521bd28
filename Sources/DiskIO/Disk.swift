/// The world outside the process, as far as the log asks for it.
///
/// Everything that touches files, time or chance goes through this protocol, so that a simulated
/// disk can cut the power, fill up, fail and lie at any call. The log never calls the system in
/// another way.
package protocol Disk: Sendable {
    /// Opens the directory at `path`, creating it with mode 0700 when `isCreating` and it is not
    /// there; missing parents are not created.
    ///
    /// When `isCreating`, its name survives a power cut from then on, also if it was there before.
    func openDirectory(
        _ path: String,
        creating isCreating: Bool
    ) throws(DiskError) -> any DiskDirectory

    /// Returns the wall clock in milliseconds since 1970; it may jump either way.
    func wallClockMilliseconds() -> Int64

    /// Returns a clock in nanoseconds that never goes back within the process.
    func monotonicNanoseconds() -> UInt64

    /// Returns 64 bits nobody can guess.
    func randomBits() -> UInt64
}

/// One open directory; names in it are plain file names, never paths.
///
/// Nothing follows a symbolic link: opening one is an error of kind `notAFile`.
package protocol DiskDirectory: AnyObject, Sendable {
    /// The path it was opened by, for messages.
    var path: String { get }

    /// What tells it from every other directory of the machine, however it was reached.
    var identity: DirectoryIdentity { get }

    /// Returns the names of all entries, sorted, without `.` and `..`.
    func names() throws(DiskError) -> [String]

    /// Opens a file.
    func open(_ name: String, _ access: FileAccess) throws(DiskError) -> any DiskFile

    /// Gives the file `source` the name `target`, replacing any file of that name in one step.
    func rename(_ source: String, to target: String) throws(DiskError)

    /// Removes the name; a file that is still open stays readable until it is closed.
    func remove(_ name: String) throws(DiskError)

    /// Makes every creation, rename and removal so far survive a power cut.
    func sync() throws(DiskError)

    /// Takes the kernel's exclusive lock on `name` (created when missing), without waiting.
    ///
    /// Once it is held, `note` replaces the file's content: who holds it, for messages only.
    ///
    /// - Throws: kind `locked`, with the holder's note as its detail, when somebody else holds it.
    func lock(_ name: String, note: [UInt8]) throws(DiskError) -> any DiskLock

    /// Returns how many bytes may still be written.
    func availableByteCount() throws(DiskError) -> UInt64
}

/// What identifies a directory: device and inode number.
package struct DirectoryIdentity: Hashable, Sendable {
    package var device: UInt64
    package var inode: UInt64

    package init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }
}

/// How a file is opened.
package enum FileAccess: Equatable, Sendable {
    /// For reading; it must exist.
    case reading

    /// For reading and writing; it must exist.
    case writing

    /// For reading and writing; it must not exist, and gets mode 0600.
    case creating
}

/// One open file, with explicit offsets, so that any number of threads may read it at once.
///
/// Closed when the last reference goes.
package protocol DiskFile: AnyObject, Sendable {
    /// The name it was opened by, for messages.
    var name: String { get }

    /// Returns its length in bytes.
    func byteCount() throws(DiskError) -> UInt64

    /// Reads once at `byteOffset` into the front of `bytes`; returns how many bytes came, possibly
    /// fewer than asked for, and 0 only at the end of the file.
    ///
    /// - Throws: kind `interrupted` when the same call should simply be made again.
    func readOnce(into bytes: inout MutableRawSpan, at byteOffset: UInt64) throws(DiskError) -> Int

    /// Puts the first `byteCount` bytes into the memory of the process, also those that the file
    /// does not have yet: they may be read once it has.
    ///
    /// - Throws: kind `unsupported` when it can't be had.
    func map(_ byteCount: Int) throws(DiskError) -> FileMapping

    /// Writes once at `byteOffset`; returns how many bytes were taken, possibly fewer than given.
    ///
    /// - Throws: kind `interrupted` when the same call should simply be made again.
    func writeOnce(_ bytes: RawSpan, at byteOffset: UInt64) throws(DiskError) -> Int

    /// Makes the file's content and length survive a power cut.
    func sync() throws(DiskError)

    /// Cuts or extends (with zeros) the file.
    func truncate(to byteCount: UInt64) throws(DiskError)

    /// Makes sure that there is space for `byteCount` bytes at `byteOffset`, the end of the file,
    /// which read as zeros from then on.
    ///
    /// - Throws: kind `unsupported` when it can't be had without writing the zeros. The file may
    ///   have become longer by a part of it all the same.
    func allocate(_ byteCount: Int, at byteOffset: UInt64) throws(DiskError)
}

/// A held lock; `release` gives it back, and so does the end of the process.
package protocol DiskLock: AnyObject, Sendable {
    /// Gives the lock back; further calls do nothing.
    func release()
}

extension DiskFile {
    /// How many interrupted or empty-handed calls in a row are too many to be an accident.
    package static var retryCountMax: Int { 1_000 }

    /// Reads at `byteOffset` until `bytes` is full or the file ends; returns how many bytes came.
    package func read(
        into bytes: inout MutableRawSpan,
        at byteOffset: UInt64
    ) throws(DiskError) -> Int {
        var count = 0
        var retries = 0
        while count < bytes.byteCount {
            do throws(DiskError) {
                var rest = bytes._mutatingExtracting(count..<bytes.byteCount)
                let step = try readOnce(into: &rest, at: byteOffset + UInt64(count))
                if step == 0 { break }
                count += step
                retries = 0
            } catch {
                guard error.kind == .interrupted, retries < Self.retryCountMax else { throw error }
                retries += 1
            }
        }
        return count
    }

    /// Most disks can't.
    package func map(_ byteCount: Int) throws(DiskError) -> FileMapping {
        throw DiskError(.unsupported, .map, name)
    }

    /// Most disks can't.
    package func allocate(_ byteCount: Int, at byteOffset: UInt64) throws(DiskError) {
        throw DiskError(.unsupported, .allocate, name)
    }

    /// Writes all of `bytes` at `byteOffset`.
    ///
    /// When it throws, any part of `bytes` may be in the file.
    package func write(_ bytes: RawSpan, at byteOffset: UInt64) throws(DiskError) {
        var count = 0
        var retries = 0
        while count < bytes.byteCount {
            do throws(DiskError) {
                let rest = bytes.extracting(count..<bytes.byteCount)
                let step = try writeOnce(rest, at: byteOffset + UInt64(count))
                guard step == 0 else {
                    count += step
                    retries = 0
                    continue
                }
                // A disk that takes nothing and reports nothing must not hold the writer for ever.
                guard retries < Self.retryCountMax else {
                    throw DiskError(.inputOutput, .write, name, detail: "no progress")
                }
                retries += 1
            } catch {
                guard error.kind == .interrupted, retries < Self.retryCountMax else { throw error }
                retries += 1
            }
        }
    }
}
