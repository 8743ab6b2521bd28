/// Source of a page, in which whatever is filled in can't be taken for tags.
///
/// A string between `\(` and `)` is escaped; only another `Markup` goes in as it is.
struct Markup: ExpressibleByStringInterpolation {
    var source: String

    init(stringLiteral source: String) { self.source = source }

    init(stringInterpolation: Interpolation) { source = stringInterpolation.source }

    /// Puts several together, in their order.
    init(_ parts: some Sequence<Markup>) { source = parts.map(\.source).joined() }

    static let empty: Markup = ""

    struct Interpolation: StringInterpolationProtocol {
        var source = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            source.reserveCapacity(literalCapacity)
        }

        mutating func appendLiteral(_ literal: String) { source += literal }

        mutating func appendInterpolation(_ text: String) { source += Markup.escaped(text) }

        mutating func appendInterpolation(_ number: Int) { source += String(number) }

        mutating func appendInterpolation(_ markup: Markup) { source += markup.source }

        /// A place along a side whose length only the browser knows; from 0 to 1.
        mutating func appendInterpolation(part: Double) {
            source += Markup.decimals(part * 100) + "%"
        }

        mutating func appendInterpolation(pixels: Double) { source += Markup.decimals(pixels) }
    }

    /// Replaces what has a meaning in tags, in attributes and in text.
    ///
    /// Scalar by scalar: a `<` that a combining mark follows is another character for Swift, and
    /// still the start of a tag for a browser.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\0": escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private static func decimals(_ value: Double) -> String {
        Notation.plain.decimals(value.isFinite ? value : 0, 2).filter { $0 != " " }
    }
}
