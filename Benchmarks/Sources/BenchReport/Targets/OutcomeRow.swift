/// How a target came out, as the cells of a row.
struct OutcomeRow {
    var name: String
    var ours: String
    var basis: String
    var judged: String
    var reach: String
    var stretch: String
    var verdict: String

    static let headings = [
        "target", "ours", "compared with", "ratio", "reach", "stretch", "verdict",
    ]

    var cells: [String] { [name, ours, basis, judged, reach, stretch, verdict] }

    init(_ outcome: Outcome, _ notation: Notation) {
        let target = outcome.target
        name = target.name
        // Targets are about a million sessions; a shorter run is to be seen as such.
        if let records = outcome.ours?.records, records != target.records ?? Judge.usualRecords {
            name += " (at \(notation.count(records)))"
        }
        ours = Self.figure(outcome.ours, of: target, notation)
        basis = Self.basis(outcome, notation)
        judged =
            switch target.basis {
            case .nothing: notation.none
            default: notation.text(outcome.judged, outcome.unit)
            }
        reach = notation.text(target.reach, outcome.unit)
        stretch = notation.text(target.stretch, outcome.unit)
        verdict = outcome.words
    }

    private static func basis(_ outcome: Outcome, _ notation: Notation) -> String {
        if case .nothing = outcome.target.basis { return notation.none }
        guard let basis = outcome.basis else {
            return outcome.ours == nil ? notation.none : "not measured"
        }
        return "\(basis.name): \(figure(basis, of: outcome.target, notation))"
    }

    private static func figure(
        _ compared: Outcome.Compared?,
        of target: Target,
        _ notation: Notation
    ) -> String {
        let text = notation.text(compared?.value, target.figure.unit)
        // No heading tells here that a bare number is a rate.
        return compared != nil && target.figure.unit == .perSecond ? text + "/s" : text
    }

    /// Counts the verdicts.
    static func summary(_ outcomes: [Outcome]) -> String {
        let wishes = outcomes.filter { $0.target.reach == nil }
        let targets = outcomes.filter { $0.target.reach != nil }
        func count(_ verdict: Outcome.Verdict) -> Int {
            targets.filter { $0.verdict == verdict }.count
        }
        let stretched = (targets.map(\.stretch) + wishes.map(\.stretch)).filter { $0 == .met }
        let wished = outcomes.filter { $0.target.stretch != nil && $0.verdict != .notMeasured }
        return "\(targets.count) targets: \(count(.met)) met, \(count(.missed)) missed, "
            + "\(count(.notMeasured)) not measured; "
            + "\(stretched.count) of \(wished.count) measured stretches met"
    }
}
