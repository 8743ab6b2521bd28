import Locks
import SegmentFormat

/// Values that were asked for more than once lately, so that the next read of one needs no system
/// call, no checksum and no copy.
///
/// An entry counts only for the very slot that it was read through, which whoever asks has looked
/// up in the index first: a write, a touch or a move gives the key another slot. So nothing that is
/// found here is older than the index.
///
/// A value is taken in when it is asked for again soon after the first time: what is read once, as
/// by a listing, pushes nothing out.
final class ValueCache: Sendable {
    /// What a record says.
    struct Entry {
        /// 96 keyed bits that stand for the key, as in footers: comparing the key itself would be
        /// a cache miss more, and it would take an array of its own.
        var hash: KeyHash
        var slot: IndexSlot
        /// How often compaction had moved records when the slot was looked up: later a segment's
        /// number is given again, and the same slot may mean another record.
        var relocations: UInt64
        var value: [UInt8]
        var revision: UInt64
        var activity: UInt64
        var lifetime: Lifetime
        /// Somebody has found it since the hand came by.
        var isUsed = false

        /// Nothing is kept here.
        static let vacant = Entry(
            hash: KeyHash(low: 0, high: 0),
            slot: .empty,
            relocations: 0,
            value: [],
            revision: 0,
            activity: 0,
            lifetime: .standard
        )

        var isVacant: Bool { slot.isEmpty }

        /// What it takes, with its place in the table and the head of an array; its space and not
        /// its length, since a caller's array may have much more of it.
        var byteCount: Int {
            isVacant ? 0 : value.capacity + MemoryLayout<Entry>.stride + 32
        }
    }

    private struct Shard {
        /// In sets of ``wayCount``; empty until something is kept.
        ///
        /// With entries that are vacant, and not optional ones, which are copied to be looked at.
        var entries: [Entry] = []
        /// By hash: a part of the hash of who was asked for last.
        var asked: [UInt16] = []
        var byteCount = 0
        var hand = 0
    }

    private static let shardCount = 64
    private static let wayCount = 4
    /// So many different keys are remembered for a second time; 128 KB for all shards.
    ///
    /// With four times as many, reading 300,000 keys at random takes them in all the time.
    private static let askedCount = 1_024
    /// What an entry is taken to need when the tables are laid out.
    private static let entryByteCount = 512

    private let shards = InlineArray<64, Mutex<Shard>> { _ in Mutex(Shard()) }
    private let setCount: Int
    private let byteCountMax: Int

    /// Makes a cache of at most `byteCountMax` bytes; of none with 0.
    init(byteCountMax: Int) {
        let share = byteCountMax / Self.shardCount
        self.byteCountMax = share
        setCount = Self.powerOfTwo(atMost: share / Self.entryByteCount / Self.wayCount)
    }

    /// Bytes of what is kept.
    var byteCount: Int {
        (0..<Self.shardCount).reduce(0) { $0 + shards[$1].withLock { $0.byteCount } }
    }

    /// Returns what is kept of the key with this hash for this `slot`; the relocations are those
    /// after it was looked up.
    func entry(
        for hash: KeyHash,
        _ slot: IndexSlot,
        relocations: UInt64
    ) -> Entry? {
        guard setCount > 0 else { return nil }
        return shards[Self.shardNumber(of: hash)].withLock { shard in
            guard let place = place(of: hash, in: shard),
                shard.entries[place].isOf(slot, relocations: relocations)
            else { return nil }
            if !shard.entries[place].isUsed { shard.entries[place].isUsed = true }
            return shard.entries[place]
        }
    }

    /// Returns what is kept of `key` for this `slot`, for who is about to ask the disk otherwise.
    ///
    /// Remembers that the key was asked for, so that what is read once takes one look at the cache
    /// and not two. When it returns nil, `isWanted` says whether what is read is to be kept.
    func record(
        for key: [UInt8],
        _ hash: KeyHash,
        _ slot: IndexSlot,
        relocations: UInt64,
        isWanted: inout Bool
    ) -> LogRecord? {
        guard setCount > 0 else { return nil }
        return shards[Self.shardNumber(of: hash)].withLock { shard in
            guard let place = place(of: hash, in: shard) else {
                isWanted = wasAsked(hash, &shard)
                return nil
            }
            guard shard.entries[place].isOf(slot, relocations: relocations) else {
                isWanted = true
                return nil
            }
            if !shard.entries[place].isUsed { shard.entries[place].isUsed = true }
            return LogRecord(
                key: key,
                value: shard.entries[place].value,
                revision: shard.entries[place].revision,
                activity: shard.entries[place].activity,
                lifetime: ValueLifetime(shard.entries[place].lifetime)
            )
        }
    }

    /// Keeps `entry`, which is wanted.
    func keep(_ entry: Entry) {
        let hash = entry.hash
        guard setCount > 0, entry.byteCount <= byteCountMax / 8 else { return }
        shards[Self.shardNumber(of: hash)].withLock { shard in
            if shard.entries.isEmpty {
                shard.entries = Array(repeating: .vacant, count: setCount * Self.wayCount)
            }
            let older = place(of: hash, in: shard)
            put(entry, at: older ?? vacancy(for: hash, in: &shard), in: &shard)
        }
    }

    /// Puts what `entry` returns in the place of an older one of its key, if there is one.
    func replace(_ hash: KeyHash, with entry: () -> Entry) {
        guard setCount > 0 else { return }
        shards[Self.shardNumber(of: hash)].withLock { shard in
            guard let place = place(of: hash, in: shard) else { return }
            let entry = entry()
            let isTooLong = entry.byteCount > byteCountMax / 8
            put(isTooLong ? .vacant : entry, at: place, in: &shard)
        }
    }

    /// Lets what is kept of the key with this hash go.
    func forget(_ hash: KeyHash) {
        guard setCount > 0 else { return }
        shards[Self.shardNumber(of: hash)].withLock { shard in
            guard let place = place(of: hash, in: shard) else { return }
            put(.vacant, at: place, in: &shard)
        }
    }

    /// Lets everything go.
    func removeAll() {
        for number in 0..<Self.shardCount { shards[number].withLock { $0 = Shard() } }
    }

    // MARK: Tables

    private static func shardNumber(of hash: KeyHash) -> Int {
        Int(truncatingIfNeeded: hash.high) & (shardCount - 1)
    }

    private func firstPlace(_ hash: KeyHash) -> Int {
        (Int(truncatingIfNeeded: hash.high >> 6) & (setCount - 1)) * Self.wayCount
    }

    private func place(of hash: KeyHash, in shard: Shard) -> Int? {
        guard !shard.entries.isEmpty else { return nil }
        let first = firstPlace(hash)
        for place in first..<first + Self.wayCount {
            // By the bits, since what another module compares of them is a call each.
            guard shard.entries[place].hash.low == hash.low,
                shard.entries[place].hash.high == hash.high,
                shard.entries[place].slot.back != 0
            else { continue }
            return place
        }
        return nil
    }

    /// Whether the key was asked for lately; from now on it was.
    private func wasAsked(_ hash: KeyHash, _ shard: inout Shard) -> Bool {
        if shard.asked.isEmpty { shard.asked = Array(repeating: 0, count: Self.askedCount) }
        let place = Int(truncatingIfNeeded: hash.low >> 32) & (Self.askedCount - 1)
        let mark = UInt16(truncatingIfNeeded: hash.low >> 48)
        defer { shard.asked[place] = mark }
        return shard.asked[place] == mark
    }

    /// Returns a place of the set: an empty one, or that of what was not found for longest.
    private func vacancy(for hash: KeyHash, in shard: inout Shard) -> Int {
        let first = firstPlace(hash)
        let set = first..<first + Self.wayCount
        if let empty = set.first(where: { shard.entries[$0].isVacant }) { return empty }
        if let unused = set.first(where: { !shard.entries[$0].isUsed }) { return unused }
        for place in set { shard.entries[place].isUsed = false }
        shard.hand += 1
        return first + shard.hand % Self.wayCount
    }

    private func put(_ entry: Entry, at place: Int, in shard: inout Shard) {
        shard.byteCount += entry.byteCount - shard.entries[place].byteCount
        shard.entries[place] = entry
        // Twice around at most: the first time everything may have been in use.
        var steps = 2 * shard.entries.count
        while shard.byteCount > byteCountMax, steps > 0 {
            shard.hand = (shard.hand + 1) % shard.entries.count
            steps -= 1
            guard shard.hand != place, !shard.entries[shard.hand].isVacant else { continue }
            if shard.entries[shard.hand].isUsed {
                shard.entries[shard.hand].isUsed = false
            } else {
                shard.byteCount -= shard.entries[shard.hand].byteCount
                shard.entries[shard.hand] = .vacant
            }
        }
    }

    private static func powerOfTwo(atMost limit: Int) -> Int {
        limit < 1 ? 0 : 1 << (Int.bitWidth - 1 - limit.leadingZeroBitCount)
    }
}
