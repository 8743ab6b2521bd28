#if Redis
    /// Where a server listens.
    public enum RedisAddress: Hashable, Sendable, CustomStringConvertible {
        /// A host, by name or number, and a port.
        case host(String, port: Int)

        /// A socket in the file system.
        case socket(path: String)

        /// Creates the address that a text names, as in `10.0.0.5:6379`, `redis.local` or
        /// `[::1]:6379`.
        ///
        /// Without a port it is 6379; nil when it is no address.
        public init?(_ text: String) {
            var (host, port) = (Substring(text), 6_379)
            let hasBracket = text.hasPrefix("[")
            if let colon = text.lastIndex(of: ":"),
                !hasBracket || text[..<colon].hasSuffix("]")
            {
                guard let number = Int(text[text.index(after: colon)...]),
                    (1...65_535).contains(number)
                else { return nil }
                (host, port) = (text[..<colon], number)
            }
            if hasBracket {
                guard host.hasSuffix("]") else { return nil }
                host = host.dropFirst().dropLast()
            }
            guard !host.isEmpty, hasBracket || !host.contains(":"),
                !host.contains(where: { "/@ ".contains($0) })
            else { return nil }
            self = .host(String(host), port: port)
        }

        /// The address as people write it.
        public var description: String {
            switch self {
            case .host(let host, let port):
                host.contains(":") ? "redis [\(host)]:\(port)" : "redis \(host):\(port)"
            case .socket(let path): "redis \(path)"
            }
        }
    }
#endif
