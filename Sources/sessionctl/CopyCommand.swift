#if Tools
    import ArgumentParser

    struct CopyCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "copy",
            abstract: "Copies all sessions from one place to another.",
            discussion: """
                PLACES: file:DIR, a store of the file driver · redis:, rediss: or mongodb:, a \
                server by its URL, in a build with the traits Redis and Mongo · bottender-files:DIR, \
                the .sessions directory of a bot that Bottender 1.x ran, to copy from · ndjson:FILE, \
                one session a line, and - for standard input or output · memory:, which forgets.

                SERVERS: redis://user:password@host:port/db?keyPrefix=bot: and cluster=true, \
                trustRoots=FILE or serverName=NAME where they are needed; \
                mongodb://host/database?collectionName=sessions and any option of libmongoc. \
                Only redis: or mongodb: takes the URL from SESSION_STORES_REDIS_URL or \
                SESSION_STORES_MONGO_URL, so that nobody sees a password among the processes.

                The source is only read, also beside a bot that has it open; what that bot \
                writes meanwhile may be missed, so stop it before the last copy. A store that is \
                not there is made. A session keeps the time of its last activity and its \
                lifetime; one that has expired by --expires-in is not copied. Where both places \
                have a session, the one with the later activity stays, unless --overwrite. So \
                the same command, run again, goes on where it was ended, and copies what is new.

                At the end every session of the source is read from the target once more and \
                compared. A file of lines is compared with what was written to it; standard \
                output is not compared, and from standard input each session is, as soon as it \
                is written. What can't be read, is refused or differs is named on standard \
                error, and the copy goes on.

                EXIT CODES: 0 all equal · 1 wrong usage, or the system refused · 3 something \
                could not be read or differs · 4 another process has the target.

                BOTTENDER: files end in .json, and directories in the directory are read as \
                well, but no symbolic link. An id is that of the document, else the path without \
                .json, in which a first @ stands for the colon that Windows does not allow. \
                Other files, as .tmp, are counted and left alone.

                JSON KEYS: from, to, read, written, alreadyThere, keptNewer, expired, \
                unreadable, refused, ignored, compared {equal, newer, expired, different, gone}, \
                differences [id, detail] (the first 20), equal. Without a comparison compared \
                and equal are null. When the target is standard output, the report goes to \
                standard error.
                """
        )

        @Option(help: ArgumentHelp("Where to copy from.", valueName: "place"))
        var from: String

        @Option(help: ArgumentHelp("Where to copy to.", valueName: "place"))
        var to: String

        @OptionGroup var options: CopyOptions

        func run() async throws {
            try await Transfer(from: Place(from), to: Place(to), options).run()
        }
    }

    struct ExportCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "Writes all sessions as NDJSON, one document a line.",
            discussion: """
                The same as copy to a file of lines, or to standard output. What people told a \
                bot is in it: the file is for its owner only (mode 0600). It is written beside \
                its name, as FILE.partial, and has the name once it is whole; a file that is \
                there already is not replaced.

                For exit codes and JSON KEYS see sessionctl copy --help.
                """
        )

        @Argument(help: "The directory of a store, or any place that copy takes.")
        var place: String

        @Option(help: ArgumentHelp("The file; - is standard output.", valueName: "file"))
        var to = "-"

        @OptionGroup var options: CopyOptions

        func run() async throws {
            let source = try Place(directoryOr: place)
            try await Transfer(from: source, to: Place(file: to), options).run()
        }
    }

    struct ImportCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Reads sessions from NDJSON into a store.",
            discussion: """
                The same as copy from a file of lines, or from standard input: one JSON document \
                a line, with the field "id". Lines may end in CRLF, the last one in nothing, and \
                empty ones don't count. A line that is no session, or longer than a session may \
                be, is named by its number and skipped.

                For exit codes and JSON KEYS see sessionctl copy --help.
                """
        )

        @Argument(help: "The directory of a store, or any place that copy takes.")
        var place: String

        @Option(help: ArgumentHelp("The file; - is standard input.", valueName: "file"))
        var from = "-"

        @OptionGroup var options: CopyOptions

        func run() async throws {
            let target = try Place(directoryOr: place)
            try await Transfer(from: Place(file: from), to: target, options).run()
        }
    }

    /// How to copy, whatever it is.
    struct CopyOptions: ParsableArguments {
        @OptionGroup var life: ExpiryOptions

        @Flag(help: "Where both places have a session, take that of the source.")
        var overwrite = false

        @Flag(
            inversion: .prefixedNo,
            help: "Read every session from the target at the end, and compare."
        )
        var compare = true

        @Flag(help: "Name each session that stays as it is in the target.")
        var verbose = false

        @Flag(help: "Print the report as JSON for programs.")
        var json = false
    }
#endif
