/// What one figure of ours is to reach, and what it is compared with.
public struct Target: Sendable {
    /// What is done, in words.
    public var name: String

    /// The phase that measures it.
    public var phase: String

    /// Tasks or threads that work at once.
    public var workers: Int

    /// Records in the store; nil takes a million, or as many as there were at most.
    public var records: Int?

    /// Which of our engines.
    public var ours: String

    /// Which figure of it.
    public var figure: Figure

    /// What the figure is compared with.
    public var basis: Basis

    /// How.
    public var relation: Relation

    /// What has to be reached; nil where there is only more to wish for.
    public var reach: Bound?

    /// What would be better still.
    public var stretch: Bound?

    /// How a figure is compared.
    public enum Relation: Sendable {
        /// Divided by the other.
        case ratio

        /// With the other taken away.
        case difference
    }

    /// Creates a target; the bounds are for the ratio or difference, or for the figure itself where
    /// it is compared with nothing.
    public init(
        _ name: String,
        phase: String,
        workers: Int = 1,
        records: Int? = nil,
        ours: String = "session-store",
        figure: Figure = .operationsPerSecond,
        basis: Basis = .nothing,
        relation: Relation = .ratio,
        reach: Bound? = nil,
        stretch: Bound? = nil
    ) {
        self.name = name
        self.phase = phase
        self.workers = workers
        self.records = records
        self.ours = ours
        self.figure = figure
        self.basis = basis
        self.relation = relation
        self.reach = reach
        self.stretch = stretch
    }
}
