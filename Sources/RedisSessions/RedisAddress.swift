#if Redis
    /// Where a server listens.
    public enum RedisAddress: Hashable, Sendable, CustomStringConvertible {
        /// A host, by name or number, and a port.
        case host(String, port: Int)

        /// A socket in the file system.
        case socket(path: String)

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
