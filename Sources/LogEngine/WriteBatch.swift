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
    /// Where the newest record of each key is in `staged`, once searching would take longer.
    private var places: [KeyHash: Int] = [:]
    private static let searchedCountMax = 8
    /// The records as they will stand in the segment.
    var bytes: [UInt8] = []

    var isEmpty: Bool { staged.isEmpty && answers.isEmpty }

    mutating func add(_ record: Staged) {
        staged.append(record)
        guard staged.count > Self.searchedCountMax else { return }
        let first = places.isEmpty ? 0 : staged.count - 1
        for place in first..<staged.count { places[staged[place].entry.hash] = place }
    }

    mutating func answer(_ request: Int, _ result: WriteResult) {
        answers.append((request, result))
    }

    mutating func removeAll() {
        answers.removeAll(keepingCapacity: true)
        staged.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }

    /// The newest record of the key in this batch.
    func newest(_ key: [UInt8], _ hash: KeyHash) -> Staged? {
        guard places.isEmpty else {
            return places[hash].flatMap { staged[$0].key == key ? staged[$0] : nil }
        }
        return staged.last { $0.entry.hash == hash && $0.key == key }
    }
}
