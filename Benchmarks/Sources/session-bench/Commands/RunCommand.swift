import ArgumentParser
import BenchReport

/// Measures, and prints what came of it.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Measures phases and engines, and prints a table."
    )

    @OptionGroup var arguments: BenchArguments

    func run() throws {
        let results = try Bench.run(arguments)
        Console.say("")
        Console.say(results.table())
    }
}

/// Measures all engines in turn, and puts the results beside the targets.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Measures engines in turn, and prints ratios beside the targets."
    )

    @OptionGroup var arguments: BenchArguments

    func run() throws {
        let results = try Bench.run(arguments)
        Console.say("")
        Console.say(results.table())
        Console.say("")
        Console.say(results.comparison(Target.design))
    }
}

extension Bench {
    /// Measures what the arguments ask for.
    fileprivate static func run(_ arguments: BenchArguments) throws -> Results {
        try WorkloadCheck.run()
        let settings = try arguments.settings()
        let bench = try Bench(settings)
        defer {
            // What is left lies where builds lie, and goes with them.
            try? bench.directories.removeAll()
        }
        let machine = Machine(of: bench.directories.root)
        bench.say(machine.description)
        bench.say("\(settings.records) sessions, \(settings.rounds) rounds")
        try bench.run()
        guard bench.failures == 0 else {
            bench.say(Results(bench.measurements).table())
            throw BenchError("\(bench.failures) measurements failed; see above.")
        }
        return Results(bench.measurements)
    }
}
