#if Configuration
    import FileSessions
    import LogEngine
    import SessionCore

    extension Driver {
        static let fileSettings = [
            "dirname", "durability", "compression", "compactedCompression", "reading",
        ]

        /// Longest time between two syncs, in milliseconds: an hour, past which it is a mistake.
        static let syncIntervalMax = 3_600_000

        static func makeFileStore(
            _ settings: Settings,
            _ expiry: Expiry
        ) async throws(SessionStoreError) -> any SessionStore {
            var options = FileSessionOptions(expiry: expiry)
            if let dirname = try await settings.text("dirname") {
                guard !dirname.isEmpty else { throw settings.wrong("dirname", "it is empty") }
                options.dirname = dirname
            }
            options.durability = try await durability(settings) ?? options.durability
            options.limits.compression =
                try await settings.choice("compression", of: ["none": .none, "lz4": .lz4])
                ?? options.limits.compression
            options.limits.compactedCompression =
                try await settings.choice(
                    "compactedCompression",
                    of: ["none": .none, "lz4": .lz4, "zstandard": .zstandard()]
                ) ?? options.limits.compactedCompression
            options.limits.reading =
                try await settings.choice("reading", of: ["copied": .copied, "mapped": .mapped])
                ?? options.limits.reading
            return FileSessionStore(options)
        }

        private static func durability(
            _ settings: Settings
        ) async throws(SessionStoreError) -> Durability? {
            switch try await settings.value("durability", as: [.wholeNumber, .text]) {
            case nil: return nil
            case .text("durable"): return .durable
            case .wholeNumber(let milliseconds) where 1...syncIntervalMax ~= milliseconds:
                return .interval(.milliseconds(milliseconds))
            default:
                throw settings.wrong(
                    "durability",
                    "it is neither 'durable' nor a number of milliseconds from 1 to"
                        + " \(syncIntervalMax)"
                )
            }
        }
    }
#endif
