/// A column of numbers about measurements.
struct Column {
    var heading: String
    var text: (Measurement) -> String

    /// Returns the columns for `rows`: what every phase has, and what these have beside.
    static func all(_ rows: [Measurement], _ notation: Notation) -> [Column] {
        let named = Set(rows.flatMap { ($0.more ?? [:]).keys })
            .subtracting([Results.slowest, Results.fastest])
        func column(_ figure: Figure) -> Column {
            Column(heading: figure.heading) { notation.text(figure.value(of: $0), figure.unit) }
        }
        var columns = [Column(heading: "engine") { $0.engine }]
        columns += [
            .operationsPerSecond, .p50, .p99, .p999, .max, .seconds, .bytesWritten,
            .anonymousMemory,
        ].map(column)
        columns.append(
            Column(heading: "disk") { notation.text($0.disk.map(Double.init), .bytes) }
        )
        columns.append(column(.diskPerSession))
        columns += named.sorted().map { column(.more($0)) }
        columns.append(Column(heading: "spread") { notation.text($0.spread, .percent) })
        columns.append(Column(heading: "rounds") { notation.count($0.round) })
        return columns
    }
}
