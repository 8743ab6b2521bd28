/// What keeps a text from being a ``SessionID``.
@nonexhaustive
public enum InvalidSessionID: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no colon between a platform and a key.
    case noColon

    /// Nothing stands before the first colon.
    case noPlatform

    /// Nothing stands after the first colon.
    case noKey

    /// The platform contains a colon itself, and would end at it.
    case platformWithColon

    /// There are more bytes than ``SessionID/byteCountMax``.
    case tooLong(byteCount: Int)

    /// The problem in a sentence, without the text that has it.
    public var description: String {
        switch self {
        case .noColon: "an id needs a colon between platform and key"
        case .noPlatform: "an id needs a platform before its first colon"
        case .noKey: "an id needs a key after its first colon"
        case .platformWithColon: "a platform can't contain a colon"
        case .tooLong(let byteCount):
            "an id of \(byteCount) bytes is longer than \(SessionID.byteCountMax)"
        }
    }
}
