import SegmentFormat

/// One shard of the index, and what it was when it was frozen.
///
/// A copy of each shard that changes would be the index once more; what changed is 32 bytes a
/// write, until a copy is less.
struct IndexTable {
    /// A slot that took another's place; an empty one stands for none.
    fileprivate struct Change {
        let old: IndexSlot
        let new: IndexSlot
    }

    fileprivate enum Past {
        case none
        /// The latest last.
        case changes([Change])
        case image(ShardImage)
    }

    private(set) var shard = IndexShard()
    private var past = Past.none

    /// Remembers what it is now, whatever changes.
    mutating func freeze() { past = .changes([]) }

    /// Forgets it.
    mutating func thaw() { past = .none }

    /// Lets go of what it was when it was frozen, to be worked out without its lock.
    ///
    /// That is held for no longer than a reference takes: whoever was kept from the processor while
    /// copying a shard under it held up the writer, who soon needs each of them, for 9 to 14 ms.
    /// Should the writer come before the copy is made, it makes one of its own.
    mutating func takeFrozen() -> Frozen {
        defer { past = .none }
        return Frozen(past: past, shard: shard)
    }

    /// What a shard was.
    struct Frozen {
        fileprivate let past: Past
        fileprivate let shard: IndexShard

        var image: ShardImage {
            switch past {
            case .none: ShardImage(slots: shard.occupied, capacity: shard.capacity)
            case .changes(let changes):
                IndexTable.undo(changes, shard.occupied, shard.capacity)
            case .image(let image): image
            }
        }
    }

    private static func undo(
        _ changes: [Change],
        _ slots: [IndexSlot],
        _ capacity: Int
    ) -> ShardImage {
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

    /// To be called after each change.
    private mutating func note(_ old: IndexSlot, _ new: IndexSlot) {
        guard case .changes(var changes) = past else { return }
        past = .none
        changes.append(Change(old: old, new: new))
        guard changes.count >= max(Self.changeCountMin, shard.count / 2) else {
            past = .changes(changes)
            return
        }
        past = .image(Self.undo(changes, shard.occupied, shard.capacity))
    }

    /// As many are remembered whatever there is in the shard: 2 MB in all.
    private static let changeCountMin = 64

    // MARK: Changes

    /// Returns the bytes of the table that was given up when it grew; 0 when it did not.
    mutating func insert(_ slot: IndexSlot) -> Int {
        let growth = shard.insert(slot)
        note(.empty, slot)
        return growth
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

    /// Begins with `loaded`.
    mutating func load(_ loaded: IndexShard) { shard = loaded }
}
