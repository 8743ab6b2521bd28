#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// An open file descriptor, closed with its owner, and every system call that is made on one.
///
/// The only file of this module that says `unsafe`. It does so where a C function takes a pointer:
/// to a string or to a local structure, which Swift keeps alive for the call; to the bytes of a
/// span, passed with the span's own count; and to what `readdir` returns, which is read before the
/// next call on a stream nobody else has.
struct Descriptor: ~Copyable, Sendable {
    private let number: Int32

    /// Takes over an open descriptor, moved out of the way of the standard streams.
    ///
    /// A process that was started with one of them closed would get its number for a file of the
    /// store, and the next line anybody prints would be written into it.
    private init(owning number: Int32) throws(SystemError) {
        guard number <= 2 else {
            self.number = number
            return
        }
        let higher = fcntl(number, F_DUPFD_CLOEXEC, 3)
        let code = errno
        close(number)
        guard higher >= 0 else { throw SystemError(code: code) }
        self.number = higher
    }

    deinit {
        // What matters has been synced before; an error of close could not be acted on either.
        close(number)
    }

    // MARK: Opening

    /// Opens a path, relative to the working directory.
    static func open(path: String, flags: Int32) throws(SystemError) -> Descriptor {
        let number = try checked { unsafe openat(AT_FDCWD, path, flags | O_CLOEXEC) }
        return try Descriptor(owning: number)
    }

    /// Opens a name in this directory.
    func open(_ name: String, flags: Int32, mode: mode_t = 0) throws(SystemError) -> Descriptor {
        let number = try checked { unsafe openat(self.number, name, flags | O_CLOEXEC, mode) }
        return try Descriptor(owning: number)
    }

    // MARK: Files

    func status() throws(SystemError) -> stat {
        var status = stat()
        _ = try checked { unsafe fstat(number, &status) }
        return status
    }

    func read(into bytes: inout MutableRawSpan, at byteOffset: off_t) throws(SystemError) -> Int {
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe pread(number, buffer.baseAddress, buffer.count, byteOffset)
        }
        guard count >= 0 else { throw SystemError(code: errno) }
        return count
    }

    /// Maps the first `byteCount` bytes, also those that the file does not have yet.
    func map(_ byteCount: Int) throws(SystemError) -> FileMapping {
        guard let start = unsafe mmap(nil, byteCount, PROT_READ, MAP_SHARED, number, 0),
            // What C calls MAP_FAILED.
            Int(bitPattern: start) != -1
        else { throw SystemError(code: errno) }
        // Records are read in no order: what stands beside one is of no use, and would push out of
        // memory what is. What does not help does not hurt either.
        _ = unsafe madvise(start, byteCount, MADV_RANDOM)
        return unsafe FileMapping(owning: start, byteCount: byteCount)
    }

    func write(_ bytes: RawSpan, at byteOffset: off_t) throws(SystemError) -> Int {
        let count = unsafe bytes.withUnsafeBytes { buffer in
            unsafe pwrite(number, buffer.baseAddress, buffer.count, byteOffset)
        }
        guard count >= 0 else { throw SystemError(code: errno) }
        return count
    }

    /// Returns the first bytes of the file, up to `byteCountMax`, from a single read.
    func front(byteCountMax: Int) throws(SystemError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: byteCountMax)
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe pread(number, buffer.baseAddress, buffer.count, 0)
        }
        guard count >= 0 else { throw SystemError(code: errno) }
        return Array(bytes.prefix(count))
    }

    /// Makes `bytes` the content of the file, with a single write.
    func replaceContent(with bytes: [UInt8]) throws(SystemError) {
        try truncate(to: 0)
        _ = try unsafe write(bytes.span.bytes, at: 0)
    }

    func truncate(to byteCount: off_t) throws(SystemError) {
        _ = try checked { ftruncate(number, byteCount) }
    }

    /// Extends the file by space that reads as zeros.
    func allocate(_ byteCount: off_t, at byteOffset: off_t) throws(SystemError) {
        // It returns its error, and leaves `errno` alone.
        var code = posix_fallocate(number, byteOffset, byteCount)
        while code == EINTR { code = posix_fallocate(number, byteOffset, byteCount) }
        guard code == 0 else { throw SystemError(code: code) }
    }

    /// Syncs content, and of the metadata what is needed to read it, the length above all.
    func syncData() throws(SystemError) {
        _ = try checked { fdatasync(number) }
    }

    /// Syncs everything.
    func sync() throws(SystemError) {
        _ = try checked { fsync(number) }
    }

    func lock() throws(SystemError) {
        _ = try checked { flock(number, LOCK_EX | LOCK_NB) }
    }

    /// Unlocks for every process that inherited the descriptor, which closing it would not.
    func unlock() {
        _ = flock(number, LOCK_UN)
    }

    // MARK: Directories

    /// Returns the status of a name in this directory, of a link itself rather than where it leads.
    func status(of name: String) throws(SystemError) -> stat {
        var status = stat()
        _ = try checked { unsafe fstatat(number, name, &status, AT_SYMLINK_NOFOLLOW) }
        return status
    }

    func makeDirectory(_ name: String, mode: mode_t) throws(SystemError) {
        _ = try checked { unsafe mkdirat(number, name, mode) }
    }

    func rename(_ source: String, to target: String) throws(SystemError) {
        _ = try checked { unsafe renameat(number, source, number, target) }
    }

    func remove(_ name: String) throws(SystemError) {
        _ = try checked { unsafe unlinkat(number, name, 0) }
    }

    /// Returns the names in this directory, in no order, with `.` and `..`.
    func names() throws(SystemError) -> [String] {
        // A description of its own: duplicates share their position, and two listings at once would
        // each get a part of the names.
        let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
        let number = try checked { unsafe openat(self.number, ".", flags) }
        guard let stream = unsafe fdopendir(number) else {
            let code = errno
            close(number)
            throw SystemError(code: code)
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else { break }
            // Not through a copy of the structure: entries are shorter than it declares.
            let nameOffset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
            let name = unsafe UnsafeRawPointer(entry).advanced(by: nameOffset)
            unsafe names.append(String(cString: name.assumingMemoryBound(to: CChar.self)))
        }
        guard errno == 0 else { throw SystemError(code: errno) }
        return names
    }

    func fileSystemStatus() throws(SystemError) -> statvfs {
        var status = statvfs()
        _ = try checked { unsafe fstatvfs(number, &status) }
        return status
    }
}

/// What a system call left in `errno`.
struct SystemError: Error {
    let code: Int32
}

/// The system's clocks.
enum SystemClock {
    static func wall() -> timespec { now(CLOCK_REALTIME) }
    static func monotonic() -> timespec { now(CLOCK_MONOTONIC) }

    private static func now(_ clock: clockid_t) -> timespec {
        var time = timespec()
        let result = unsafe clock_gettime(clock, &time)
        precondition(result == 0, "every Linux has these clocks")
        return time
    }
}

/// Makes a call that returns -1 on failure, and makes it again when a signal interrupts it.
///
/// Reads and writes are not made through it: their callers count the attempts.
private func checked(_ call: () -> Int32) throws(SystemError) -> Int32 {
    while true {
        let result = call()
        if result >= 0 { return result }
        let code = errno
        guard code == EINTR else { throw SystemError(code: code) }
    }
}
