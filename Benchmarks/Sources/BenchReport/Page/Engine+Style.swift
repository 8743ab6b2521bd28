extension Engine {
    /// The class that gives its colour: ours, what the machine can do, or all others.
    var style: String { isOurs ? "ours" : isLimit ? "limit" : "peer" }

    /// Gives each of `names` a colour of its own in a drawing of lines.
    static func styles(_ names: [String]) -> [String: String] {
        var styles: [String: String] = [:]
        let kinds: [(kind: String, names: [String])] = [
            ("ours", names.filter { Engine($0).isOurs }),
            ("limit", names.filter { Engine($0).isLimit }),
            ("peer", names.filter { Engine($0).isPeer }),
        ]
        for (kind, names) in kinds {
            for (index, name) in names.sorted().enumerated() {
                // Eight colours can be told apart; a second round of them is dashed.
                styles[name] = "\(kind) c\(index % 8)" + (index % 16 >= 8 ? " dashed" : "")
            }
        }
        return styles
    }
}
