import LogEngine
import SessionCore

// The one place where the log's errors become the contract's.

extension SessionStoreError {
    /// Translates what the log answered while the store was doing `operation`.
    init(_ error: LogError, _ operation: Fault.Operation, id: SessionID? = nil) {
        func translated(_ fault: LogFault) -> Fault {
            Fault(
                operation,
                id: id,
                place: fault.file,
                byteOffset: fault.byteOffset,
                cause: "\(fault.operation): \(fault.detail)"
            )
        }
        switch error {
        case .rejected(let fault): self = .rejected(translated(fault))
        case .conflict:
            if let id {
                self = .conflict(id)
            } else {
                self = .rejected(Fault(operation, cause: "a condition did not hold"))
            }
        case .diskFull(let fault): self = .outOfSpace(translated(fault))
        case .unavailable(let fault): self = .unavailable(translated(fault))
        case .corrupted(let damage): self = .corrupted(Fault(damage, operation, id: id))
        case .poisoned(let fault): self = .poisoned(translated(fault))
        case .locked(let fault): self = .locked(translated(fault))
        case .notFound(let fault), .foreign(let fault):
            var fault = translated(fault)
            fault.setting = "session.stores.file.dirname"
            self = .misconfigured(fault)
        case .unsupported(let fault): self = .unsupported(translated(fault))
        case .readOnly(let fault): self = .unsupported(translated(fault))
        case .closed:
            self = .closed(Fault(operation, id: id, cause: "the store was closed before"))
        }
    }
}

extension Fault {
    /// Translates damage that was met while the store was doing `operation`.
    init(_ damage: LogDamage, _ operation: Operation, id: SessionID? = nil) {
        self.init(
            operation,
            id: id ?? damage.key.flatMap { SessionID(bytes: $0) },
            place: damage.file,
            byteOffset: damage.byteOffset,
            cause: damage.detail
        )
    }
}

extension SessionID {
    /// The id whose bytes are a key of the log, or nil when they are none.
    init?(bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self),
            let id = try? SessionID(text)
        else { return nil }
        self = id
    }

    /// The log's key.
    var bytes: [UInt8] { Array(rawValue.utf8) }
}
