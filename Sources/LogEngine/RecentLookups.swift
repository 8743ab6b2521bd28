import Locks
import SegmentFormat

/// Where readers have found keys lately.
///
/// Whoever reads a value mostly writes it next, and need not have its key confirmed on disk a
/// second time: a system call of 1 µs. What is found here counts only for the very slot that the
/// index has, so none is ever out of date.
final class RecentLookups: Sendable {
    /// What a slot that was not touched leads to.
    struct Found {
        var slot = IndexSlot.empty
        /// The number of the value's own record.
        var revision: UInt64 = 0
        var activity: UInt64 = 0
        var lifetime = Lifetime.standard
        /// How often compaction had moved records before the slot was looked up.
        var relocations: UInt64 = 0
    }

    private struct Entry {
        var hash = KeyHash(low: 0, high: 0)
        var found = Found()
    }

    private final class Shard: Sendable {
        /// By hash; empty until the first.
        let entries = Mutex<[Entry]>([])
    }

    private static let shardCount = 64
    /// For each shard; 160 KB for all, which the processor's caches have room for.
    private static let entryCount = 32

    private let shards = (0..<shardCount).map { _ in Shard() }

    /// Keeps what was found for the key with this hash, in place of one that shares its place.
    func note(_ found: Found, _ hash: KeyHash) {
        let place = place(of: hash)
        shard(of: hash).entries.withLock { entries in
            if entries.isEmpty { entries = Array(repeating: Entry(), count: Self.entryCount) }
            entries[place] = Entry(hash: hash, found: found)
        }
    }

    /// Returns what was found for the key with this hash by way of `slot`.
    func found(
        _ hash: KeyHash,
        _ slot: IndexSlot,
        relocations: UInt64
    ) -> Found? {
        let place = place(of: hash)
        return shard(of: hash).entries.withLock { entries in
            // 96 keyed bits: they stand for the key, as in footers.
            guard !entries.isEmpty, entries[place].hash == hash, entries[place].found.slot == slot,
                entries[place].found.relocations == relocations
            else { return nil }
            return entries[place].found
        }
    }

    private func shard(of hash: KeyHash) -> Shard {
        shards[Int(truncatingIfNeeded: hash.high) & (Self.shardCount - 1)]
    }

    private func place(of hash: KeyHash) -> Int {
        Int(truncatingIfNeeded: hash.low) & (Self.entryCount - 1)
    }
}
