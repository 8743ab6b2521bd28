/// A JSON value that loses nothing on its way through a program.
///
/// Objects keep the order of their members and numbers the text they were written with, so what
/// another program stored comes back as it was. Values are plain values: a copy is independent.
///
/// The parser is our own because Foundation's keeps neither, and takes several times as long.
public enum JSON: Equatable, Sendable {
    /// The value `null`.
    case null

    /// The value `true` or `false`.
    case bool(Bool)

    /// A number, as it was written.
    case number(JSONNumber)

    /// A string; two of them are equal when their UTF-8 bytes are.
    case string(String)

    /// Values in order.
    case array([JSON])

    /// Members in the order in which they were written.
    case object(JSONObject)

    /// How deep arrays and objects may nest, in texts that are read and in values that are written.
    ///
    /// Reading and writing recurse, so without a limit a few kilobytes of brackets would overflow
    /// the stack.
    public static let depthMax = 512

    /// Reads the one JSON value that `bytes` hold.
    ///
    /// Strict RFC 8259 in UTF-8, with two decisions where it leaves room. When a key occurs twice,
    /// the last value wins and keeps the place of the first, as in JavaScript. An escaped surrogate
    /// without its other half (`"\ud83d"`) becomes U+FFFD, since rejecting a whole session for half
    /// an emoji that somebody cut in two would cost more than it saves.
    public init(parsing bytes: Span<UInt8>) throws(JSONError) {
        self = try JSONParser.parse(bytes)
    }

    /// Reads the one JSON value that `bytes` hold; see ``init(parsing:)-(Span<UInt8>)``.
    public init(parsing bytes: [UInt8]) throws(JSONError) {
        self = try JSONParser.parse(bytes.span)
    }

    /// Reads the one JSON value that `text` holds; see ``init(parsing:)-(Span<UInt8>)``.
    public init(parsing text: String) throws(JSONError) {
        self = try JSONParser.parse(text.utf8.span)
    }

    /// Returns the value as compact UTF-8 text, the same bytes for the same value.
    ///
    /// - Throws: `tooDeep` when it nests deeper than ``depthMax``, and so could not be read again.
    public func encoded() throws(JSONError) -> [UInt8] {
        try JSONWriter.encode(self)
    }

    /// Whether both are the same value; numbers are compared by text, strings by bytes.
    public static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): ExactText.areSame(left, right)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }
}

extension JSON: CustomStringConvertible {
    /// The value as compact text, or what keeps it from being written.
    public var description: String {
        do {
            return String(decoding: try encoded(), as: UTF8.self)
        } catch {
            return "(\(error))"
        }
    }
}
