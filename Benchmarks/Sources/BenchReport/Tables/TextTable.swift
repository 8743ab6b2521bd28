/// Rows of cells, written so that their columns stand in line.
struct TextTable {
    var headings: [String]
    var rows: [[String]]

    /// The columns that hold words; the others hold numbers, which end in line.
    var wordColumns: Set<Int>

    /// The lines, each with its end; a column without anything to say is left out.
    var text: String {
        let columns = headings.indices.filter { column in
            column == 0 || rows.contains { !["", Notation.plain.none].contains($0[column]) }
        }
        let widths = columns.map { column in
            ([headings] + rows).map { $0[column].count }.max() ?? 0
        }
        func line(_ cells: [String]) -> String {
            let padded = zip(columns, widths).map { column, width in
                let space = String(repeating: " ", count: width - cells[column].count)
                let isWords = wordColumns.contains(column)
                return isWords ? cells[column] + space : space + cells[column]
            }
            // A last column of words would otherwise end in spaces.
            let line = padded.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed()) + "\n"
        }
        let rule = widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")
        return line(headings) + rule + "\n" + rows.map(line).joined()
    }
}
