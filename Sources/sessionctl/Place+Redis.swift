#if Tools
    import SessionCore

    extension Place {
        /// Opens the store on a Redis server for `body`, and closes it after.
        static func withRedisStore<Result>(
            _ url: String,
            expiresIn minutes: Double,
            _ body: (any SessionStore) async throws -> Result
        ) async throws -> Result {
            throw Failure("\(Place.redis(url)): built without the trait Redis.")
        }
    }
#endif
