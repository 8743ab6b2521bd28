import SimulatedDisks
import Testing

@testable import LogEngine

/// The rule on numbers alone, and on every short history of a small log.
@Suite struct MaskingRuleTests {
    private static func mayDrop(_ sequence: UInt64, _ others: [SegmentWitness]) -> Bool {
        MaskingRule.mayDrop(sequence, besides: others)
    }

    // MARK: One segment

    @Test func `a masking record may go when nothing else stays`() {
        for sequence in [0, 1, UInt64.max] {
            #expect(Self.mayDrop(sequence, []))
            #expect(MaskingHorizon(besides: []).mayDrop(sequence))
        }
        #expect(MaskingHorizon(besides: []).lowestKept == nil)
    }

    @Test func `a segment without records is in nobody's way`() {
        let empty = SegmentWitness(sequenceMin: nil, liveAsOf: 0)
        for sequence in [0, 1, UInt64.max] { #expect(Self.mayDrop(sequence, [empty])) }
    }

    @Test(arguments: [(4, true), (5, false), (6, false)] as [(UInt64, Bool)])
    func `a segment of newer records is in nobody's way`(sequence: UInt64, mayDrop: Bool) {
        // A touch may stand there with the masking record's own number.
        let original = SegmentWitness(sequenceMin: 5, liveAsOf: 0)
        #expect(Self.mayDrop(sequence, [original]) == mayDrop)
    }

    @Test(arguments: [(8, true), (9, true), (10, false)] as [(UInt64, Bool)])
    func `an output has nothing that was masked when it was written`(
        sequence: UInt64,
        mayDrop: Bool
    ) {
        let output = SegmentWitness(sequenceMin: 5, liveAsOf: 9)
        #expect(Self.mayDrop(sequence, [output]) == mayDrop)
    }

    @Test func `one segment in the way is enough, wherever it stands`() {
        let clear = SegmentWitness(sequenceMin: 9, liveAsOf: 0)
        for place in 0..<3 {
            var others = [clear, clear, clear]
            #expect(Self.mayDrop(7, others))
            others[place] = SegmentWitness(sequenceMin: 3, liveAsOf: 6)
            #expect(!Self.mayDrop(7, others))
            #expect(MaskingRule.mayDrop(7, besides: others) { $0 != place })
            #expect(!MaskingRule.mayDrop(7, besides: others) { $0 == place })
        }
    }

    @Test func `footers are asked only where the numbers do not decide, and until one may`() {
        let others = [
            SegmentWitness(sequenceMin: 9, liveAsOf: 0),
            SegmentWitness(sequenceMin: nil, liveAsOf: 0),
            SegmentWitness(sequenceMin: 1, liveAsOf: 0),
            SegmentWitness(sequenceMin: 1, liveAsOf: 8),
            SegmentWitness(sequenceMin: 2, liveAsOf: 7),
            SegmentWitness(sequenceMin: 7, liveAsOf: 3),
        ]
        let horizon = MaskingHorizon(besides: others)
        for holder in others.indices {
            var asked: [Int] = []
            var askedByHorizon: [Int] = []
            let mayDrop = MaskingRule.mayDrop(8, besides: others) { position in
                asked.append(position)
                return position == holder
            }
            let mayDropByHorizon = horizon.mayDrop(8) { position in
                askedByHorizon.append(position)
                return position == holder
            }
            let keepers = [2, 4, 5]
            #expect(mayDrop == !keepers.contains(holder))
            #expect(mayDropByHorizon == mayDrop)
            #expect(asked == (keepers.contains(holder) ? keepers.filter { $0 <= holder } : keepers))
            #expect(Set(askedByHorizon).isSubset(of: keepers))
            if mayDrop { #expect(askedByHorizon.sorted() == keepers) }
        }
    }

    // MARK: Many

    /// Every witness with small numbers.
    private static let small = ([nil, 0, 1, 2, 3, 4] as [UInt64?]).flatMap { sequenceMin in
        (0...4).map { SegmentWitness(sequenceMin: sequenceMin, liveAsOf: $0) }
    }

    /// Counts the answers of the prepared rule that are not the rule's; and it is one number that
    /// parts what may be left out from what may not.
    private static func wrongCount(
        _ others: [SegmentWitness],
        _ sequences: some Sequence<UInt64>,
        holders: UInt64
    ) -> Int {
        let horizon = MaskingHorizon(besides: others)
        func mayHold(_ position: Int) -> Bool { holders >> UInt64(position) & 1 == 1 }
        var count = 0
        for sequence in sequences {
            let isBelow = horizon.lowestKept.map { sequence < $0 } ?? true
            let byNumbers = MaskingRule.mayDrop(sequence, besides: others)
            if byNumbers != isBelow || byNumbers != horizon.mayDrop(sequence) { count += 1 }
            let byFooters = MaskingRule.mayDrop(sequence, besides: others, mayHold: mayHold)
            if byFooters != horizon.mayDrop(sequence, mayHold: mayHold) { count += 1 }
            if byNumbers, !byFooters { count += 1 }
        }
        return count
    }

    @Test func `the prepared rule is the rule, for every two segments with small numbers`() {
        var wrongCount = 0
        for one in Self.small {
            for other in Self.small {
                for holders in 0..<4 as Range<UInt64> {
                    wrongCount += Self.wrongCount([one, other], 0...6, holders: holders)
                }
            }
        }
        #expect(wrongCount == 0)
    }

    private static func number(_ random: inout SplitMix64) -> UInt64 {
        switch random.number(below: 4) {
        case 0: [0, 1, 2, .max - 1, .max][random.number(below: 5)]
        case 1: random.next()
        default: UInt64(random.number(below: 100))
        }
    }

    @Test func `the prepared rule is the rule, for many segments with any numbers`() {
        var random = SplitMix64(seed: 1)
        var wrongCount = 0
        for _ in 0..<3_000 {
            let others = (0..<random.number(below: 12)).map { _ in
                SegmentWitness(
                    sequenceMin: random.number(below: 5) == 0 ? nil : Self.number(&random),
                    liveAsOf: random.coin() ? 0 : Self.number(&random)
                )
            }
            let edges = others.map(\.liveAsOf) + others.compactMap(\.sequenceMin) + [0]
            let sequences = edges.flatMap { [$0 &- 1, $0, $0 &+ 1] }
            let holders = random.next() & random.next()
            wrongCount += Self.wrongCount(others, sequences, holders: holders)
        }
        #expect(wrongCount == 0)
    }

    // MARK: All short histories

    /// How many things happen to logs of one key and of two, and to those of other policies.
    private static let depths =
        CampaignSettings.isDebug ? (one: 6, two: 4, others: 4) : (one: 8, two: 6, others: 6)

    @Test(arguments: [(1, depths.one), (2, depths.two)])
    func `no short history makes the rule answer wrongly`(keyCount: Int, depth: Int) async {
        let histories = await Self.explored(MaskingHistories(keyCount: keyCount), depth)
        print(
            "masking histories: keys: \(keyCount), things that happen: \(depth),"
                + " histories: \(histories.historyCount.grouped)"
                + ", violations: \(histories.failure == nil ? 0 : 1)"
        )
        #expect(histories.failure == nil)
        #expect(histories.historyCount > 3_000)
    }

    @Test(arguments: MaskingPolicy.all)
    func `no short history does, whatever an engine asks and knows`(policy: MaskingPolicy) async {
        let empty = MaskingHistories(keyCount: 1, policy: policy)
        let histories = await Self.explored(empty, Self.depths.others)
        #expect(histories.failure == nil)
        #expect(histories.historyCount > 1_000)
    }

    /// Makes histories as long as `depth`, or as the shortest that is wrong.
    private static func explored(
        _ histories: MaskingHistories,
        _ depth: Int
    ) async -> MaskingHistories {
        await MaskingSettings.onThread {
            var histories = histories
            while histories.depth < depth, histories.deepen(isLast: histories.depth == depth - 1) {}
            return histories
        }
    }

    @Test(arguments: MaskingFlaw.allCases)
    func `every mistake shows in a short history, and only a mistake`(flaw: MaskingFlaw) async {
        let histories = MaskingHistories(keyCount: 1, flaw: flaw, after: flaw.prelude)
        guard let failure = await Self.explored(histories, 4).failure else {
            Issue.record("\(flaw) does not show")
            return
        }
        print("masking histories: an engine that \(flaw): \(failure.steps): \(failure.violation)")
        var right = MaskingHistories.model(keyCount: 1)
        for step in failure.steps { right.take(step) }
        #expect(right.violation == nil)
    }
}

extension MaskingFlaw {
    /// What has happened before, so that a few steps more show the mistake.
    fileprivate var prelude: [MaskingStep] {
        let crash = MaskingStep.crash(keeping: 0, failedToo: false, wall: 0, setting: 1)
        return switch self {
        case .reusesNumbers:
            [.put(0, .endless), .seal, .begin([0], isWhole: false), .commit, crash]
        case .leavesFailedWrite:
            [.put(0, .endless), .seal, .fail(0), .begin([0], isWhole: false), .commit]
        case .dropsAllExpiredValues, .keepsExpiredValues:
            [.put(0, .endless), .seal, .put(0, .standard), .advance(2)]
        case .countsLeftTouches:
            [
                .put(0, .endless), .seal, .put(0, .standard), .seal, .touch(0), .seal, .advance(2),
                .begin([1], isWhole: false), .commit,
            ]
        case .forgetsTime: [.put(0, .standard)]
        default: [.put(0, .endless), .seal]
        }
    }
}
