import ArgumentParser
import Foundation

/// What is measured and how, as the command line says.
struct BenchArguments: ParsableArguments {
    @Option(help: "Phases, separated by commas.")
    var phases = "all"

    @Option(help: "Engines, separated by commas; without, each where it matters.")
    var engines: String?

    @Option(help: "How many sessions there are.")
    var records: Int?

    @Option(help: "How often everything is measured; results are medians.")
    var rounds: Int?

    @Option(help: "How many write at once in `durable`, separated by commas.")
    var writers = "1,16,64,256,1024"

    @Option(help: "Operations of a measurement, for each worker, at most.")
    var operations: Int?

    @Option(help: "Seconds of a measurement at most, where it is not of a whole load.")
    var seconds: Double?

    @Option(help: "Where stores are made; the run's own part of it is removed afterwards.")
    var directory = ".build/bench"

    @Option(help: "A file that gets a line of JSON for each measurement.")
    var output: String?

    @Option(help: "How many sessions `growth` goes up to; 10 million take 7 GB.")
    var growthMax = 1_000_000

    @Flag(help: "Small sizes, to see whether everything works.")
    var quick = false

    /// Returns what they say together.
    func settings() throws -> Bench.Settings {
        let (records, rounds) = (records ?? (quick ? 20_000 : 1_000_000), rounds ?? (quick ? 1 : 3))
        guard records > 0, rounds > 0 else {
            throw ValidationError("There has to be a record, and a round.")
        }
        var subjects = Subject.standard()
        if let engines {
            subjects = engines.split(separator: ",").map { Subject(String($0)) }
        }
        return Bench.Settings(
            phases: try Phase.parse(phases),
            subjects: subjects,
            namesSubjects: engines != nil,
            records: records,
            writers: try Self.numbers(writers),
            rounds: rounds,
            operations: operations ?? (quick ? 20_000 : 1_000_000),
            seconds: seconds ?? (quick ? 0.5 : 5),
            directory: URL(fileURLWithPath: directory).path,
            output: output,
            growthMax: quick ? min(growthMax, records) : growthMax
        )
    }

    private static func numbers(_ text: String) throws -> [Int] {
        try text.split(separator: ",").map { part in
            guard let number = Int(part), number > 0 else {
                throw ValidationError("\(part) is no number of workers.")
            }
            return number
        }
    }
}

extension Subject {
    /// All that are compared when nobody says otherwise.
    static func standard() -> [Subject] {
        [.store, .storeBlocking] + PeerBench.offered().map { .peer($0.name) }
    }
}
