/// Figures over a number that grows: one line for each engine, named at its end.
///
/// The lines are drawn in parts of the width that is there, between two columns of a fixed width,
/// so that the texts keep their size.
struct LineChart {
    var caption: String
    var unit: Unit
    var series: [Series]

    /// One line.
    struct Series {
        var name: String
        var style: String
        var points: [(x: Double, y: Double)]
    }

    private let notation = Notation.typeset
    private let top = 12.0
    private let bottom = 268.0
    private let height = 300

    /// Nil when nothing grows: one point is no line.
    init?(_ caption: String, unit: Unit, _ series: [Series]) {
        self.caption = caption
        self.unit = unit
        self.series = series.filter { !$0.points.isEmpty }
        if Set(self.series.flatMap { $0.points.map(\.x) }).count < 2 { return nil }
    }

    var markup: Markup {
        let points = series.flatMap(\.points)
        let across = Scale(steps: points.map(\.x))
        let up = Scale(points: points.map(\.y))
        return """
            <figure class="lines">
            <figcaption>\(caption)</figcaption>
            <div class="plot">
            <svg class="up" width="46" height="\(height)" aria-hidden="true">\(upNames(up))</svg>
            <svg class="area" height="\(height)" role="img" aria-label="\(caption)">\
            \(grid(across, up))\(Markup(series.map { line($0, across, up) }))</svg>
            <svg class="ends" height="\(height)" aria-hidden="true">\(names(up))</svg>
            </div>
            </figure>

            """
    }

    private func y(_ value: Double, _ up: Scale) -> Double {
        bottom - (bottom - top) * up.place(value)
    }

    /// A little away from both sides, where the marks would be cut off.
    private func x(_ value: Double, _ across: Scale) -> Double {
        0.03 + 0.94 * across.place(value)
    }

    private func upNames(_ up: Scale) -> Markup {
        Markup(
            up.decades.map { value in
                """
                <text x="100%" dx="-6" y="\(pixels: y(value, up) + 4)" text-anchor="end">\
                \(notation.tick(value, unit))</text>
                """
            }
        )
    }

    private func grid(_ across: Scale, _ up: Scale) -> Markup {
        let levels = up.decades.map { value -> Markup in
            let y = y(value, up)
            return """
                <line class="grid" x1="0" x2="100%" y1="\(pixels: y)" y2="\(pixels: y)"/>
                """
        }
        let steps = Set(series.flatMap { $0.points.map(\.x) }).sorted().map { value -> Markup in
            let place = x(value, across)
            return """
                <line class="grid" x1="\(part: place)" x2="\(part: place)" \
                y1="\(pixels: top)" y2="\(pixels: bottom)"/>\
                <text x="\(part: place)" y="\(pixels: bottom + 18)" text-anchor="middle">\
                \(notation.step(value))</text>
                """
        }
        return Markup(levels + steps)
    }

    private func line(_ series: Series, _ across: Scale, _ up: Scale) -> Markup {
        let points = series.points.sorted { $0.x < $1.x }
        let parts = zip(points, points.dropFirst()).map { from, to -> Markup in
            """
            <line x1="\(part: x(from.x, across))" y1="\(pixels: y(from.y, up))" \
            x2="\(part: x(to.x, across))" y2="\(pixels: y(to.y, up))"/>
            """
        }
        let marks = points.map { point -> Markup in
            let tip =
                "\(series.name), \(notation.text(point.x, .number)): "
                + notation.text(point.y, unit)
            return """
                <circle cx="\(part: x(point.x, across))" cy="\(pixels: y(point.y, up))" r="3.5">\
                <title>\(tip)</title></circle>
                """
        }
        return """
            <g class="series \(series.style)">\(Markup(parts + marks))</g>
            """
    }

    /// The names, pushed apart until each has a line of its own.
    private func names(_ up: Scale) -> Markup {
        let ends = series.compactMap { series in
            series.points.max { $0.x < $1.x }.map { (series: series, y: y($0.y, up)) }
        }.sorted { $0.y < $1.y }
        let room = Double(height) - 2 * top
        let step = min(15, room / Double(max(ends.count, 1)))
        var places = ends.map(\.y)
        for index in places.indices.dropFirst() {
            places[index] = max(places[index], places[index - 1] + step)
        }
        // What went over the lower edge goes back up, and pushes those above it.
        var limit = Double(height) - top
        for index in places.indices.reversed() {
            places[index] = min(places[index], limit)
            limit = places[index] - step
        }
        let texts = zip(ends, places).map { end, place -> Markup in
            """
            <g class="series \(end.series.style)"><line x1="0" y1="\(pixels: end.y)" x2="14" \
            y2="\(pixels: place)"/>\
            <text x="18" y="\(pixels: place + 4)">\(end.series.name)</text></g>
            """
        }
        return Markup(texts)
    }
}
