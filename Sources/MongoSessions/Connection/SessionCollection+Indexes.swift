#if Mongo
    import SessionCore

    extension SessionCollection {
        /// An index of the collection.
        private struct Index: Sendable {
            let field: String
            var isUnique = false
            var isSparse = false
            var secondsToLive: Int32?

            /// No two documents with one id; those of other programs that have none don't count.
            static let id = Index(field: Field.id, isUnique: true, isSparse: true)

            /// For the server, to remove what has a lifetime of its own.
            static let expireAt = Index(field: Field.expireAt, secondsToLive: 0)

            /// For sweeps, to find what has the store's.
            static let lastActivity = Index(field: Field.lastActivity)
        }

        /// Creates the indexes that are missing, or only asks whether the server is there.
        func prepare(
            _ options: MongoSessionOptions,
            _ call: Call
        ) async throws(SessionStoreError) {
            guard options.createsIndexes else {
                let ping = BSONWriter.document { $0.set("ping", to: Int32(1)) }
                let result = try await connection.run(ping, writes: false, call)
                return try connection.understand(result, call) { (_) throws(BSONError) in }
            }
            var wanted = [Index.id, .expireAt]
            if options.expiry != .never { wanted.append(.lastActivity) }
            guard let failure = try await create(wanted, call) else { return }
            guard Self.isConflict(failure) else { throw error(failure, call) }
            // Whoever made other indexes on these fields knows why, as long as ids stay unique.
            for index in wanted {
                guard let failure = try await create([index], call) else { continue }
                guard Self.isConflict(failure) else { throw error(failure, call) }
                guard index.field == Field.id, try await !hasUniqueIDs(call) else { continue }
                let cause = "no index of the collection on \"id\" alone is unique"
                let setting = MongoSetting.collectionName
                throw .misconfigured(call.fault(at: connection.place, setting: setting, cause))
            }
        }

        private static func isConflict(_ failure: MongoFailure) -> Bool {
            failure.source == .server && MongoCode.indexConflicts.contains(failure.code)
        }

        /// Creates indexes, and returns why not if they can't be.
        ///
        /// They have the names that every driver gives them, so that what is there is found.
        private func create(
            _ indexes: [Index],
            _ call: Call
        ) async throws(SessionStoreError) -> MongoFailure? {
            let command = BSONWriter.document { command in
                command.set("createIndexes", to: connection.collectionName)
                command.setArray("indexes") { documents in
                    for (place, index) in indexes.enumerated() {
                        documents.setDocument(String(place)) { document in
                            document.setDocument("key") { $0.set(index.field, to: Int32(1)) }
                            document.set("name", to: "\(index.field)_1")
                            if index.isUnique { document.set("unique", to: true) }
                            if index.isSparse { document.set("sparse", to: true) }
                            guard let seconds = index.secondsToLive else { return }
                            document.set("expireAfterSeconds", to: seconds)
                        }
                    }
                }
            }
            guard case .failure(let failure) = try await connection.run(command, writes: true, call)
            else { return nil }
            return failure
        }

        private func hasUniqueIDs(_ call: Call) async throws(SessionStoreError) -> Bool {
            let command = BSONWriter.document {
                $0.set("listIndexes", to: connection.collectionName)
            }
            let result = try await connection.run(command, writes: false, call)
            return try connection.understand(result, call) { (bytes) throws(BSONError) in
                for index in try FindReply(bytes).documents where try Self.isUniqueByID(index) {
                    return true
                }
                return false
            }
        }

        private static func isUniqueByID(_ index: BSONElement) throws(BSONError) -> Bool {
            guard let reader = try index.document(),
                var key = try reader.first("key")?.document(),
                try key.next()?.name == Field.id, try key.next() == nil
            else { return false }
            guard let unique = try reader.first("unique") else { return false }
            return try JSON(unique).bool == true
        }

        /// Translates why there is no index.
        private func error(_ failure: MongoFailure, _ call: Call) -> SessionStoreError {
            if failure.isDuplicate {
                let cause =
                    "several documents have the same \"id\", as Bottender may leave them; remove "
                    + "all but the one with the latest lastActivity, and open the store again"
                return .corrupted(call.fault(at: connection.place, cause))
            }
            if failure.source == .server, MongoCode.unauthorized.contains(failure.code) {
                let cause =
                    "the user may not create indexes: give it the role readWrite, or create them "
                    + "and set this to false"
                let setting = MongoSetting.createsIndexes
                return .misconfigured(call.fault(at: connection.place, setting: setting, cause))
            }
            return SessionStoreError(failure, call, at: connection.place)
        }
    }
#endif
