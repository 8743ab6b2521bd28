#if Mongo
    /// What became of a command or a call that writes.
    struct WriteReply {
        /// How many documents matched, or were put in or removed.
        let count: Int64

        /// What kept the server from writing some of it, though it says `ok`.
        let failure: MongoFailure?

        /// The names that the server and libmongoc have for counts.
        private static let counts: Set = [
            "n", "insertedCount", "matchedCount", "upsertedCount", "deletedCount",
        ]

        init(_ reply: [UInt8]) throws(BSONError) {
            var reader = try BSONReader(reply[...])
            var count: Int64 = 0
            var failure: MongoFailure?
            while let element = try reader.next() {
                switch element.name {
                case "writeErrors":
                    guard var errors = try element.document() else { continue }
                    guard let error = try errors.next()?.document() else { continue }
                    failure = try MongoFailure(error, from: .server)
                case "writeConcernError":
                    guard failure == nil, let error = try element.document() else { continue }
                    failure = try MongoFailure(error, from: .writeConcern)
                case let name where Self.counts.contains(name):
                    count = max(count, element.int64 ?? 0)
                default: break
                }
            }
            self.count = count
            self.failure = failure
        }
    }

    /// The documents that a server answers to a `find`.
    struct FindReply {
        let documents: [BSONElement]

        init(_ reply: [UInt8]) throws(BSONError) {
            // Without one, nothing would look like no documents.
            guard let cursor = try BSONReader(reply[...]).first("cursor")?.document(),
                var batch = try cursor.first("firstBatch")?.document()
            else { throw .missing }
            var documents: [BSONElement] = []
            while let element = try batch.next() { documents.append(element) }
            self.documents = documents
        }
    }

    extension MongoFailure {
        /// Whether a unique index has the key already.
        var isDuplicate: Bool {
            source == .server && MongoCode.duplicateKeys.contains(code)
        }

        fileprivate init(_ error: BSONReader, from source: Source) throws(BSONError) {
            self.source = source
            code = Int(clamping: try error.first("code")?.int64 ?? 0)
            // The text beside it quotes the key.
            name = try error.first("codeName")?.text() ?? ""
            guard var key = try error.first("keyPattern")?.document() else { return }
            var fields: [String] = []
            while let field = try key.next() { fields.append(field.name) }
            keyFields = fields
        }
    }
#endif
