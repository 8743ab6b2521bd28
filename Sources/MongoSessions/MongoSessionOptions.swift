#if Mongo
    public import SessionCore

    /// Which server and collection a ``MongoSessionStore`` keeps its sessions in, and how.
    public struct MongoSessionOptions: Sendable {
        /// The server or servers, and how to reach them, as every MongoDB driver takes it.
        ///
        /// TLS, authentication, replica sets, and read and write concern are set here. Secret:
        /// it may have a password in it.
        public var url: String

        /// The collection.
        public var collectionName: String

        /// The database; nil is the one that the URL names, and without one `test`, as in
        /// Bottender.
        public var database: String?

        /// How long sessions live that don't say so themselves; applies to stored ones at once.
        public var expiry: Expiry

        /// How long to look for a server, and how long to wait for one answer of it.
        ///
        /// What the URL says of it wins. A call that is repeated once after an outage, as calls
        /// are, may take up to three times as long in all.
        public var timeout: Duration

        /// How many connections there are at most; more calls than that wait for each other.
        public var poolSize: Int

        /// Whether opening the store creates the indexes that are missing.
        ///
        /// Without the unique index on `id`, two stores can create the same session twice, so
        /// whoever sets this to false creates it.
        public var createsIndexes: Bool

        /// Where the time comes from.
        public var clock: SessionClock

        /// Whether a listing gives what has expired as well, and leaves it where it is: for a copy,
        /// which only reads its source.
        package var keepsExpired = false

        /// Creates options.
        ///
        /// - Parameters:
        ///   - url: The server, and how to reach it.
        ///   - collectionName: The collection.
        ///   - database: The database; nil for what the URL says.
        ///   - expiry: How long sessions live that don't say so themselves.
        ///   - timeout: How long to look for a server, and to wait for an answer; at least a
        ///     millisecond, at most an hour.
        ///   - poolSize: How many connections there are at most, from 1 to 1,000.
        ///   - createsIndexes: Whether opening creates the indexes.
        ///   - clock: Where the time comes from.
        public init(
            url: String = "mongodb://localhost:27017",
            collectionName: String = "sessions",
            database: String? = nil,
            expiry: Expiry = .never,
            timeout: Duration = .seconds(5),
            poolSize: Int = 8,
            createsIndexes: Bool = true,
            clock: SessionClock = .system
        ) {
            self.url = url
            self.collectionName = collectionName
            self.database = database
            self.expiry = expiry
            self.timeout = timeout
            self.poolSize = poolSize
            self.createsIndexes = createsIndexes
            self.clock = clock
        }

        /// The timeout, in milliseconds.
        var timeoutMilliseconds: Int64 {
            let (seconds, attoseconds) = timeout.components
            // Far more than is allowed, and few enough to multiply.
            let bounded = min(max(seconds, -1_000_000), 1_000_000)
            return bounded * 1_000 + attoseconds / 1_000_000_000_000_000
        }

        /// Throws `misconfigured` when a value is out of range.
        func validate() throws(SessionStoreError) {
            func refuse(_ setting: String, _ cause: String) -> SessionStoreError {
                .misconfigured(
                    Fault(.open, setting: "session.stores.mongo.\(setting)", cause: cause)
                )
            }
            guard (1...3_600_000).contains(timeoutMilliseconds) else {
                throw refuse("timeout", "it is not from a millisecond to an hour")
            }
            guard (1...1_000).contains(poolSize) else {
                throw refuse("poolSize", "\(poolSize) is not from 1 to 1000")
            }
            guard Self.isName(collectionName, without: []) else {
                throw refuse("collectionName", "it is no name of a collection")
            }
            let separators: Set<UInt8> = [UInt8(ascii: "."), UInt8(ascii: "/")]
            guard database.map({ Self.isName($0, without: separators) }) ?? true else {
                throw refuse("database", "it is no name of a database")
            }
            guard !url.utf8.contains(0) else {
                throw refuse("url", "it has a NUL in it")
            }
        }

        /// Whether `name` has what every server requires of a name: something, and no dollar, NUL
        /// or other character that is forbidden.
        private static func isName(_ name: String, without others: Set<UInt8>) -> Bool {
            let forbidden = others.union([0, UInt8(ascii: "$")])
            return !name.isEmpty && name.utf8.allSatisfy { !forbidden.contains($0) }
        }
    }

    extension MongoSessionOptions: CustomStringConvertible, CustomReflectable {
        /// Everything but the URL, which may have a password in it.
        public var description: String {
            "collection \(collectionName) of database \(database ?? "in the URL")"
        }

        /// The same, for what prints the members of a value.
        public var customMirror: Mirror {
            Mirror(self, children: ["collectionName": collectionName, "database": database as Any])
        }
    }
#endif
