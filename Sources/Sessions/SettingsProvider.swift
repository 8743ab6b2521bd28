#if Configuration
    import Configuration
    import Foundation
    import SessionCore

    /// Gives the values of a file to a reader, each only as the type that it has there.
    struct SettingsProvider: ConfigProvider, ConfigSnapshot {
        /// A value that is there, but of another type; which one it is stays in here.
        struct WrongType: Error {
            let key: String
            let wanted: ConfigType
        }

        let document: SettingsDocument

        var providerName: String { "SessionConfiguration[\(document.path)]" }

        func value(forKey key: AbsoluteConfigKey, type: ConfigType) throws -> LookupResult {
            let name = key.components.joined(separator: ".")
            guard let value = document.values[name], value != .null, value != .object([:]) else {
                return LookupResult(encodedKey: name, value: nil)
            }
            guard let content = Self.content(of: value, as: type) else {
                throw WrongType(key: name, wanted: type)
            }
            return LookupResult(encodedKey: name, value: ConfigValue(content, isSecret: false))
        }

        func fetchValue(
            forKey key: AbsoluteConfigKey,
            type: ConfigType
        ) async throws -> LookupResult {
            try value(forKey: key, type: type)
        }

        func watchValue<Return: ~Copyable>(
            forKey key: AbsoluteConfigKey,
            type: ConfigType,
            updatesHandler: (
                _ updates: ConfigUpdatesAsyncSequence<Result<LookupResult, any Error>, Never>
            ) async throws -> Return
        ) async throws -> Return {
            try await watchValueFromValue(forKey: key, type: type, updatesHandler: updatesHandler)
        }

        func snapshot() -> any ConfigSnapshot { self }

        func watchSnapshot<Return: ~Copyable>(
            updatesHandler: (
                _ updates: ConfigUpdatesAsyncSequence<any ConfigSnapshot, Never>
            ) async throws -> Return
        ) async throws -> Return {
            try await watchSnapshotFromSnapshot(updatesHandler: updatesHandler)
        }

        private static func content(of value: JSON, as type: ConfigType) -> ConfigContent? {
            switch type {
            case .string: value.string.map(ConfigContent.string)
            case .int: int(value).map(ConfigContent.int)
            case .double: value.double.map(ConfigContent.double)
            case .bool: value.bool.map(ConfigContent.bool)
            case .bytes: bytes(value).map(ConfigContent.bytes)
            case .stringArray: list(value, \.string).map(ConfigContent.stringArray)
            case .intArray: list(value, int).map(ConfigContent.intArray)
            case .doubleArray: list(value, \.double).map(ConfigContent.doubleArray)
            case .boolArray: list(value, \.bool).map(ConfigContent.boolArray)
            case .byteChunkArray: list(value, bytes).map(ConfigContent.byteChunkArray)
            }
        }

        private static func list<Element>(
            _ value: JSON,
            _ element: (JSON) -> Element?
        ) -> [Element]? {
            guard let values = value.array else { return nil }
            let elements = values.compactMap(element)
            return elements.count == values.count ? elements : nil
        }

        private static func int(_ value: JSON) -> Int? {
            value.int64.flatMap { Int(exactly: $0) }
        }

        private static func bytes(_ value: JSON) -> [UInt8]? {
            value.string.flatMap { Data(base64Encoded: $0) }.map { [UInt8]($0) }
        }
    }
#endif
