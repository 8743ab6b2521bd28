public import LogEngine
public import SessionCore

extension FileSessionStore {
    /// Lists the sessions that match `filter` and have not expired, in no particular order.
    public func sessions(
        where filter: SessionFilter
    ) async throws(SessionStoreError) -> SessionListing<Session> {
        try await listing { record in
            guard let id = SessionID(bytes: record.key) else {
                return .failure(Self.notAnID(record))
            }
            guard filter.matches(id) else { return nil }
            let result = Self.session(from: record, id)
            if case .success(let session) = result, !filter.matches(session) { return nil }
            return result
        }
    }

    /// Lists the ids of the sessions that match `filter` and have not expired.
    ///
    /// A document is decoded only when the filter asks for something that the id does not say.
    public func ids(
        where filter: SessionFilter
    ) async throws(SessionStoreError) -> SessionListing<SessionID> {
        if filter.needsSession { return try await sessions(where: filter).mapItems(\.id) }
        return try await listing { record in
            guard let id = SessionID(bytes: record.key) else {
                return .failure(Self.notAnID(record))
            }
            return filter.matches(id) ? .success(id) : nil
        }
    }

    /// Counts the sessions that match `filter` and have not expired.
    ///
    /// - Complexity: Without a filter it reads the index only.
    public func count(where filter: SessionFilter) async throws(SessionStoreError) -> Int {
        if filter == .all {
            let log = try await log(for: .count)
            do throws(LogError) {
                return try log.count()
            } catch {
                throw SessionStoreError(error, .count)
            }
        }
        var count = 0
        for await id in try await ids(where: filter) {
            _ = try id.get()
            count += 1
        }
        return count
    }

    /// Returns what the log holds and takes now.
    public func statistics() async throws(SessionStoreError) -> LogStatistics {
        let log = try await log(for: .maintain)
        do throws(LogError) {
            return try log.statistics()
        } catch {
            throw SessionStoreError(error, .maintain)
        }
    }

    /// Counts live records and bytes anew from the index, and compares with the counters that the
    /// store keeps; writes wait meanwhile.
    public func recount() async throws(SessionStoreError) -> LogRecount {
        let log = try await log(for: .maintain)
        do throws(LogError) {
            return try await log.recount()
        } catch {
            throw SessionStoreError(error, .maintain)
        }
    }

    private func listing<Item: Sendable>(
        _ transform:
            @escaping @Sendable (LogRecord) -> Result<Item, SessionStoreError>?
    ) async throws(SessionStoreError) -> SessionListing<Item> {
        let records = try await log(for: .list).records()
        return SessionListing { Self.page(from: records, transform) }
    }

    private static func page<Item: Sendable>(
        from records: LogRecords,
        _ transform:
            @escaping @Sendable (LogRecord) -> Result<Item, SessionStoreError>?
    ) -> SessionListing<Item>.Page {
        var records = records
        var elements: [Result<Item, SessionStoreError>] = []
        var lookedAt = 0
        while elements.count < pageSize, lookedAt < lookedAtMax {
            lookedAt += 1
            guard let result = records.next() else { return SessionListing.Page(elements) }
            switch result {
            case .success(let record):
                if let element = transform(record) { elements.append(element) }
            case .failure(let error):
                elements.append(.failure(SessionStoreError(error, .list)))
            }
        }
        let rest = records
        return SessionListing.Page(elements) { page(from: rest, transform) }
    }

    private static func notAnID(_ record: LogRecord) -> SessionStoreError {
        .corrupted(
            Fault(.list, cause: "a key of \(record.key.count) bytes in the log is no session id")
        )
    }
}
