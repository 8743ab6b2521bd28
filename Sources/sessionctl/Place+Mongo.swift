#if Tools
    import SessionCore

    extension Place {
        /// Opens the store on a MongoDB server for `body`, and closes it after.
        static func withMongoStore<Result>(
            _ url: String,
            expiresIn minutes: Double,
            _ body: (any SessionStore) async throws -> Result
        ) async throws -> Result {
            throw Failure("\(Place.mongo(url)): built without the trait Mongo.")
        }
    }
#endif
