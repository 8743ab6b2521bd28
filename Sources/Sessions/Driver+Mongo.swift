#if Configuration
    import SessionCore

    extension Driver {
        static let mongoSettings = ["url", "database", "collectionName"]

        static func makeMongoStore(
            _ settings: Settings,
            _ expiry: Expiry
        ) async throws(SessionStoreError) -> any SessionStore {
            throw Driver.mongo.isLeftOut(trait: "Mongo")
        }
    }
#endif
