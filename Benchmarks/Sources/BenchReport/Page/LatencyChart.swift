/// Where the latencies of each engine lie: the middle one, the rare ones and the longest.
struct LatencyChart {
    var rows: [Measurement]

    private let notation = Notation.typeset

    init?(_ rows: [Measurement]) {
        self.rows = rows.filter { $0.p50 != nil }
            .sorted { ($0.p50 ?? 0) < ($1.p50 ?? 0) }
        if self.rows.isEmpty { return nil }
    }

    var markup: Markup {
        let values = rows.flatMap { row in
            Self.points.compactMap { $0.figure.value(of: row) }
        }
        let scale = Scale(points: values)
        return """
            <figure class="rows latency">
            <figcaption>latency of one operation, logarithmic scale; in figures p50 / p99<br>\
            \(Self.key)</figcaption>
            \(Markup(rows.map { row($0, scale) }))\
            \(TickRow(scale: scale, unit: .nanoseconds).markup)</figure>

            """
    }

    private static let points: [(figure: Figure, style: String)] = [
        (.p50, "p50"), (.p99, "p99"), (.p999, "p999"), (.max, "max"),
    ]

    private static let key = Markup(
        points.map { point -> Markup in
            """
            <span class="key"><svg width="14" height="12" aria-hidden="true">\
            <g class="mark \(point.style)">\(mark(point.style, x: "7", y: 6))</g></svg>\
            \(point.figure.heading)</span>

            """
        }
    )

    private func row(_ row: Measurement, _ scale: Scale) -> Markup {
        let points = Self.points.compactMap { figure, style in
            figure.value(of: row).map { (figure: figure, style: style, value: $0) }
        }
        let words = points.map { "\($0.figure.heading) \(notation.text($0.value, .nanoseconds))" }
        let tip = "\(row.engine): " + words.joined(separator: ", ")
        let places = points.map { scale.place($0.value) }
        let engine = Engine(row.engine)
        let marks = zip(points, places).map { point, place -> Markup in
            let x: Markup = "\(part: place)"
            return """
                <g class="mark \(point.style)">\(Self.mark(point.style, x: x, y: 10))</g>
                """
        }
        return """
            <span class="name \(engine.style)">\(row.engine)</span>\
            <svg class="track \(engine.style)" role="img" aria-label="\(tip)"><title>\(tip)</title>\
            \(TickRow(scale: scale, unit: .nanoseconds).lines)\
            <line class="range" x1="\(part: places.min() ?? 0)" x2="\(part: places.max() ?? 0)" \
            y1="10" y2="10"/>\(Markup(marks))</svg>\
            <span class="value">\(notation.text(Figure.p50.value(of: row), .nanoseconds)) / \
            \(notation.text(Figure.p99.value(of: row), .nanoseconds))</span>

            """
    }

    /// Each kind has a shape of its own, so that nobody depends on colours.
    private static func mark(_ style: String, x: Markup, y: Double) -> Markup {
        switch style {
        case "p50":
            """
            <circle cx="\(x)" cy="\(pixels: y)" r="4.5"/>
            """
        case "p99":
            """
            <circle cx="\(x)" cy="\(pixels: y)" r="3.5"/>
            """
        case "p999":
            """
            <rect x="\(x)" y="\(pixels: y - 3.5)" width="7" height="7" \
            transform="translate(-3.5 0)"/>
            """
        default:
            """
            <line x1="\(x)" x2="\(x)" y1="\(pixels: y - 5)" y2="\(pixels: y + 5)"/>
            """
        }
    }
}
