#if Configuration
    import SessionCore

    /// The names that `session.driver` may have.
    struct DriverNames {
        /// Drivers of the application.
        let custom: [String]

        var all: [String] { Driver.allCases.map(\.rawValue) + custom }

        /// Holds the application's names to being no others, in no spelling of the environment.
        func validate() throws(SessionStoreError) {
            var taken: [String: String] = [:]
            for driver in Driver.allCases { taken[EnvironmentNames.name([driver.rawValue])] = "" }
            for name in custom {
                guard name.wholeMatch(of: /[A-Za-z0-9_-]+/) != nil else {
                    throw Self.unusable(name, "has other characters than letters, digits, - and _")
                }
                let spelling = EnvironmentNames.name([name])
                if let other = taken[spelling] {
                    let whose = other.isEmpty ? "a driver that is there already" : "'\(other)'"
                    throw Self.unusable(name, "is the name of \(whose)")
                }
                taken[spelling] = name
            }
        }

        /// What is wrong with a driver that nobody has.
        func unknown(_ name: String) -> String {
            let all = all.map { "'\($0)'" }.joined(separator: ", ")
            let shown = Spelling.shown(name).map { " \($0)" } ?? " of this name"
            let guess = Spelling.nearest(to: name, among: self.all).map { "did you mean '\($0)'?" }
            return "there is no driver\(shown) (\(guess ?? "there are \(all)"))"
        }

        private static func unusable(_ name: String, _ reason: String) -> SessionStoreError {
            let cause = "the name of the custom driver \(Spelling.shown(name) ?? "") \(reason)"
            return .rejected(Fault(.configure, setting: "session.driver", cause: cause))
        }
    }
#endif
