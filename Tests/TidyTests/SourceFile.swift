/// One file as the rules see it.
struct SourceFile: Sendable {
    /// From the top of the repository.
    var path: String
    var lines: [String]

    /// The lines without comments and without what stands in string literals.
    var code: [String]

    init(_ path: String, _ text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        var stripper = Stripper()
        code = lines.map { stripper.strip($0) }
    }

    /// The module: the folder in Sources or Tests.
    var module: String {
        let parts = path.split(separator: "/")
        return parts.count > 2 ? String(parts[1]) : ""
    }

    var isSource: Bool { path.hasPrefix("Sources/") }
    var isSwift: Bool { path.hasSuffix(".swift") }
}

/// Takes comments and the text of literals out of Swift, line by line.
///
/// Interpolations go with their literals: no rule looks for what hides in one.
private struct Stripper {
    private enum Place: Equatable {
        case code
        case comment(depth: Int)
        /// In a literal that ends with `quotes` and as many number signs.
        case literal(quotes: String, signs: String)
    }

    private var place = Place.code

    mutating func strip(_ line: String) -> String {
        var rest = Substring(line)
        var result = ""
        while !rest.isEmpty {
            switch place {
            case .code: stripCode(&rest, into: &result)
            case .comment(let depth): stripComment(&rest, depth: depth)
            case .literal(let quotes, let signs): stripLiteral(&rest, quotes, signs)
            }
        }
        // Only literals of three quotes go on behind the end of a line.
        if case .literal("\"", _) = place { place = .code }
        return result
    }

    private mutating func stripCode(_ rest: inout Substring, into result: inout String) {
        if rest.hasPrefix("//") {
            rest = ""
        } else if rest.hasPrefix("/*") {
            rest = rest.dropFirst(2)
            place = .comment(depth: 1)
        } else if let (quotes, signs) = literalStart(rest) {
            rest = rest.dropFirst(quotes.count + signs.count)
            result += signs + quotes
            place = .literal(quotes: quotes, signs: signs)
        } else {
            result.append(rest.removeFirst())
        }
    }

    private func literalStart(_ rest: Substring) -> (quotes: String, signs: String)? {
        let signs = String(rest.prefix { $0 == "#" })
        let behind = rest.dropFirst(signs.count)
        if behind.hasPrefix("\"\"\"") { return ("\"\"\"", signs) }
        return behind.hasPrefix("\"") ? ("\"", signs) : nil
    }

    private mutating func stripComment(_ rest: inout Substring, depth: Int) {
        if rest.hasPrefix("*/") {
            rest = rest.dropFirst(2)
            place = depth == 1 ? .code : .comment(depth: depth - 1)
        } else if rest.hasPrefix("/*") {
            rest = rest.dropFirst(2)
            place = .comment(depth: depth + 1)
        } else {
            rest.removeFirst()
        }
    }

    private mutating func stripLiteral(_ rest: inout Substring, _ quotes: String, _ signs: String) {
        if rest.hasPrefix(quotes + signs) {
            rest = rest.dropFirst(quotes.count + signs.count)
            place = .code
        } else if signs.isEmpty, rest.hasPrefix("\\") {
            rest = rest.dropFirst(2)
        } else {
            rest.removeFirst()
        }
    }
}
