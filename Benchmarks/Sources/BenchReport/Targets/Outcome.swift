/// How one target came out.
public struct Outcome: Sendable {
    /// What was asked.
    public var target: Target

    /// Ours; nil when it was not measured.
    public var ours: Compared?

    /// What ours is compared with; nil when that was not measured, or there is nothing.
    public var basis: Compared?

    /// What the bounds are held against: the ratio, the difference, or ours itself.
    public var judged: Double?

    /// Whether that is as asked.
    public var verdict: Verdict

    /// Whether it is as wished for; nil when nothing is.
    public var stretch: Verdict?

    /// One of the two sides.
    public struct Compared: Equatable, Sendable {
        /// Who, and where it differs from the target's, with how many workers or records.
        public var name: String

        /// The figure, in its own unit.
        public var value: Double

        /// In how large a store.
        public var records: Int
    }

    /// What is said of a target.
    public enum Verdict: String, Sendable {
        /// Measured, and as asked.
        case met

        /// Measured, and not as asked.
        case missed

        /// One of the two sides is missing.
        case notMeasured = "not measured"
    }

    /// The verdict in words, with what the stretch adds.
    public var words: String {
        guard verdict != .notMeasured else { return verdict.rawValue }
        guard target.reach != nil else { return "stretch \(verdict.rawValue)" }
        return verdict == .met && stretch == .met ? "met, stretch too" : verdict.rawValue
    }

    /// What the bounds and what is held against them are counted in.
    var unit: Unit {
        switch (target.basis, target.relation) {
        case (.nothing, _), (_, .difference): target.figure.unit
        case (_, .ratio): .times
        }
    }

    /// Judges what was found; a figure that can't be divided by says nothing.
    init(_ target: Target, ours: Compared?, basis: Compared?) {
        self.target = target
        self.ours = ours
        self.basis = basis
        judged =
            switch (target.basis, target.relation, ours?.value, basis?.value) {
            case (.nothing, _, let ours, _): ours
            case (_, .ratio, let ours?, let basis?): basis > 0 ? ours / basis : nil
            case (_, .difference, let ours?, let basis?): ours - basis
            default: nil
            }
        verdict = .notMeasured
        guard let judged, let bound = target.reach ?? target.stretch else { return }
        verdict = bound.holds(judged) ? .met : .missed
        stretch = target.stretch.map { $0.holds(judged) ? .met : .missed }
    }
}
