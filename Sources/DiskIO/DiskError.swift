/// A call to the disk that did not do what was asked: which call, on what, and why.
package struct DiskError: Error, Equatable, Sendable {
    /// What a caller may want to react to.
    package enum Kind: Equatable, Sendable {
        /// There is no such file or directory.
        case notFound
        /// There is already a file of that name.
        case alreadyExists
        /// It is not a plain file or not a directory, or a symbolic link stands in its place.
        case notAFile
        /// The owner or mode of the file or directory forbids it.
        case accessDenied
        /// The file system is mounted read-only.
        case readOnly
        /// No space, or the quota is used up.
        case diskFull
        /// Out of file descriptors.
        case tooManyOpenFiles
        /// Somebody else holds the lock.
        case locked
        /// A signal came first: make the same call again.
        case interrupted
        /// The file system cannot do this at all (locks on some network file systems).
        case unsupported
        /// Anything else: the device failed, and nobody knows what it holds.
        case inputOutput
    }

    /// Which call it was.
    package enum Operation: String, Equatable, Sendable {
        case openDirectory, names, open, rename, remove, syncDirectory, lock, availableByteCount
        case byteCount, read, map, write, sync, truncate, allocate
    }

    package var kind: Kind
    package var operation: Operation

    /// The file's name, or the directory's path.
    package var name: String

    /// The system's error number; 0 when there is none.
    package var code: Int32

    /// What else is known, for people; the holder's note when `kind` is `locked`.
    package var detail: String

    package init(
        _ kind: Kind,
        _ operation: Operation,
        _ name: String,
        code: Int32 = 0,
        detail: String = ""
    ) {
        self.kind = kind
        self.operation = operation
        self.name = name
        self.code = code
        self.detail = detail
    }
}
