/// What a figure of ours is compared with.
public indirect enum Basis: Sendable {
    /// Nothing: the figure itself is judged.
    case nothing

    /// An engine in `phase`, or in the same one, by `figure`, or by the same one.
    ///
    /// With as many workers and records; what the bare machine does (`raw-...`) counts however many
    /// there were.
    case engine(String, phase: String? = nil, figure: Figure? = nil)

    /// The best of some engines in the same phase.
    case best([String])

    /// The best of all that a user would pick instead.
    case bestPeer

    /// The best of those among them that need no server.
    case bestEmbeddedPeer

    /// A figure of our own, in this phase or another.
    case own(Figure, phase: String? = nil, workers: Int? = nil)

    /// Ours with the next smaller number of workers; of all such steps the worst one counts.
    case fewerWorkers

    /// Ours with the fewest records.
    case fewestRecords

    /// The first of these that was measured.
    case first([Basis])
}
