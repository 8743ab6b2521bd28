import LogEngine
import MeasuredWork
import SegmentFormat

/// The index in memory, with a million keys in it.
struct IndexLeaves {
    let growthCount: Int

    private static let keyCount = 1_000_000
    private static let roundCount = 5

    func measure(_ meter: inout Meter) {
        let names = ["index-insert", "index-hit", "index-miss"]
        if names.contains(where: meter.isChosen) {
            let index = measureInsert(&meter)
            measureHit(in: index, &meter)
            measureMiss(in: index, &meter)
        }
        measurePause(&meter)
    }

    private func measureInsert(_ meter: inout Meter) -> LogIndex {
        var index = LogIndex()
        let rounds = (0..<Self.roundCount).map { _ in
            index = LogIndex()
            return Meter.nanoseconds {
                for number in 0..<Self.keyCount { Self.insert(number, into: index) }
            } / Double(Self.keyCount)
        }
        if meter.isChosen("index-insert") { meter.add("index-insert", rounds) }
        return index
    }

    private func measureHit(in index: LogIndex, _ meter: inout Meter) {
        meter.measure("index-hit") { count in
            var (sum, number) = (0, 0)
            for _ in 0..<count {
                // In another order than that of the inserts: each key comes once before any comes
                // again, since the step has no factor in common with their number.
                number += 618_033
                if number >= Self.keyCount { number -= Self.keyCount }
                sum &+= index.candidates(for: Self.hash(number)).count
            }
            precondition(sum >= count, "every key is there")
        }
    }

    private func measureMiss(in index: LogIndex, _ meter: inout Meter) {
        meter.measure("index-miss") { count in
            var sum = 0
            for number in 0..<count {
                sum &+= index.candidates(for: Self.hash(Self.keyCount + number)).count
            }
            precondition(sum * 100 <= count, "no key is there")
        }
    }

    /// The longest that one insert takes while the index grows; interrupts are in it, so that the
    /// least of the rounds is nearest to the truth.
    private func measurePause(_ meter: inout Meter) {
        let name = "index-longest-insert-\(growthCount)"
        guard meter.isChosen(name) else { return }
        let rounds = (0..<Self.roundCount).map { _ in
            let index = LogIndex()
            var longest = 0.0
            for number in 0..<growthCount {
                longest = max(longest, Meter.nanoseconds { Self.insert(number, into: index) })
            }
            return longest
        }
        meter.add(name, rounds)
    }

    private static func insert(_ number: Int, into index: LogIndex) {
        let hash = hash(number)
        let slot = IndexSlot(
            hash: LogIndex.slotHash(hash),
            clock: 1_767_225_600,
            segmentIndex: UInt16(truncatingIfNeeded: number >> 16),
            byteOffset: (number & 0xFFFF + 1) * 704,
            recordByteCount: 704,
            isTouched: false,
            hasOwnLifetime: false
        )
        index.insert(slot, for: hash)
    }

    /// As evenly spread as the hash of a key, in a tenth of its time.
    private static func hash(_ number: Int) -> KeyHash {
        var bits = UInt64(truncatingIfNeeded: number) &* 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        bits ^= bits >> 31
        return KeyHash(low: bits, high: UInt32(truncatingIfNeeded: bits >> 32))
    }
}
