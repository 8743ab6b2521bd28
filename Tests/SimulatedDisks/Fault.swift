import DiskIO

/// A way for one call to go wrong.
package enum Fault: Hashable, Sendable {
    /// The device fails. A write may leave any front part of its bytes behind; a sync makes nothing
    /// durable, and what it was for stays pending.
    case inputOutput

    /// No space. A write first takes a part (the call after it is refused), or nothing.
    case diskFull

    /// A read or write moves at least one byte, but fewer than asked for.
    case shortTransfer

    /// A read or write is interrupted before it moved anything.
    case interrupted

    /// The process is out of file descriptors.
    case tooManyOpenFiles

    /// The file system went read-only.
    case readOnly

    /// The owner or mode forbids it.
    case accessDenied

    /// A sync fails and the unsynced changes are forgotten: later syncs succeed without them.
    case syncFailure(thenReading: UnsyncedBytes)

    /// A write finds no space, not for one byte; what `diskFull` leads to after a part.
    case refusedWrite

    /// A write reports success and changes nothing but the length.
    case lostWrite

    /// What a read returns for bytes whose sync failed.
    package enum UnsyncedBytes: Hashable, Sendable {
        /// What was written, until the power goes (ext4, XFS).
        case new
        /// What is on the medium (Btrfs). A directory keeps its new names either way.
        case old
    }

    /// Whether this fault can befall that operation at all.
    package func canHit(_ operation: DiskOperation) -> Bool {
        switch self {
        case .inputOutput:
            true
        case .diskFull:
            operation.isChanging && operation.kind != .remove
                && (operation.kind != .write || operation.byteCount > 0)
        case .shortTransfer:
            (operation.kind == .read || operation.kind == .write) && operation.byteCount > 1
        case .interrupted:
            operation.kind == .read || operation.kind == .write
        case .tooManyOpenFiles:
            [.open, .openDirectory, .lock, .names].contains(operation.kind)
        case .readOnly:
            operation.isChanging && operation.kind != .sync && operation.kind != .syncDirectory
        case .accessDenied:
            [.open, .openDirectory, .lock, .rename, .remove].contains(operation.kind)
        case .syncFailure:
            operation.kind == .sync || operation.kind == .syncDirectory
        case .lostWrite, .refusedWrite:
            operation.kind == .write
        }
    }

    /// The error a caller sees for it.
    func error(for operation: DiskOperation) -> DiskError {
        let kind: DiskError.Kind =
            switch self {
            case .inputOutput, .syncFailure, .lostWrite, .shortTransfer: .inputOutput
            case .diskFull, .refusedWrite: .diskFull
            case .interrupted: .interrupted
            case .tooManyOpenFiles: .tooManyOpenFiles
            case .readOnly: .readOnly
            case .accessDenied: .accessDenied
            }
        return DiskError(kind, operation.kind, operation.name, detail: "simulated")
    }
}

/// A fault waiting for its operation.
struct ArmedFault: Sendable {
    let fault: Fault
    let isLasting: Bool

    /// Counts down with every match; the fault strikes when it reaches zero.
    var matchesLeft: Int
    let matches: @Sendable (_ number: Int, _ operation: DiskOperation) -> Bool

    /// Whether it strikes that operation; counts the match.
    mutating func strikes(_ number: Int, _ operation: DiskOperation) -> Bool {
        guard isLasting || matchesLeft > 0 else { return false }
        guard fault.canHit(operation), matches(number, operation) else { return false }
        if matchesLeft > 0 { matchesLeft -= 1 }
        return matchesLeft == 0
    }
}
