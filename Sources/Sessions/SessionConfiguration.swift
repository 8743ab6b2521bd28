#if Configuration
    public import Configuration
    public import Foundation
    public import SessionCore

    /// The settings of an application; ``makeStore()`` makes the store that they ask for.
    ///
    /// <doc:Configuration> lists the settings, and shows how the driver differs from one deployment
    /// to the next.
    public struct SessionConfiguration: Sendable {
        /// Makes a driver of your own.
        ///
        /// It gets the settings below `session.stores.<name>`, which are its own business, and the
        /// store's `expiresIn`, which it has to keep to.
        public typealias CustomDriver =
            @Sendable (_ settings: ConfigReader, _ expiry: Expiry) async throws -> any SessionStore

        /// Longest configuration file, in bytes; a longer one is refused unread.
        public static let fileByteCountMax = 1_024 * 1_024

        /// Reads the settings, those of the application among them.
        public let reader: ConfigReader

        /// Where keys can be listed, the first wins; empty when that is unknown.
        let sources: [SettingsSource]

        /// Takes settings from files, and from the environment, which wins over all of them.
        ///
        /// Every file is read once, now, and every one has to be there. Nothing of them but keys
        /// and places gets into an error.
        ///
        /// - Parameters:
        ///   - files: Paths that end in `.json`, or with the package trait `YAML` in `.yaml` or
        ///     `.yml`. Of a key in several, the last file's value counts.
        ///   - environment: Variables, `session.stores.file.dirname` as
        ///     `SESSION_STORES_FILE_DIRNAME`.
        ///   - accessReporter: Is told of every setting that is read, secrets left out.
        /// - Throws: `misconfigured` when there is no such file or it is not JSON or YAML, and
        ///   `unavailable` when it can't be read; the place is its path.
        public init(
            files: [String],
            environment: [String: String] = ProcessInfo.processInfo.environment,
            accessReporter: (any AccessReporter)? = nil
        ) throws(SessionStoreError) {
            var documents: [SettingsDocument] = []
            for path in files { documents.append(try SettingsDocument(path: path)) }
            documents.reverse()
            let variables = EnvironmentVariablesProvider(
                environmentVariables: environment,
                // Whatever else is in there, nobody meant it for a log.
                secretsSpecifier: .all
            )
            reader = ConfigReader(
                providers: [variables] + documents.map(SettingsProvider.init),
                accessReporter: accessReporter
            )
            sources =
                [.environment(EnvironmentNames(environment))]
                + documents.map(SettingsSource.document)
        }

        /// Takes settings from `reader`, where they begin with `session`.
        ///
        /// A reader doesn't say which keys its providers have. So types, ranges and names of
        /// drivers are held to what they have to be, but a misspelt key is not found out;
        /// ``init(files:environment:accessReporter:)`` finds those, too.
        public init(reader: ConfigReader) {
            self.reader = reader
            sources = []
        }
    }

    extension SessionConfiguration: CustomStringConvertible, CustomDebugStringConvertible,
        CustomReflectable
    {
        /// Where the settings come from, and none of them.
        public var description: String {
            let places = sources.isEmpty ? "a reader" : sources.map(\.place).joined(separator: ", ")
            return "settings from \(places)"
        }

        /// Where the settings come from, and none of them.
        public var debugDescription: String { description }

        /// Nothing: what is in here may be secret.
        public var customMirror: Mirror { Mirror(self, children: []) }
    }
#endif
