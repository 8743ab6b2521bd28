/// Why a store did not do what it was asked.
///
/// There is one case for each thing that a caller can do about it, not one for each thing that can
/// go wrong; what went wrong travels in the ``Fault``.
@nonexhaustive
public indirect enum SessionStoreError: Error, Hashable, Sendable {
    /// The store could not be reached or did not answer: back off and retry.
    ///
    /// A write that got no answer may have happened all the same.
    case unavailable(Fault)

    /// The arguments can never be accepted, and nothing changed: fix the caller.
    case rejected(Fault)

    /// Somebody wrote the session in between, and nothing changed: read it again.
    case conflict(SessionID)

    /// Stored bytes are not what was written: other sessions stay readable, so run `verify`.
    case corrupted(Fault)

    /// There is no space left, and nothing changed: free some; reads and destroys go on.
    case outOfSpace(Fault)

    /// A sync failed, so nobody knows what the disk holds: reopen the store before writing again.
    case poisoned(Fault)

    /// Another process or store has the directory: stop it, or choose another directory.
    case locked(Fault)

    /// The store was closed before the call: a bug in the caller's order of shutting down.
    case closed(Fault)

    /// The driver can't do this at all: use another driver, or do without.
    case unsupported(Fault)

    /// A setting is missing, misspelt, of the wrong type or out of range: correct it.
    case misconfigured(Fault)

    /// The task was cancelled while it waited for its turn, and nothing changed.
    case cancelled(Fault)

    /// What went wrong.
    public var fault: Fault {
        switch self {
        case .unavailable(let fault), .rejected(let fault), .corrupted(let fault),
            .outOfSpace(let fault), .poisoned(let fault), .locked(let fault), .closed(let fault),
            .unsupported(let fault), .misconfigured(let fault), .cancelled(let fault):
            fault
        case .conflict(let id):
            Fault(.write, id: id, cause: "the session was written by somebody else in between")
        }
    }
}

extension SessionStoreError: CustomStringConvertible {
    /// What happened, where, and what to do next, without any id or value.
    public var description: String { "\(fault). \(advice)" }

    private var advice: String {
        switch self {
        case .unavailable: "The store can't be reached; try again later."
        case .rejected: "This can't be accepted as it is; change the call."
        case .conflict: "Read the session again and repeat the change."
        case .corrupted: "Other sessions stay readable; verify the store."
        case .outOfSpace: "Free some space; reading and destroying go on."
        case .poisoned: "Reopen the store before writing again."
        case .locked: "Stop the other user of the store, or choose another place."
        case .closed: "Open the store again, or close it later."
        case .unsupported: "Use a driver that can do this."
        case .misconfigured: "Correct the setting."
        case .cancelled: "Nothing changed."
        }
    }
}

extension SessionStoreError {
    /// Creates the error for stored bytes that are no session.
    ///
    /// - Parameters:
    ///   - problem: What is wrong with the bytes.
    ///   - id: What they were found under, when that is known.
    ///   - place: The file or server they are in.
    ///   - byteOffset: Where in the file they are.
    /// - Returns: A `corrupted` error of a read.
    public static func corrupted(
        _ problem: SessionDecodingError,
        id: SessionID? = nil,
        place: String? = nil,
        byteOffset: UInt64? = nil
    ) -> SessionStoreError {
        .corrupted(
            Fault(
                .read,
                id: id,
                place: place,
                byteOffset: byteOffset,
                cause: problem.description
            )
        )
    }
}
