// The entries of a compacted segment's footer, laid out as in <doc:FileFormat>: what differs little
// from one record to the next is told by the difference, and 18 of 36 bytes are saved.

extension FooterEntry {
    /// How long a packed entry may be.
    ///
    /// Hash, kind and codec, and varints: length and lifetime, number, activity, and the lifetime
    /// in seconds.
    static let packedByteCounts =
        KeyHash.byteCount + 1 + 1 + 1 + 1...KeyHash.byteCount + 1 + 10 + 10 + 10 + 5
}

extension Footer {
    /// The entries, packed.
    var packedEntries: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entries.count * 20)
        var (sequence, activity) = (summary.liveAsOf, UInt64(0))
        for (index, entry) in entries.enumerated() {
            precondition(entry.kind.rawValue < 16 && entry.codec < 16)
            bytes.append(contentsOf: repeatElement(0, count: KeyHash.byteCount))
            entry.hash.encode(into: &bytes, at: bytes.count - KeyHash.byteCount)
            bytes.append(entry.kind.rawValue | entry.codec << 4)
            let units = (recordEnd(of: index) - entry.byteOffset) / FormatLimits.alignment
            let tag: RecordHead.LifetimeTag =
                switch entry.ownLifetimeSeconds {
                case nil: .standard
                case 0?: .endless
                case _?: .own
                }
            bytes.append(varint: UInt64(units) << 2 | tag.rawValue)
            bytes.append(signedVarint: Int64(bitPattern: entry.sequence &- sequence))
            bytes.append(signedVarint: Int64(bitPattern: entry.activity &- activity))
            if let seconds = entry.ownLifetimeSeconds, seconds > 0 {
                bytes.append(varint: UInt64(seconds))
            }
            (sequence, activity) = (entry.sequence, entry.activity)
        }
        return bytes
    }

    static func packedEntries(
        _ bytes: [UInt8],
        _ summary: FooterSummary
    ) throws(FormatError) -> [FooterEntry] {
        var entries: [FooterEntry] = []
        entries.reserveCapacity(summary.recordCount)
        var reader = PackedEntryReader(bytes, liveAsOf: summary.liveAsOf)
        for _ in 0..<summary.recordCount { entries.append(try reader.next()) }
        guard reader.offset == bytes.count, reader.place == summary.dataEnd else {
            throw .impossible(field: "footer entries")
        }
        return entries
    }
}

/// Unpacks entries one after the other.
private struct PackedEntryReader {
    private let bytes: [UInt8]
    private(set) var offset = 0
    /// Where the next record stands.
    private(set) var place = SegmentHeader.byteCount
    private var sequence: UInt64
    private var activity: UInt64 = 0

    init(_ bytes: [UInt8], liveAsOf: UInt64) {
        self.bytes = bytes
        sequence = liveAsOf
    }

    mutating func next() throws(FormatError) -> FooterEntry {
        guard bytes.count - offset > KeyHash.byteCount else {
            throw .impossible(field: "footer entry")
        }
        let hash = KeyHash(decoding: bytes, at: offset)
        let kindAndCodec = bytes[offset + KeyHash.byteCount]
        offset += KeyHash.byteCount + 1
        guard let lengthWord = bytes.varint(at: &offset),
            let sequenceDifference = bytes.signedVarint(at: &offset),
            let activityDifference = bytes.signedVarint(at: &offset),
            let tag = RecordHead.LifetimeTag(rawValue: lengthWord & 3),
            let seconds = seconds(tag)
        else { throw .impossible(field: "footer entry") }
        guard let kind = RecordKind(rawValue: kindAndCodec & 0xF) else {
            throw .impossible(field: "kind")
        }
        sequence &+= UInt64(bitPattern: sequenceDifference)
        guard sequence <= FormatLimits.sequenceMax else { throw .impossible(field: "sequence") }
        activity &+= UInt64(bitPattern: activityDifference)
        guard activity <= RecordHead.activityMax else { throw .impossible(field: "activity") }
        let units = Int(clamping: lengthWord >> 2)
        guard units <= FormatLimits.recordByteCountMax / FormatLimits.alignment,
            units * FormatLimits.alignment >= FormatLimits.recordByteCountMin,
            FormatLimits.recordOffsets.contains(place)
        else { throw .impossible(field: "footer entry's place") }
        let byteCount = units * FormatLimits.alignment
        defer { place += byteCount }
        return FooterEntry(
            hash: hash,
            sequence: sequence,
            activity: activity,
            kind: kind,
            codec: kindAndCodec >> 4,
            byteOffset: place,
            ownLifetimeSeconds: seconds
        )
    }

    /// The lifetime; nil when it is none, and nil inside when it is the store's.
    private mutating func seconds(_ tag: RecordHead.LifetimeTag) -> UInt32?? {
        switch tag {
        case .standard: return .some(nil)
        case .endless: return 0
        case .own:
            guard let count = bytes.varint(at: &offset), count > 0, count <= Lifetime.secondsMax
            else { return nil }
            return .some(UInt32(count))
        }
    }
}
