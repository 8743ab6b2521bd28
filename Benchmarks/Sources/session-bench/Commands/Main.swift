import ArgumentParser

/// Measures the session store beside those that a user would pick instead.
@main struct SessionBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session-bench",
        abstract: "Measures the session store beside those that a user would pick instead.",
        subcommands: [RunCommand.self, CompareCommand.self, ReportCommand.self, ChildCommand.self]
    )
}
