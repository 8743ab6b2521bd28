#if Tools
    import ArgumentParser
    import FileSessions
    import Foundation
    import SessionCore

    /// Which store to talk to; each setting is an option or an environment variable.
    struct Options: ParsableArguments {
        static let variables =
            "SESSION_DRIVER, SESSION_DIRNAME, SESSION_EXPIRES_IN and SESSION_DURABILITY"

        @Option(help: "Where sessions are kept: file or memory. (default: file)")
        var driver: String?

        @Option(help: "The directory of the file driver. (default: .sessions)")
        var dirname: String?

        @Option(
            help: ArgumentHelp(
                "Minutes without a message after which all is forgotten; 0 is never. (default: 0)",
                valueName: "minutes"
            )
        )
        var expiresIn: String?

        @Option(
            help: """
                What an answer is worth: durable (survives a power cut) or interval (survives the \
                end of the process; synced every second). (default: durable)
                """
        )
        var durability: String?

        @Option(help: "Whom the bot talks to; the session is console:USER.")
        var user = "1"

        var sessionID: SessionID {
            get throws {
                do {
                    return try SessionID(platform: "console", key: user)
                } catch {
                    throw ValidationError("--user: \(error).")
                }
            }
        }

        /// Makes the store that the settings ask for, and opens nothing yet.
        func makeStore() throws -> any SessionStore {
            let driver = Setting("--driver", driver, "SESSION_DRIVER")
            switch driver.value ?? "file" {
            case "memory": return try MemorySessionStore(expiry: try expiry())
            case "file":
                return FileSessionStore(
                    FileSessionOptions(
                        dirname: Setting("--dirname", dirname, "SESSION_DIRNAME").value
                            ?? ".sessions",
                        expiry: try expiry(),
                        durability: try storeDurability()
                    )
                )
            case let other:
                throw ValidationError("\(driver.name): no driver '\(other)'; use file or memory.")
            }
        }

        private func expiry() throws -> Expiry {
            let setting = Setting("--expires-in", expiresIn, "SESSION_EXPIRES_IN")
            guard let text = setting.value else { return .never }
            guard let minutes = Double(text), let expiry = try? Expiry(minutes: minutes) else {
                let max = Int(Expiry.minutesMax)
                throw ValidationError(
                    "\(setting.name): '\(text)' is no number of minutes from 0 to \(max)."
                )
            }
            return expiry
        }

        private func storeDurability() throws -> Durability {
            let setting = Setting("--durability", durability, "SESSION_DURABILITY")
            switch setting.value ?? "durable" {
            case "durable": return .durable
            case "interval": return .interval(.seconds(1))
            case let other:
                throw ValidationError(
                    "\(setting.name): '\(other)' is neither durable nor interval.")
            }
        }
    }

    /// The value of an option, or of the environment variable that stands in for it.
    private struct Setting {
        let name: String
        let value: String?

        init(_ option: String, _ value: String?, _ variable: String) {
            self.value = value ?? ProcessInfo.processInfo.environment[variable]
            name = value == nil ? variable : option
        }
    }
#endif
