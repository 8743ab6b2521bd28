#if Configuration
    import SessionCore

    extension Driver {
        // Known in builds without the driver, too: one file of settings serves all deployments.
        static let mongoSettings = ["url", "database", "collectionName"]

        static func makeMongoStore(
            _ settings: Settings,
            _ expiry: Expiry
        ) async throws(SessionStoreError) -> any SessionStore {
            throw Driver.mongo.isLeftOut(trait: "Mongo")
        }
    }
#endif
