#if Redis
    public import SessionCore

    /// Where and how a ``RedisSessionStore`` keeps its sessions.
    public struct RedisSessionOptions: Sendable {
        /// How the servers are set up.
        public enum Deployment: Hashable, Sendable {
            /// One server.
            case server(RedisAddress)

            /// Whichever server the sentinels say is the primary of the set with this name.
            case sentinels([RedisAddress], name: String)

            /// A cluster, of which these servers are asked for the others.
            case cluster([RedisAddress])
        }

        /// Which version of the protocol is spoken.
        public enum ProtocolVersion: Hashable, Sendable {
            /// The third, or the second with servers before version 6.
            case automatic

            /// The second.
            case resp2

            /// The third.
            case resp3
        }

        /// How the connection is encrypted.
        public struct TLS: Hashable, Sendable {
            /// A file of certificates to trust, in PEM; nil trusts those that the system does.
            public var trustRoots: String?

            /// The name that the server's certificate must have; nil is the host that is connected
            /// to.
            public var serverName: String?

            /// A file with the client's own certificate chain, in PEM, for servers that ask for
            /// one.
            public var certificate: String?

            /// A file with the private key of that certificate, in PEM.
            public var privateKey: String?

            /// Creates settings; by default the server is verified as a browser would.
            public init(
                trustRoots: String? = nil,
                serverName: String? = nil,
                certificate: String? = nil,
                privateKey: String? = nil
            ) {
                self.trustRoots = trustRoots
                self.serverName = serverName
                self.certificate = certificate
                self.privateKey = privateKey
            }
        }

        /// How the servers are set up.
        public var deployment: Deployment

        /// The name to log in with; nil is the server's default user.
        public var user: String?

        /// The password to log in with.
        public var password: String?

        /// The number of the database; a cluster has only 0.
        public var db: Int

        /// What the keys of sessions begin with; empty as in Bottender 1.x.
        public var keyPrefix: String

        /// Encryption, or nil for none.
        public var tls: TLS?

        /// Where servers are reached that sentinels or a cluster name by an address which is not
        /// this network's, as behind a translation of addresses.
        public var addressMap: [RedisAddress: RedisAddress] = [:]

        /// The password of the sentinels, which have their own.
        public var sentinelPassword: String?

        /// How long sessions live that don't say so themselves; applies to stored ones at once.
        ///
        /// But for one thing: a longer life than before is given to a stored session when it is
        /// next read, listed or touched. The server removes it if that is after its old end.
        public var expiry: Expiry

        /// How long a connection or an answer is waited for, and how long a call is tried again.
        ///
        /// One whose connection breaks in the middle may take twice that, and a long answer ten
        /// times as long while it keeps coming.
        public var timeout: Duration

        /// How many connections to have to each server; each carries any number of calls at once.
        public var poolSize: Int

        /// Which version of the protocol is spoken.
        public var protocolVersion: ProtocolVersion

        /// Whether a listing gives what has expired as well, and leaves it where it is: for a copy,
        /// which only reads its source.
        package var keepsExpired = false

        /// Whether the server is told when a session that is met lives for longer than it knows.
        ///
        /// Not by a copy, whose setting need not be that of the bot.
        package var extendsStoredLives = true

        /// Where the time comes from; the bots that share a server should agree on it.
        public var clock: SessionClock

        /// Creates options for one server.
        ///
        /// - Parameters:
        ///   - host: Its name or number.
        ///   - port: Its port.
        ///   - user: The name to log in with.
        ///   - password: The password to log in with.
        ///   - db: The number of the database.
        ///   - expiry: How long sessions live that don't say so themselves.
        public init(
            host: String = "127.0.0.1",
            port: Int = 6_379,
            user: String? = nil,
            password: String? = nil,
            db: Int = 0,
            expiry: Expiry = .never
        ) {
            self.init(.server(.host(host, port: port)), expiry: expiry)
            self.user = user
            self.password = password
            self.db = db
        }

        /// Creates options for servers of any set-up.
        public init(_ deployment: Deployment, expiry: Expiry = .never) {
            self.deployment = deployment
            self.expiry = expiry
            db = 0
            keyPrefix = ""
            timeout = .seconds(5)
            poolSize = 4
            protocolVersion = .automatic
            clock = .system
        }

        /// The longest prefix of keys, in bytes.
        public static let keyPrefixByteCountMax = 1_024

        /// The most connections to a server.
        public static let poolSizeMax = 1_024

        /// Throws `misconfigured` for what no server could be meant by.
        func validate() throws(SessionStoreError) {
            switch deployment {
            case .server(let address): try Self.validate(address)
            case .sentinels(let addresses, let name):
                try Self.require(!name.isEmpty, RedisSetting.sentinelName, "it is empty")
                try Self.require(!addresses.isEmpty, RedisSetting.sentinels, "there is none")
                for address in addresses { try Self.validate(address) }
            case .cluster(let addresses):
                try Self.require(!addresses.isEmpty, RedisSetting.cluster, "there is no server")
                for address in addresses { try Self.validate(address) }
                try Self.require(db == 0, RedisSetting.db, "a cluster has only database 0")
            }
            try Self.require(db >= 0, RedisSetting.db, "\(db) is negative")
            try Self.require(
                (1...Self.poolSizeMax).contains(poolSize),
                RedisSetting.poolSize,
                "\(poolSize) is not from 1 to \(Self.poolSizeMax)"
            )
            try Self.require(
                timeout >= .milliseconds(1) && timeout <= .seconds(3_600),
                RedisSetting.timeout,
                "\(timeout) is not from a millisecond to an hour"
            )
            try Self.require(
                keyPrefix.utf8.count <= Self.keyPrefixByteCountMax,
                RedisSetting.keyPrefix,
                "it is longer than \(Self.keyPrefixByteCountMax) bytes"
            )
            try Self.require(
                user == nil || password != nil,
                RedisSetting.password,
                "there is a user and no password"
            )
        }

        private static func validate(_ address: RedisAddress) throws(SessionStoreError) {
            switch address {
            case .host(let host, let port):
                try require(!host.isEmpty, RedisSetting.host, "it is empty")
                try require(
                    (1...65_535).contains(port),
                    RedisSetting.port,
                    "\(port) is not from 1 to 65535"
                )
            case .socket(let path):
                try require(!path.isEmpty, RedisSetting.url, "the path of the socket is empty")
            }
        }

        private static func require(
            _ isRight: Bool,
            _ setting: String,
            _ cause: String
        ) throws(SessionStoreError) {
            guard isRight else {
                throw .misconfigured(Fault(.configure, setting: setting, cause: cause))
            }
        }
    }
#endif
