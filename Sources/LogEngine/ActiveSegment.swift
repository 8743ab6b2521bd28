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
    var entries: [FooterEntry]

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
        self.entries = entries
    }

    /// What its footer will be.
    var footer: Footer { Footer(entries, id: segment.id, dataEnd: tail, liveAsOf: 0) }

    /// How the manifest names it from its end on.
    func manifestSegment(_ state: SegmentState, _ footer: FooterSummary) -> ManifestSegment {
        ManifestSegment(
            id: segment.id,
            state: state,
            salt: segment.salt,
            sequences: footer.sequences,
            dataEnd: tail,
            recordCount: entries.count
        )
    }
}
