#if Mongo
    public import SessionCore

    extension MongoSessionStore {
        /// Removes every session that has expired by the store's lifetime, and returns how many.
        ///
        /// A store that is open does it once a minute. Sessions with a lifetime of their own are
        /// left to the server, which looks about once a minute as well.
        @discardableResult
        public func sweep() async throws(SessionStoreError) -> Int {
            try await collection(Call(.expire)).sweep(clock, options.expiry)
        }
    }

    extension SessionCollection {
        /// How many sessions a sweep removes with one command.
        static let sweepSize = 256

        /// Removes sessions that have expired, unless somebody writes them just then.
        ///
        /// Not the server: it would need a date in each document that depends on a setting, and
        /// would go by it when the setting has long been changed, or when Bottender, which doesn't
        /// know of the date, has extended the session.
        func sweep(_ clock: SteadyClock, _ expiry: Expiry) async throws(SessionStoreError) -> Int {
            guard let lifetime = expiry.lifetime else { return 0 }
            var total = 0
            // Documents of other programs, which stay at the head of the line.
            var strangerCount = 0
            while true {
                let call = Call(.expire)
                let now = clock.now()
                let found = try await inactive(
                    since: now.subtractingReportingOverflow(lifetime).partialValue,
                    skipping: strangerCount,
                    limit: Self.sweepSize,
                    call
                )
                let expired = found.compactMap { element -> StoredSession? in
                    let stored = try? session(in: element, nil, call)
                    guard let stored, stored.session.isExpired(at: now, in: expiry) else {
                        return nil
                    }
                    return stored
                }
                total += try await remove(expired, call)
                strangerCount += found.count - expired.count
                guard found.count == Self.sweepSize else { return total }
            }
        }
    }
#endif
