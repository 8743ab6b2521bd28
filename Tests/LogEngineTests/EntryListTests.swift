import SegmentFormat
import Testing

@testable import LogEngine

@Suite struct EntryListTests {
    private static func entry(_ number: Int) -> FooterEntry {
        let head = RecordHead(
            sequence: UInt64(number + 1),
            activity: 0,
            lifetime: .standard,
            kind: .put,
            keyByteCount: 1,
            storedByteCount: 1,
            syncedThrough: 0
        )
        let hash = KeyHash(low: UInt64(number), high: 0)
        return FooterEntry(head, hash: hash, byteOffset: SegmentHeader.byteCount + 56 * number)
    }

    @Test(arguments: [0, 1, 2, 1_023, 1_024, 1_025, 2_048, 5_000])
    func `a list has what was appended, in its order`(count: Int) {
        let entries = (0..<count).map(Self.entry)
        var list = EntryList([])
        for (number, entry) in entries.enumerated() {
            #expect(list.count == number)
            list.append(entry)
        }
        for list in [list, EntryList(entries)] {
            #expect(list.all == entries)
            #expect(list.count == count)
            #expect(list.isEmpty == (count == 0))
            #expect(list.first == entries.first)
            #expect(list.last == entries.last)
        }
    }
}
