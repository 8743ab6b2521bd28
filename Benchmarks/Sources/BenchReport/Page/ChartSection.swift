/// The charts, phase by phase.
struct ChartSection {
    var groups: [Group]

    var markup: Markup {
        """
        <section id="charts">
        <h2>Charts</h2>
        <p class="legend"><span class="swatch ours"></span> this store \
        <span class="swatch peer"></span> peers \
        <span class="swatch limit"></span> what the machine can do. \
        A thin line through a bar goes from the slowest round to the fastest.</p>
        \(Markup(phases.map(section)))</section>

        """
    }

    private var phases: [[Group]] {
        groups.reduce(into: []) { phases, group in
            if let last = phases.last, last.first?.phase.name == group.phase.name {
                phases[phases.count - 1].append(group)
            } else {
                phases.append([group])
            }
        }
    }

    private func section(_ groups: [Group]) -> Markup {
        guard let phase = groups.first?.phase else { return .empty }
        let charts = [overWorkers(groups), growth(groups)].compactMap(\.?.markup).map { chart in
            card(chart, style: "wide")
        }
        let ranges = groups.map { Scale.range($0.rows.compactMap(phase.figure.value)) }
        // Charts beside each other are of one kind, unless what they show is of another.
        let limit = ranges.contains { $0 > 50 } ? 20.0 : 50
        let cards = zip(groups, ranges).compactMap { card($0, of: phase, isWide: $1 > limit) }
        guard !charts.isEmpty || !cards.isEmpty else { return .empty }
        return """
            <h3>\(phase.title)</h3>
            <div class="cards">
            \(Markup(charts + cards))</div>

            """
    }

    private func card(_ content: Markup, style: String) -> Markup {
        """
        <div class="card \(style)">
        \(content)</div>

        """
    }

    private func card(_ group: Group, of phase: Phase, isWide: Bool) -> Markup? {
        // How cost grows says more than what it is at each size, and has a chart of its own.
        let bars =
            phase.name == "growth"
            ? nil : BarChart(phase.figure, group.rows, isLogarithmic: isWide)?.markup
        let latencies = LatencyChart(group.rows)?.markup
        guard bars != nil || latencies != nil else { return nil }
        let heading: Markup = """
            <h4>\(group.size(.typeset))</h4>

            """
        return card(Markup([heading, bars, latencies].compactMap(\.self)), style: "")
    }

    private func overWorkers(_ groups: [Group]) -> LineChart? {
        guard let records = groups.map(\.records).max() else { return nil }
        let rows = groups.filter { $0.records == records }.flatMap(\.rows)
        let numbers = Set(rows.map(\.shownWorkers))
        // Two numbers are told by their bars.
        guard numbers.count > 2 else { return nil }
        return LineChart(
            "operations a second over the number of tasks, both logarithmic", unit: .perSecond,
            series(rows) { row in
                [(row.family, Double(row.shownWorkers), row.operationsPerSecond)]
            }
        )
    }

    private func growth(_ groups: [Group]) -> LineChart? {
        guard Set(groups.map(\.records)).count > 1 else { return nil }
        let rows = groups.flatMap(\.rows)
        return LineChart(
            "time of one operation over the number of sessions, both logarithmic",
            unit: .nanoseconds,
            series(rows) { row in
                let costs = [("read", row.more?[Extra.read]), ("write", row.more?[Extra.write])]
                return costs.compactMap { kind, cost in
                    cost.map { ("\(row.engine) \(kind)", Double(row.records), $0) }
                }
            }
        )
    }

    private func series(
        _ rows: [Measurement],
        _ points: (Measurement) -> [(name: String, x: Double, y: Double)]
    ) -> [LineChart.Series] {
        let points = rows.flatMap(points).filter { $0.y > 0 }
        let names = Set(points.map(\.name)).sorted()
        let styles = Engine.styles(names)
        return names.map { name in
            LineChart.Series(
                name: name, style: styles[name] ?? "",
                points: points.filter { $0.name == name }.map { (x: $0.x, y: $0.y) }
            )
        }
    }
}
