import SegmentFormat

/// One shard of the index, and what has changed in it since it was frozen.
///
/// A copy of each shard that changes would be the index once more; what changed is 32 bytes a
/// write.
struct IndexTable {
    /// A slot that took another's place; an empty one stands for none.
    fileprivate struct Change {
        let old: IndexSlot
        let new: IndexSlot
    }

    private(set) var shard = IndexShard()
    /// The latest last; nil when nobody wants to know.
    private var changes: [Change]?

    /// Remembers what changes from now on.
    mutating func freeze() { changes = [] }

    /// Forgets it.
    mutating func thaw() { changes = nil }

    /// Bytes of what is remembered.
    var changesByteCount: Int { (changes?.capacity ?? 0) * MemoryLayout<Change>.stride }

    /// Lets go of what the shard was when it was frozen; nil when that is not known any more.
    mutating func takeFrozen() -> Frozen? {
        defer { changes = nil }
        guard let changes else { return nil }
        return Frozen(slots: shard.occupied, capacity: shard.capacity, changes: changes)
    }

    /// What a shard was, to be worked out without its lock.
    struct Frozen {
        fileprivate let slots: [IndexSlot]
        fileprivate let capacity: Int
        fileprivate let changes: [Change]

        var image: ShardImage {
            guard !changes.isEmpty else { return ShardImage(slots: slots, capacity: capacity) }
            var shard = IndexShard(sorted: slots, capacity: capacity)
            for change in changes.reversed() {
                let isDone =
                    if change.new.isEmpty {
                        shard.insert(change.old) >= 0
                    } else if change.old.isEmpty {
                        shard.remove(change.new)
                    } else {
                        shard.replace(change.new, with: change.old)
                    }
                precondition(isDone, "every change is remembered")
            }
            return ShardImage(slots: shard.occupied, capacity: shard.capacity)
        }
    }

    private mutating func note(_ old: IndexSlot, _ new: IndexSlot) {
        guard let count = changes?.count else { return }
        // Whoever writes a checkpoint is done long before, unless the disk lets it wait.
        guard count < max(Self.changeCountMin, shard.count / 4) else {
            changes = nil
            return
        }
        changes?.append(Change(old: old, new: new))
    }

    /// Remembered whatever there is in the shard: 8 MB in all.
    private static let changeCountMin = 256

    // MARK: Changes

    /// Returns the bytes of the table that was given up when it grew; 0 when it did not.
    mutating func insert(_ slot: IndexSlot) -> Int {
        note(.empty, slot)
        return shard.insert(slot)
    }

    mutating func replace(_ old: IndexSlot, with new: IndexSlot) -> Bool {
        guard shard.replace(old, with: new) else { return false }
        note(old, new)
        return true
    }

    mutating func remove(_ slot: IndexSlot) -> Bool {
        guard shard.remove(slot) else { return false }
        note(slot, .empty)
        return true
    }

    /// Fills it with slots in the order of their hashes.
    mutating func load(_ sorted: [IndexSlot], capacity: Int) {
        shard = IndexShard(sorted: sorted, capacity: capacity)
    }
}
