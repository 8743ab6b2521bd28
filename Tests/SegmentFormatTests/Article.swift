import Foundation

/// The article of the format, as far as a test can read it.
struct Article {
    var text: String

    static func read() throws -> Article {
        let path = "Sources/SegmentFormat/SegmentFormat.docc/FileFormat.md"
        let root = URL(filePath: #filePath).appending(path: "../../..").standardized
        return Article(text: try String(contentsOf: root.appending(path: path), encoding: .utf8))
    }

    /// A row of a structure's table; sizes in bits, for one structure is told in them.
    struct Field {
        var name: String
        var bits: Range<Int>
        var meaning: String

        var bytes: Range<Int> { bits.lowerBound / 8..<bits.upperBound / 8 }

        func differs(_ one: [UInt8], _ other: [UInt8]) -> Bool {
            bits.contains { bit in
                (one[bit / 8] ^ other[bit / 8]) >> UInt8(bit % 8) & 1 == 1
            }
        }
    }

    struct NotFound: Error {
        var heading: String
    }

    func fields(of heading: String) throws -> [Field] {
        let isInBits = try section(heading).contains { $0.hasPrefix("| Bit |") }
        return try rows(under: heading).map { row in
            guard row.count == 4, let start = Int(row[0]), let size = Int(row[1]) else {
                throw NotFound(heading: "\(heading): \(row)")
            }
            let scale = isInBits ? 1 : 8
            return Field(
                name: row[2], bits: start * scale..<(start + size) * scale, meaning: row[3])
        }
    }

    /// The headings of sections with a structure's table.
    var headingsOfLayouts: [String] {
        var current = ""
        var result: [String] = []
        for line in lines {
            if line.hasPrefix("#") { current = String(line.drop { $0 == "#" || $0 == " " }) }
            if line.hasPrefix("| Offset |") || line.hasPrefix("| Bit |") { result.append(current) }
        }
        return result
    }

    /// The cells of the first table under a heading, without its head.
    func rows(under heading: String) throws -> [[String]] {
        let table = try section(heading).drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }
        guard table.count > 2 else { throw NotFound(heading: heading) }
        return table.dropFirst(2).map { line in
            line.split(separator: "|", omittingEmptySubsequences: false)
                .dropFirst().dropLast()
                .map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    func codeBlock(under heading: String) throws -> String {
        let parts = try section(heading).joined(separator: "\n").components(separatedBy: "```")
        guard parts.count == 3 else { throw NotFound(heading: heading) }
        return parts[1]
    }

    private var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    private func section(_ heading: String) throws -> [Substring] {
        let start = lines.firstIndex { $0.drop { $0 == "#" } == " \(heading)" && $0.hasPrefix("#") }
        guard let start else { throw NotFound(heading: heading) }
        return Array(lines[(start + 1)...].prefix { !$0.hasPrefix("#") })
    }
}
