#if Configuration
    import SessionCore

    extension Driver {
        // Known in builds without the driver, too: one file of settings serves all deployments.
        static let redisSettings = [
            "url", "host", "port", "user", "password", "db", "socket", "keyPrefix",
        ]

        static func makeRedisStore(
            _ settings: Settings,
            _ expiry: Expiry
        ) async throws(SessionStoreError) -> any SessionStore {
            throw Driver.redis.isLeftOut(trait: "Redis")
        }
    }
#endif
