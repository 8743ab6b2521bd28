/// What a figure, or its ratio to another, is asked to be.
public enum Bound: Equatable, Sendable {
    /// This, or more.
    case atLeast(Double)

    /// This, or less.
    case atMost(Double)

    /// Whether `value` is as asked.
    public func holds(_ value: Double) -> Bool {
        switch self {
        case .atLeast(let least): value >= least
        case .atMost(let most): value <= most
        }
    }
}
