/// What can be measured, for the help.
enum Names {
    static var text: String {
        let phases = Phase.allCases.map(\.rawValue).joined(separator: ", ")
        let groups = Phase.groups.keys.sorted().joined(separator: ", ")
        let engines = Subject.standard().map(\.name).joined(separator: ", ")
        return """
            Phases: \(phases); several at once: \(groups).

            Engines: \(engines); in `durable` also lmdb+combiner and sqlite+combiner, whose waiting \
            writers share a transaction. When they are asked for, also session-store-mapped and \
            session-store-uncached.
            """
    }
}
