#if Tools
    import Foundation
    import SessionCore

    /// Prints a report as text for people or as one JSON value a line for programs.
    struct Output {
        var isJSON: Bool

        static func say(_ text: String) { write(text + "\n", to: .standardOutput) }

        static func warn(_ text: String) { write("sessionctl: \(text)\n", to: .standardError) }

        static func print(_ value: JSON) { say(value.description) }

        /// Prints a report where it is in nobody's way: standard output may carry sessions.
        static func report(_ text: String, aside isAside: Bool) {
            write(text + "\n", to: isAside ? .standardError : .standardOutput)
        }

        /// Whether somebody sees how far long work has come.
        static var showsProgress: Bool { isatty(STDERR_FILENO) == 1 }

        /// Shows how far long work has come, where somebody sees it.
        static func showProgress(_ done: Int, _ all: Int) {
            showProgress(done, all, of: "segments")
        }

        /// Shows how far long work has come, in whatever it is counted in.
        static func showProgress(_ done: Int, _ all: Int, of unit: String) {
            guard showsProgress, all > 1 else { return }
            let width = 30
            let bar = String(repeating: "#", count: width * min(done, all) / all)
            let line = bar.padding(toLength: width, withPad: ".", startingAt: 0)
            write("\r[\(line)] \(done)/\(all) \(unit)", to: .standardError)
            if done >= all { hideProgress() }
        }

        /// Takes the progress off the line, where it was shown.
        static func hideProgress() {
            guard showsProgress else { return }
            write("\r\u{1B}[K", to: .standardError)
        }

        private static func write(_ text: String, to handle: FileHandle) {
            do {
                try handle.write(contentsOf: Data(text.utf8))
            } catch {
                // Whoever was reading has gone, so there is nobody to report to.
                exit(Outcome.failed.rawValue)
            }
        }
    }

    /// Rows with aligned columns: text to the left, numbers to the right.
    struct Table {
        private var rows: [[String]] = []

        mutating func add(_ cells: String...) { rows.append(cells) }

        /// Lines of the table, each indented by two columns.
        func lines(rightAligned: Set<Int> = []) -> String {
            let columnCount = rows.map(\.count).max() ?? 0
            let widths = (0..<columnCount).map { column in
                rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
            }
            return rows.map { row in
                let cells = row.indices.map { column in
                    let padding = String(repeating: " ", count: widths[column] - row[column].count)
                    return rightAligned.contains(column)
                        ? padding + row[column] : row[column] + padding
                }
                let line = "  " + cells.joined(separator: "  ")
                return String(line.reversed().drop { $0 == " " }.reversed())
            }.joined(separator: "\n")
        }
    }

    /// Returns `text` in one line that changes nothing about a terminal: control characters, marks
    /// that turn the writing direction, and the backslash itself are spelt out.
    func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default:
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate,
                    .privateUse:
                    result += "\\u{\(String(scalar.value, radix: 16))}"
                default: result.unicodeScalars.append(scalar)
                }
            }
        }
        return result
    }

    /// Groups the digits of a number by three.
    func grouped(_ number: some BinaryInteger) -> String {
        let digits = String(number)
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { result += "," }
            result.append(digit)
        }
        return result
    }

    /// Two digits after the point; what can't be known is a dash.
    func rounded(_ number: Double?) -> String {
        number.map { String(format: "%.2f", $0) } ?? "-"
    }
#endif
