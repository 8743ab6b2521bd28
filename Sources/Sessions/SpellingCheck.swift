#if Configuration
    import SessionCore

    /// Holds every key that is set to being one that there is.
    ///
    /// Whoever misspells a key believes it is set, so it must not pass in silence. Settings of all
    /// drivers may stand side by side, for the driver to be chosen by the environment; so those of
    /// drivers that are not chosen are checked, too, though not what they say.
    struct SpellingCheck {
        private static let root = "session"
        private static let stores = "session.stores"

        private let keys: [String]
        private let sections: [String]

        /// Below these, everything is the application's own business.
        private let ownSections: [String]

        init(_ names: DriverNames) {
            keys =
                ["session.driver", "session.expiresIn"]
                + Driver.allCases.flatMap { driver in
                    driver.settingNames.map { "\(Self.stores).\(driver.rawValue).\($0)" }
                }
            sections =
                [Self.root, Self.stores] + Driver.allCases.map { "\(Self.stores).\($0.rawValue)" }
            ownSections = names.custom.map { "\(Self.stores).\($0)" }
        }

        func check(_ sources: [SettingsSource]) throws(SessionStoreError) {
            for source in sources {
                switch source {
                case .environment(let names): try check(names)
                case .document(let document): try check(document)
                }
            }
            try checkRoots(of: sources)
        }

        // MARK: Files

        private func check(_ document: SettingsDocument) throws(SessionStoreError) {
            for key in document.keys where key == Self.root || key.hasPrefix(Self.root + ".") {
                guard let problem = problem(with: key, document.values[key] ?? .null) else {
                    continue
                }
                throw SettingsDocument.wrong(document.path, problem.cause, setting: problem.key)
            }
        }

        private func problem(with key: String, _ value: JSON) -> (key: String, cause: String)? {
            if ownSections.contains(where: { key == $0 || key.hasPrefix($0 + ".") }) { return nil }
            if keys.contains(key) {
                guard value == .null || value == .object([:]) else { return nil }
                return (key, "it is there, but has no value")
            }
            if sections.contains(key) {
                guard value != .null, value != .object([:]) else { return nil }
                return (key, "it has a value, but is a section: \(content(of: key))")
            }
            if let leaf = keys.first(where: { key.hasPrefix($0 + ".") }) {
                return (leaf, "it has to be a value, and not a section")
            }
            return (key, "there is no such setting (\(guess(for: key)))")
        }

        /// What was meant, or what there is in the innermost section that is right.
        private func guess(for key: String) -> String {
            if let meant = Spelling.nearest(to: key, among: keys + sections + ownSections) {
                return "did you mean \(meant)?"
            }
            // A section that is misspelt hides the right key in it.
            let parts = key.split(separator: ".")
            for count in stride(from: parts.count - 1, to: 1, by: -1) {
                let section = parts.prefix(count).joined(separator: ".")
                if sections.contains(section) { break }
                if let meant = Spelling.nearest(to: section, among: sections + ownSections) {
                    return "did you mean \(meant)?"
                }
            }
            let section = sections.last { key.hasPrefix($0 + ".") } ?? Self.root
            let isDriver = section != Self.root && section != Self.stores
            let elsewhere = keys.first { $0.hasSuffix(".\(parts.last ?? "")") }
            if !isDriver, let elsewhere { return "did you mean \(elsewhere)?" }
            return content(of: section)
        }

        private func content(of section: String) -> String {
            let names = (keys + sections + ownSections).filter { key in
                key.hasPrefix(section + ".") && !key.dropFirst(section.count + 1).contains(".")
            }
            let list = names.map { $0.dropFirst(section.count + 1) }.joined(separator: ", ")
            return "\(section) has \(list)"
        }

        // MARK: The environment

        /// Variables that begin with `SESSION_` may be somebody else's, as a desktop's
        /// `SESSION_MANAGER` is; what begins with `SESSION_STORES_`, or nearly is one of ours, is
        /// not.
        private func check(_ names: EnvironmentNames) throws(SessionStoreError) {
            let known = keys.map(EnvironmentNames.name(dotted:))
            let own = ownSections.map { EnvironmentNames.name(dotted: $0) + "_" }
            let stores = EnvironmentNames.name(dotted: Self.stores)
            for name in names.all.sorted() where Self.beginsAlmost(name) {
                if known.contains(name) || own.contains(where: name.hasPrefix) { continue }
                let section = name.split(separator: "_").prefix(2).joined(separator: "_")
                let meant = Spelling.nearest(to: name, among: known)
                let isOurs = meant != nil || Spelling.slips(section, stores) <= 1
                guard isOurs else { continue }
                let guess = meant.map { "did you mean \($0)?" } ?? known.joined(separator: ", ")
                let cause = "there is no such setting (\(meant == nil ? "there are " : "")\(guess))"
                throw .misconfigured(
                    Fault(.configure, place: "the environment", setting: name, cause: cause)
                )
            }
        }

        /// Whether a name begins with `SESSION_`, or would but for a slip.
        private static func beginsAlmost(_ name: String) -> Bool {
            let parts = name.split(separator: "_", maxSplits: 1)
            return parts.count == 2 && Spelling.slips(parts[0].uppercased(), "SESSION") <= 1
        }

        // MARK: The root

        /// Settings under `sessions` would be none at all.
        private func checkRoots(of sources: [SettingsSource]) throws(SessionStoreError) {
            let documents = sources.compactMap { source in
                if case .document(let document) = source { document } else { nil }
            }
            for document in documents {
                let roots = document.keys.map { String($0.prefix { $0 != "." }) }
                // Whoever has both in one file knows the difference.
                guard !roots.contains(Self.root) else { continue }
                for name in roots where Spelling.nearest(to: name, among: [Self.root]) != nil {
                    let cause = "there is no such section (did you mean \(Self.root)?)"
                    throw SettingsDocument.wrong(document.path, cause, setting: name)
                }
            }
        }
    }
#endif
