/// The targets and how they came out.
struct TargetSection {
    var outcomes: [Outcome]

    var markup: Markup {
        let headings = OutcomeRow.headings.map { heading -> Markup in "<th>\(heading)</th>" }
        return """
            <section id="targets">
            <h2>Targets</h2>
            <p>\(OutcomeRow.summary(outcomes)). Ratios are of the medians over all rounds.</p>
            <table class="targets">
            <thead><tr>\(Markup(headings))</tr></thead>
            <tbody>
            \(Markup(outcomes.map(row)))</tbody>
            </table>
            </section>

            """
    }

    private func row(_ outcome: Outcome) -> Markup {
        let row = OutcomeRow(outcome, .typeset)
        let cells = zip(OutcomeRow.headings, row.cells).dropFirst().dropLast()
        // On a phone the cells stand below each other, and each brings its heading.
        let figures = cells.map { heading, cell -> Markup in
            let kind = heading == "compared with" ? "words" : "figure"
            return """
                <td class="\(kind)" data-heading="\(heading)">\(cell)</td>
                """
        }
        return """
            <tr class="\(style(outcome))"><th scope="row">\(row.name)</th>\(Markup(figures))\
            <td class="verdict"><span>\(sign(outcome)) \(row.verdict)</span></td></tr>

            """
    }

    private func style(_ outcome: Outcome) -> String {
        switch outcome.verdict {
        case .met: "met"
        case .missed: outcome.target.reach == nil ? "wished" : "missed"
        case .notMeasured: "unmeasured"
        }
    }

    private func sign(_ outcome: Outcome) -> String {
        switch outcome.verdict {
        case .met: "✓"
        case .missed: "✗"
        case .notMeasured: "–"
        }
    }
}
