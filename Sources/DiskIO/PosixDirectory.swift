#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

final class PosixDirectory: DiskDirectory {
    /// How often a lock file may be replaced under our hands before we call it taken.
    private static let lockAttemptCountMax = 100

    let path: String
    let identity: DirectoryIdentity

    private let descriptor: Descriptor

    init(_ descriptor: consuming Descriptor, path: String) throws(DiskError) {
        let status: stat
        do throws(SystemError) {
            status = try descriptor.status()
        } catch {
            throw DiskError(error, .openDirectory, path)
        }
        self.path = path
        identity = DirectoryIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        self.descriptor = descriptor
    }

    func names() throws(DiskError) -> [String] {
        let names = try reporting(.names, path) { () throws(SystemError) in
            try descriptor.names()
        }
        return names.filter { $0 != "." && $0 != ".." }.sorted()
    }

    func open(_ name: String, _ access: FileAccess) throws(DiskError) -> any DiskFile {
        let flags =
            switch access {
            case .reading: O_RDONLY
            case .writing: O_RDWR
            case .creating: O_RDWR | O_CREAT | O_EXCL
            }
        let file = try openRegular(name, flags: flags, .open)
        return PosixFile(file, name: name, access: access)
    }

    func rename(_ source: String, to target: String) throws(DiskError) {
        check(source)
        check(target)
        try reporting(.rename, source) { () throws(SystemError) in
            try descriptor.rename(source, to: target)
        }
    }

    func remove(_ name: String) throws(DiskError) {
        check(name)
        try reporting(.remove, name) { () throws(SystemError) in
            try descriptor.remove(name)
        }
    }

    func sync() throws(DiskError) {
        try reporting(.syncDirectory, path) { () throws(SystemError) in
            try descriptor.sync()
        }
    }

    func lock(_ name: String, note: [UInt8]) throws(DiskError) -> any DiskLock {
        for _ in 0..<Self.lockAttemptCountMax {
            let file = try openRegular(name, flags: O_RDWR | O_CREAT, .lock)
            do throws(SystemError) {
                try file.lock()
            } catch {
                guard error.code == EWOULDBLOCK else { throw DiskError(error, .lock, name) }
                throw DiskError(
                    .locked, .lock, name, code: error.code, detail: PosixLock.note(in: file))
            }
            // Between opening and locking the file may have been removed, and somebody else may
            // hold a new one of that name.
            guard try isStill(file, named: name) else { continue }
            return PosixLock(file, note: note)
        }
        throw DiskError(.locked, .lock, name, detail: "the lock file keeps being replaced")
    }

    func availableByteCount() throws(DiskError) -> UInt64 {
        let status = try reporting(.availableByteCount, path) { () throws(SystemError) in
            try descriptor.fileSystemStatus()
        }
        // Quotas do not show here; they show as `diskFull` when they are used up.
        let (byteCount, isOverflowing) = UInt64(status.f_bavail)
            .multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return isOverflowing ? .max : byteCount
    }

    /// Opens a plain file and nothing else.
    private func openRegular(
        _ name: String,
        flags: Int32,
        _ operation: DiskError.Operation
    ) throws(DiskError) -> Descriptor {
        check(name)
        let file = try reporting(operation, name) { () throws(SystemError) in
            // Without O_NONBLOCK, opening a fifo would wait for its other end before we could see
            // what it is; plain files do not care.
            try descriptor.open(
                name, flags: flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, mode: 0o600)
        }
        let status = try reporting(operation, name) { () throws(SystemError) in
            try file.status()
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw DiskError(.notAFile, operation, name, detail: "not a regular file")
        }
        return file
    }

    private func isStill(
        _ file: borrowing Descriptor,
        named name: String
    ) throws(DiskError) -> Bool {
        do throws(SystemError) {
            let held = try file.status()
            let named = try descriptor.status(of: name)
            return held.st_dev == named.st_dev && held.st_ino == named.st_ino
        } catch {
            guard error.code == ENOENT else { throw DiskError(error, .lock, name) }
            return false
        }
    }

    private func check(_ name: String) {
        precondition(
            !name.isEmpty && name != "." && name != ".." && !name.utf8.contains(UInt8(ascii: "/")),
            "a file name is not a path")
    }
}
