#if Configuration
    import Configuration
    public import SessionCore

    extension SessionConfiguration {
        /// Makes the store that the settings ask for, and opens nothing yet.
        ///
        /// Each call makes another one: make one and share it.
        ///
        /// - Throws: `misconfigured`, naming the setting: an unknown driver, an unknown key, a
        ///   wrong type, a value out of range, a driver that is not in this build. `unavailable`
        ///   when a setting can't be read. Keys of all drivers are checked, values only of the
        ///   chosen one.
        public func makeStore() async throws(SessionStoreError) -> any SessionStore {
            switch try await choice(among: DriverNames(custom: [])) {
            case .builtIn(let driver, let expiry): return try await make(driver, expiry)
            case .custom(let name, _): preconditionFailure("There is no driver \(name).")
            }
        }

        /// Makes the store that the settings ask for, which may be one of your own.
        ///
        /// - Parameter custom: Drivers by the names that `session.driver` knows them by: letters,
        ///   digits, `-` and `_`, and none that a driver here has.
        /// - Returns: The store, which is opened by its first use.
        /// - Throws: As ``makeStore()`` does; `rejected` for a name that can't be used; and what a
        ///   driver of your own throws, as it is.
        public func makeStore(
            custom: [String: CustomDriver]
        ) async throws -> any SessionStore {
            let names = DriverNames(custom: custom.keys.sorted())
            try names.validate()
            switch try await choice(among: names) {
            case .builtIn(let driver, let expiry): return try await make(driver, expiry)
            case .custom(let name, let expiry):
                guard let make = custom[name] else {
                    preconditionFailure("The driver \(name) was registered.")
                }
                return try await make(reader.scoped(to: ["session", "stores", name]), expiry)
            }
        }

        private enum Choice {
            case builtIn(Driver, Expiry)
            case custom(String, Expiry)
        }

        private func choice(among names: DriverNames) async throws(SessionStoreError) -> Choice {
            try SpellingCheck(names).check(sources)
            let settings = Settings(reader: reader, path: "session", sources: sources)
            let name = try await settings.text("driver") ?? Driver.memory.rawValue
            let expiry = try await settings.expiry("expiresIn")
            if let driver = Driver(rawValue: name) { return .builtIn(driver, expiry) }
            guard names.custom.contains(name) else {
                throw settings.wrong("driver", names.unknown(name))
            }
            return .custom(name, expiry)
        }

        private func make(
            _ driver: Driver,
            _ expiry: Expiry
        ) async throws(SessionStoreError) -> any SessionStore {
            let path = "session.stores.\(driver.rawValue)"
            let settings = Settings(reader: reader, path: path, sources: sources)
            return try await driver.makeStore(settings, expiry)
        }
    }
#endif
