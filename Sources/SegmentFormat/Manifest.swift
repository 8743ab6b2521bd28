/// What a segment is to the store.
package enum SegmentState: UInt8, CaseIterable, Sendable {
    /// Being appended to; only its end may be torn.
    case active = 1
    /// Ended with a footer when the store was closed, and may be appended to again.
    case resting = 2
    /// Ended with a footer, and never changes again.
    case sealed = 3
    /// All its records are there, and durable; its footer is being written.
    case sealing = 4

    /// Whether records may still be appended, now or after the next opening.
    package var mayGrow: Bool { self == .active || self == .resting }
}

/// One segment as the manifest names it; 64 bytes, laid out as in <doc:FileFormat>.
package struct ManifestSegment: Equatable, Sendable {
    package static let byteCount = 64

    package var id: SegmentID
    package var state: SegmentState
    /// A copy of the header's: records stay readable when the header is damaged.
    package var salt: UInt64
    package var liveAsOf: UInt64
    /// The numbers of its records; nil when it has none, and for the active segment, where they are
    /// not kept.
    package var sequences: ClosedRange<UInt64>?

    /// Where its records end; for the active segment, up to where they were durable when the
    /// manifest was written.
    package var dataEnd: Int
    package var recordCount: Int
    /// For a compaction's output, what the times of its records are relative to; else 0.
    package var activity: UInt64 = 0
    /// For a compaction's output, the length of the entries in its footer; else 0, and they are 36
    /// bytes each.
    package var entriesByteCount = 0

    package init(
        id: SegmentID,
        state: SegmentState,
        salt: UInt64,
        liveAsOf: UInt64 = 0,
        sequences: ClosedRange<UInt64>? = nil,
        dataEnd: Int,
        recordCount: Int
    ) {
        self.id = id
        self.state = state
        self.salt = salt
        self.liveAsOf = liveAsOf
        self.sequences = sequences
        self.dataEnd = dataEnd
        self.recordCount = recordCount
    }

    init(decoding bytes: [UInt8], at offset: Int) throws(FormatError) {
        id = SegmentID(bytes.integer(at: offset))
        guard let state = SegmentState(rawValue: bytes[offset + 4]) else {
            throw .impossible(field: "segment state")
        }
        self.state = state
        salt = bytes.integer(at: offset + 8)
        liveAsOf = bytes.integer(at: offset + 16)
        sequences = try bytes.range(at: offset + 24, upTo: FormatLimits.sequenceMax)
        dataEnd = bytes.units(at: offset + 40)
        recordCount = Int(bytes.integer(at: offset + 44, as: UInt32.self))
        activity = bytes.integer(at: offset + 48)
        entriesByteCount = Int(bytes.integer(at: offset + 56, as: UInt32.self))
    }

    func encode(into bytes: inout [UInt8], at offset: Int) {
        bytes.store(id.rawValue, at: offset)
        bytes.store(state.rawValue, at: offset + 4)
        bytes.store(salt, at: offset + 8)
        bytes.store(liveAsOf, at: offset + 16)
        bytes.store(sequences, at: offset + 24)
        bytes.store(units: dataEnd, at: offset + 40)
        bytes.store(UInt32(recordCount), at: offset + 44)
        bytes.store(activity, at: offset + 48)
        bytes.store(UInt32(entriesByteCount), at: offset + 56)
    }

    /// How its records are laid out.
    package var layout: RecordLayout {
        liveAsOf == 0 ? .plain : .packed(liveAsOf: liveAsOf, activity: activity)
    }

    /// Whether as many records fit where they are said to be.
    fileprivate var isPossible: Bool {
        let room = max(dataEnd - SegmentHeader.byteCount, 0)
        let least = liveAsOf == 0 ? RecordHead.byteCount : FormatLimits.recordByteCountMin
        return dataEnd <= FormatLimits.dataEndMax && recordCount * least <= room
            && activity <= RecordHead.activityMax
    }
}

/// Which segments are live, and what must never go back; laid out as in <doc:FileFormat>.
///
/// It is replaced as a whole (new file, sync, rename, directory sync), never appended to: so it is
/// either the old one or the new one, and whatever else is found is damage, by proof. A log of
/// edits would be shorter to write, but its last edit could rot without a witness, and would then
/// look like one that was never committed.
package struct Manifest: Equatable, Sendable {
    package static let headByteCount = 96
    package static let magic: UInt64 = 0x0A1A_4E4D_5353_5753  // "SWSSMN" 0x1A 0x0A

    package var features = FeatureSets()
    /// Counts the editions, from 1.
    package var edition: UInt64
    package var storeID: UInt64
    package var secret: HashSecret

    /// Every sequence number ever given is below it; the next opening starts here.
    package var sequenceFloor: UInt64

    /// The latest wall clock, in milliseconds, that a decision may have rested on.
    package var timeFloor: UInt64
    package var nextSegment: SegmentID

    /// Values that live as long as the store's setting says, and were last active before this, in
    /// milliseconds, have expired: whatever the setting, whatever the clock.
    package var expiredBefore: UInt64 = 0

    /// In the order of their numbers; at most one is active or resting, and one is being sealed.
    package var segments: [ManifestSegment]

    /// The manifest of a store that has just been made.
    package init(storeID: UInt64, secret: HashSecret, timeFloor: UInt64) {
        self.edition = 1
        self.storeID = storeID
        self.secret = secret
        self.sequenceFloor = 1
        self.timeFloor = min(timeFloor, RecordHead.activityMax)
        self.nextSegment = SegmentID(1)
        self.segments = []
    }

    package init(decoding bytes: [UInt8], isWriting: Bool) throws(FormatError) {
        let range = 0..<max(bytes.count, Self.headByteCount)
        try Preamble.open(bytes, in: range, magic: Self.magic)
        features = FeatureSets(decoding: bytes, at: 16)
        try features.requireKnown(isWriting: isWriting)
        let count = Int(bytes.integer(at: 28, as: UInt32.self))
        let expected = Self.headByteCount + count * ManifestSegment.byteCount
        guard bytes.count == expected else {
            throw .wrongLength(expected: expected, found: bytes.count)
        }
        edition = bytes.integer(at: 32)
        storeID = bytes.integer(at: 40)
        secret = HashSecret(low: bytes.integer(at: 48), high: bytes.integer(at: 56))
        sequenceFloor = bytes.integer(at: 64)
        timeFloor = bytes.integer(at: 72)
        nextSegment = SegmentID(bytes.integer(at: 80))
        expiredBefore = bytes.integer(at: 88)
        segments = []
        segments.reserveCapacity(count)
        for index in 0..<count {
            let offset = Self.headByteCount + index * ManifestSegment.byteCount
            segments.append(try ManifestSegment(decoding: bytes, at: offset))
        }
        try checkCounters()
        if let field = impossibleField { throw .impossible(field: field) }
    }

    /// Whoever opened the store counts on from these, and must not come to the end.
    private func checkCounters() throws(FormatError) {
        guard edition > 0, edition <= FormatLimits.sequenceMax else {
            throw .impossible(field: "edition")
        }
        guard sequenceFloor > 0, sequenceFloor <= FormatLimits.sequenceMax else {
            throw .impossible(field: "sequence floor")
        }
        guard nextSegment.rawValue > 0, nextSegment.rawValue <= FormatLimits.nextSegmentMax else {
            throw .impossible(field: "next segment")
        }
    }

    /// What keeps this from being a manifest that can be written; nothing, when it is one.
    private var impossibleField: String? {
        guard timeFloor <= RecordHead.activityMax else { return "time floor" }
        guard expiredBefore <= timeFloor else { return "expired before" }
        guard segments.count <= FormatLimits.segmentCountMax else { return "segment count" }
        var previous = SegmentID(0)
        for segment in segments {
            guard segment.id > previous, segment.id < nextSegment else { return "segment numbers" }
            guard segment.isPossible else { return "segment sizes" }
            previous = segment.id
        }
        let isPossible =
            segments.count { $0.state.mayGrow } <= 1
            && segments.count { $0.state == .sealing } <= 1
        return isPossible ? nil : "segment states"
    }

    /// Lays it out; one that could not be read back is a bug, and traps.
    package func encoded() -> [UInt8] {
        precondition(impossibleField == nil)
        let count = Self.headByteCount + segments.count * ManifestSegment.byteCount
        var bytes = [UInt8](repeating: 0, count: count)
        features.encode(into: &bytes, at: 16)
        bytes.store(UInt32(segments.count), at: 28)
        bytes.store(edition, at: 32)
        bytes.store(storeID, at: 40)
        bytes.store(secret.low, at: 48)
        bytes.store(secret.high, at: 56)
        bytes.store(sequenceFloor, at: 64)
        bytes.store(timeFloor, at: 72)
        bytes.store(nextSegment.rawValue, at: 80)
        bytes.store(expiredBefore, at: 88)
        for (index, segment) in segments.enumerated() {
            let offset = Self.headByteCount + index * ManifestSegment.byteCount
            segment.encode(into: &bytes, at: offset)
        }
        Preamble.seal(&bytes, in: 0..<count, magic: Self.magic)
        return bytes
    }
}
