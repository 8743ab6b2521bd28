#if Configuration
    import SessionCore

    #if Mongo
        import MongoSessions
    #endif

    extension Driver {
        // Known in builds without the driver, too: one file of settings serves all deployments.
        static let mongoSettings = [
            "url", "database", "collectionName", "timeout", "poolSize", "createsIndexes",
        ]

        #if Mongo
            static func makeMongoStore(
                _ settings: Settings,
                _ expiry: Expiry
            ) async throws(SessionStoreError) -> any SessionStore {
                var options = MongoSessionOptions(expiry: expiry)
                options.url = try await settings.text("url", isSecret: true) ?? options.url
                options.database = try await settings.text("database")
                options.collectionName =
                    try await settings.text("collectionName") ?? options.collectionName
                if let milliseconds = try await settings.wholeNumber("timeout", in: 1...3_600_000) {
                    options.timeout = .milliseconds(milliseconds)
                }
                options.poolSize =
                    try await settings.wholeNumber("poolSize", in: 1...1_000) ?? options.poolSize
                options.createsIndexes =
                    try await settings.flag("createsIndexes") ?? options.createsIndexes
                return MongoSessionStore(options)
            }
        #else
            static func makeMongoStore(
                _ settings: Settings,
                _ expiry: Expiry
            ) async throws(SessionStoreError) -> any SessionStore {
                throw Driver.mongo.isLeftOut(trait: "Mongo")
            }
        #endif
    }
#endif
