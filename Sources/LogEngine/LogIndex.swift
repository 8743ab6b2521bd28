import Locks
package import SegmentFormat

/// Where each key's record is, in memory.
///
/// Sharded, so that a reader holds a lock for the time it takes to copy a slot, and a growing table
/// is a small one. Only the writer changes it; readers never wait for more than a slot's copy, or
/// for one shard's growth (0.8 ms at ten million keys), or copy, when a checkpoint has it.
package final class LogIndex: Sendable {
    static let shardCount = 1_024

    /// All in one piece: as an object each, they were retained and released by every reader.
    private let tables = InlineArray<1_024, Mutex<IndexTable>> { _ in Mutex(IndexTable()) }
    private let memory = Mutex(Memory())

    package init() {}

    /// What the tables take, kept as they change.
    struct Memory {
        var keyCount = 0
        var byteCount = shardCount * IndexShard().byteCount
        /// The most bytes per key at any moment, growth included, once there were many keys.
        var bytesPerKeyMax = 0.0

        /// Below this many keys the fixed cost of empty shards hides what a key costs.
        static let significantKeyCount = 100_000

        mutating func note(_ change: Int, whileGrowing transient: Int) {
            byteCount += change
            guard keyCount >= Self.significantKeyCount else { return }
            bytesPerKeyMax = max(bytesPerKeyMax, Double(byteCount + transient) / Double(keyCount))
        }
    }

    var memoryUse: Memory { memory.withLock { $0 } }
    var count: Int { memory.withLock { $0.keyCount } }

    /// A shard takes ten bits of the hash that the slot does not have.
    static func shardNumber(of hash: KeyHash) -> Int {
        Int(truncatingIfNeeded: hash.high >> 22)
    }

    package static func slotHash(_ hash: KeyHash) -> UInt32 {
        UInt32(truncatingIfNeeded: hash.low)
    }

    /// Returns the slots that may be the key's: nearly always none or one.
    package func candidates(for hash: KeyHash) -> Candidates {
        tables[Self.shardNumber(of: hash)].withLock { table in
            var result = Candidates()
            table.shard.forEach(Self.slotHash(hash)) { result.append($0) }
            return result
        }
    }

    /// What may be a key's, for who goes on only with one slot.
    enum Likely {
        case none
        case one(IndexSlot)
        case several
    }

    /// Same as ``candidates(for:)``, without an array for several.
    func likely(for hash: KeyHash) -> Likely {
        tables[Self.shardNumber(of: hash)].withLock { $0.shard.likely(Self.slotHash(hash)) }
    }

    func contains(_ slot: IndexSlot, for hash: KeyHash) -> Bool {
        tables[Self.shardNumber(of: hash)].withLock { $0.shard.contains(slot) }
    }

    func contains(_ slot: IndexSlot, in shard: Int) -> Bool {
        tables[shard].withLock { $0.shard.contains(slot) }
    }

    package func insert(_ slot: IndexSlot, for hash: KeyHash) {
        let (growth, change) = tables[Self.shardNumber(of: hash)].withLock { table in
            let before = table.shard.byteCount
            let growth = table.insert(slot)
            return (growth, table.shard.byteCount - before)
        }
        memory.withLock { memory in
            memory.keyCount += 1
            memory.note(change, whileGrowing: growth)
        }
    }

    /// Puts `new` where `old` is; a slot that is not there is a bug of the only writer, and traps.
    func replace(_ old: IndexSlot, with new: IndexSlot, for hash: KeyHash) {
        let isDone = tables[Self.shardNumber(of: hash)].withLock { $0.replace(old, with: new) }
        precondition(isDone, "only the writer changes the index")
    }

    func remove(_ slot: IndexSlot, for hash: KeyHash) {
        let (isDone, change) = tables[Self.shardNumber(of: hash)].withLock { table in
            let before = table.shard.byteCount
            let isDone = table.remove(slot)
            return (isDone, table.shard.byteCount - before)
        }
        precondition(isDone, "only the writer changes the index")
        memory.withLock { memory in
            memory.keyCount -= 1
            memory.note(change, whileGrowing: -change)
        }
    }

    /// Puts `new` where `old` is; false when `old` is not there any more.
    func exchange(_ old: IndexSlot, with new: IndexSlot, for hash: KeyHash) -> Bool {
        tables[Self.shardNumber(of: hash)].withLock { $0.replace(old, with: new) }
    }

    /// Returns the occupied slots of one shard, and how many homes it has.
    func snapshot(of shard: Int) -> (slots: [IndexSlot], capacity: Int) {
        tables[shard].withLock { ($0.shard.occupied, $0.shard.capacity) }
    }

    /// Puts `loaded` in the place of a shard that is still empty.
    func load(_ loaded: IndexShard, into shard: Int) {
        let change = tables[shard].withLock { table in
            let before = table.shard.byteCount
            table.load(loaded)
            return table.shard.byteCount - before
        }
        memory.withLock { memory in
            memory.keyCount += loaded.count
            memory.note(change, whileGrowing: 0)
        }
    }

    // MARK: Checkpoints

    /// Keeps what the index is now for who writes it down, while it changes.
    func freeze() {
        for shard in tables.indices { tables[shard].withLock { $0.freeze() } }
    }

    /// Returns what the shard was when the index was frozen, once.
    func takeFrozen(_ shard: Int) -> ShardImage {
        tables[shard].withLock { $0.takeFrozen() }.image
    }

    /// Forgets what was frozen.
    func thaw() {
        for shard in tables.indices { tables[shard].withLock { $0.thaw() } }
    }

    /// A few slots, without an allocation for the first.
    package struct Candidates {
        private var first = IndexSlot.empty
        private var more: [IndexSlot] = []

        package var count: Int { first.isEmpty ? 0 : 1 + more.count }

        mutating func append(_ slot: IndexSlot) {
            if first.isEmpty { first = slot } else { more.append(slot) }
        }

        subscript(index: Int) -> IndexSlot { index == 0 ? first : more[index - 1] }
    }
}
