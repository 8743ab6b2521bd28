import SegmentFormat
import Testing

@Suite struct IndexSlotTests {
    @Test(arguments: 0..<200 as Range<UInt64>)
    func `every field comes back, whatever the others are`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let hash = UInt32(generator.number(upTo: UInt64(UInt32.max)))
        let clock = UInt32(generator.number(upTo: UInt64(UInt32.max)))
        let segment = UInt16(generator.number(upTo: UInt64(UInt16.max)))
        let byteOffset = 8 + Int(generator.number(upTo: (1 << 25) - 2)) * 8
        let length = Int(generator.number(upTo: (1 << 21) - 1)) * 8
        let (isTouched, isOwn) = (generator.next() % 2 == 0, generator.next() % 2 == 0)
        let slot = IndexSlot(
            hash: hash, clock: clock, segmentIndex: segment, byteOffset: byteOffset,
            recordByteCount: length, isTouched: isTouched, hasOwnLifetime: isOwn)
        #expect(slot.hash == hash && slot.clock == clock)
        #expect(slot.segmentIndex == segment && slot.byteOffset == byteOffset)
        #expect(slot.recordByteCount == length)
        #expect(slot.isTouched == isTouched && slot.hasOwnLifetime == isOwn)
        #expect(!slot.isEmpty)
        #expect(slot == IndexSlot(front: slot.front, back: slot.back))
    }

    @Test func `a record too long for the slot says the longest length`() {
        for length in [IndexSlot.recordByteCountMax, FormatLimits.recordByteCountMax] {
            let slot = sample(byteOffset: 64, length: length)
            #expect(slot.recordByteCount == IndexSlot.recordByteCountMax)
            #expect(!slot.isTouched && !slot.hasOwnLifetime)
        }
    }

    @Test func `slots are the same place by segment and offset alone`() {
        let slot = sample(byteOffset: 64, length: 48)
        #expect(slot.isSamePlace(as: sample(byteOffset: 64, length: 56, hash: 9)))
        #expect(!slot.isSamePlace(as: sample(byteOffset: 72, length: 48)))
        #expect(!slot.isSamePlace(as: sample(byteOffset: 64, length: 48, segment: 2)))
        #expect(IndexSlot.empty.isEmpty)
    }

    @Test func `slots order by their hashes`() {
        #expect(sample(byteOffset: 64, length: 48, hash: 1).front < 2 << 32)
    }

    @Test func `a place outside a segment traps`() async {
        await #expect(processExitsWith: .failure) {
            _ = IndexSlot(
                hash: 0, clock: 0, segmentIndex: 0,
                byteOffset: FormatLimits.segmentByteCountMax,
                recordByteCount: 48, isTouched: false, hasOwnLifetime: false)
        }
        await #expect(processExitsWith: .failure) {
            _ = IndexSlot(
                hash: 0, clock: 0, segmentIndex: 0, byteOffset: 0, recordByteCount: 48,
                isTouched: false, hasOwnLifetime: false)
        }
        await #expect(processExitsWith: .failure) {
            _ = IndexSlot(
                hash: 0, clock: 0, segmentIndex: 0, byteOffset: 68, recordByteCount: 48,
                isTouched: false, hasOwnLifetime: false)
        }
    }

    // MARK: Clocks

    static let clocks: [(activity: UInt64, own: UInt32?, clock: UInt32)] = [
        (0, nil, 0), (1, nil, 1), (999, nil, 1), (1_000, nil, 1), (1_001, nil, 2),
        (1_000, 5, 6), (1_001, 5, 7), (1_000, 0, .max),
        (RecordHead.activityMax, nil, .max - 1), (RecordHead.activityMax, 1, .max - 1),
        (0, .max, .max - 1), (.max, nil, .max - 1), (.max, .max - 1, .max - 1),
    ]

    @Test(arguments: clocks.indices)
    func `a clock is rounded up, and only endless is never`(index: Int) {
        let (activity, own, clock) = Self.clocks[index]
        #expect(IndexSlot.clock(activity: activity, ownLifetimeSeconds: own) == clock)
    }

    private func sample(
        byteOffset: Int,
        length: Int,
        hash: UInt32 = 1,
        segment: UInt16 = 1
    ) -> IndexSlot {
        IndexSlot(
            hash: hash, clock: 0, segmentIndex: segment, byteOffset: byteOffset,
            recordByteCount: length, isTouched: false, hasOwnLifetime: false)
    }
}
