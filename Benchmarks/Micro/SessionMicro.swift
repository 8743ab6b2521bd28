import Foundation

/// Measures the leaves of the hot paths, each by itself:
/// `session-micro [--json] [--growth KEYS] [NAME...]`, which
/// `SESSION_BENCHMARKS=1 swift run -c release session-micro` builds first.
///
/// A name chooses the measurements that begin with it. With `--growth` the longest pause of an
/// insert is found while the index grows to so many keys; a million when nothing is said.
@main struct SessionMicro {
    static func main() async throws {
        var settings = Settings()
        guard settings.read(CommandLine.arguments.dropFirst()) else {
            let usage = "usage: session-micro [--json] [--growth KEYS] [NAME...]\n"
            FileHandle.standardError.write(Data(usage.utf8))
            exit(2)
        }
        var meter = Meter(chosen: settings.names, report: Report(isJSON: settings.isJSON))
        meter.report.begin()
        try FormatLeaves().measure(&meter)
        try CompressionLeaves().measure(&meter)
        try DocumentLeaves().measure(&meter)
        try await CommitLeaves().measure(&meter)
        IndexLeaves(growthCount: settings.growthCount).measure(&meter)
    }
}

/// What the command line says.
private struct Settings {
    var isJSON = false
    var growthCount = 1_000_000
    var names: [String] = []

    /// Returns false when nobody can tell what is meant.
    mutating func read(_ arguments: ArraySlice<String>) -> Bool {
        var arguments = arguments
        while let argument = arguments.popFirst() {
            switch argument {
            case "--json": isJSON = true
            case "--growth":
                guard let count = arguments.popFirst().flatMap({ Int($0) }), count > 0 else {
                    return false
                }
                growthCount = count
            default:
                guard !argument.hasPrefix("-") else { return false }
                names.append(argument)
            }
        }
        return true
    }
}
