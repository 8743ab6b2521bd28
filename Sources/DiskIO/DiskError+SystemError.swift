#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension DiskError {
    init(_ error: SystemError, _ operation: Operation, _ name: String, detail: String = "") {
        self.init(
            Kind(code: error.code), operation, name, code: error.code, detail: detail)
    }
}

extension DiskError.Kind {
    /// The one place where error numbers get their meaning.
    init(code: Int32) {
        self =
            switch code {
            case ENOENT: .notFound
            case EEXIST: .alreadyExists
            // ENXIO: a socket, or a fifo or device with nobody at the other end.
            case ELOOP, ENOTDIR, EISDIR, ENOTEMPTY, ENXIO: .notAFile
            case EACCES, EPERM: .accessDenied
            case EROFS: .readOnly
            case ENOSPC, EDQUOT, EFBIG: .diskFull
            case EMFILE, ENFILE: .tooManyOpenFiles
            case EINTR, EAGAIN: .interrupted
            case ENOLCK, EOPNOTSUPP, ENOSYS, EINVAL: .unsupported
            default: .inputOutput
            }
    }
}

/// Makes system calls whose errors are reported as those of `operation` on `name`.
func reporting<Value: ~Copyable>(
    _ operation: DiskError.Operation,
    _ name: String,
    _ body: () throws(SystemError) -> Value
) throws(DiskError) -> Value {
    do throws(SystemError) {
        return try body()
    } catch {
        throw DiskError(error, operation, name)
    }
}
