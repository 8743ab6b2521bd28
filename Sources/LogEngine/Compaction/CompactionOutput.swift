import DiskIO
import SegmentFormat

/// A segment that a compaction writes: nothing names it before it is complete.
final class CompactionOutput {
    let named: ManifestSegment
    private(set) var entries: [FooterEntry] = []
    /// The bytes of the dictionary's record, if there is one.
    private(set) var dictionaryByteCount = 0
    private let file: any DiskFile
    /// Records that have yet to be written, from `tail` on.
    private var buffer: [UInt8] = []
    private var tail = SegmentHeader.byteCount

    private let stepByteCount: Int

    /// Creates the file.
    init(
        _ id: SegmentID,
        storeID: UInt64,
        liveAsOf: UInt64,
        _ core: LogCore
    ) throws(DiskError) {
        let createdAt = core.clock.now()
        var named = ManifestSegment(
            id: id,
            state: .sealed,
            salt: core.disk.randomBits(),
            liveAsOf: liveAsOf,
            dataEnd: SegmentHeader.byteCount,
            recordCount: 0
        )
        named.activity = createdAt
        self.named = named
        let header = SegmentHeader(
            id: id,
            storeID: storeID,
            salt: named.salt,
            createdAt: createdAt,
            liveAsOf: liveAsOf
        )
        stepByteCount = core.options.compactionStepByteCount
        file = try core.directory.create(FileName.segment(id).text)
        try file.write(header.encoded(), at: 0)
    }

    /// Where the next record goes.
    var end: Int { tail + buffer.count }

    /// The length of the record that was appended last.
    var lastRecordByteCount: Int { entries.last.map { end - $0.byteOffset } ?? 0 }

    /// Whether a step's worth of records waits to be written.
    var hasStep: Bool { buffer.count >= stepByteCount }

    /// Appends a record; its number must be above those of all before.
    func append(_ record: CompactedRecord) {
        var head = record.head
        // The witness is for what may be torn; a compaction's output is whole before it is named.
        head.syncedThrough = 0
        head.keyByteCount = record.key.count
        head.storedByteCount = record.body.count
        entries.append(FooterEntry(head, hash: record.hash, byteOffset: end))
        Record.append(
            head,
            key: record.key,
            body: record.body,
            to: &buffer,
            byteOffset: end,
            salt: named.salt,
            layout: named.layout
        )
    }

    /// Appends what the values before were compressed with, as the last record.
    func append(dictionary: CompressionDictionary, hash: KeyHash, activity: UInt64) {
        let head = RecordHead(
            sequence: named.liveAsOf,
            activity: activity,
            kind: .dictionary,
            keyByteCount: 0,
            storedByteCount: dictionary.bytes.count,
            syncedThrough: 0
        )
        append(CompactedRecord(head, hash: hash, key: [], body: dictionary.bytes))
        dictionaryByteCount = lastRecordByteCount
    }

    /// Writes what waits.
    func flush() throws(DiskError) {
        guard !buffer.isEmpty else { return }
        try file.write(buffer, at: tail)
        tail += buffer.count
        buffer.removeAll(keepingCapacity: true)
    }

    /// Writes what waits and the footer, and makes the file durable; its name is not yet.
    ///
    /// - Returns: How the manifest is to name it.
    func finish() throws(DiskError) -> ManifestSegment {
        try flush()
        var footer = Footer(entries, id: named.id, dataEnd: tail, liveAsOf: named.liveAsOf)
        try file.write(footer.encoded(salt: named.salt), at: tail)
        try file.sync()
        var finished = named
        finished.sequences = footer.summary.sequences
        finished.dataEnd = tail
        finished.recordCount = entries.count
        finished.entriesByteCount = footer.summary.entriesByteCount
        return finished
    }

    /// The length of record `index`, once the output is finished.
    func recordByteCount(_ index: Int) -> Int {
        let next = index + 1 < entries.count ? entries[index + 1].byteOffset : tail
        return next - entries[index].byteOffset
    }
}

/// A record on its way into an output.
struct CompactedRecord {
    var head: RecordHead
    var hash: KeyHash
    var key: [UInt8]
    var body: [UInt8]

    init(_ head: RecordHead, hash: KeyHash, key: [UInt8], body: [UInt8]) {
        (self.head, self.hash, self.key, self.body) = (head, hash, key, body)
    }

    /// Makes `value` its body, in front of it the number that it has of its own.
    mutating func store(_ value: EncodedBody, revision: UInt64) {
        head.codec = value.codec.rawValue
        body =
            head.kind == .foldedTouch
            ? FoldedBody.encoded(valueSequence: revision, value: value.bytes) : value.bytes
    }

    /// The most that it takes, its entry in the footer not included.
    func byteCountMax(_ layout: RecordLayout) -> Int {
        FormatLimits.aligned(layout.headByteCountMax + key.count + body.count)
    }
}
