/// What a session is found under: a platform and a key, as in `telegram:427770117`.
///
/// The platform ends at the first colon, so a key may contain more of them. Anything else is
/// allowed in both: slashes, `..`, NUL, newlines; an id is data and never a path. Ids are compared
/// by their UTF-8 bytes, so two that differ only in Unicode normalisation are two ids.
public struct SessionID: Sendable {
    /// How long an id may be, in bytes of UTF-8.
    public static let byteCountMax = 1_024

    /// The whole id.
    public let rawValue: String

    /// Creates the id that `text` spells.
    ///
    /// - Throws: What is wrong with it, when it has no colon, nothing before or after the first
    ///   one, or more than ``byteCountMax`` bytes.
    public init(_ text: String) throws(InvalidSessionID) {
        let bytes = text.utf8
        guard bytes.count <= Self.byteCountMax else { throw .tooLong(byteCount: bytes.count) }
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { throw .noColon }
        guard colon > bytes.startIndex else { throw .noPlatform }
        guard bytes.index(after: colon) < bytes.endIndex else { throw .noKey }
        rawValue = text
    }

    /// Creates the id of the conversation that `platform` calls `key`.
    ///
    /// - Throws: What is wrong with it, as ``init(_:)`` does, and `platformWithColon`.
    public init(platform: String, key: String) throws(InvalidSessionID) {
        guard !platform.utf8.contains(UInt8(ascii: ":")) else { throw .platformWithColon }
        try self.init("\(platform):\(key)")
    }

    /// What is before the first colon.
    public var platform: String { String(rawValue[..<colon]) }

    /// What is after the first colon.
    public var key: String { String(rawValue[rawValue.utf8.index(after: colon)...]) }

    private var colon: String.Index {
        guard let colon = rawValue.utf8.firstIndex(of: UInt8(ascii: ":")) else {
            preconditionFailure("An id without a colon can't be created.")
        }
        return colon
    }
}

extension SessionID: Hashable {
    /// Whether both have the same bytes.
    public static func == (left: Self, right: Self) -> Bool {
        ExactText.areSame(left.rawValue, right.rawValue)
    }

    /// Feeds the bytes of the id to `hasher`.
    public func hash(into hasher: inout Hasher) {
        ExactText.hash(rawValue, into: &hasher)
    }
}

extension SessionID: Comparable {
    /// Whether the bytes of `left` come before those of `right`.
    public static func < (left: Self, right: Self) -> Bool {
        ExactText.isBefore(left.rawValue, right.rawValue)
    }
}

extension SessionID: CustomStringConvertible {
    /// The whole id, as it is.
    public var description: String { rawValue }
}

extension SessionID: ExpressibleByStringLiteral {
    /// Creates the id that a literal in the source spells; an invalid one traps.
    ///
    /// Swift takes `SessionID("…")` for a literal too. Text from anywhere else belongs in
    /// ``init(_:)``.
    public init(stringLiteral text: String) {
        do throws(InvalidSessionID) {
            try self.init(text)
        } catch {
            preconditionFailure("This literal is no session id: \(error)")
        }
    }
}
