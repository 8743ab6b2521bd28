#if Mongo
    import CMongoShim

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
    }

    /// A pool of libmongoc's clients.
    ///
    /// The pointer is only read after `init`; what it points at is guarded by a lock of libmongoc's
    /// own, and `close` is called once, when nothing else uses it.
    @safe final class MongoClients: @unchecked Sendable {
        /// The database that the URL names.
        let database: String?

        /// The hosts that the URL names, without credentials.
        let hosts: String

        private let pool: OpaquePointer

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
            unsafe session_mongo_pool_close(pool)
        }

        /// Sends a command to the primary and waits for the answer.
        func run(
            _ command: [UInt8],
            writes: Bool,
            in database: String
        ) -> Result<[UInt8], MongoFailure> {
            var error = session_mongo_error()
            var reply: UnsafeMutablePointer<UInt8>?
            var byteCount = 0
            // Each pointer is valid for the call; the reply is copied and given back.
            let isOK = unsafe command.withUnsafeBufferPointer { bytes in
                unsafe session_mongo_command(
                    pool, writes, database, bytes.baseAddress, bytes.count,
                    &reply, &byteCount, &error)
            }
            defer { unsafe session_mongo_free(reply) }
            guard isOK else { return .failure(MongoFailure(error)) }
            let answer = unsafe UnsafeBufferPointer(start: reply, count: byteCount)
            return .success(unsafe Array(answer))
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
            switch source {
            // Words of libmongoc about hosts and connections; the others may quote a value.
            case .selection, .stream:
                name = unsafe withUnsafeBytes(of: error.message) { bytes in
                    let text = unsafe Array(bytes).prefix { $0 != 0 }
                    return String(decoding: text, as: UTF8.self)
                }
            default: name = ""
            }
        }
    }
#endif
