import Locks
import SessionCore

enum Samples {
    /// A document as Bottender 1.x leaves it, with a 64-bit number and a field of the author's own.
    static let document =
        #"{"id":"telegram:427770117","platform":"telegram","lastActivity":1512345678901,"#
        + #""user":{"id":427770117,"first_name":"Ánna","_updatedAt":"2017-12-04T00:01:18.901Z"},"#
        + #""_state":{"step":"ask","token":5923451234567890123,"ratio":1.0,"#
        + #""note":"\ud83e\udd8a\n"},"mine":{"b":[1,-2.5e3,null],"a":false}}"#

    static func session(_ id: SessionID, step: Int64 = 0) -> Session {
        var session = Session(id: id)
        session.state["step"] = JSON(step)
        return session
    }
}

/// A clock that stands still until it is moved.
final class TestClock: Sendable {
    private let time: Mutex<Int64>

    init(_ time: Int64 = 1_000_000) {
        self.time = Mutex(time)
    }

    var now: Int64 {
        get { time.withLock { $0 } }
        set { time.withLock { $0 = newValue } }
    }

    var clock: SessionClock { SessionClock { self.now } }
}

/// The driver that the article about the contract shows.
actor DictionaryStore: SessionStore {
    private var sessions: [SessionID: Session] = [:]

    func read(_ id: SessionID) async throws(SessionStoreError) -> Session? {
        sessions[id]
    }

    func write(_ session: Session) async throws(SessionStoreError) -> Session {
        _ = try session.encodedByteCount()
        let stored = session.stamped(at: SessionClock.system.now())
        sessions[session.id] = stored
        return stored
    }

    func destroy(_ id: SessionID) async throws(SessionStoreError) -> Bool {
        sessions.removeValue(forKey: id) != nil
    }
}

/// A driver without identity, which can also list, and of which one record is damaged.
struct ListingStore: SessionStore {
    let base = DictionaryStore()
    let damaged: Set<SessionID>
    let listed: [SessionID]

    func read(_ id: SessionID) async throws(SessionStoreError) -> Session? {
        if damaged.contains(id) { throw .corrupted(.idMissing, id: id) }
        return try await base.read(id)
    }

    func write(_ session: Session) async throws(SessionStoreError) -> Session {
        try await base.write(session)
    }

    func destroy(_ id: SessionID) async throws(SessionStoreError) -> Bool {
        try await base.destroy(id)
    }

    func sessions(
        where filter: SessionFilter
    ) async throws(SessionStoreError) -> SessionListing<Session> {
        SessionListing { await page(of: listed[...], where: filter) }
    }

    private func page(
        of ids: ArraySlice<SessionID>,
        where filter: SessionFilter
    ) async -> SessionListing<Session>.Page {
        guard let id = ids.first else { return SessionListing.Page([]) }
        var elements: [SessionListing<Session>.Element] = []
        do throws(SessionStoreError) {
            if let session = try await read(id), filter.matches(session) {
                elements.append(.success(session))
            }
        } catch {
            elements.append(.failure(error))
        }
        return SessionListing.Page(elements) { await page(of: ids.dropFirst(), where: filter) }
    }
}

extension SessionListing {
    /// All items and all failures.
    func collect() async -> (items: [Item], failures: [SessionStoreError]) {
        var items: [Item] = []
        var failures: [SessionStoreError] = []
        for await element in self {
            switch element {
            case .success(let item): items.append(item)
            case .failure(let error): failures.append(error)
            }
        }
        return (items, failures)
    }
}
