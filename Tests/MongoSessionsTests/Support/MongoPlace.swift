#if Mongo
    import Foundation
    import Locks
    import SessionConformance
    import SessionCore

    @testable import MongoSessions

    /// A collection that nobody else uses, on the server that the tests share.
    struct MongoPlace: Sendable {
        let url: String
        let collectionName = "c\(UUID().uuidString.prefix(8))"

        /// What runs commands as they are.
        private let commands = ConnectionBox()

        private final class ConnectionBox: Sendable {
            let connection = Mutex<MongoConnection?>(nil)
        }

        init(url: String? = nil) throws {
            self.url = try url ?? Self.sharedURL()
        }

        /// The URL of the server that the tests share.
        static func sharedURL() throws -> String {
            if let url = ProcessInfo.processInfo.environment["SESSION_MONGO_URL"] { return url }
            return try MongoServer.shared.get().url
        }

        func options(expiry: Expiry = .never, timeout: Duration = .seconds(20))
            -> MongoSessionOptions
        {
            MongoSessionOptions(
                url: url, collectionName: collectionName, database: "conformance", expiry: expiry,
                timeout: timeout)
        }

        func store(expiry: Expiry = .never) -> MongoSessionStore {
            MongoSessionStore(options(expiry: expiry))
        }

        /// Runs a command as it is, and returns the answer.
        @discardableResult
        func run(
            writes: Bool = true,
            _ body: (inout BSONWriter) -> Void
        ) async throws -> [UInt8] {
            // Kept, since it takes a second to end one.
            var connection = commands.connection.withLock { $0 }
            if connection == nil {
                connection = try await MongoConnection.open(options(), Call(.open))
                commands.connection.withLock { [connection] in $0 = connection }
            }
            let command = BSONWriter.document(body)
            return try await connection?.run(command, writes: writes, Call(.maintain)).get() ?? []
        }

        /// Inserts a document as it is.
        func insert(_ document: [UInt8]) async throws {
            try await run { command in
                command.set("insert", to: collectionName)
                command.setArray("documents") { $0.set("0", toDocument: document) }
            }
        }

        /// The documents under `id` as the server has them.
        func documents(under id: String) async throws -> [BSONElement] {
            let reply = try await run(writes: false) { command in
                command.set("find", to: collectionName)
                command.setDocument("filter") { $0.set("id", to: id) }
            }
            return try FindReply(reply).documents
        }

        func drop() async throws {
            do {
                try await run { $0.set("drop", to: collectionName) }
            } catch let failure as MongoFailure where failure.code == 26 {
                // There was none.
            }
        }
    }

    /// The driver on the bench.
    struct MongoSubject: ConformanceSubject {
        static let features: Set<ConformanceFeature> = [
            .expiry, .listing, .restoring, .closing, .persistence, .sharing,
        ]
        let place: MongoPlace

        init() throws { place = try MongoPlace() }

        func makeStore(expiry: Expiry) -> any SessionStore { place.store(expiry: expiry) }
        func cleanUp() async throws { try await place.drop() }
    }

    /// The driver on the bench, with a network that can be cut.
    struct FragileMongoSubject: ConformanceSubject {
        static let features = MongoSubject.features.union([.outages])
        let place: MongoPlace
        let proxy: Proxy

        init() throws {
            proxy = try Proxy(to: try MongoServer.shared.get().port)
            place = try MongoPlace(url: MongoServer.url(port: proxy.port))
        }

        func makeStore(expiry: Expiry) -> any SessionStore {
            MongoSessionStore(place.options(expiry: expiry, timeout: .seconds(1)))
        }

        func disconnect() throws { try proxy.set(.refusing) }
        func reconnect() throws { try proxy.set(.open) }
        func cleanUp() async throws { try await place.drop() }
    }
#endif
