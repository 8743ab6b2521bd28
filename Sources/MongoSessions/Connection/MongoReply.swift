#if Mongo
    /// What a server answers to a command that writes.
    struct WriteReply {
        /// How many documents matched, or were put in or removed.
        let count: Int64

        /// Whether a document is not there because one with its `id` is.
        let isDuplicate: Bool

        /// What kept the server from writing, if it was something else.
        let failure: MongoFailure?

        /// Reads an answer, whose errors may be inside one that says `ok`.
        init(_ reply: [UInt8]) throws(BSONError) {
            let reader = try BSONReader(reply[...])
            count = try reader.first("n")?.int64 ?? 0
            var failure = try Self.writeError(reader)
            if failure == nil { failure = try Self.writeConcernError(reader) }
            isDuplicate = failure?.isDuplicate ?? false
            self.failure = isDuplicate ? nil : failure
        }

        private static func writeError(
            _ reply: BSONReader
        ) throws(BSONError) -> MongoFailure? {
            var errors = try reply.first("writeErrors")?.document()
            guard let error = try errors?.next()?.document() else { return nil }
            return try MongoFailure(error, from: .server)
        }

        private static func writeConcernError(
            _ reply: BSONReader
        ) throws(BSONError) -> MongoFailure? {
            guard let error = try reply.first("writeConcernError")?.document() else { return nil }
            return try MongoFailure(error, from: .writeConcern)
        }
    }

    /// The documents that a server answers to a `find`.
    struct FindReply {
        let documents: [BSONElement]

        init(_ reply: [UInt8]) throws(BSONError) {
            let cursor = try BSONReader(reply[...]).first("cursor")?.document()
            var batch = try cursor?.first("firstBatch")?.document()
            var documents: [BSONElement] = []
            while let element = try batch?.next() { documents.append(element) }
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
        }
    }
#endif
