/// Sessions by id, and in order of their last use.
///
/// Every operation is O(1). The order is a doubly linked list of slots in one array; a session
/// keeps its slot as long as it is here, so a walk over the slots meets it exactly once.
struct RecencyTable: Sendable {
    struct Slot: Sendable {
        /// The session, or nil while the slot is free.
        var session: Session?
        fileprivate var newer: Int?
        fileprivate var older: Int?
    }

    private(set) var slots: [Slot] = []
    private var places: [SessionID: Int] = [:]
    private var free: [Int] = []
    private var newest: Int?
    private var oldest: Int?

    var count: Int { places.count }

    /// The session that was used the longest time ago.
    var leastRecent: Session? { oldest.flatMap { slots[$0].session } }

    /// Returns a session without counting that as use.
    func session(under id: SessionID) -> Session? {
        places[id].flatMap { slots[$0].session }
    }

    /// Counts as use of the session under `id`.
    mutating func use(_ id: SessionID) {
        guard let place = places[id], place != newest else { return }
        unlink(place)
        linkAsNewest(place)
    }

    /// Puts `session` in place of what is under its id, without counting that as use.
    mutating func replace(with session: Session) {
        guard let place = places[session.id] else { return }
        slots[place].session = session
    }

    /// Puts `session` in place of what is under its id, as the most recently used.
    mutating func put(_ session: Session) {
        if let place = places[session.id] {
            slots[place].session = session
            use(session.id)
            return
        }
        let place = free.popLast() ?? slots.count
        let slot = Slot(session: session, newer: nil, older: nil)
        if place == slots.count { slots.append(slot) } else { slots[place] = slot }
        places[session.id] = place
        linkAsNewest(place)
    }

    /// Takes out the session under `id`.
    @discardableResult
    mutating func remove(_ id: SessionID) -> Session? {
        guard let place = places.removeValue(forKey: id) else { return nil }
        unlink(place)
        free.append(place)
        defer { slots[place].session = nil }
        return slots[place].session
    }

    private mutating func linkAsNewest(_ place: Int) {
        slots[place].newer = nil
        slots[place].older = newest
        if let newest { slots[newest].newer = place } else { oldest = place }
        newest = place
    }

    private mutating func unlink(_ place: Int) {
        let (newer, older) = (slots[place].newer, slots[place].older)
        if let newer { slots[newer].older = older } else { newest = older }
        if let older { slots[older].newer = newer } else { oldest = newer }
    }
}
