/// Why a text is not JSON that this library accepts, and where.
///
/// It carries no piece of the text, which may be private.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong at the offset.
    @nonexhaustive
    public enum Reason: String, Hashable, Sendable {
        /// The text ends before the value does.
        case unexpectedEnd = "the text ends too early"

        /// A byte that no value, separator or member may have in this place.
        case unexpectedByte = "a byte that does not belong here"

        /// Something follows the value.
        case trailingBytes = "something follows the value"

        /// A number with a leading zero, a bare sign, an empty fraction or an empty exponent.
        case invalidNumber = "a malformed number"

        /// A backslash that is followed by none of the escapes of RFC 8259.
        case invalidEscape = "an unknown escape in a string"

        /// A control character inside a string that is not escaped.
        case controlCharacter = "an unescaped control character in a string"

        /// A string whose bytes are not UTF-8.
        case invalidUTF8 = "a string that is not UTF-8"

        /// Arrays and objects nested deeper than ``JSON/depthMax``.
        case tooDeep = "arrays and objects nested too deeply"
    }

    /// What is wrong.
    public let reason: Reason

    /// Where it is, in bytes from the start of the text; 0 when the value never was a text.
    public let byteOffset: Int

    /// Creates an error.
    public init(_ reason: Reason, byteOffset: Int) {
        self.reason = reason
        self.byteOffset = byteOffset
    }

    /// The reason and the offset in one sentence.
    public var description: String {
        "\(reason.rawValue), at byte \(byteOffset)"
    }
}
