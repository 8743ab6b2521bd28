#if Redis
    public import SessionCore

    internal import FoundationEssentials

    extension RedisSessionOptions {
        /// Creates options for the server that a URL names.
        ///
        /// `redis://user:password@host:port/db`, of which everything but the host may be left out,
        /// or `rediss://` for an encrypted connection; or the path of a socket, as in
        /// `/run/redis.sock` or `unix:///run/redis.sock?db=1`. What stands for itself in a URL has
        /// to be percent-encoded in user and password.
        ///
        /// Behind a question mark it may have `db`, `keyPrefix`, `cluster=true` for a server of a
        /// cluster, and for an encrypted connection `trustRoots` and `serverName`.
        ///
        /// - Throws: `misconfigured`, without quoting the URL, which may have a password in it.
        public init(url: String, expiry: Expiry = .never) throws(SessionStoreError) {
            guard !url.hasPrefix("/") else {
                self.init(.server(.socket(path: url)), expiry: expiry)
                return
            }
            guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased()
            else {
                throw Self.malformed("it is no URL")
            }
            guard parts.rangeOfPort == nil || parts.port != nil else {
                throw Self.malformed("its port is no number of one")
            }
            switch scheme {
            case "redis", "rediss":
                let host = try Self.host(of: parts)
                self.init(.server(.host(host, port: parts.port ?? 6_379)), expiry: expiry)
                if scheme == "rediss" { tls = TLS() }
                try set(db: String(parts.path.dropFirst()))
            case "unix":
                guard parts.host?.isEmpty != false, parts.path.hasPrefix("/") else {
                    throw Self.malformed("the path of the socket is not absolute")
                }
                self.init(.server(.socket(path: parts.path)), expiry: expiry)
            default: throw Self.malformed("its scheme is none of redis, rediss and unix")
            }
            user = parts.user.flatMap { $0.isEmpty ? nil : $0 }
            password = parts.password
            for item in parts.queryItems ?? [] { try set(item.name, to: item.value ?? "") }
            guard parts.fragment == nil else { throw Self.malformed("it has a fragment") }
        }

        /// Takes what stands behind the question mark.
        private mutating func set(_ name: String, to text: String) throws(SessionStoreError) {
            switch name {
            case "db": try set(db: text)
            case "keyPrefix": keyPrefix = text
            case "cluster":
                guard text == "true" || text == "false", case .server(let address) = deployment
                else { throw Self.malformed("its cluster is neither true nor false") }
                if text == "true" { deployment = .cluster([address]) }
            case "trustRoots", "serverName":
                guard tls != nil else {
                    throw Self.malformed("it has a \(name) and is not encrypted")
                }
                if name == "trustRoots" { tls?.trustRoots = text } else { tls?.serverName = text }
            default:
                let known = "cluster, db, keyPrefix, serverName and trustRoots"
                throw Self.malformed("it has a parameter that is none of \(known)")
            }
        }

        private mutating func set(db text: String) throws(SessionStoreError) {
            guard !text.isEmpty else { return }
            guard let number = Int(text), number >= 0 else {
                throw Self.malformed("its database is no number")
            }
            db = number
        }

        private static func host(of parts: URLComponents) throws(SessionStoreError) -> String {
            guard var host = parts.host, !host.isEmpty else { return "127.0.0.1" }
            if host.hasPrefix("["), host.hasSuffix("]") {
                host = String(host.dropFirst().dropLast())
            }
            return host
        }

        private static func malformed(_ cause: String) -> SessionStoreError {
            .misconfigured(Fault(.configure, setting: RedisSetting.url, cause: cause))
        }
    }

    extension RedisSessionOptions: CustomStringConvertible, CustomDebugStringConvertible,
        CustomReflectable
    {
        /// The servers and the database, without user and password.
        public var description: String {
            let servers =
                switch deployment {
                case .server(let address): "\(address)"
                case .sentinels(let addresses, let name):
                    "\(name) of sentinels \(addresses.map(\.description).joined(separator: ", "))"
                case .cluster(let addresses):
                    "cluster of \(addresses.map(\.description).joined(separator: ", "))"
                }
            return "\(servers), database \(db)\(tls == nil ? "" : ", encrypted")"
        }

        /// The same as the description, since a reflection would show the password.
        public var debugDescription: String { description }

        /// Only what the description says, for what prints the members of a value.
        public var customMirror: Mirror {
            Mirror(self, children: ["servers": description, "keyPrefix": keyPrefix])
        }
    }
#endif
