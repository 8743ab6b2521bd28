internal import Locks
import SessionCore

/// What a check works with: a subject, the stores it made, and short words for what checks do.
final class ConformanceBench: Sendable {
    let subject: any ConformanceSubject
    let features: Set<ConformanceFeature>
    private let stores = Mutex<[any SessionStore]>([])
    private let started = ContinuousClock.now
    private let waited = Mutex(Duration.zero)

    /// The lifetime that checks give: short where they have to wait for its end, in milliseconds.
    let lifetime: Int64

    init(_ subject: some ConformanceSubject, waiting lifetime: Int64) {
        self.subject = subject
        features = type(of: subject).features
        self.lifetime = features.contains(.clock) ? 600_000 : lifetime
    }

    /// Makes a store, which is closed at the end.
    func open(_ expiry: Expiry = .never) async throws -> any SessionStore {
        let store = try await subject.makeStore(expiry: expiry)
        stores.withLock { $0.append(store) }
        return store
    }

    func closeAll() async throws {
        for store in stores.withLock({ $0 }) { try await store.close() }
    }

    // MARK: Time

    /// The lifetime as a setting.
    var expiry: Expiry {
        get throws { try Expiry(minutes: Double(lifetime) / 60_000) }
    }

    /// Lets a part of the lifetime pass.
    func pass(_ share: Double) async throws {
        try await wait(milliseconds: Int64(Double(lifetime) * share))
    }

    /// Lets all of it pass, and a little more.
    func passLifetime() async throws {
        try await wait(milliseconds: lifetime + (features.contains(.clock) ? 1 : 200))
    }

    private func wait(milliseconds: Int64) async throws {
        try await subject.passTime(milliseconds: milliseconds)
        waited.withLock { $0 += .milliseconds(milliseconds) }
    }

    /// Whether so much more time has passed than was asked for that sessions may have expired that
    /// were not to.
    var isLate: Bool {
        guard !features.contains(.clock) else { return false }
        let late = started.duration(to: .now) - waited.withLock { $0 }
        return late > .milliseconds(lifetime / 10)
    }
}

extension Session {
    /// A session that differs from others of its id by `step`.
    static func sample(_ id: SessionID, step: Int = 0) -> Session {
        var session = Session(id: id)
        session.state["step"] = JSON(step)
        return session
    }

    var step: Int? { state["step"]?.int64.map { Int($0) } }
}

extension SessionStore {
    /// Adds one to a counter in the state, as a bot would.
    func increment(_ id: SessionID) async throws {
        try await update(id) { session in
            var changed = session ?? Session(id: id)
            let count = changed.state["count"]?.int64 ?? 0
            // Lets others in, if they can come in.
            await Task.yield()
            changed.state["count"] = JSON(count + 1)
            session = changed
        }
    }
}

/// Counts who is inside at once.
final class Visitors: Sendable {
    private let counts = Mutex((now: 0, most: 0))

    var most: Int { counts.withLock { $0.most } }

    func enter() {
        counts.withLock { counts in
            counts.now += 1
            counts.most = max(counts.most, counts.now)
        }
    }

    func leave() { counts.withLock { $0.now -= 1 } }
}

/// The case of an error, without what it says.
enum Answer: String {
    case unavailable, rejected, conflict, corrupted, outOfSpace, poisoned, locked, closed
    case unsupported, misconfigured, cancelled, other

    init(_ error: any Error) {
        guard let error = error as? SessionStoreError else {
            self = .other
            return
        }
        self =
            switch error {
            case .unavailable: .unavailable
            case .rejected: .rejected
            case .conflict: .conflict
            case .corrupted: .corrupted
            case .outOfSpace: .outOfSpace
            case .poisoned: .poisoned
            case .locked: .locked
            case .closed: .closed
            case .unsupported: .unsupported
            case .misconfigured: .misconfigured
            case .cancelled: .cancelled
            @unknown default: .other
            }
    }
}

/// Throws unless `body` throws this.
func expect(
    _ expected: Answer,
    of what: String,
    file: String = #fileID,
    line: Int = #line,
    _ body: () async throws -> Void
) async throws {
    let found: Answer
    do {
        try await body()
        throw Problem(text: "\(what): expected \(expected), got through", line: "\(file):\(line)")
    } catch let problem as Problem {
        throw problem
    } catch {
        found = Answer(error)
        guard found != expected else { return }
        let text = "\(what): expected \(expected), found \(error)"
        throw Problem(text: text, line: "\(file):\(line)")
    }
}
