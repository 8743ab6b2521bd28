#if Redis
    /// The names of the settings that errors tell people to correct.
    enum RedisSetting {
        static let url = "session.stores.redis.url"
        static let host = "session.stores.redis.host"
        static let port = "session.stores.redis.port"
        static let user = "session.stores.redis.user"
        static let password = "session.stores.redis.password"
        static let db = "session.stores.redis.db"
        static let tls = "session.stores.redis.tls"
        static let poolSize = "session.stores.redis.poolSize"
        static let timeout = "session.stores.redis.timeout"
        static let keyPrefix = "session.stores.redis.keyPrefix"
        static let sentinelName = "session.stores.redis.sentinelName"
        static let sentinels = "session.stores.redis.sentinels"
        static let sentinelPassword = "session.stores.redis.sentinelPassword"
        static let cluster = "session.stores.redis.cluster"
    }
#endif
