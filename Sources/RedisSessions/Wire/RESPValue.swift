#if Redis
    /// A reply of a server, in either version of the protocol.
    ///
    /// What only the third version has is given as what the second says instead: a map is a list of
    /// keys and values in turn, a boolean is 0 or 1, a double is a text.
    enum RESPValue: Equatable, Sendable {
        /// A short text, such as `OK`.
        case text(String)

        /// An answer that something went wrong.
        case failure(RedisFailure)
        case integer(Int64)
        case bytes([UInt8])
        case list([RESPValue])

        /// Nothing is there.
        case null

        /// What the server says without having been asked.
        case push([RESPValue])

        /// The text of a short text, or of bytes that are one.
        var string: String? {
            switch self {
            case .text(let text): text
            case .bytes(let bytes): String(validating: bytes, as: UTF8.self)
            default: nil
            }
        }

        var integer: Int64? {
            if case .integer(let value) = self { value } else { nil }
        }

        var bytes: [UInt8]? {
            if case .bytes(let bytes) = self { bytes } else { nil }
        }

        var list: [RESPValue]? {
            if case .list(let elements) = self { elements } else { nil }
        }
    }

    /// An error that a server answered with.
    struct RedisFailure: Equatable, Sendable {
        /// What programs go by, such as `WRONGTYPE`.
        let code: String

        /// What follows the code.
        let detail: String

        init(_ text: String) {
            var text = text
            // Before version 7 an error inside a script comes behind the place where it happened.
            if Self.scriptPlaces.contains(where: text.hasPrefix),
                let last = text.split(separator: ": ").last
            {
                text = String(last.drop { $0 == "-" })
            }
            let parts = text.split(separator: " ", maxSplits: 1)
            code = parts.first.map(String.init) ?? ""
            detail = parts.count > 1 ? String(parts[1]) : ""
        }

        private static let scriptPlaces = ["ERR Error running script", "@user_script"]

        /// The error for people, without the arguments that some servers quote in it.
        var summary: String {
            guard !detail.contains("with args beginning with") else {
                return "\(code) unknown command"
            }
            let line = detail.prefix { $0 != "\r" && $0 != "\n" }.prefix(120)
            return line.isEmpty ? code : "\(code) \(line)"
        }
    }
#endif
