#if Mongo
    public import SessionCore

    extension MongoSessionStore {
        /// How many whole sessions a listing asks for at once.
        ///
        /// Of large ones the server gives fewer, which are 16 MiB together.
        static let pageSize = 512

        /// How many it asks for of which it needs only the id.
        static let headPageSize = 4_096

        /// Lists the sessions that match `filter` and have not expired, by id.
        ///
        /// Each page is a query of its own, so a listing that is not finished costs the server
        /// nothing. Documents whose `id` is no session id are somebody else's, and left out.
        public func sessions(
            where filter: SessionFilter
        ) async throws(SessionStoreError) -> SessionListing<Session> {
            try await listing(filter, .whole)
        }

        /// Lists the ids of the sessions that match `filter` and have not expired, in their order.
        ///
        /// Sessions are read whole only when the filter asks for what the id does not say.
        public func ids(
            where filter: SessionFilter
        ) async throws(SessionStoreError) -> SessionListing<SessionID> {
            try await listing(filter, filter.needsSession ? .whole : .head).mapItems(\.id)
        }

        private func listing(
            _ filter: SessionFilter,
            _ part: SessionCollection.Part
        ) async throws(SessionStoreError) -> SessionListing<Session> {
            _ = try await collection(Call(.list))
            let walk = Walk(store: self, filter: filter, part: part)
            return SessionListing { await walk.page(after: nil) }
        }

        /// One way through a collection.
        private struct Walk: Sendable {
            typealias Page = SessionListing<Session>.Page

            let store: MongoSessionStore
            let filter: SessionFilter
            let part: SessionCollection.Part

            func page(after last: SessionCollection.Mark?) async -> Page {
                do throws(SessionStoreError) {
                    return try await load(after: last)
                } catch {
                    return Page([.failure(error)])
                }
            }

            private func load(
                after last: SessionCollection.Mark?
            ) async throws(SessionStoreError) -> Page {
                let call = Call(.list)
                let collection = try await store.collection(call)
                let limit = part == .whole ? pageSize : headPageSize
                let found = try await collection.page(
                    of: IDRange(filter), after: last, part, limit: limit, call)
                // A page that is not full says nothing: the server ends it at so many bytes, too.
                guard let end = found.last else { return Page([]) }
                var page = Page([])
                var expired: [StoredSession] = []
                for document in found {
                    guard let element = element(document, &expired, collection, call) else {
                        continue
                    }
                    page.elements.append(element)
                }
                // What can't be removed now has expired all the same, and goes another time.
                _ = try? await collection.remove(expired, call)
                if let mark = Self.mark(at: end, of: found, after: last) {
                    page.next = { await self.page(after: mark) }
                } else {
                    let cause = "there is no way on behind a document that can't be read"
                    let fault = call.fault(at: collection.connection.place, cause)
                    page.elements.append(.failure(.unavailable(fault)))
                }
                return page
            }

            /// Returns where a page ends, or nil when that can't be read.
            private static func mark(
                at end: BSONElement,
                of found: [BSONElement],
                after last: SessionCollection.Mark?
            ) -> SessionCollection.Mark? {
                guard let id = id(of: end) else { return nil }
                var mark = SessionCollection.Mark(id: id, keys: [])
                if let last, last.id.bytes == id.bytes { mark.keys = last.keys }
                for document in found.reversed() {
                    guard self.id(of: document)?.bytes == id.bytes else { break }
                    guard let reader = try? document.document(),
                        let key = try? reader.first(StoredSession.Field.key)
                    else { return nil }
                    mark.keys.append(key)
                }
                return mark
            }

            /// Returns what a document is in the listing, or nil when it does not belong there.
            private func element(
                _ document: BSONElement,
                _ expired: inout [StoredSession],
                _ collection: SessionCollection,
                _ call: Call
            ) -> SessionListing<Session>.Element? {
                var id: SessionID?
                if let text = try? Self.id(of: document)?.text() {
                    id = try? SessionID(text)
                    // The document of another program.
                    guard let id, filter.matches(id) else { return nil }
                }
                do throws(SessionStoreError) {
                    let stored = try collection.session(in: document, id, call)
                    guard store.options.keepsExpired || !store.isExpired(stored.session) else {
                        expired.append(stored)
                        return nil
                    }
                    return filter.matches(stored.session) ? .success(stored.session) : nil
                } catch {
                    return .failure(error)
                }
            }

            private static func id(of document: BSONElement) -> BSONElement? {
                guard let reader = try? document.document() else { return nil }
                return try? reader.first(StoredSession.Field.id)
            }
        }
    }
#endif
