#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The machine's own files, clocks and randomness.
///
/// The path of a directory is the operator's business and may lead through symbolic links; below it
/// nothing follows one.
///
/// A process with a limit on the size of files (`RLIMIT_FSIZE`) gets the signal SIGXFSZ for a write
/// past it, and dies of it unless the process ignores that signal or the writing thread blocks it;
/// a library must not decide that for the process. Then such a write throws kind `diskFull`.
package struct PosixDisk: Disk {
    package init() {}

    package func openDirectory(
        _ path: String,
        creating isCreating: Bool
    ) throws(DiskError) -> any DiskDirectory {
        let descriptor: Descriptor
        if isCreating {
            descriptor = try createDirectory(path)
        } else {
            descriptor = try reporting(.openDirectory, path) { () throws(SystemError) in
                try Descriptor.open(path: path, flags: O_RDONLY | O_DIRECTORY)
            }
        }
        return try PosixDirectory(descriptor, path: path)
    }

    package func wallClockMilliseconds() -> Int64 {
        let time = SystemClock.wall()
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    package func monotonicNanoseconds() -> UInt64 {
        let time = SystemClock.monotonic()
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    package func randomBits() -> UInt64 {
        // On Linux this is getrandom(2), drawn from the kernel each time.
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }

    /// Opens the directory, making it first when it is missing, with its name synced either way:
    /// the process that made it may have been killed before it came to that.
    private func createDirectory(_ path: String) throws(DiskError) -> Descriptor {
        try reporting(.openDirectory, path) { () throws(SystemError) in
            let (parentPath, name) = Self.split(path)
            let parent: Descriptor
            do throws(SystemError) {
                parent = try Descriptor.open(path: parentPath, flags: O_RDONLY | O_DIRECTORY)
            } catch {
                // A parent that may be passed but not listed cannot be synced; whoever made the
                // directory in there answers for its name.
                guard error.code == EACCES else { throw error }
                return try Descriptor.open(path: path, flags: O_RDONLY | O_DIRECTORY)
            }
            do throws(SystemError) {
                try parent.makeDirectory(name, mode: 0o700)
            } catch {
                // What is there is reported as such even where nothing may be made.
                guard error.code == EEXIST else { throw error }
            }
            let directory = try Descriptor.open(path: path, flags: O_RDONLY | O_DIRECTORY)
            try parent.sync()
            return directory
        }
    }

    /// Takes the last component off a path.
    private static func split(_ path: String) -> (parent: String, name: String) {
        let trimmed = path.reversed().drop { $0 == "/" }
        let name = String(trimmed.prefix { $0 != "/" }.reversed())
        let parent = String(trimmed.dropFirst(name.count).reversed())
        // The root and the working directory are their own parents as far as making them goes.
        if name.isEmpty { return (path.isEmpty ? "." : "/", ".") }
        return (parent.isEmpty ? "." : parent, name)
    }
}
