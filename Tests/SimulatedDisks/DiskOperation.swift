package import DiskIO

/// One call to the simulated disk, as it stands in the trace.
package struct DiskOperation: Hashable, Sendable, CustomStringConvertible {
    package var kind: DiskError.Operation

    /// The file's name, or the directory's path for calls about the directory itself.
    package var name: String

    /// The new name of a rename; empty otherwise.
    package var target: String

    /// Where a read or write begins, or the new length of a truncation.
    package var byteOffset: UInt64

    /// How many bytes a read asks for or a write gives.
    package var byteCount: Int

    /// Whether it would change the disk: false for reads and for opening what is there for reading.
    package var isChanging: Bool

    package var description: String {
        switch kind {
        case .read, .write, .allocate: "\(kind) \(name) at \(byteOffset) count \(byteCount)"
        case .truncate: "\(kind) \(name) to \(byteOffset)"
        case .rename: "\(kind) \(name) to \(target)"
        default: "\(kind) \(name)"
        }
    }

    init(
        _ kind: DiskError.Operation,
        _ name: String,
        target: String = "",
        byteOffset: UInt64 = 0,
        byteCount: Int = 0,
        isChanging: Bool
    ) {
        self.kind = kind
        self.name = name
        self.target = target
        self.byteOffset = byteOffset
        self.byteCount = byteCount
        self.isChanging = isChanging
    }
}
