#if Configuration
    /// The names of environment variables, without what they say.
    struct EnvironmentNames: Sendable {
        let all: Set<String>

        init(_ environment: [String: String]) {
            all = Set(environment.keys)
        }

        /// Returns the variable for a key with dots.
        static func name(dotted key: String) -> String {
            name(key.split(separator: ".").map(String.init))
        }

        /// Returns the variable for a key, as swift-configuration spells it: in capitals, with an
        /// underscore between components and wherever a capital follows a small letter.
        static func name(_ components: [String]) -> String {
            components.map { component in
                var spelling = ""
                var last: Character?
                for character in component {
                    if last?.isLowercase == true, character.isUppercase { spelling += "_" }
                    let isWord = character.isLetter || character.isNumber
                    spelling += isWord ? character.uppercased() : "_"
                    last = character
                }
                return spelling
            }
            .joined(separator: "_")
        }
    }
#endif
