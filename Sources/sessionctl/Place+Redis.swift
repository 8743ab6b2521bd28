#if Tools
    import Foundation
    import SessionCore

    #if Redis
        import RedisSessions
    #endif

    extension Place {
        /// What has the URL of a server that is named by its scheme only, so that no password is
        /// seen among the machine's processes.
        static let redisVariable = "SESSION_STORES_REDIS_URL"

        /// Opens the store on a Redis server for `body`, and closes it after.
        static func withRedisStore<Result>(
            _ url: String,
            expiresIn minutes: Double,
            isSource: Bool = false,
            _ body: (any SessionStore) async throws -> Result
        ) async throws -> Result {
            #if Redis
                let place = Place.redis(url)
                let url = try serverURL(url, redisVariable)
                return try await withServer(place) { () throws(SessionStoreError) in
                    let expiry = try Expiry(minutes: minutes)
                    var options = try RedisSessionOptions(url: url, expiry: expiry)
                    options.keepsExpired = isSource
                    options.extendsStoredLives = false
                    return RedisSessionStore(options)
                } use: {
                    try await body($0)
                }
            #else
                throw Failure("\(Place.redis(url)): built without the trait Redis.")
            #endif
        }

        /// Returns the URL, or the one in `variable` when there is only a scheme.
        static func serverURL(_ url: String, _ variable: String) throws -> String {
            // Only a scheme: what else ends in a colon has lost its port, and may have a password.
            guard url.firstIndex(of: ":") == url.index(before: url.endIndex) else { return url }
            guard let found = ProcessInfo.processInfo.environment[variable], !found.isEmpty else {
                throw Failure("\(url) needs a server: \(url)//HOST, or a URL in \(variable).")
            }
            return found
        }

        /// Opens a store on a server for `body`, and closes it after.
        static func withServer<Result>(
            _ place: Place,
            make: () throws(SessionStoreError) -> any SessionStore,
            use body: (any SessionStore) async throws -> Result
        ) async throws -> Result {
            do {
                let store = try make()
                let result: Result
                do {
                    try await store.open()
                    result = try await body(store)
                } catch {
                    // What went wrong first is what is told.
                    try? await store.close()
                    throw error
                }
                try await store.close()
                return result
            } catch let error as SessionStoreError {
                throw Failure("\(place): \(escaped("\(error)"))")
            }
        }
    }
#endif
