public import SessionCore

/// A driver on the bench: one place that keeps sessions, empty at first.
///
/// Each check gets a subject of its own. Write one for your driver, say what the driver can do, and
/// run every check that ``ConformanceCheck/all(for:)`` gives.
public protocol ConformanceSubject: Sendable {
    /// What the driver can do, besides what comes with `read`, `write` and `destroy`.
    ///
    /// What is not in here is held to answer `unsupported`, where the contract has that answer.
    static var features: Set<ConformanceFeature> { get }

    /// Makes a store over the place.
    ///
    /// It is called several times in a check: with ``ConformanceFeature/persistence`` after the
    /// last store was closed, with ``ConformanceFeature/sharing`` also while others are in use, as
    /// a second process would.
    ///
    /// - Parameter expiry: How long sessions live that don't say so themselves; always
    ///   ``SessionCore/Expiry/never`` without ``ConformanceFeature/expiry``.
    /// - Returns: The store, which need not be open.
    /// - Throws: What fails the check.
    func makeStore(expiry: Expiry) async throws -> any SessionStore

    /// Lets time pass for the stores of this place.
    ///
    /// With ``ConformanceFeature/clock``, no more and no less than this, and back when negative.
    /// The default waits.
    func passTime(milliseconds: Int64) async throws

    /// Makes the place unreachable, for stores that are open, too.
    ///
    /// Called with ``ConformanceFeature/outages`` only. The default does nothing.
    func disconnect() async throws

    /// Makes the place reachable again, with all that was in it.
    func reconnect() async throws

    /// Removes what the check leaves behind; called once, at the end.
    func cleanUp() async throws
}

extension ConformanceSubject {
    /// Waits so long.
    public func passTime(milliseconds: Int64) async throws {
        try await Task.sleep(for: .milliseconds(milliseconds))
    }

    /// Does nothing.
    public func disconnect() async throws {}

    /// Does nothing.
    public func reconnect() async throws {}

    /// Does nothing.
    public func cleanUp() async throws {}
}

/// What not every driver can do.
public enum ConformanceFeature: String, CaseIterable, Sendable {
    /// A store gives sessions a lifetime.
    case expiry

    /// ``ConformanceSubject/passTime(milliseconds:)`` moves a clock that otherwise stands still.
    case clock

    /// A store lists ids and sessions, counts them and destroys them by a filter.
    case listing

    /// A store tells which sessions expire.
    case expirations

    /// A store takes sessions with the time of activity that they have.
    case restoring
    /// A closed store refuses all calls until it is opened again.
    case closing

    /// Sessions outlive the store that wrote them.
    case persistence

    /// Several stores use the place at once, as several processes do.
    case sharing

    /// ``ConformanceSubject/disconnect()`` makes the place unreachable.
    case outages
}
