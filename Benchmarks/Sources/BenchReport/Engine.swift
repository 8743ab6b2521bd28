/// What the name of an engine says of it.
struct Engine: Hashable, Sendable {
    var name: String

    init(_ name: String) { self.name = name }

    /// Ours, in one of its variants.
    var isOurs: Bool { name == "session-store" || name.hasPrefix("session-store ") }

    /// What the bare machine does: nothing that keeps sessions.
    var isLimit: Bool { name.hasPrefix("raw-") }

    /// How many records a raw loop puts into each batch: the number at the end of its name.
    var batch: Int? { isLimit ? name.split(separator: "-").last.flatMap { Int($0) } : nil }

    /// The name without the number.
    var family: String {
        batch == nil ? name : name.split(separator: "-").dropLast().joined(separator: "-")
    }

    /// What a user would pick instead of ours.
    var isPeer: Bool { !isOurs && !isLimit }

    /// A peer that works in a process of its own.
    var isServer: Bool { name.hasPrefix("redis") }
}

extension Measurement {
    /// How many tasks it is shown with: a raw loop does in one what so many would do together.
    var shownWorkers: Int {
        // There the numbers in names are of bytes or sessions, too.
        phase == "limits" ? workers : Engine(engine).batch ?? workers
    }

    /// The name of its line over the number of tasks, the same for all numbers.
    var family: String {
        let engine = Engine(engine)
        return engine.batch == shownWorkers ? engine.family : engine.name
    }
}
