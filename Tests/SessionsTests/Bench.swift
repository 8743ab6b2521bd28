#if Configuration
    import Foundation
    import SessionCore
    import Sessions
    import Testing

    /// A directory for files of settings, that goes with its last user.
    final class Scratch {
        let path: String

        init() throws {
            let url = FileManager.default.temporaryDirectory.appending(path: "sessions-\(UUID())")
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            path = url.path
        }

        deinit {
            // What is left behind is in the directory for such things.
            try? FileManager.default.removeItem(atPath: path)
        }

        /// Writes a file, and returns its path.
        func file(_ name: String, _ text: String) throws -> String {
            let file = "\(path)/\(name)"
            try Data(text.utf8).write(to: URL(filePath: file))
            return file
        }

        /// The settings in a file of this text, and in variables.
        func configuration(
            _ text: String,
            _ name: String = "bot.json",
            environment: [String: String] = [:]
        ) throws -> SessionConfiguration {
            try SessionConfiguration(files: [file(name, text)], environment: environment)
        }

        /// Expects that these settings make no store, and returns why.
        func refusal(
            of text: String,
            _ name: String = "bot.json",
            environment: [String: String] = [:],
            custom: [String: SessionConfiguration.CustomDriver] = [:],
            sourceLocation: SourceLocation = #_sourceLocation
        ) async throws -> Fault {
            let error = try await #require(
                throws: SessionStoreError.self,
                sourceLocation: sourceLocation
            ) {
                let configuration = try self.configuration(text, name, environment: environment)
                _ = try await configuration.makeStore(custom: custom)
            }
            guard case .misconfigured(let fault) = error else {
                Issue.record("\(error) is not misconfigured", sourceLocation: sourceLocation)
                return error.fault
            }
            return fault
        }
    }
#endif
