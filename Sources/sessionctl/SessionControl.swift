#if Tools
    import ArgumentParser
    import LogEngine

    struct SessionControl: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sessionctl",
            abstract: "Looks into a directory of sessions, changes one, or copies all.",
            discussion: """
                Works whether or not a bot has the directory open; only put, destroy, compact, \
                import and what copy writes to need it for themselves. The others change nothing. \
                What people told a bot is not shown unless --reveal asks for it, or it is exported.

                EXIT CODES: 0 sound · 1 wrong usage, no such session, or the system refused · 2 a \
                torn tail, the unfinished end that a crash leaves, was cut or will be by the next \
                opening; no acknowledged session is in it · 3 damage was found, or a copy is not \
                equal · 4 another process has the directory.
                """,
            version: version,
            subcommands: [
                StatsCommand.self, ListCommand.self, GetCommand.self, PutCommand.self,
                DestroyCommand.self, CompactCommand.self, VerifyCommand.self, InspectCommand.self,
                CopyCommand.self, ExportCommand.self, ImportCommand.self,
            ]
        )

        private static var version: String {
            let libraries = CompressionLibraries.loaded
            return """
                sessionctl 0.1.0
                file format \(LogInspection.formatVersion)
                liblz4 \(libraries.lz4), libzstd \(libraries.zstd)
                """
        }
    }

    /// What every command is given.
    struct CommonOptions: ParsableArguments {
        @Argument(help: "The directory of the store.")
        var directory: String

        @Flag(help: "Print JSON for programs instead of text.")
        var json = false

        var output: Output { Output(isJSON: json) }

        /// A URL is no directory, and may have a password in it that an error would repeat.
        func validate() throws {
            guard !directory.contains("://") else {
                throw ValidationError("The directory of a store is wanted, and no URL.")
            }
        }
    }

    /// How long sessions live, which is the bot's setting and not in the directory.
    struct ExpiryOptions: ParsableArguments {
        @Option(
            help: ArgumentHelp(
                "The bot's session.expiresIn: minutes after which a session without a lifetime"
                    + " of its own has expired; 0 is never.",
                valueName: "minutes"
            )
        )
        var expiresIn = 0.0
    }
#endif
