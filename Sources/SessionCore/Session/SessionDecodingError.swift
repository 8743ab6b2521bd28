/// What keeps bytes from being a session.
///
/// A driver that finds such bytes in its store throws them on as
/// ``SessionStoreError/corrupted(_:)``; a tool that was given them by somebody as
/// ``SessionStoreError/rejected(_:)``.
@nonexhaustive
public enum SessionDecodingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// They are not JSON, or nest too deeply.
    case notJSON(JSONError)

    /// They are JSON, but no object.
    case notAnObject

    /// The object has no text under `id`.
    case idMissing

    /// The text under `id` is no session id.
    case idInvalid(InvalidSessionID)

    /// The object names another id than the one it was found under.
    case otherID(expected: SessionID, found: SessionID)

    /// They are more than ``Session/byteCountMax``.
    case tooLarge(byteCount: Int)

    /// The problem in a sentence, without any of the bytes.
    public var description: String {
        switch self {
        case .notJSON(let error): "the document is not JSON: \(error)"
        case .notAnObject: "the document is JSON, but no object"
        case .idMissing: "the document has no text under \"id\""
        case .idInvalid(let problem): "the document's \"id\" is invalid: \(problem)"
        case .otherID: "the document names another \"id\" than the one it was found under"
        case .tooLarge(let byteCount):
            "a document of \(byteCount) bytes is larger than \(Session.byteCountMax)"
        }
    }
}
