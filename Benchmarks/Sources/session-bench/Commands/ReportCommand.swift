import ArgumentParser
import BenchReport
import Foundation

/// Prints results that were measured before.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Prints the table of results that were measured before."
    )

    @Argument(help: "A file with a line of JSON for each measurement.")
    var results: String

    @Option(help: "Where to write a report with charts.")
    var html: String?

    @Option(help: "What the report says it was measured on. Default: this machine.")
    var machine: String?

    func run() throws {
        let text = try String(contentsOfFile: results, encoding: .utf8)
        let results = try Results(jsonLines: text)
        Console.say(results.table())
        Console.say("")
        Console.say(results.comparison(Target.design))
        guard let html else { return }
        let here = FileManager.default.currentDirectoryPath
        let page = results.html(
            title: "Session store benchmark",
            machine: machine ?? Machine(of: here).description
        )
        try page.write(toFile: html, atomically: true, encoding: .utf8)
    }
}
