#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

final class PosixFile: DiskFile {
    let name: String

    private let access: FileAccess
    private let descriptor: Descriptor

    init(_ descriptor: consuming Descriptor, name: String, access: FileAccess) {
        self.name = name
        self.access = access
        self.descriptor = descriptor
    }

    func byteCount() throws(DiskError) -> UInt64 {
        let status = try reporting(.byteCount, name) { () throws(SystemError) in
            try descriptor.status()
        }
        return UInt64(status.st_size)
    }

    func readOnce(
        into bytes: inout MutableRawSpan,
        at byteOffset: UInt64
    ) throws(DiskError) -> Int {
        // No file reaches that far.
        guard let byteOffset = off_t(exactly: byteOffset) else { return 0 }
        do throws(SystemError) {
            return try descriptor.read(into: &bytes, at: byteOffset)
        } catch {
            throw DiskError(error, .read, name)
        }
    }

    func map(_ byteCount: Int) throws(DiskError) -> FileMapping {
        try reporting(.map, name) { () throws(SystemError) in
            try descriptor.map(byteCount)
        }
    }

    func writeOnce(_ bytes: RawSpan, at byteOffset: UInt64) throws(DiskError) -> Int {
        try checkWritable(.write)
        let byteOffset = try offset(byteOffset, .write)
        do throws(SystemError) {
            return try descriptor.write(bytes, at: byteOffset)
        } catch {
            throw DiskError(error, .write, name)
        }
    }

    func sync() throws(DiskError) {
        try reporting(.sync, name) { () throws(SystemError) in
            try descriptor.syncData()
        }
    }

    func truncate(to byteCount: UInt64) throws(DiskError) {
        try checkWritable(.truncate)
        let byteCount = try offset(byteCount, .truncate)
        try reporting(.truncate, name) { () throws(SystemError) in
            try descriptor.truncate(to: byteCount)
        }
    }

    func allocate(_ byteCount: Int, at byteOffset: UInt64) throws(DiskError) {
        try checkWritable(.allocate)
        let byteOffset = try offset(byteOffset, .allocate)
        try reporting(.allocate, name) { () throws(SystemError) in
            try descriptor.allocate(off_t(byteCount), at: byteOffset)
        }
    }

    private func checkWritable(_ operation: DiskError.Operation) throws(DiskError) {
        guard access == .reading else { return }
        throw DiskError(.accessDenied, operation, name, code: EBADF, detail: "opened for reading")
    }

    private func offset(
        _ byteOffset: UInt64,
        _ operation: DiskError.Operation
    ) throws(DiskError) -> off_t {
        guard let offset = off_t(exactly: byteOffset) else {
            throw DiskError(SystemError(code: EFBIG), operation, name)
        }
        return offset
    }
}
