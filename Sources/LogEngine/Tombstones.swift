import SegmentFormat

/// The tombstones of one sealed segment.
struct TombstoneTally: Sendable {
    var count = 0
    /// Bytes of their records.
    var byteCount: UInt64 = 0
    var sequences: ClosedRange<UInt64>?

    init() {}

    init(_ footer: Footer) {
        for (index, entry) in footer.entries.enumerated() where entry.kind.isTombstone {
            add(entry.sequence, byteCount: footer.recordEnd(of: index) - entry.byteOffset)
        }
    }

    mutating func add(_ sequence: UInt64, byteCount: Int) {
        let range = sequences ?? sequence...sequence
        sequences = min(range.lowerBound, sequence)...max(range.upperBound, sequence)
        count += 1
        self.byteCount += UInt64(byteCount)
    }
}

extension LogCore {
    /// Returns the tombstones of `segment`; nil when it is not sealed, or its footer can't be read.
    ///
    /// A sealed segment's never change, so that its footer is read once.
    func tombstones(of segment: LogSegment) throws(LogError) -> TombstoneTally? {
        let (known, isSealed) = segment.withState { ($0.tombstones, $0.sequences != nil) }
        if let known { return known }
        guard isSealed else { return nil }
        do throws(LogError) {
            let tally = TombstoneTally(try FooterFile.load(segment, from: segments))
            segment.withState { $0.tombstones = tally }
            return tally
        } catch {
            switch error {
            // Opening goes on past a missing or damaged footer, and has told of it.
            case .corrupted, .notFound, .unavailable: return nil
            default: throw error
            }
        }
    }

    /// The rule for tombstones, as all segments together have it now, and whose position is whose.
    var tombstoneHorizon: (MaskingHorizon, [LogSegment]) {
        let segments = segments.all
        let witnesses = segments.map { segment in
            segment.withState { state in
                SegmentWitness(
                    sequenceMin: state.sequences?.lowerBound ?? state.firstSequence,
                    liveAsOf: segment.liveAsOf
                )
            }
        }
        return (MaskingHorizon(besides: witnesses), segments)
    }
}
