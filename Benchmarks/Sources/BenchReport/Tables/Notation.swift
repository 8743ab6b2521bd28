/// How numbers are written: as plain text for terminals, or with the signs that a page can show.
struct Notation: Sendable {
    var micro: String
    var times: String
    var gap: String
    var atLeast: String
    var atMost: String
    var none: String

    static let plain = Notation(
        micro: "us", times: "x", gap: " ", atLeast: ">=", atMost: "<=", none: "-"
    )

    /// Digits are grouped by a space that no line is broken at.
    static let typeset = Notation(
        micro: "µs", times: "×", gap: "\u{202F}", atLeast: "≥", atMost: "≤", none: "–"
    )

    /// Writes `value` in `unit`, so that a reader sees two or three digits that matter.
    func text(_ value: Double, _ unit: Unit) -> String {
        guard value.isFinite else { return none }
        return switch unit {
        case .perSecond: number(value)
        case .nanoseconds: scaled(value, ["ns", micro, "ms", "s"])
        case .seconds: text(value * 1e9, .nanoseconds)
        case .bytes: scaled(value, ["B", "kB", "MB", "GB", "TB"])
        case .bytesEach: number(value) + gap + "B"
        case .times: ratio(value) + gap + times
        case .percent: decimals(value * 100, value.magnitude < 0.1 ? 1 : 0) + gap + "%"
        case .number: number(value)
        }
    }

    /// Writes the figure, or a dash where there is none.
    func text(_ value: Double?, _ unit: Unit) -> String {
        value.map { text($0, unit) } ?? none
    }

    /// Writes a round value beside an axis, as short as can be: `10k`, `100 us`.
    func tick(_ value: Double, _ unit: Unit) -> String {
        switch unit {
        case .perSecond, .number:
            shortened(scaled(value, ["", "k", "M", "G"])).filter { !$0.isWhitespace }
        default:
            shortened(text(value, unit))
        }
    }

    /// Writes a number that stands on an axis, short where that leaves nothing out.
    func step(_ value: Double) -> String {
        let isRound = value.truncatingRemainder(dividingBy: 1000) == 0
        return isRound ? tick(value, .number) : number(value)
    }

    /// Writes a count of things, with its digits grouped.
    func count(_ count: Int) -> String { grouped(count) }

    /// Writes what is asked, with its sign: `>= 0.75 x`.
    func text(_ bound: Bound?, _ unit: Unit) -> String {
        switch bound {
        case .atLeast(let value): atLeast + gap + shortened(text(value, unit))
        case .atMost(let value): atMost + gap + shortened(text(value, unit))
        case nil: none
        }
    }

    /// Takes the zeros away that a round number has behind its point.
    private func shortened(_ text: String) -> String {
        guard let point = text.firstIndex(of: ".") else { return text }
        let end = text[point...].dropFirst().firstIndex { !$0.isNumber } ?? text.endIndex
        var number = text[..<end]
        while number.hasSuffix("0") { number.removeLast() }
        if number.hasSuffix(".") { number.removeLast() }
        return String(number + text[end...])
    }

    private func number(_ value: Double) -> String {
        if value.magnitude < 99.95, value != value.rounded() { return decimals(value, 1) }
        return Int(exactly: value.rounded()).map(grouped) ?? "\(value)"
    }

    private func ratio(_ value: Double) -> String {
        switch value.magnitude {
        case ..<0.0995: decimals(value, 3)
        case ..<9.995: decimals(value, 2)
        case ..<99.95: decimals(value, 1)
        default: decimals(value, 0)
        }
    }

    private func scaled(_ value: Double, _ units: [String]) -> String {
        var value = value
        var rest = units[...]
        var unit = rest.removeFirst()
        // What would be rounded up to a thousand is one of the next unit.
        while value.magnitude >= 999.5, let next = rest.popFirst() {
            value /= 1000
            unit = next
        }
        let isWhole = unit == units.first && value == value.rounded()
        let digits = isWhole || value.magnitude >= 99.95 ? 0 : 1
        return decimals(value, digits) + gap + unit
    }

    private func grouped(_ value: Int) -> String {
        var digits = String(value.magnitude)
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        groups.insert(digits, at: 0)
        return (value < 0 ? "-" : "") + groups.joined(separator: gap)
    }

    /// Writes `value` with `digits` behind the point.
    func decimals(_ value: Double, _ digits: Int) -> String {
        let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
        guard let scaled = Int(exactly: (value.magnitude * scale).rounded()) else {
            return "\(value)"
        }
        let whole = scaled / Int(scale)
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard digits > 0 else { return sign + grouped(whole) }
        let fraction = String(scaled % Int(scale))
        let zeros = String(repeating: "0", count: digits - fraction.count)
        return "\(sign)\(grouped(whole)).\(zeros)\(fraction)"
    }
}
