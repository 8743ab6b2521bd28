/// What is measured, by name, in the order in which it is.
enum Phase: String, CaseIterable, Sendable {
    case load
    case readUniform = "read-uniform"
    case readZipf = "read-zipf"
    case readAbsent = "read-absent"
    case durable
    case rmw50 = "rmw-50"
    case rmw95 = "rmw-95"
    case limits
    case readCompacted = "read-compacted"
    case reopenClean = "reopen-clean"
    case reopenKill = "reopen-kill"
    case overwrite
    case compact
    case readDuringCompaction = "read-during-compaction"
    case memory
    case disk
    case session
    case turns
    case expiry
    case growth

    /// Names for several at once.
    static let groups: [String: [Phase]] = [
        "all": allCases,
        "reads": [.readUniform, .readZipf, .readAbsent],
        "rmw": [.rmw50, .rmw95],
        "reopen": [.reopenClean, .reopenKill],
    ]

    /// Returns the phases that a list of names, separated by commas, means.
    static func parse(_ text: String) throws -> Set<Phase> {
        var phases: Set<Phase> = []
        for name in text.split(separator: ",").map({ String($0) }) {
            if let group = groups[name] {
                phases.formUnion(group)
            } else if let phase = Phase(rawValue: name) {
                phases.insert(phase)
            } else {
                let names = allCases.map(\.rawValue) + groups.keys.sorted()
                throw BenchError("No phase \(name); there are \(names.joined(separator: ", ")).")
            }
        }
        return phases
    }
}

extension Bench {
    /// Measures all that was asked for.
    func run() throws {
        if wants(.load) { try load() }
        if !settings.phases.isDisjoint(with: Phase.groups["reads"] ?? []) { read() }
        if wants(.durable) { writeDurably() }
        if wants(.rmw50) || wants(.rmw95) { modify() }
        if wants(.limits) { try measureLimits() }
        if wants(.readCompacted) { readCompacted() }
        if wants(.reopenClean) { reopenClean() }
        if wants(.reopenKill) { reopenKilled() }
        if wants(.overwrite) || wants(.compact) { overwrite() }
        if wants(.readDuringCompaction) { readDuringCompaction() }
        if wants(.memory) { measureMemory() }
        if wants(.disk) { measureDisk() }
        if wants(.session) { measureSessions() }
        if wants(.turns) { measureTurns() }
        if wants(.expiry) { expire() }
        if wants(.growth) { try grow() }
    }
}
