/// What a load or an overwrite writes, in the order in which it does.
struct LoadOperands<List: ByteList>: Sendable {
    var keys: List
    var values: List

    /// Lays out the records of `order` in one version.
    init(_ order: some Collection<UInt32>, version: UInt64) {
        keys = List(count: order.count, byteCount: order.count * 28)
        values = List(count: order.count, byteCount: order.count * 640)
        var workload = Workload()
        for record in order {
            workload.withKey(UInt64(record)) { keys.append($0) }
            workload.withValue(UInt64(record), version: version) { values.append($0) }
        }
    }
}

/// What one worker reads.
struct ReadOperands<List: ByteList>: Sendable {
    /// How records are chosen.
    enum Pattern: Sendable {
        case uniform
        case zipf
        /// Uniform among those that never exist.
        case absent
    }

    var keys: List
    /// How many bytes each value has to have, -1 for none.
    var lengths: [Int16]

    /// Lays out `count` operations of one worker; `known` says how long each record's value is.
    init(_ pattern: Pattern, worker: Int, count: Int, lengths known: [Int16]) {
        keys = List(count: count, byteCount: count * 28)
        lengths = []
        lengths.reserveCapacity(count)
        var workload = Workload()
        var stream = Stream(.read, worker: worker)
        let zipf = pattern == .zipf ? Zipf(known.count) : nil
        for _ in 0..<count {
            let record = zipf.map { stream.next($0) } ?? stream.below(known.count)
            let isAbsent = pattern == .absent
            let offset = isAbsent ? Workload.absentOffset : 0
            workload.withKey(UInt64(record) + offset) { keys.append($0) }
            lengths.append(isAbsent ? -1 : known[record])
        }
    }
}

/// What one worker changes: which keys, and whether it writes them.
struct ChangeOperands<List: ByteList>: Sendable {
    var keys: List
    var writes: [Bool]

    /// Lays out reads of which `readPercent` are not followed by a write.
    init(modifying records: Int, readPercent: Int, worker: Int, count: Int) {
        keys = List(count: count, byteCount: count * 28)
        writes = []
        writes.reserveCapacity(count)
        var workload = Workload()
        var stream = Stream(.modify, worker: worker)
        let zipf = Zipf(records)
        for _ in 0..<count {
            let record = stream.next(zipf)
            workload.withKey(UInt64(record)) { keys.append($0) }
            writes.append(stream.below(100) >= readPercent)
        }
    }

    /// Lays out writes of records that are chosen uniformly.
    init(writing records: Int, worker: Int, count: Int) {
        keys = List(count: count, byteCount: count * 28)
        writes = []
        var workload = Workload()
        var stream = Stream(.durable, worker: worker)
        for _ in 0..<count {
            workload.withKey(UInt64(stream.below(records))) { keys.append($0) }
        }
    }
}

/// The documents that writes take in turn.
struct ValuePool<List: ByteList>: Sendable {
    let values: List
    private let mask: Int

    /// Lays out version 1 of the first records.
    init(count: Int = Workload.poolCount) {
        precondition(count > 0 && count & (count - 1) == 0, "The pool is a power of two.")
        mask = count - 1
        var values = List(count: count, byteCount: count * 640)
        var workload = Workload()
        for record in 0..<UInt64(count) {
            workload.withValue(record, version: 1) { values.append($0) }
        }
        self.values = values
    }

    /// Which value a worker's `index`th write takes: workers begin at different ones.
    @inline(__always)
    func turn(_ index: Int, worker: Int) -> Int { (index &+ worker &* 997) & mask }
}
