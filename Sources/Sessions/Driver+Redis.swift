#if Configuration
    import SessionCore

    extension Driver {
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
