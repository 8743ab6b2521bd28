import DiskIO
import SegmentFormat

/// The segment that is appended to, as its only writer sees it.
final class ActiveSegment {
    let segment: LogSegment
    let file: any DiskFile
    let turn: SyncTurn
    /// Where the next record goes.
    var tail: Int
    /// Up to here the file has been written, with records or with zeros.
    var zoneEnd: Int
    /// Up to here it has been synced.
    var syncedThrough: Int
    /// All its records, for the footer.
    var entries: EntryList

    init(
        segment: LogSegment,
        file: any DiskFile,
        tail: Int,
        zoneEnd: Int,
        entries: [FooterEntry]
    ) {
        self.segment = segment
        self.file = file
        self.turn = SyncTurn(file)
        self.tail = tail
        self.zoneEnd = zoneEnd
        self.syncedThrough = tail
        self.entries = EntryList(entries)
    }

    /// How the manifest names it from its end on.
    func manifestSegment(_ state: SegmentState) -> ManifestSegment {
        var sequences: ClosedRange<UInt64>?
        // They are in the order of their numbers.
        if let first = entries.first, let last = entries.last {
            sequences = first.sequence...last.sequence
        }
        return ManifestSegment(
            id: segment.id,
            state: state,
            salt: segment.salt,
            sequences: sequences,
            dataEnd: tail,
            recordCount: entries.count
        )
    }
}
