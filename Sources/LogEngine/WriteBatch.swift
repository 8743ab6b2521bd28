import SegmentFormat

/// Records that will be written and synced together, and who waits for them.
struct WriteBatch {
    /// One record of the batch.
    struct Staged {
        var entry: FooterEntry
        var key: [UInt8]
        var byteCount: Int
        var lifetime: Lifetime
        /// For a touch, folded or not, where the value stands or stood.
        var touched: TouchBody?
        /// The value of a put, for whoever has asked for it before.
        var value: [UInt8]?
        /// What this record takes the place of, found before anything was written: afterwards no
        /// read may be needed, since it could fail.
        var old: Replaced?
    }

    /// What a key had in the index before.
    struct Replaced {
        var slot: IndexSlot
        var recordByteCount: Int
        /// When the slot is of a touch, where the value stands; nil when that is damaged.
        var touched: TouchBody?
    }

    /// Answers that hold only if the batch does.
    private(set) var answers: [(request: Int, result: WriteResult)] = []
    private(set) var staged: [Staged] = []
    private var places = StagedPlaces()
    /// The records as they will stand in the segment.
    var bytes: [UInt8] = []

    var isEmpty: Bool { staged.isEmpty && answers.isEmpty }

    mutating func add(_ record: consuming Staged) {
        staged.append(record)
        places.add(in: staged)
    }

    mutating func answer(_ request: Int, _ result: WriteResult) {
        answers.append((request, result))
    }

    mutating func removeAll() {
        answers.removeAll(keepingCapacity: true)
        staged.removeAll(keepingCapacity: true)
        places.removeAll()
        bytes.removeAll(keepingCapacity: true)
    }

    /// Whether there is a record of the key with this hash, or one that shares it.
    func hasRecord(of hash: KeyHash) -> Bool { places.newest(hash, in: staged) != nil }

    /// The newest record of the key in this batch.
    func newest(_ key: [UInt8], _ hash: KeyHash) -> Staged? {
        guard let place = places.newest(hash, in: staged), staged[place].key == key else {
            return nil
        }
        return staged[place]
    }
}

/// Where the newest record of each hash is in a batch: hashes are as good as random already, and a
/// dictionary's own hashing was a tenth of staging.
private struct StagedPlaces {
    /// One more than the place, 0 for none; a power of two of them, or none at all.
    ///
    /// After the position that the hash gives come those that were taken.
    private var table: [Int32] = []
    private static let searchedCountMax = 8
    private static let keptCountMax = 16 * 1_024

    /// Adds the last of `staged`.
    mutating func add(in staged: [WriteBatch.Staged]) {
        guard staged.count > Self.searchedCountMax else { return }
        let isLarge = staged.count * 2 <= table.count
        // The first time all that came before, too.
        let isNew = staged.count == Self.searchedCountMax + 1
        if !isLarge { table = Array(repeating: 0, count: max(64, table.count * 2)) }
        for place in (isLarge && !isNew ? staged.count - 1 : 0)..<staged.count {
            table[position(of: staged[place].entry.hash, in: staged)] = Int32(place + 1)
        }
    }

    mutating func removeAll() {
        if table.count > Self.keptCountMax { table = [] }
        for position in table.indices { table[position] = 0 }
    }

    func newest(_ hash: KeyHash, in staged: [WriteBatch.Staged]) -> Int? {
        guard staged.count > Self.searchedCountMax else {
            return staged.lastIndex { $0.entry.hash == hash }
        }
        let place = table[position(of: hash, in: staged)]
        return place == 0 ? nil : Int(place) - 1
    }

    /// Where the hash is, or will be.
    private func position(of hash: KeyHash, in staged: [WriteBatch.Staged]) -> Int {
        var position = Int(truncatingIfNeeded: hash.low) & (table.count - 1)
        while table[position] != 0, staged[Int(table[position]) - 1].entry.hash != hash {
            position = (position + 1) & (table.count - 1)
        }
        return position
    }
}
