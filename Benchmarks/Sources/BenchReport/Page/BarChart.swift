/// One bar for each engine, best first.
///
/// A bar is a drawing of its own between two columns of text, which so keep their size however
/// narrow the page is.
struct BarChart {
    var figure: Figure
    var rows: [Measurement]
    var isLogarithmic: Bool

    private let notation = Notation.typeset

    /// Nil when none of `rows` has the figure.
    init?(_ figure: Figure, _ rows: [Measurement], isLogarithmic: Bool) {
        self.figure = figure
        self.isLogarithmic = isLogarithmic
        self.rows = rows.filter { figure.value(of: $0) != nil }
        if self.rows.isEmpty { return nil }
    }

    var markup: Markup {
        let values = rows.compactMap(figure.value) + rows.compactMap { range($0)?.most }
        let scale = Scale(bars: values, isLogarithmic: isLogarithmic)
        let bars = Markup(rows.map { bar($0, scale) })
        let direction = figure.isBetterHigher ? "more is better" : "less is better"
        let kind = scale.isLogarithmic ? ", logarithmic scale" : ""
        return """
            <figure class="rows">
            <figcaption>\(figure.label): \(direction)\(kind)</figcaption>
            \(bars)\(TickRow(scale: scale, unit: figure.unit).markup)</figure>

            """
    }

    private func bar(_ row: Measurement, _ scale: Scale) -> Markup {
        let value = figure.value(of: row) ?? 0
        let text = notation.text(value, figure.unit)
        let engine = Engine(row.engine)
        let tip = "\(row.engine): \(text)" + spread(row)
        return """
            <span class="name \(engine.style)">\(row.engine)</span>\
            <svg class="track" role="img" aria-label="\(tip)"><title>\(tip)</title>\
            \(TickRow(scale: scale, unit: figure.unit).lines)\
            <rect class="bar \(engine.style)" x="0" y="4" height="12" rx="2" \
            width="\(part: scale.place(value))"/>\(whisker(row, scale))</svg>\
            <span class="value">\(text)</span>

            """
    }

    /// From the slowest round to the fastest.
    private func whisker(_ row: Measurement, _ scale: Scale) -> Markup {
        guard let (least, most) = range(row) else { return .empty }
        return """
            <line class="whisker" x1="\(part: scale.place(least))" y1="10" \
            x2="\(part: scale.place(most))" y2="10"/>
            """
    }

    private func spread(_ row: Measurement) -> String {
        guard let (least, most) = range(row) else { return "" }
        let ends = [least, most].map { notation.text($0, figure.unit) }
        return ", \(row.round) rounds from \(ends[0]) to \(ends[1])"
    }

    private func range(_ row: Measurement) -> (least: Double, most: Double)? {
        guard figure == .operationsPerSecond, row.spread != nil,
            let least = row.more?[Results.slowest], let most = row.more?[Results.fastest]
        else { return nil }
        return (least, most)
    }
}
