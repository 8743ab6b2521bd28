import SegmentFormat

/// A sealed segment as a compaction sees it.
struct CompactionCandidate: Equatable {
    var id: SegmentID
    /// Its file.
    var byteCount: UInt64
    /// Of it, what would be copied: live records that have not expired, with their footer entries.
    var liveByteCount: UInt64
    var liveRecordCount: Int
    /// Of it, tombstones that the masking rule would keep again.
    var keptByteCount: UInt64
    /// Of it, the dictionary, which stays as large as it is while any value needs one.
    var dictionaryByteCount: UInt64 = 0
    /// How many of its records a compaction would leave behind; of one that it wrote itself, the
    /// dictionary is none.
    var deadRecordCount = 0
    /// How many records were written since its newest: what is old and still alive will stay so.
    var age: UInt64
    /// Whether a compaction wrote it.
    var isOutput: Bool
    /// Whether so much in it has expired that it is cheaper to copy the rest than to record each
    /// expiry.
    var isCrowded = false

    /// What a compaction would write.
    var copiedByteCount: UInt64 { liveByteCount + keptByteCount }

    /// What a compaction would give back.
    var reclaimableByteCount: UInt64 {
        let dictionary = liveByteCount > 0 ? dictionaryByteCount : 0
        let stays =
            copiedByteCount > 0 ? copiedByteCount + dictionary + Self.overheadByteCount : 0
        return byteCount > stays ? byteCount - stays : 0
    }

    /// What every segment takes, whatever is in it.
    private static let overheadByteCount =
        UInt64(SegmentHeader.byteCount + FooterSummary.byteCount)

    /// Whether a compaction would only write again what is there.
    var isClean: Bool {
        // A fiftieth: what compaction counts is the most that a record may take.
        isOutput && deadRecordCount == 0 && reclaimableByteCount * 50 <= byteCount
    }

    /// Nothing in it is alive: it goes without copying, but for a few tombstones.
    var isDead: Bool { liveByteCount == 0 && reclaimableByteCount * 2 > byteCount }
}

/// Chooses what to compact.
enum CompactionPicker {
    /// What one compaction takes at most.
    struct Limits: Equatable {
        /// What is copied into one output.
        var byteCount: UInt64
        var recordCount: Int
        /// What may be written at all, on a disk that is nearly full.
        var freeByteCount: UInt64
        /// Inputs in one step of the manifest.
        var segmentCount = 64
    }

    /// Chooses the segments that must be compacted for the store to stay within its space, and its
    /// index within what the living take.
    ///
    /// - Parameters:
    ///   - candidates: All sealed segments.
    ///   - excess: How many bytes the store is over its budget; 0 when it is within.
    ///   - limits: What one compaction takes.
    /// - Returns: Inputs for one compaction; none when there is nothing to do.
    static func pickDue(
        _ candidates: [CompactionCandidate],
        excess: UInt64,
        limits: Limits
    ) -> [SegmentID] {
        let dead = candidates.filter(\.isDead)
        if !dead.isEmpty { return fill(dead, limits) }
        guard excess > 0 else {
            return fill(
                candidates.filter { candidate in
                    candidate.isCrowded && candidate.copiedByteCount <= limits.freeByteCount
                },
                limits
            )
        }
        // A tenth at least: less is not worth copying the rest for.
        let worthwhile = candidates.filter { candidate in
            candidate.reclaimableByteCount * 10 >= candidate.byteCount
                && candidate.copiedByteCount <= limits.freeByteCount
        }
        let ranked = worthwhile.sorted { score($0) > score($1) }
        var picked: [CompactionCandidate] = []
        var freed: UInt64 = 0
        for candidate in ranked where freed < excess {
            let next = picked + [candidate]
            guard fits(next, limits) else { break }
            picked = next
            freed += candidate.reclaimableByteCount
        }
        return picked.map(\.id)
    }

    /// Returns groups that together are all segments a full compaction would change, oldest first:
    /// tombstones go soonest when the oldest segments do.
    static func pickAll(
        _ candidates: [CompactionCandidate],
        limits: Limits
    ) -> [[CompactionCandidate]] {
        let ordered = candidates.sorted { $0.id < $1.id }
        let unclean = groups(ordered.filter { !$0.isClean }, limits)
        // One output each for what expires sooner and later is how it should be; more are merged.
        let clean = groups(ordered.filter(\.isClean), limits).filter { group in
            group.count > ExpiryClass.allCases.count
        }
        return unclean + clean
    }

    private static func groups(
        _ candidates: [CompactionCandidate],
        _ limits: Limits
    ) -> [[CompactionCandidate]] {
        var groups: [[CompactionCandidate]] = []
        for candidate in candidates {
            if let last = groups.indices.last, fits(groups[last] + [candidate], limits) {
                groups[last].append(candidate)
            } else {
                groups.append([candidate])
            }
        }
        return groups
    }

    /// Benefit over cost, weighted with age: what is dead in a young segment will soon be joined by
    /// more, and waiting makes it cheaper.
    static func score(_ candidate: CompactionCandidate) -> Double {
        let benefit = Double(candidate.reclaimableByteCount)
        let cost = Double(candidate.copiedByteCount) + fixedCost
        return benefit / cost * Double(candidate.age + 1).squareRoot()
    }

    /// What a compaction costs however little it copies, in bytes of copying: three syncs.
    private static let fixedCost = 64.0 * 1_024

    private static func fits(_ group: [CompactionCandidate], _ limits: Limits) -> Bool {
        guard group.count > 1 else { return true }
        return group.count <= limits.segmentCount
            && group.reduce(0) { $0 + $1.copiedByteCount } <= limits.byteCount
            && group.reduce(0) { $0 + $1.liveRecordCount } <= limits.recordCount
    }

    private static func fill(
        _ candidates: [CompactionCandidate],
        _ limits: Limits
    ) -> [SegmentID] {
        var picked: [CompactionCandidate] = []
        for candidate in candidates where fits(picked + [candidate], limits) {
            picked.append(candidate)
        }
        return picked.map(\.id)
    }
}
