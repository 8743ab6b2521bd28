/// What a ``MemorySessionStore`` does to its sessions; a plain value without locks, clock or tasks.
///
/// The shell passes the time in and takes the departures out after each call.
struct MemoryState: Sendable {
    /// A session that the store dropped by itself, of which somebody may want to know.
    enum Departure: Equatable, Sendable {
        case expired(Session)
        case evicted(Session)
    }

    let maxSize: Int
    let expiry: Expiry
    var isClosed = false
    private(set) var table = RecencyTable()
    private(set) var evictionCount = 0
    private var departures: [Departure] = []
    private var now = Int64.min
    private var lastRevision: UInt64 = 0

    init(maxSize: Int, expiry: Expiry) {
        self.maxSize = maxSize
        self.expiry = expiry
    }

    /// Sets the time, which never goes back, or what has expired would live again.
    mutating func advance(to time: Int64) {
        now = max(now, time)
    }

    mutating func takeDepartures() -> [Departure] {
        defer { departures = [] }
        return departures
    }

    mutating func read(_ id: SessionID) -> Session? {
        guard let session = living(id) else { return nil }
        table.use(id)
        return session
    }

    mutating func write(_ session: Session) -> Session {
        // An expired predecessor is an expiry, not an overwritten session.
        _ = living(session.id)
        lastRevision += 1
        let stored = session.stamped(
            at: now,
            revision: SessionRevision(low: lastRevision)
        )
        table.put(stored)
        evict()
        return stored
    }

    /// Writes if the revision is still `revision`, or returns nil.
    mutating func write(
        _ session: Session,
        ifUnchangedSince revision: SessionRevision
    ) -> Session? {
        let current = living(session.id)?.revision ?? .absent
        return current == revision ? write(session) : nil
    }

    /// What became of a session that was to be restored.
    enum Restoration: Sendable {
        case stored(Session)
        case expired
        case conflict
    }

    mutating func restore(
        _ session: Session,
        ifUnchangedSince revision: SessionRevision
    ) throws(SessionStoreError) -> Restoration {
        var restored = session.stamped(at: try session.restoredActivity(at: now))
        guard !restored.isExpired(at: now, in: expiry) else { return .expired }
        let current = living(session.id)?.revision ?? .absent
        guard current == revision else { return .conflict }
        lastRevision += 1
        restored.revision = SessionRevision(low: lastRevision)
        table.put(restored)
        evict()
        return .stored(restored)
    }

    mutating func touch(_ id: SessionID) -> Bool {
        guard let session = living(id) else { return false }
        table.replace(with: session.stamped(at: now, revision: session.revision))
        table.use(id)
        return true
    }

    mutating func destroy(_ id: SessionID) -> Bool {
        guard living(id) != nil else { return false }
        table.remove(id)
        return true
    }

    /// Returns the living sessions of some slots that match `filter`.
    ///
    /// Listing is no use: it must not decide who is evicted.
    mutating func sessions(
        inSlots range: Range<Int>,
        where filter: SessionFilter
    ) -> [Session] {
        var found: [Session] = []
        for place in range.clamped(to: table.slots.indices) {
            guard let session = living(inSlot: place), filter.matches(session) else { continue }
            found.append(session)
        }
        return found
    }

    /// Drops every expired session, and returns how many there were.
    mutating func sweep() -> Int {
        let before = table.count
        for place in table.slots.indices { _ = living(inSlot: place) }
        return before - table.count
    }

    /// Returns the session under `id`, after dropping it if it has expired.
    private mutating func living(_ id: SessionID) -> Session? {
        guard let session = table.session(under: id) else { return nil }
        guard session.isExpired(at: now, in: expiry) else { return session }
        table.remove(id)
        departures.append(.expired(session))
        return nil
    }

    private mutating func living(inSlot place: Int) -> Session? {
        table.slots[place].session.flatMap { living($0.id) }
    }

    private mutating func evict() {
        while maxSize > 0, table.count > maxSize, let victim = table.leastRecent {
            guard living(victim.id) != nil else { continue }
            table.remove(victim.id)
            evictionCount += 1
            departures.append(.evicted(victim))
        }
    }
}
