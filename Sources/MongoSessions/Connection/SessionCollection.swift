#if Mongo
    import SessionCore

    /// The documents of a collection, and the commands that read and change them.
    ///
    /// It knows neither the time nor the rules of a store. Whatever depends on an earlier read is
    /// conditional on the version that was read.
    struct SessionCollection {
        typealias Field = StoredSession.Field

        let connection: MongoConnection

        /// How much of a document is read.
        enum Part {
            case whole
            /// What says when the session expires, and which write it is of.
            case head
        }

        // MARK: Reading

        /// Returns the document under `id`.
        func read(
            _ id: SessionID,
            _ part: Part,
            _ call: Call
        ) async throws(SessionStoreError) -> StoredSession? {
            let command = find(part, limit: 1) { $0.set(Field.id, to: id.rawValue) }
            guard let element = try await connection.find(command, call).first else { return nil }
            return try session(in: element, id, call)
        }

        /// Where a page ends: the last id, and the server's keys of the documents that have it and
        /// were seen, since Bottender may leave several with one id.
        struct Mark {
            let id: BSONElement
            var keys: [BSONElement]
        }

        /// Returns documents in the order of their ids: at most `limit`, perhaps fewer, and none
        /// only at the end.
        func page(
            of range: IDRange,
            after last: Mark?,
            _ part: Part,
            limit: Int,
            _ call: Call
        ) async throws(SessionStoreError) -> [BSONElement] {
            let command = find(part, limit: limit) { filter in
                filter.setDocument(Field.id) { bounds in
                    if let last {
                        bounds.set("$gte", to: last.id)
                    } else {
                        bounds.set("$gte", to: range.lowerBound)
                    }
                    if let upperBound = range.upperBound { bounds.set("$lt", to: upperBound) }
                }
                guard let last else { return }
                filter.setDocument(Field.key) { condition in
                    condition.setArray("$nin") { keys in
                        for (place, key) in last.keys.enumerated() {
                            keys.set(String(place), to: key)
                        }
                    }
                }
            }
            return try await connection.find(command, call)
        }

        /// Returns heads of sessions without a lifetime of their own that were last active before
        /// `moment`, the oldest first, without the first `skipped`.
        func inactive(
            since moment: Int64,
            skipping skipped: Int,
            limit: Int,
            _ call: Call
        ) async throws(SessionStoreError) -> [BSONElement] {
            let command = find(
                .head, skipping: skipped, limit: limit, sortedBy: Field.lastActivity
            ) { filter in
                filter.setDocument(Field.lastActivity) { $0.set("$lt", to: moment) }
                // One that is null, a text or absurd is none.
                filter.setDocument(Field.expiresIn) { condition in
                    condition.setDocument("$not") { valid in
                        valid.set("$gte", to: Int32(0))
                        valid.set("$lte", to: Expiry.minutesMax)
                    }
                }
            }
            return try await connection.find(command, call)
        }

        /// Reads the session in a document that was found under `id`.
        func session(
            in element: BSONElement,
            _ id: SessionID?,
            _ call: Call
        ) throws(SessionStoreError) -> StoredSession {
            do throws(StoredSession.Problem) {
                let reader: BSONReader
                do throws(BSONError) {
                    guard let document = try element.document() else { throw .unknownType }
                    reader = document
                } catch {
                    throw .bson(error)
                }
                let stored = try StoredSession(reader)
                guard let id, id != stored.session.id else { return stored }
                throw .session(.otherID(expected: id, found: stored.session.id))
            } catch {
                throw SessionStoreError(error, call, id: id, at: connection.place)
            }
        }

        private func find(
            _ part: Part,
            skipping skipped: Int = 0,
            limit: Int,
            sortedBy order: String = Field.id,
            _ filter: (inout BSONWriter) -> Void
        ) -> [UInt8] {
            BSONWriter.document { command in
                command.set("find", to: connection.collectionName)
                command.setDocument("filter", filter)
                if limit > 1 { command.setDocument("sort") { $0.set(order, to: Int32(1)) } }
                if part == .head {
                    command.setDocument("projection") { fields in
                        for name in [
                            Field.id, Field.lastActivity, Field.expiresIn, Field.revision,
                        ] {
                            fields.set(name, to: Int32(1))
                        }
                    }
                }
                if skipped > 0 { command.set("skip", to: Int64(skipped)) }
                command.set("limit", to: Int32(clamping: limit))
                command.set("singleBatch", to: true)
            }
        }

        /// Returns whether the server knows the collection.
        func isThere(_ call: Call) async throws(SessionStoreError) -> Bool {
            let command = BSONWriter.document { command in
                command.set("listCollections", to: Int32(1))
                command.setDocument("filter") { $0.set("name", to: connection.collectionName) }
                command.set("nameOnly", to: true)
                command.set("authorizedCollections", to: true)
            }
            let result = try await connection.run(command, writes: false, call)
            // Who may not ask may still read it.
            if case .failure(let failure) = result, failure.source == .server, failure.code == 13 {
                return true
            }
            return try connection.understand(result, call) { (bytes) throws(BSONError) in
                try !FindReply(bytes).documents.isEmpty
            }
        }

        /// Returns how many documents there are, as far as the server knows without looking.
        func documentCount(_ call: Call) async throws(SessionStoreError) -> Int {
            let command = BSONWriter.document { $0.set("count", to: connection.collectionName) }
            let result = try await connection.run(command, writes: false, call)
            return try connection.understand(result, call) { (bytes) throws(BSONError) in
                guard let count = try BSONReader(bytes[...]).first("n")?.int64 else {
                    throw .missing
                }
                return Int(clamping: count)
            }
        }

        // MARK: Changing

        /// Puts a document where there is none; returns false when there is one.
        func insert(
            _ document: [UInt8],
            _ call: Call
        ) async throws(SessionStoreError) -> Bool {
            try await connection.write(DocumentChange(kind: .insert, document: document), call)
        }

        /// Puts a document in place of whatever is under `id`; returns false when somebody else did
        /// so for the first time just then.
        func put(
            _ document: [UInt8],
            under id: SessionID,
            _ call: Call
        ) async throws(SessionStoreError) -> Bool {
            let selector = BSONWriter.document { $0.set(Field.id, to: id.rawValue) }
            let change = DocumentChange(kind: .upsert, selector: selector, document: document)
            return try await connection.write(change, call)
        }

        /// Puts a document in place of one that still has the version; returns false when it has
        /// not.
        func replace(
            _ version: StoredSession.Version,
            of id: SessionID,
            with document: [UInt8],
            _ call: Call
        ) async throws(SessionStoreError) -> Bool {
            let selector = selector(of: version, of: id)
            let change = DocumentChange(kind: .replace, selector: selector, document: document)
            return try await connection.write(change, call)
        }

        /// Changes when a session was last active, if it still has the version.
        func extend(
            _ version: StoredSession.Version,
            of session: Session,
            to moment: Int64,
            _ call: Call
        ) async throws(SessionStoreError) -> Bool {
            let deadline = StoredSession.serverDeadline(of: session.stamped(at: moment))
            let document = BSONWriter.document { change in
                change.setDocument("$set") { fields in
                    fields.set(Field.lastActivity, to: moment)
                    // Also in the millisecond of the last write this is another one.
                    fields.set(Field.revision, to: Int64.random(in: 1...Int64.max))
                    if let deadline { fields.set(Field.expireAt, toDate: deadline) }
                }
                guard deadline == nil else { return }
                change.setDocument("$unset") { $0.set(Field.expireAt, to: Int32(1)) }
            }
            let selector = selector(of: version, of: session.id)
            let change = DocumentChange(kind: .update, selector: selector, document: document)
            return try await connection.write(change, call)
        }

        // MARK: Removing

        /// Removes whatever is under `id`, and returns its head; nil when there was nothing.
        func take(_ id: SessionID, _ call: Call) async throws(SessionStoreError) -> BSONElement? {
            let command = BSONWriter.document { command in
                command.set("findAndModify", to: connection.collectionName)
                command.setDocument("query") { $0.set(Field.id, to: id.rawValue) }
                command.set("remove", to: true)
                command.setDocument("fields") { fields in
                    for name in [Field.id, Field.lastActivity, Field.expiresIn, Field.revision] {
                        fields.set(name, to: Int32(1))
                    }
                }
            }
            let result = try await connection.run(command, writes: true, call)
            let value = try connection.understand(result, call) { (bytes) throws(BSONError) in
                guard let value = try BSONReader(bytes[...]).first("value") else { throw .missing }
                return value
            }
            return value.type == .document ? value : nil
        }

        /// Removes one that still has the version; returns false when it has not.
        func remove(
            _ stored: StoredSession,
            _ call: Call
        ) async throws(SessionStoreError) -> Bool {
            let selector = selector(of: stored.version, of: stored.session.id)
            return try await connection.write(
                DocumentChange(kind: .remove, selector: selector), call)
        }

        /// Removes those that still have their version, and returns how many had.
        @discardableResult
        func remove(
            _ sessions: [StoredSession],
            _ call: Call
        ) async throws(SessionStoreError) -> Int {
            guard !sessions.isEmpty else { return 0 }
            let command = BSONWriter.document { command in
                command.set("delete", to: connection.collectionName)
                command.setArray("deletes") { deletes in
                    for (index, stored) in sessions.enumerated() {
                        deletes.setDocument(String(index)) { delete in
                            let selector = selector(of: stored.version, of: stored.session.id)
                            delete.set("q", toDocument: selector)
                            delete.set("limit", to: Int32(1))
                        }
                    }
                }
            }
            return Int(clamping: try await connection.write(command, call))
        }

        // MARK: Versions

        private func selector(of version: StoredSession.Version, of id: SessionID) -> [UInt8] {
            BSONWriter.document { query in
                query.set(Field.id, to: id.rawValue)
                require(version.number, as: Field.revision, in: &query)
                require(version.activity, as: Field.lastActivity, in: &query)
            }
        }

        private func require(
            _ element: BSONElement?,
            as name: String,
            in query: inout BSONWriter
        ) {
            query.setDocument(name) { condition in
                switch element {
                case nil: condition.set("$exists", to: false)
                // Nothing can be compared with it.
                case let element? where element.type == .undefined:
                    condition.set("$type", to: Int32(element.type.rawValue))
                case let element?: condition.set("$eq", to: element)
                }
            }
        }
    }
#endif
