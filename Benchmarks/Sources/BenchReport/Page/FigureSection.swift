/// All medians, as tables.
struct FigureSection {
    var groups: [Group]

    var markup: Markup {
        """
        <section id="figures">
        <h2>Figures</h2>
        \(Markup(groups.map(table)))</section>

        """
    }

    private func table(_ group: Group) -> Markup {
        let columns = Column.all(group.rows, .typeset).enumerated().filter { index, column in
            index == 0 || group.rows.contains { column.text($0) != Notation.typeset.none }
        }.map(\.element)
        let headings = columns.map { column -> Markup in "<th>\(column.heading)</th>" }
        let rows = group.rows.map { row -> Markup in
            let cells = columns.dropFirst().map { column -> Markup in
                "<td>\(column.text(row))</td>"
            }
            return """
                <tr class="\(Engine(row.engine).style)"><th scope="row">\(row.engine)</th>\
                \(Markup(cells))</tr>

                """
        }
        return """
            <div class="scroll">
            <table class="figures">
            <caption>\(group.title(.typeset))</caption>
            <thead><tr>\(Markup(headings))</tr></thead>
            <tbody>
            \(Markup(rows))</tbody>
            </table>
            </div>

            """
    }
}
