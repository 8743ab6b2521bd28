/// What is known of a phase: how people call it, and by which figure its engines are ranked.
struct Phase: Sendable {
    var name: String
    var title: String
    var figure = Figure.operationsPerSecond

    static let known = [
        Phase(name: "load", title: "Load"),
        Phase(name: "durable", title: "Durable writes"),
        Phase(name: "read-uniform", title: "Reads, uniform"),
        Phase(name: "read-zipf", title: "Reads, Zipf"),
        Phase(name: "read-absent", title: "Reads of absent sessions"),
        Phase(name: "read-compacted", title: "Reads of compressed sessions"),
        Phase(name: "rmw-50", title: "Read-modify-write, half writes"),
        Phase(name: "rmw-95", title: "Read-modify-write, 5 % writes"),
        Phase(name: "overwrite", title: "Overwriting everything"),
        Phase(name: "compact", title: "Compaction", figure: .seconds),
        Phase(name: "read-during-compaction", title: "Reads during compaction"),
        Phase(name: "reopen-clean", title: "Reopening, closed", figure: .secondsPerOperation),
        Phase(name: "reopen-kill", title: "Reopening, killed", figure: .secondsPerOperation),
        Phase(name: "memory", title: "Memory", figure: .anonymousMemory),
        Phase(name: "disk", title: "Disk per session", figure: .diskPerSession),
        Phase(name: "expiry", title: "Reclaiming expired sessions", figure: .seconds),
        Phase(name: "growth", title: "Growth"),
        Phase(name: "session", title: "Sessions as JSON"),
        Phase(name: "turns", title: "Turns of conversations"),
        Phase(name: "limits", title: "Limits of the machine"),
    ]

    /// What is known of `name`; of a new phase, that operations a second count.
    static func named(_ name: String) -> Phase {
        known.first { $0.name == name } ?? Phase(name: name, title: name)
    }

    /// Where it stands among the phases; new ones come last.
    static func rank(_ name: String) -> Int {
        known.firstIndex { $0.name == name } ?? known.count
    }
}
