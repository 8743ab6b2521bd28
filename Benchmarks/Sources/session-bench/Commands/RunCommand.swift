import ArgumentParser
import BenchReport

/// Measures, and prints what came of it.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Measures phases and engines, and prints a table.",
        discussion: Names.text
    )

    @OptionGroup var arguments: BenchArguments

    func run() throws {
        let bench = try Bench.run(arguments)
        Console.say("")
        Console.say(Results(bench.measurements).table())
        try bench.requireSuccess()
    }
}

/// Measures all engines in turn, and puts the results beside the targets.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Measures engines in turn, and prints ratios beside the targets.",
        discussion: Names.text
    )

    @OptionGroup var arguments: BenchArguments

    func run() throws {
        let bench = try Bench.run(arguments)
        let results = Results(bench.measurements)
        Console.say("")
        Console.say(results.table())
        Console.say("")
        Console.say(results.comparison(Target.design))
        try bench.requireSuccess()
    }
}

extension Bench {
    /// Measures what the arguments ask for.
    fileprivate static func run(_ arguments: BenchArguments) throws -> Bench {
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
        return bench
    }

    fileprivate func requireSuccess() throws {
        guard failures > 0 else { return }
        throw BenchError("\(failures) measurements failed; see above.")
    }
}
