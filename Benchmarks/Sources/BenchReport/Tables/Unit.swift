/// What a figure is counted in.
enum Unit: Sendable {
    /// Operations a second.
    case perSecond

    /// Time, as a latency is kept.
    case nanoseconds

    /// Time, as a duration is kept.
    case seconds

    /// Bytes, in memory or on disk; a megabyte is a million of them.
    case bytes

    /// Bytes for each of many things, of which every one counts.
    case bytesEach

    /// One figure divided by another.
    case times

    /// A part of a whole, which is 1.
    case percent

    /// Anything else.
    case number
}
