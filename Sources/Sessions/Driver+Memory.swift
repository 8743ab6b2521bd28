#if Configuration
    import SessionCore

    extension Driver {
        static let memorySettings = ["maxSize"]

        static func makeMemoryStore(
            _ settings: Settings,
            _ expiry: Expiry
        ) async throws(SessionStoreError) -> any SessionStore {
            let maxSize = try await settings.wholeNumber("maxSize", in: 0...Int.max)
            return try MemorySessionStore(
                maxSize: maxSize ?? MemorySessionStore.maxSizeDefault,
                expiry: expiry
            )
        }
    }
#endif
