public import LogEngine
public import SessionCore

extension FileSessionStore {
    /// Gives back the space of what was overwritten, destroyed or has expired.
    ///
    /// The store does so by itself, gently, so that it stays within one and a half times what is
    /// alive and two segments; this does all there is to do, now. Other calls go on meanwhile.
    ///
    /// - Returns: What it did.
    /// - Throws: `outOfSpace` when there is no room for what is copied; what is alive is all there.
    @discardableResult
    public func compact() async throws(SessionStoreError) -> CompactionReport {
        let log = try await log(for: .maintain)
        do throws(LogError) {
            return try await log.compact()
        } catch {
            throw SessionStoreError(error, .maintain)
        }
    }

    /// Lets the store do nothing by itself until it is resumed, or closed.
    public func pauseMaintenance() async throws(SessionStoreError) {
        try await log(for: .maintain).pauseMaintenance()
    }

    /// Lets the store give space back by itself again.
    public func resumeMaintenance() async throws(SessionStoreError) {
        try await log(for: .maintain).resumeMaintenance()
    }

    /// Opens the store, and closes it when the task is cancelled: for a group of services that
    /// start and stop together.
    ///
    /// With the package trait `ServiceLifecycle` the store is a `Service`, and is closed when its
    /// group shuts down gracefully, too. Put it before the services that use it: a group stops them
    /// in the opposite order.
    ///
    /// - Throws: What ``open()`` and ``close()`` throw.
    public func run() async throws(SessionStoreError) {
        try await open()
        await Self.untilStopped()
        try await close()
    }

    static func untilCancelled() async {
        // Never yields: it ends when the task is cancelled.
        for await _ in AsyncStream<Never>.makeStream().stream {}
    }
}
