/// What one segment outside a compaction says about the records it may present.
struct SegmentWitness: Equatable, Sendable {
    /// The lowest number of its records, dead ones included; nil when it has none.
    ///
    /// Of the active segment, that of its first record, which the manifest does not keep.
    var sequenceMin: UInt64?

    /// For a compaction's output, the number given to the compaction before its first liveness
    /// test; 0 for an original segment.
    var liveAsOf: UInt64

    /// The lowest number of a masking record that must stay for this segment's sake; nil when none
    /// must.
    fileprivate var lowestKept: UInt64? {
        guard let sequenceMin, liveAsOf < .max else { return nil }
        return max(sequenceMin, liveAsOf + 1)
    }
}

/// When a compaction may leave a masking record out.
///
/// Of all records of a key the one with the highest number counts. So one that says that there is
/// nothing, a tombstone or a value that has expired, also hides every older record of its key that
/// is still in some file: it masks them. Left out too early, it lets one of them come back with the
/// next opening.
///
/// **Rule.** The masking record with number *s* may be left out if each segment that stays
///
/// - has no record, or only records with numbers above *s*;
/// - or is a compaction's output whose `liveAsOf` is *s* or more;
/// - or does not have the key at all, dead records included, as its footer can tell.
///
/// The first and the third need no proof. The second: an output has only records that were live
/// when they were tested, and by then every number up to its `liveAsOf` had been applied, the
/// masking record included. What it masks was dead by then, and was not copied.
///
/// What may be left out with number *s* may be left out with any lower one: a segment's highest
/// number answers for all its records.
///
/// **Touches.** A value that was touched, and one that was folded with its touch, is masked and
/// masks by the number of the record that has the value, not by the touch's. A touch may be left
/// behind when its value goes: it has nothing to say, opening passes over it, and nothing is dead
/// because of it.
///
/// **When it is asked.** Any time after the compaction was given its `liveAsOf`, of segments as
/// they are then or were at that moment. What they say only gets better: outputs of a compaction
/// have no lower numbers than its inputs, no other keys and a higher `liveAsOf`, and what is
/// written later has numbers above that of every masking record among the inputs. But exactly the
/// segments that were not asked must go, in one step.
///
/// **What it rests on.**
///
/// - *Decisions rest only on durable records.* The active segment is synced after the last liveness
///   test and before the edit that makes the compaction count. Otherwise a power cut may take the
///   newer record when the older one has been given up for it.
/// - *Numbers are never given twice.* Every opening starts above the manifest's floor. Otherwise a
///   tombstone could get a number below a `liveAsOf` from before it.
/// - *`liveAsOf` is a number of its own*, given when every lower one has been applied or can never
///   be: while no batch is being written, and no write that failed is left for the next opening to
///   find.
enum MaskingRule {
    /// Decides about one masking record.
    ///
    /// - Parameters:
    ///   - sequence: The record's number.
    ///   - others: All segments that stay, the active one included.
    ///   - mayHold: Whether the segment at this position of `others` may have the record's key;
    ///     asked only where the numbers do not decide.
    /// - Returns: Whether it may be left out.
    /// - Complexity: O(*n*) for *n* segments.
    static func mayDrop(
        _ sequence: UInt64,
        besides others: some Sequence<SegmentWitness>,
        mayHold: (Int) -> Bool = { _ in true }
    ) -> Bool {
        var position = 0
        for other in others {
            let isNewer = other.sequenceMin.map { $0 > sequence } ?? true
            if !isNewer, other.liveAsOf < sequence, mayHold(position) { return false }
            position += 1
        }
        return true
    }
}

/// The ``MaskingRule`` for a compaction that asks about many records.
///
/// For the sake of one segment, the masking records that must stay are those from some number on;
/// so it is for all of them together, and one comparison is enough where footers are not asked.
struct MaskingHorizon: Sendable {
    /// The segments that something must stay for, in the order of `lowestKept`.
    private let keepers: [(lowestKept: UInt64, position: Int)]

    /// Prepares the rule.
    ///
    /// - Parameter others: All segments that stay, the active one included.
    /// - Complexity: O(*n* log *n*) for *n* segments.
    init(besides others: some Sequence<SegmentWitness>) {
        var keepers: [(lowestKept: UInt64, position: Int)] = []
        for (position, other) in others.enumerated() {
            if let lowestKept = other.lowestKept { keepers.append((lowestKept, position)) }
        }
        keepers.sort { $0.lowestKept < $1.lowestKept }
        self.keepers = keepers
    }

    /// The lowest number of a masking record that must stay; nil when none must.
    var lowestKept: UInt64? { keepers.first?.lowestKept }

    /// Whether the masking record with number `sequence` may be left out, whatever its key.
    func mayDrop(_ sequence: UInt64) -> Bool {
        lowestKept.map { sequence < $0 } ?? true
    }

    /// Returns the first segment, but for that at `position`, that a masking record with this
    /// number must stay for, and the lowest number that must; nil when there is none.
    func keeper(
        of sequence: UInt64,
        besides position: Int
    ) -> (position: Int, lowestKept: UInt64)? {
        guard let keeper = keepers.prefix(2).first(where: { $0.position != position }),
            keeper.lowestKept <= sequence
        else { return nil }
        return (keeper.position, keeper.lowestKept)
    }

    /// Decides about one masking record.
    ///
    /// - Parameters:
    ///   - sequence: The record's number.
    ///   - mayHold: Whether the segment at this position may have the record's key; asked only
    ///     where the numbers do not decide, until one may.
    /// - Returns: Whether it may be left out.
    /// - Complexity: O(1) when the numbers decide for all segments.
    func mayDrop(_ sequence: UInt64, mayHold: (Int) -> Bool) -> Bool {
        for keeper in keepers {
            if sequence < keeper.lowestKept { return true }
            if mayHold(keeper.position) { return false }
        }
        return true
    }
}
