extension Results {
    /// Returns the medians as text for people, the best engine of each phase first.
    public func table() -> String {
        Group.all(medians()).map { group in
            let columns = Column.all(group.rows, .plain)
            let table = TextTable(
                headings: columns.map(\.heading),
                rows: group.rows.map { row in columns.map { $0.text(row) } },
                wordColumns: [0]
            )
            return "\(group.phase.name): \(group.title(.plain))\n\n" + table.text
        }.joined(separator: "\n")
    }
}
