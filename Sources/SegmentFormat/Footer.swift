/// One record as its segment's footer lists it; 36 bytes, or about 18 in a compacted segment, laid
/// out as in <doc:FileFormat>.
///
/// Enough to build the index without reading a key or a value. Entries stand in the order of the
/// records, dead ones included, so a record ends where the next begins.
package struct FooterEntry: Equatable, Sendable {
    package static let byteCount = 36

    package var hash: KeyHash
    package var sequence: UInt64
    package var activity: UInt64
    package var kind: RecordKind
    package var codec: UInt8
    package var byteOffset: Int

    /// The record's own lifetime in seconds, rounded up; nil is the store's, 0 is endless.
    package var ownLifetimeSeconds: UInt32?

    package init(_ head: RecordHead, hash: KeyHash, byteOffset: Int) {
        self.hash = hash
        self.sequence = head.sequence
        self.activity = head.activity
        self.kind = head.kind
        self.codec = head.codec
        self.byteOffset = byteOffset
        self.ownLifetimeSeconds = head.lifetime.ownSeconds
    }

    init(
        hash: KeyHash,
        sequence: UInt64,
        activity: UInt64,
        kind: RecordKind,
        codec: UInt8,
        byteOffset: Int,
        ownLifetimeSeconds: UInt32?
    ) {
        self.hash = hash
        self.sequence = sequence
        self.activity = activity
        self.kind = kind
        self.codec = codec
        self.byteOffset = byteOffset
        self.ownLifetimeSeconds = ownLifetimeSeconds
    }

    init(decoding bytes: [UInt8], at offset: Int) throws(FormatError) {
        hash = KeyHash(decoding: bytes, at: offset)
        sequence = bytes.integer(at: offset + 12)
        guard sequence <= FormatLimits.sequenceMax else { throw .impossible(field: "sequence") }
        let word: UInt64 = bytes.integer(at: offset + 20)
        activity = word & RecordHead.activityMax
        guard let kind = RecordKind(rawValue: UInt8(truncatingIfNeeded: word >> 48)) else {
            throw .impossible(field: "kind")
        }
        self.kind = kind
        codec = UInt8(truncatingIfNeeded: word >> 56)
        byteOffset = bytes.units(at: offset + 28)
        let lifetime: UInt32 = bytes.integer(at: offset + 32)
        ownLifetimeSeconds = lifetime == .max ? nil : lifetime
    }

    /// Into a span, since a footer has a hundred thousand of them: 12 ns each, and 31 into an
    /// array.
    func encode(into bytes: inout MutableRawSpan, at offset: Int) {
        precondition(activity <= RecordHead.activityMax)
        precondition(byteOffset % FormatLimits.alignment == 0)
        bytes.store(hash.low, at: offset)
        bytes.store(hash.high, at: offset + 8)
        bytes.store(sequence, at: offset + 12)
        bytes.store(
            activity | UInt64(kind.rawValue) << 48 | UInt64(codec) << 56,
            at: offset + 20
        )
        bytes.store(UInt32(byteOffset / FormatLimits.alignment), at: offset + 28)
        bytes.store(ownLifetimeSeconds ?? .max, at: offset + 32)
    }
}

/// What a sealed segment says about itself at its end; laid out as in <doc:FileFormat>.
package struct Footer: Equatable, Sendable {
    package var summary: FooterSummary
    package var entries: [FooterEntry]

    package init(_ entries: [FooterEntry], id: SegmentID, dataEnd: Int, liveAsOf: UInt64) {
        self.entries = entries
        self.summary = FooterSummary(entries, id: id, dataEnd: dataEnd, liveAsOf: liveAsOf)
    }

    /// Entries, then the summary; to be written at `summary.dataEnd`.
    ///
    /// Afterwards the summary has the checksum and the length of the entries.
    package mutating func encoded(salt: UInt64) -> [UInt8] {
        precondition(entries.count == summary.recordCount)
        var bytes = summary.liveAsOf == 0 ? plainEntries : packedEntries
        let entriesEnd = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: FooterSummary.byteCount))
        summary.entriesByteCount = entriesEnd
        let seed = RecordHead.headSeed(salt: salt, byteOffset: summary.dataEnd)
        summary.entriesCheck = CRC32C.checksum(bytes, in: 0..<entriesEnd, seed: seed)
        summary.encode(into: &bytes, at: entriesEnd, salt: salt)
        return bytes
    }

    private var plainEntries: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: entries.count * FooterEntry.byteCount)
        bytes.withMutableBytes { bytes in
            for (index, entry) in entries.enumerated() {
                entry.encode(into: &bytes, at: index * FooterEntry.byteCount)
            }
        }
        return bytes
    }

    /// Decodes the entries that `summary`, already decoded, vouches for.
    package init(
        decoding bytes: [UInt8],
        summary: FooterSummary,
        salt: UInt64
    ) throws(FormatError) {
        guard bytes.count == summary.entriesByteCount else {
            throw .wrongLength(expected: summary.entriesByteCount, found: bytes.count)
        }
        let seed = RecordHead.headSeed(salt: salt, byteOffset: summary.dataEnd)
        guard summary.entriesCheck == CRC32C.checksum(bytes, in: 0..<bytes.count, seed: seed) else {
            throw .checksumMismatch
        }
        self.summary = summary
        entries =
            summary.liveAsOf == 0
            ? try Self.plainEntries(bytes, summary) : try Self.packedEntries(bytes, summary)
    }

    private static func plainEntries(
        _ bytes: [UInt8],
        _ summary: FooterSummary
    ) throws(FormatError) -> [FooterEntry] {
        var entries: [FooterEntry] = []
        entries.reserveCapacity(summary.recordCount)
        var placeMin = SegmentHeader.byteCount
        let dataPlaceMax = summary.dataEnd - RecordHead.byteCount
        let placeMax = min(dataPlaceMax, FormatLimits.segmentByteCountMax - FormatLimits.alignment)
        for index in 0..<summary.recordCount {
            let entry = try FooterEntry(decoding: bytes, at: index * FooterEntry.byteCount)
            guard entry.byteOffset >= placeMin, entry.byteOffset <= placeMax else {
                throw .impossible(field: "footer entry's place")
            }
            placeMin = entry.byteOffset + RecordHead.byteCount
            entries.append(entry)
        }
        return entries
    }

    /// Where the record of entry `index` ends.
    package func recordEnd(of index: Int) -> Int {
        index + 1 < entries.count ? entries[index + 1].byteOffset : summary.dataEnd
    }
}

/// The last 128 bytes of a sealed segment.
package struct FooterSummary: Equatable, Sendable {
    package static let byteCount = 128
    package static let magic: UInt64 = 0x0A1A_5446_5353_5753  // "SWSSFT" 0x1A 0x0A
    static let ownDeadlineMax = RecordHead.activityMax + UInt64(Lifetime.secondsMax) * 1_000

    package var id: SegmentID
    package var entriesCheck: UInt32 = 0
    package var recordCount: Int
    /// Length of all entries.
    package var entriesByteCount = 0
    /// Where the records end and the entries begin.
    package var dataEnd: Int
    package var sequences: ClosedRange<UInt64>?
    package var liveAsOf: UInt64

    /// Activity of the values that live as long as the store's setting says; nil when there are
    /// none.
    package var activities: ClosedRange<UInt64>?
    /// Deadlines, in milliseconds, of the values with a lifetime of their own; nil when there are
    /// none.
    package var ownDeadlines: ClosedRange<UInt64>?

    /// Values, those that a touch was folded into included.
    package var putCount: Int
    package var touchCount: Int
    package var destroyTombstoneCount: Int
    package var expiryTombstoneCount: Int
    /// Values that never expire by themselves, whatever the setting.
    package var endlessCount: Int

    /// Where the compression dictionary stands, and its length; zero when there is none.
    package var dictionaryOffset = 0
    package var dictionaryByteCount = 0

    init(_ entries: [FooterEntry], id: SegmentID, dataEnd: Int, liveAsOf: UInt64) {
        self.id = id
        self.recordCount = entries.count
        // Of the plain ones; packed ones are as long as they turn out.
        self.entriesByteCount = liveAsOf == 0 ? entries.count * FooterEntry.byteCount : 0
        self.dataEnd = dataEnd
        self.liveAsOf = liveAsOf
        (putCount, touchCount, destroyTombstoneCount) = (0, 0, 0)
        (expiryTombstoneCount, endlessCount) = (0, 0)
        for entry in entries { count(entry) }
    }

    private mutating func count(_ entry: FooterEntry) {
        sequences = Self.extend(sequences, by: entry.sequence)
        switch entry.kind {
        case .put, .foldedTouch: putCount += 1
        case .touch: touchCount += 1
        case .destroyTombstone: destroyTombstoneCount += 1
        case .expiryTombstone: expiryTombstoneCount += 1
        case .dictionary:
            dictionaryOffset = entry.byteOffset
            // It is the last record.
            dictionaryByteCount = dataEnd - entry.byteOffset
        }
        guard entry.kind.isValue else { return }
        switch entry.ownLifetimeSeconds {
        case nil: activities = Self.extend(activities, by: entry.activity)
        case 0?: endlessCount += 1
        case let seconds?:
            ownDeadlines = Self.extend(
                ownDeadlines,
                by: entry.activity + UInt64(seconds) * 1_000
            )
        }
    }

    private static func extend(
        _ range: ClosedRange<UInt64>?,
        by value: UInt64
    ) -> ClosedRange<UInt64> {
        guard let range else { return value...value }
        return min(range.lowerBound, value)...max(range.upperBound, value)
    }

    /// Decodes the summary in `bytes`, the last 128 bytes of a segment.
    package init(decoding bytes: [UInt8], salt: UInt64) throws(FormatError) {
        guard bytes.count == Self.byteCount else {
            throw .wrongLength(expected: Self.byteCount, found: bytes.count)
        }
        let seed = RecordHead.headSeed(salt: salt, byteOffset: 0)
        try Preamble.open(bytes, in: 0..<Self.byteCount, magic: Self.magic, seed: seed)
        id = try SegmentID(decoding: bytes, at: 16)
        entriesCheck = bytes.integer(at: 20)
        recordCount = Int(bytes.integer(at: 24, as: UInt32.self))
        entriesByteCount = Int(bytes.integer(at: 28, as: UInt32.self))
        dataEnd = Int(clamping: bytes.integer(at: 32, as: UInt64.self))
        sequences = try bytes.range(at: 40, upTo: FormatLimits.sequenceMax)
        activities = try bytes.range(at: 56, upTo: RecordHead.activityMax)
        ownDeadlines = try bytes.range(at: 72, upTo: Self.ownDeadlineMax)
        liveAsOf = bytes.integer(at: 88)
        putCount = Int(bytes.integer(at: 96, as: UInt32.self))
        touchCount = Int(bytes.integer(at: 100, as: UInt32.self))
        destroyTombstoneCount = Int(bytes.integer(at: 104, as: UInt32.self))
        expiryTombstoneCount = Int(bytes.integer(at: 108, as: UInt32.self))
        endlessCount = Int(bytes.integer(at: 112, as: UInt32.self))
        dictionaryOffset = bytes.units(at: 116)
        dictionaryByteCount = Int(bytes.integer(at: 120, as: UInt32.self))
        if let field = impossibleField { throw .impossible(field: field) }
    }

    /// The records that are of no key.
    private var dictionaryCount: Int {
        recordCount - putCount - touchCount - destroyTombstoneCount - expiryTombstoneCount
    }

    /// What keeps this from being a summary that can be written; nothing, when it is one.
    ///
    /// Whoever believes a summary sizes memory by it.
    private var impossibleField: String? {
        guard dataEnd % FormatLimits.alignment == 0, dataEnd >= SegmentHeader.byteCount,
            dataEnd <= FormatLimits.dataEndMax
        else { return "data end" }
        let isPlain = liveAsOf == 0
        let plain = FooterEntry.byteCount
        let entryByteCounts = isPlain ? plain...plain : FooterEntry.packedByteCounts
        let (least, most) = (entryByteCounts.lowerBound, entryByteCounts.upperBound)
        guard (recordCount * least...recordCount * most).contains(entriesByteCount)
        else { return "entries length" }
        let recordByteCountMin = isPlain ? RecordHead.byteCount : FormatLimits.recordByteCountMin
        guard recordCount * recordByteCountMin <= dataEnd - SegmentHeader.byteCount,
            (0...(dictionaryByteCount > 0 ? 1 : 0)).contains(dictionaryCount),
            endlessCount <= putCount + touchCount, (sequences == nil) == (recordCount == 0)
        else { return "record counts" }
        return dictionaryOffset + dictionaryByteCount <= dataEnd ? nil : "dictionary"
    }

    func encode(into bytes: inout [UInt8], at offset: Int, salt: UInt64) {
        precondition(impossibleField == nil)
        bytes.store(id.rawValue, at: offset + 16)
        bytes.store(entriesCheck, at: offset + 20)
        bytes.store(UInt32(recordCount), at: offset + 24)
        bytes.store(UInt32(entriesByteCount), at: offset + 28)
        bytes.store(UInt64(dataEnd), at: offset + 32)
        bytes.store(sequences, at: offset + 40)
        bytes.store(activities, at: offset + 56)
        bytes.store(ownDeadlines, at: offset + 72)
        bytes.store(liveAsOf, at: offset + 88)
        bytes.store(UInt32(putCount), at: offset + 96)
        bytes.store(UInt32(touchCount), at: offset + 100)
        bytes.store(UInt32(destroyTombstoneCount), at: offset + 104)
        bytes.store(UInt32(expiryTombstoneCount), at: offset + 108)
        bytes.store(UInt32(endlessCount), at: offset + 112)
        bytes.store(units: dictionaryOffset, at: offset + 116)
        bytes.store(UInt32(dictionaryByteCount), at: offset + 120)
        let seed = RecordHead.headSeed(salt: salt, byteOffset: 0)
        let range = offset..<offset + Self.byteCount
        Preamble.seal(&bytes, in: range, magic: Self.magic, seed: seed)
    }
}
