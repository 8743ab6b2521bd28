/// The decades of a scale: lines behind each row, and one row of their names.
struct TickRow {
    var scale: Scale
    var unit: Unit

    /// The lines, for a drawing of one row.
    var lines: Markup {
        Markup(
            scale.decades.map { value in
                let place = scale.place(value)
                return """
                    <line class="grid" x1="\(part: place)" x2="\(part: place)" y1="0" y2="100%"/>
                    """
            }
        )
    }

    /// The row of names; nothing where the scale starts at zero, as each bar has its value.
    var markup: Markup {
        let decades = scale.decades
        guard !decades.isEmpty else { return .empty }
        // On a phone there is room for about three names.
        let stride = (decades.count + 2) / 3
        let names = decades.enumerated().filter { $0.offset.isMultiple(of: stride) }
        let texts = names.map { _, value -> Markup in
            let place = scale.place(value)
            let anchor = place < 0.05 ? "start" : place > 0.95 ? "end" : "middle"
            return """
                <text x="\(part: place)" y="11" text-anchor="\(anchor)">\
                \(Notation.typeset.tick(value, unit))</text>
                """
        }
        return """
            <span class="pad"></span><svg class="ticks" aria-hidden="true">\(Markup(texts))</svg>\
            <span class="pad"></span>

            """
    }
}
