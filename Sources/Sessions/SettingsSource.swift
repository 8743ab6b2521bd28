#if Configuration
    /// A place whose keys can be listed.
    enum SettingsSource: Sendable {
        case environment(EnvironmentNames)
        case document(SettingsDocument)

        /// What to call it in a message.
        var place: String {
            switch self {
            case .environment: "the environment"
            case .document(let document): document.path
            }
        }

        /// Whether it sets `key`, given with its dots.
        func has(_ key: String) -> Bool {
            switch self {
            case .environment(let names): names.all.contains(EnvironmentNames.name(dotted: key))
            case .document(let document): document.values[key] != nil
            }
        }

        /// Where it sets `key`.
        func place(of key: String) -> String {
            switch self {
            case .environment: "the variable \(EnvironmentNames.name(dotted: key))"
            case .document(let document): document.path
            }
        }
    }
#endif
