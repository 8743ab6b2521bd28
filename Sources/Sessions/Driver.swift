#if Configuration
    import SessionCore

    /// A driver that `session.driver` can name.
    enum Driver: String, CaseIterable {
        case memory
        case file
        case redis
        case mongo

        /// The names of its settings, below `session.stores.<driver>`.
        var settingNames: [String] {
            switch self {
            case .memory: Self.memorySettings
            case .file: Self.fileSettings
            case .redis: Self.redisSettings
            case .mongo: Self.mongoSettings
            }
        }

        func makeStore(
            _ settings: Settings,
            _ expiry: Expiry
        ) async throws(SessionStoreError) -> any SessionStore {
            switch self {
            case .memory: try await Self.makeMemoryStore(settings, expiry)
            case .file: try await Self.makeFileStore(settings, expiry)
            case .redis: try await Self.makeRedisStore(settings, expiry)
            case .mongo: try await Self.makeMongoStore(settings, expiry)
            }
        }

        /// Returns the error for a driver whose package trait is off.
        func isLeftOut(trait: String) -> SessionStoreError {
            .misconfigured(
                Fault(
                    .configure,
                    setting: "session.driver",
                    cause: "the driver '\(rawValue)' is not in this build, since the package trait"
                        + " \(trait) is off"
                )
            )
        }
    }
#endif
