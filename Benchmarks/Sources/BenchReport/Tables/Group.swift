/// Measurements that can be compared with each other, best first.
struct Group: Sendable {
    var phase: Phase
    var workers: Int
    var records: Int
    var rows: [Measurement]

    /// Groups `medians`, phases in the order of a run, few workers and records first.
    static func all(_ medians: [Measurement]) -> [Group] {
        var groups: [Group] = []
        for median in medians {
            let index = groups.firstIndex { $0.holds(median) }
            if let index {
                groups[index].rows.append(median)
            } else {
                groups.append(
                    Group(
                        phase: .named(median.phase), workers: median.shownWorkers,
                        records: median.records, rows: [median]
                    )
                )
            }
        }
        for index in groups.indices { groups[index].rank() }
        // Sorting is stable, so phases that nobody knows stay in the order of their appearance,
        // but not apart from each other.
        let names = groups.map(\.phase.name)
        func place(_ group: Group) -> Int {
            let rank = Phase.rank(group.phase.name)
            return rank < Phase.known.count
                ? rank : rank + (names.firstIndex(of: group.phase.name) ?? 0)
        }
        return groups.sorted {
            (place($0), $0.records, $0.workers) < (place($1), $1.records, $1.workers)
        }
    }

    private func holds(_ median: Measurement) -> Bool {
        phase.name == median.phase && workers == median.shownWorkers && records == median.records
    }

    private mutating func rank() {
        let figure = phase.figure
        rows.sort { first, second in
            switch (figure.value(of: first), figure.value(of: second)) {
            case (let first?, let second?):
                figure.isBetterHigher ? first > second : first < second
            case (let first, let second):
                first != nil && second == nil
            }
        }
    }

    /// What was done, with how many workers and records.
    func title(_ notation: Notation) -> String { "\(phase.title), \(size(notation))" }

    /// How many workers and records.
    func size(_ notation: Notation) -> String {
        let workers = workers == 1 ? "1 task" : "\(notation.count(workers)) tasks"
        // What the bare machine can do has no store.
        return records == 0 ? workers : "\(workers), \(notation.count(records)) sessions"
    }
}
