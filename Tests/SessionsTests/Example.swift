#if Configuration
    import Foundation
    import Sessions

    /// Opens the store that this deployment asks for.
    func openStore(
        in directory: String,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) async throws -> any SessionStore {
        var files = ["\(directory)/bot.json"]
        if let deployment = environment["DEPLOYMENT"] {
            files.append("\(directory)/bot.\(deployment).json")
        }
        let configuration = try SessionConfiguration(files: files, environment: environment)
        let store = try await configuration.makeStore()
        try await store.open()
        return store
    }
#endif
