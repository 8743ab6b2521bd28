import SegmentFormat
import Testing

@testable import LogEngine

@Suite struct CompactionPickerTests {
    private static let limits = CompactionPicker.Limits(
        byteCount: 10_000, recordCount: 1_000, freeByteCount: 10_000)

    private static func candidate(
        _ id: UInt32,
        live: UInt64,
        isOutput: Bool = false,
        isCrowded: Bool = false
    ) -> CompactionCandidate {
        CompactionCandidate(
            id: SegmentID(id), byteCount: 4_000, liveByteCount: live, liveRecordCount: 10,
            keptByteCount: 0, age: 100, isOutput: isOutput, isCrowded: isCrowded)
    }

    private static func due(_ candidates: [CompactionCandidate], excess: UInt64) -> [UInt32] {
        CompactionPicker.pickDue(candidates, excess: excess, limits: limits).map(\.rawValue)
    }

    @Test func `what is dead goes first, then what gives back most, then what is crowded`() {
        let dead = Self.candidate(1, live: 0)
        let crowded = Self.candidate(2, live: 3_000, isCrowded: true)
        let half = Self.candidate(3, live: 2_000)
        let full = Self.candidate(4, live: 3_800)
        #expect(Self.due([full, half, crowded, dead], excess: 100) == [1])
        #expect(Self.due([full, half, crowded], excess: 100) == [3])
        #expect(Self.due([full, half, crowded], excess: 0) == [2])
        #expect(Self.due([full, half], excess: 100) == [3])
        #expect(Self.due([full, half], excess: 0) == [])
        #expect(Self.due([full], excess: 100) == [])
    }

    @Test func `what is crowded waits while there is no room for its copies`() {
        var limits = Self.limits
        limits.freeByteCount = 2_999
        let crowded = Self.candidate(2, live: 3_000, isCrowded: true)
        #expect(CompactionPicker.pickDue([crowded], excess: 0, limits: limits) == [])
    }

    @Test func `a full compaction leaves alone what it would only write again`() {
        func picked(_ candidates: [CompactionCandidate]) -> [[UInt32]] {
            CompactionPicker.pickAll(candidates, limits: Self.limits)
                .map { $0.map(\.id.rawValue) }
        }
        func output(_ id: UInt32) -> CompactionCandidate {
            var candidate = Self.candidate(id, live: 1_500, isOutput: true)
            candidate.byteCount = 1_700
            return candidate
        }
        let outputs = (1...5).map(output)
        #expect(picked(outputs) == [])
        #expect(picked(outputs + [Self.candidate(6, live: 100)]) == [[6]])
        var changed = outputs
        changed[2].deadRecordCount = 1
        changed[4].liveByteCount = 1_000
        #expect(picked(changed) == [[3, 5]])
        // There are no more of them than of what they were sorted by.
        #expect(picked((1...6).map(output)) == [[1, 2, 3, 4, 5, 6]])
    }

    // MARK: Expiry classes

    @Test func `how soon something expires has five answers`() {
        let (now, hour) = (1_700_000_000_000 as UInt64, 3_600_000 as UInt64)
        let deadlines: [(UInt64?, ExpiryClass)] = [
            (0, .withinHour), (now, .withinHour), (now + hour - 1, .withinHour),
            (now + hour, .withinDay), (now + 24 * hour - 1, .withinDay),
            (now + 24 * hour, .withinWeek), (now + 168 * hour - 1, .withinWeek),
            (now + 168 * hour, .later), (.max, .later), (nil, .never),
        ]
        for (deadline, expected) in deadlines {
            #expect(ExpiryClass(deadline: deadline, now: now) == expected)
        }
    }

    @Test(arguments: [
        ([0, 0, 0, 0, 0], 0, [0, 0, 0, 0, 0]), ([5, 5, 5, 5, 5], 1, [0, 1, 2, 3, 4]),
        ([5, 5, 5, 5, 5], 6, [0, 0, 1, 1, 1]), ([100, 1, 0, 0, 50], 10, [0, 1, 1, 1, 1]),
        ([100, 0, 0, 0, 1], 10, [0, 0, 0, 0, 0]), ([1, 0, 0, 0, 100], 10, [0, 0, 0, 0, 0]),
        ([0, 100, 0, 0, 100], 10, [0, 0, 1, 1, 1]),
    ])
    func `a class that is too small goes with a neighbour`(
        byteCounts: [Int],
        least: Int,
        expected: [Int]
    ) {
        #expect(ExpiryClass.outputs(byteCounts, least: least) == expected)
    }
}
