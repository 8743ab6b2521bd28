import SegmentFormat

/// Records that will be written and synced together, and who waits for them.
struct WriteBatch {
    /// One record of the batch.
    struct Staged {
        var entry: FooterEntry
        var key: [UInt8]
        var byteCount: Int
        var lifetime: Lifetime
        /// For a touch, where the value stands.
        var touched: TouchBody?
        /// The key's slot that this record's takes the place of, found before anything was written:
        /// afterwards no read may be needed, since it could fail.
        var old: IndexSlot?
    }

    /// Answers that hold only if the batch does.
    private(set) var answers: [(request: Int, outcome: WriteOutcome)] = []
    private(set) var staged: [Staged] = []
    /// The records as they will stand in the segment.
    var bytes: [UInt8] = []

    var isEmpty: Bool { staged.isEmpty && answers.isEmpty }

    mutating func add(_ record: Staged) {
        staged.append(record)
    }

    mutating func answer(_ request: Int, _ outcome: WriteOutcome) {
        answers.append((request, outcome))
    }

    mutating func removeAll() {
        answers.removeAll(keepingCapacity: true)
        staged.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }

    /// The newest record of the key in this batch.
    func newest(_ key: [UInt8], _ hash: KeyHash) -> Staged? {
        staged.last { $0.entry.hash == hash && $0.key == key }
    }
}
