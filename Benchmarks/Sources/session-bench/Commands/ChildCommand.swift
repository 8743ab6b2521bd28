import ArgumentParser
import LogEngine

/// What this program does in processes of its own; for itself only.
struct ChildCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "child",
        abstract: "Does a part of a benchmark in a process of its own.",
        shouldDisplay: false,
        subcommands: [OverwriteCommand.self, MemoryCommand.self]
    )

    /// What it works on.
    struct Place: ParsableArguments {
        @Option var engine: String
        @Option var directory: String
        @Option var records: Int
    }
}

/// Overwrites, and says how far it is, until it is killed.
struct OverwriteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "overwrite")

    @OptionGroup var place: ChildCommand.Place

    func run() throws {
        try Subject(place.engine).open(
            place.directory,
            .buffered,
            Overwriter(records: place.records)
        )
    }
}

private struct Overwriter: EngineVisitor {
    let records: Int

    func visit<Store: Engine>(_ engine: Store) throws {
        let user = try engine.attach()
        defer { engine.detach(user) }
        let order = KilledOverwrite.order(records)
        // Again and again: whoever kills it may be slow.
        while true {
            for start in stride(from: 0, to: records, by: KilledOverwrite.stepCount) {
                let end = min(start + KilledOverwrite.stepCount, records)
                let operands = LoadOperands<Store.List>(
                    order[start..<end], version: KilledOverwrite.version)
                for index in 0..<(end - start) {
                    try engine.put(operands.keys, index, operands.values, index, with: user)
                }
                Console.say(String(end))
            }
        }
    }
}

/// Opens a store, reads, and says how much memory that takes.
struct MemoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "memory")

    @OptionGroup var place: ChildCommand.Place
    @Option var reads: Int

    func run() throws {
        let base = ProcessFacts().anonymousMemory ?? 0
        let use = MemoryUse(records: place.records, reads: reads, base: base)
        try Subject(place.engine).open(place.directory, .buffered, use)
    }
}

private struct MemoryUse: EngineVisitor {
    let records: Int
    let reads: Int
    let base: Int

    func visit<Store: Engine>(_ engine: Store) throws {
        // A server has nothing but the data.
        let facts = ProcessFacts(engine.process)
        let before = engine.process == 0 ? base : 0
        let opened = (facts.anonymousMemory ?? 0) - before
        let user = try engine.attach()
        defer { engine.detach(user) }
        var workload = Workload()
        var stream = Stream(.read, worker: 0)
        for _ in 0..<reads {
            var keys = Store.List(count: 1, byteCount: 40)
            workload.withKey(UInt64(stream.below(records))) { keys.append($0) }
            guard try engine.get(keys, 0, with: user) >= 0 else {
                throw BenchError("A session is not there.")
            }
        }
        let read = (facts.anonymousMemory ?? 0) - before
        let index = try (engine as? LogBench)?.log.statistics().indexByteCount ?? 0
        Console.say("\(opened) \(read) \(index)")
    }
}
