internal import Locks

/// The sessions that expire from now on, as they were last.
///
/// An expiry is noticed when somebody meets the expired session or the store sweeps, so an event
/// may come late, and none comes for what expires while no store is open. The sequence ends when
/// the store is closed.
public struct SessionExpirations: AsyncSequence, Sendable {
    /// A session that has expired.
    public typealias Element = Session

    /// The sequence ends, and never throws.
    public typealias Failure = Never

    /// The state of one iteration.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var base: AsyncStream<Session>.AsyncIterator

        /// Waits for the next session, and returns nil when the store is closed or the task
        /// cancelled.
        public mutating func next() async -> Session? {
            await base.next(isolation: #isolation)
        }

        /// Waits for the next session without leaving the caller's actor.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(Never) -> Session? {
            await base.next(isolation: actor)
        }
    }

    /// How many events wait for a slow reader; past it the oldest is dropped.
    public static let bufferedMax = 1_024

    fileprivate let stream: AsyncStream<Session>

    /// Starts an iteration; a second one shares the events with the first.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: stream.makeAsyncIterator())
    }
}

/// Hands expired sessions to everybody who watches a store; for drivers.
public final class ExpirationSource: Sendable {
    private struct State {
        var watchers: [UInt64: AsyncStream<Session>.Continuation] = [:]
        var nextWatcher: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Creates a source that nobody watches.
    public init() {}

    /// Whether anybody watches; a driver need not decode what nobody wants to see.
    public var isWatched: Bool { state.withLock { !$0.watchers.isEmpty } }

    /// Returns a sequence of everything that is sent from now on.
    public func watch() -> SessionExpirations {
        let policy = AsyncStream<Session>.Continuation.BufferingPolicy
            .bufferingNewest(SessionExpirations.bufferedMax)
        let (stream, continuation) = AsyncStream.makeStream(
            of: Session.self,
            bufferingPolicy: policy
        )
        let watcher = state.withLock { state in
            state.nextWatcher += 1
            state.watchers[state.nextWatcher] = continuation
            return state.nextWatcher
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.watchers.removeValue(forKey: watcher) }
        }
        return SessionExpirations(stream: stream)
    }

    /// Hands `session` to every watcher; never waits.
    public func send(_ session: Session) {
        for watcher in state.withLock({ Array($0.watchers.values) }) { watcher.yield(session) }
    }

    /// Ends every sequence.
    public func finish() {
        let watchers = state.withLock { state in
            let watchers = Array(state.watchers.values)
            state.watchers = [:]
            return watchers
        }
        // Outside the lock, which each watcher's termination takes.
        for watcher in watchers { watcher.finish() }
    }
}
