#if Mongo
    import CMongoShim
    import Dispatch
    import struct Synchronization.Atomic

    // The only file of this module that may write `unsafe`: it hands bytes to libmongoc and back.

    /// Why libmongoc, or the server, did not do as it was told.
    struct MongoFailure: Error {
        /// Who says so.
        enum Source: Hashable {
            case url, selection, stream, authentication, server, writeConcern, protocolError
            case tooBig, library
        }

        var source: Source

        /// The server's number for it, or libmongoc's.
        var code: Int

        /// What it is called; never anything that quotes a value.
        var name: String

        /// The fields of the unique index that has the key already, if the server says so.
        var keyFields: [String]?
    }

    /// A pool of libmongoc's clients.
    ///
    /// The pointer is only read after `init`; what it points at is guarded by a lock of libmongoc's
    /// own, and closed once, when nothing else uses it.
    @safe final class MongoClients: @unchecked Sendable {
        /// The database that the URL names.
        let database: String?

        /// The hosts that the URL names, without credentials.
        let hosts: String

        private let pool: OpaquePointer
        private let isClosed = Atomic(false)

        /// Makes a pool; connects when it is used.
        init(url: String, timeoutMilliseconds: Int32, count: Int) throws(MongoFailure) {
            var error = session_mongo_error()
            let pool = unsafe session_mongo_pool_open(
                url, timeoutMilliseconds, UInt32(count), &error)
            guard let pool = unsafe pool else { throw MongoFailure(error) }
            unsafe self.pool = pool
            database = unsafe session_mongo_pool_database(pool).map { unsafe String(cString: $0) }
            hosts = unsafe String(cString: session_mongo_pool_hosts(pool))
        }

        deinit {
            guard !isClosed.load(ordering: .acquiring) else { return }
            // Nobody has closed it, and it takes time, of which whoever let go of it has none.
            let address = unsafe UInt(bitPattern: pool)
            DispatchQueue(label: "swift-session-store.mongo.close").async {
                unsafe session_mongo_pool_close(OpaquePointer(bitPattern: address))
            }
        }

        /// Ends all connections, and blocks until they are; nothing else may use the pool any more.
        func close() {
            guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
            unsafe session_mongo_pool_close(pool)
        }

        /// Sends a command to the primary and waits for the answer.
        func run(
            _ command: [UInt8],
            writes: Bool,
            in database: String
        ) -> Result<[UInt8], MongoFailure> {
            unsafe answer { reply, error in
                unsafe Self.withDocument(command) { command in
                    unsafe session_mongo_command(pool, writes, database, command, reply, error)
                }
            }
        }

        /// Changes one document and waits for the answer.
        func write(
            _ change: DocumentChange,
            in database: String,
            _ collection: String
        ) -> Result<[UInt8], MongoFailure> {
            unsafe answer { reply, error in
                unsafe Self.withDocument(change.selector) { selector in
                    unsafe Self.withDocument(change.document) { document in
                        unsafe session_mongo_write(
                            pool, change.kind.code, database, collection, selector, document,
                            reply, error)
                    }
                }
            }
        }

        /// Lends bytes to libmongoc for a call.
        private static func withDocument(
            _ bytes: [UInt8],
            _ body: (session_mongo_document) -> Bool
        ) -> Bool {
            unsafe bytes.withUnsafeBufferPointer { bytes in
                let document = unsafe session_mongo_document(
                    bytes: bytes.baseAddress, byte_count: bytes.count)
                return unsafe body(document)
            }
        }

        /// Copies the reply of a call, and gives it back.
        private func answer(
            _ call: (
                UnsafeMutablePointer<session_mongo_reply>,
                UnsafeMutablePointer<session_mongo_error>
            ) -> Bool
        ) -> Result<[UInt8], MongoFailure> {
            var reply = unsafe session_mongo_reply()
            var error = session_mongo_error()
            let isOK = unsafe call(&reply, &error)
            defer { unsafe session_mongo_free(reply) }
            let view = unsafe UnsafeBufferPointer(start: reply.bytes, count: reply.byte_count)
            let bytes = unsafe Array(view)
            guard !isOK else { return .success(bytes) }
            var failure = MongoFailure(error)
            if failure.isDuplicate {
                // Servers before version 4.2 don't say.
                failure.keyFields = (try? WriteReply(bytes))?.failure?.keyFields
            }
            return .failure(failure)
        }
    }

    /// A change of one document.
    struct DocumentChange {
        enum Kind {
            case insert, replace, upsert, update, remove

            fileprivate var code: session_mongo_change {
                switch self {
                case .insert: SESSION_MONGO_INSERT
                case .replace: SESSION_MONGO_REPLACE
                case .upsert: SESSION_MONGO_UPSERT
                case .update: SESSION_MONGO_UPDATE
                case .remove: SESSION_MONGO_REMOVE
                }
            }
        }

        var kind: Kind

        /// Which document; nothing for an insertion.
        var selector: [UInt8] = []

        /// The new document, or what changes in it; nothing for a removal.
        var document: [UInt8] = []

        /// Whether it can be refused because somebody has just made the session, when a unique
        /// index of these fields refuses it.
        func mayBeOvertaken(by fields: [String]?) -> Bool {
            switch kind {
            case .insert, .upsert: fields?.contains(StoredSession.Field.id) ?? true
            case .replace, .update, .remove: false
            }
        }
    }

    extension MongoFailure {
        fileprivate init(_ error: session_mongo_error) {
            source =
                switch error.domain {
                case SESSION_MONGO_URL: .url
                case SESSION_MONGO_SELECTION: .selection
                case SESSION_MONGO_STREAM: .stream
                case SESSION_MONGO_AUTHENTICATION: .authentication
                case SESSION_MONGO_SERVER: .server
                case SESSION_MONGO_WRITE_CONCERN: .writeConcern
                case SESSION_MONGO_PROTOCOL: .protocolError
                case SESSION_MONGO_TOO_BIG: .tooBig
                default: .library
                }
            code = Int(error.code)
            let message = unsafe withUnsafeBytes(of: error.message) { bytes in
                let text = unsafe Array(bytes).prefix { $0 != 0 }
                return String(decoding: text, as: UTF8.self)
            }
            // Atlas has one number for two things.
            if source == .server, code == 8_000, message.contains("space quota") {
                code = MongoCode.quotaExceeded
            }
            switch source {
            // Words of libmongoc about hosts and connections, and of ours about a URL; the others
            // may quote a value.
            case .selection, .stream, .url: name = message
            default: name = ""
            }
        }
    }
#endif
