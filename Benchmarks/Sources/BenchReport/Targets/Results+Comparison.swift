extension Results {
    /// Returns how each of `targets` came out, by the medians.
    public func outcomes(_ targets: [Target]) -> [Outcome] {
        let judge = Judge(medians: medians())
        return targets.map(judge.outcome)
    }

    /// Returns the targets and how they came out as text for people.
    public func comparison(_ targets: [Target]) -> String {
        let outcomes = outcomes(targets)
        let table = TextTable(
            headings: OutcomeRow.headings,
            rows: outcomes.map { OutcomeRow($0, .plain).cells },
            wordColumns: [0, 2, 6]
        )
        return table.text + "\n" + OutcomeRow.summary(outcomes) + "\n"
    }
}
