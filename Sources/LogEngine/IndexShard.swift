import SegmentFormat

/// One shard of the index: a flat table of slots in the order of their hashes.
///
/// A slot's home is `hash × capacity >> 32`, so the table as a whole is sorted by hash: growing it
/// is one sequential pass, not a rehash. Slots stand at or after their home; a short overflow
/// behind the last home keeps a run from wrapping. Deleting shifts the run back: no tombstones.
struct IndexShard {
    private var slots: [IndexSlot]
    private(set) var count = 0
    private(set) var capacity: Int

    /// Smaller tables are not worth making smaller: 1,024 shards of it are 1.1 MB.
    static let shrinkableCapacityMin = 64

    /// Homes a new shard starts with: 1,024 shards of it are 80 KB.
    static let capacityMin = 4

    init(capacity: Int = capacityMin) {
        self.capacity = max(capacity, Self.capacityMin)
        self.slots = Array(repeating: .empty, count: Self.slotCount(for: self.capacity))
    }

    /// Makes a shard of slots that are in the order of their hashes already.
    init(sorted: [IndexSlot], capacity: Int) {
        let needed = Self.capacity(for: sorted.count)
        self.init(capacity: max(min(capacity, Self.grown(needed)), needed))
        place(sorted)
    }

    /// Makes a shard of what a file says; nil when its hashes are crowded as no keyed hashes are,
    /// for which a table would have to be far larger than for others.
    init?(_ image: ShardImage) {
        let needed = Self.capacity(for: image.slots.count)
        self.init(capacity: max(min(image.capacity, Self.grown(needed)), needed))
        guard place(image.slots, upTo: 2 * needed + Self.spareCapacityMax) else { return nil }
    }

    /// So many homes more than twice of what is needed: for 64 slots of one hash at the end.
    private static let spareCapacityMax = 4_096

    /// Bytes of the table.
    var byteCount: Int { slots.count * IndexSlot.byteCount }

    /// The occupied slots, in the order of their hashes.
    var occupied: [IndexSlot] {
        var result: [IndexSlot] = []
        result.reserveCapacity(count)
        for slot in slots where !slot.isEmpty { result.append(slot) }
        return result
    }

    /// Calls `body` for each slot with `hash`.
    func forEach(_ hash: UInt32, _ body: (IndexSlot) -> Void) {
        var position = home(of: hash)
        while position < slots.count {
            let slot = slots[position]
            if slot.isEmpty || slot.hash > hash { return }
            if slot.hash == hash { body(slot) }
            position += 1
        }
    }

    /// What there is with `hash`.
    func likely(_ hash: UInt32) -> LogIndex.Likely {
        // By the bits, since what another module computes of them is a call each.
        let wanted = UInt64(hash)
        var position = home(of: hash)
        let end = slots.count
        while position < end {
            let slot = slots[position]
            let found = slot.front >> 32
            if slot.back == 0 || found > wanted { return .none }
            position += 1
            guard found == wanted else { continue }
            guard position < end else { return .one(slot) }
            let next = slots[position]
            return next.back != 0 && next.front >> 32 == wanted ? .several : .one(slot)
        }
        return .none
    }

    /// Whether `slot` stands in the table as it is.
    func contains(_ slot: IndexSlot) -> Bool {
        position(of: slot) != nil
    }

    /// Puts `slot` in.
    ///
    /// - Returns: The bytes of the table that was given up when it grew; 0 when it did not.
    mutating func insert(_ slot: IndexSlot) -> Int {
        var growth = 0
        // 88 %: runs stay short enough (about 35 slots), and a table 1.2 times as large, the next
        // size, is never emptier than 73 %: 21.8 bytes a slot.
        if (count + 1) * 100 > capacity * 88 { growth = grow() }
        while !tryInsert(slot) { growth = grow() }
        count += 1
        return growth
    }

    private mutating func tryInsert(_ slot: IndexSlot) -> Bool {
        var position = home(of: slot.hash)
        while position < slots.count, !slots[position].isEmpty, slots[position].hash <= slot.hash {
            position += 1
        }
        var end = position
        while end < slots.count, !slots[end].isEmpty { end += 1 }
        guard end < slots.count else { return false }
        while end > position {
            slots[end] = slots[end - 1]
            end -= 1
        }
        slots[position] = slot
        return true
    }

    /// Puts `new`, of the same hash, where `old` is; false when `old` is not there.
    mutating func replace(_ old: IndexSlot, with new: IndexSlot) -> Bool {
        precondition(old.hash == new.hash)
        guard let position = position(of: old) else { return false }
        slots[position] = new
        return true
    }

    /// Takes `slot` out; false when it is not there.
    mutating func remove(_ slot: IndexSlot) -> Bool {
        guard var position = position(of: slot) else { return false }
        while position + 1 < slots.count {
            let next = slots[position + 1]
            guard !next.isEmpty, home(of: next.hash) <= position else { break }
            slots[position] = next
            position += 1
        }
        slots[position] = .empty
        count -= 1
        if capacity > Self.shrinkableCapacityMin, count * 100 < capacity * 70 { shrink() }
        return true
    }

    private func position(of slot: IndexSlot) -> Int? {
        var position = home(of: slot.hash)
        while position < slots.count {
            let found = slots[position]
            if found.isEmpty || found.hash > slot.hash { return nil }
            if found == slot { return position }
            position += 1
        }
        return nil
    }

    /// Moves to a table 1.2 times as large; returns the bytes of the old one, which was there
    /// beside the new one for a moment.
    private mutating func grow() -> Int {
        let old = self
        self = IndexShard(capacity: Self.grown(capacity))
        place(old.slots)
        return old.byteCount
    }

    /// Moves to a table that is 80 % full, so that what was once needed does not stay for ever; a
    /// tenth of the slots must come or go before it moves again.
    private mutating func shrink() {
        let old = slots
        self = IndexShard(capacity: count * 5 / 4)
        place(old)
    }

    /// Lays out the occupied of `sorted`, in a larger table when the overflow is too short for
    /// them; false when that would have more than `limit` homes.
    @discardableResult
    private mutating func place(_ sorted: [IndexSlot], upTo limit: Int = .max) -> Bool {
        while !tryPlace(sorted) {
            guard capacity <= limit else { return false }
            self = IndexShard(capacity: capacity + max(4, capacity / 20))
        }
        return true
    }

    private mutating func tryPlace(_ sorted: [IndexSlot]) -> Bool {
        var next = 0
        for slot in sorted where !slot.isEmpty {
            let position = max(next, home(of: slot.hash))
            guard position < slots.count else { return false }
            slots[position] = slot
            next = position + 1
            count += 1
        }
        return true
    }

    private func home(of hash: UInt32) -> Int {
        Int(truncatingIfNeeded: (UInt64(hash) &* UInt64(capacity)) >> 32)
    }

    private static func grown(_ capacity: Int) -> Int {
        max(capacity + 4, capacity * 6 / 5)
    }

    /// The smallest capacity that holds `count` slots at the load a growing table stops at.
    private static func capacity(for count: Int) -> Int {
        (count * 100 + 87) / 88 + 1
    }

    /// Homes and overflow: a thirty-second, at least 4.
    private static func slotCount(for capacity: Int) -> Int {
        capacity + max(4, capacity / 32)
    }
}
