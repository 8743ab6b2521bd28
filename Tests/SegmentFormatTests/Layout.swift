import Testing

@testable import SegmentFormat

/// A structure as bytes, and the same with a few fields changed.
struct Layout: CustomTestStringConvertible, Sendable {
    var heading: String
    var base: [UInt8]
    /// Which fields are changed, and the bytes then.
    var variants: [(names: [String], bytes: [UInt8])]
    /// Fields that may change with any other; the first must.
    var checks: Set<String> = []
    var firstCheck: String?

    var testDescription: String { heading }

    static let all = [
        segmentHeader, recordHead, touchBody, footerEntry, footerSummary, manifestHead,
        manifestEntry, checkpointHead, checkpointEntry, shardHead, indexSlot,
    ]

    /// Encodes `value` as it is, and once for each change.
    private init<Value>(
        _ heading: String,
        _ value: Value,
        check: String? = nil,
        alsoChanging others: Set<String> = [],
        encode: (Value) -> [UInt8],
        changes: [([String], (inout Value) -> Void)]
    ) {
        self.heading = heading
        base = encode(value)
        variants = changes.map { names, change in
            var copy = value
            change(&copy)
            return (names, encode(copy))
        }
        firstCheck = check
        checks = others.union(check.map { [$0] } ?? [])
    }

    static let segmentHeader = Layout(
        "Segment header", SegmentHeaderTests.sample, check: "check",
        encode: { $0.encoded() },
        changes: [
            (["compatible features"], { $0.features.compatible = .max }),
            (["read-only compatible features"], { $0.features.readOnlyCompatible = .max }),
            (["incompatible features"], { $0.features.incompatible = .max }),
            (["segment"], { $0.id = SegmentID(.max - 1) }),
            (["store"], { $0.storeID = .max }),
            (["salt"], { $0.salt = .max }),
            (["created at"], { $0.createdAt = .max }),
            (["live as of"], { $0.liveAsOf = .max }),
        ])

    static let recordHead = Layout(
        "Record head", Sample(key: [1, 2], body: [3, 4, 5]), check: "head check",
        alsoChanging: ["body check"],
        encode: { Array($0.encoded()[..<40]) },
        changes: [
            (["sequence"], { $0.head.sequence = FormatLimits.sequenceMax }),
            (["activity"], { $0.head.activity = RecordHead.activityMax }),
            (["lifetime"], { $0.head.lifetime = .endless }),
            (["kind"], { $0.head.kind = .touch }),
            (["codec"], { $0.head.codec = .max }),
            (["synced through"], { $0.head.syncedThrough = 0 }),
            (
                ["key length"],
                {
                    $0.key = [UInt8](repeating: 1, count: 4_096)
                    $0.head.keyByteCount = 4_096
                }
            ),
            (
                ["body length"],
                {
                    $0.body = [UInt8](repeating: 1, count: 70_000)
                    $0.head.storedByteCount = 70_000
                }
            ),
            ([], { $0.body = [3, 4, 6] }),
        ])

    static let touchBody = Layout(
        "Touch body", TouchBodyTests.sample,
        encode: { $0.encoded() },
        changes: [
            (["value sequence"], { $0.valueSequence = FormatLimits.sequenceMax }),
            (["segment"], { $0.segment = SegmentID(.max - 1) }),
            (["place"], { $0.byteOffset = 268_435_448 }),
            (["record length"], { $0.recordByteCount = 16_846_888 }),
        ])

    static let footerEntry = Layout(
        "Footer entry", FooterTests.sample(),
        encode: { footer in
            var footer = footer
            return Array(footer.encoded(salt: 1)[..<36])
        },
        changes: [
            (["hash low"], { $0.entries[0].hash.low = .max }),
            (["hash high"], { $0.entries[0].hash.high = 0 }),
            (["sequence"], { $0.entries[0].sequence = .max }),
            (["activity"], { $0.entries[0].activity = RecordHead.activityMax }),
            (["kind"], { $0.entries[0].kind = .touch }),
            (["codec"], { $0.entries[0].codec = .max }),
            (["place"], { $0.entries[0].byteOffset = 34_359_738_360 }),
            (["own lifetime"], { $0.entries[0].ownLifetimeSeconds = 0 }),
        ])

    static let footerSummary = Layout(
        "Footer summary", FooterTests.sample(liveAsOf: 2), check: "check",
        encode: { footer in
            var footer = footer
            return Array(footer.encoded(salt: 1).suffix(128))
        },
        changes: [
            (["segment"], { $0.summary.id = SegmentID(.max) }),
            (["entries check"], { $0.entries[0].sequence = 8 }),
            (["entries check", "entries length"], { $0.entries[0].sequence = 99 }),
            (
                ["data end", "entries check", "entries length"],
                { $0.summary.dataEnd = 285_282_336 }
            ),
            (["first sequence"], { $0.summary.sequences = 0...7 }),
            (["last sequence"], { $0.summary.sequences = 6...(.max) }),
            (["first activity"], { $0.summary.activities = 0...5_000 }),
            (["last activity"], { $0.summary.activities = 5_000...(.max) }),
            (["first own deadline"], { $0.summary.ownDeadlines = 0...7_000 }),
            (["last own deadline"], { $0.summary.ownDeadlines = 7_000...(.max) }),
            (["live as of", "entries check"], { $0.summary.liveAsOf = .max }),
            (["put count", "touch count"], { $0.summary.movePut(to: \.touchCount) }),
            (
                ["put count", "destroy tombstone count"],
                { $0.summary.movePut(to: \.destroyTombstoneCount) }
            ),
            (
                ["put count", "expiry tombstone count"],
                { $0.summary.movePut(to: \.expiryTombstoneCount) }
            ),
            (
                ["record count", "put count", "entries check", "entries length"],
                {
                    $0.entries.removeLast()
                    $0.summary.recordCount = 1
                    $0.summary.putCount = 1
                }
            ),
            (["endless count"], { $0.summary.endlessCount = 2 }),
            (["dictionary place"], { $0.summary.dictionaryOffset = 64 }),
            (["dictionary length"], { $0.summary.dictionaryByteCount = 136 }),
        ])

    static let manifestHead = Layout(
        "Manifest head", ManifestTests.sample(), check: "check",
        encode: { Array($0.encoded()[..<96]) },
        changes: [
            (["compatible features"], { $0.features.compatible = .max }),
            (["read-only compatible features"], { $0.features.readOnlyCompatible = .max }),
            (["incompatible features"], { $0.features.incompatible = .max }),
            (["segment count"], { $0.segments = [] }),
            (["edition"], { $0.edition = .max }),
            (["store"], { $0.storeID = .max }),
            (["secret low"], { $0.secret.low = .max }),
            (["secret high"], { $0.secret.high = .max }),
            (["sequence floor"], { $0.sequenceFloor = .max }),
            (["time floor"], { $0.timeFloor = 0 }),
            (["expired before"], { $0.expiredBefore = $0.timeFloor }),
            (["next segment"], { $0.nextSegment = SegmentID(.max) }),
            ([], { $0.segments[0].salt = .max }),
        ])

    static let manifestEntry = Layout(
        "Manifest entry", ManifestTests.sample(),
        encode: { Array($0.encoded()[96..<160]) },
        changes: [
            (["segment"], { $0.segments[0].id = SegmentID(1) }),
            (
                ["state"],
                {
                    $0.segments[0].state = .resting
                    $0.segments[1].state = .sealed
                }
            ),
            (["salt"], { $0.segments[0].salt = .max }),
            (["live as of"], { $0.segments[0].liveAsOf = .max }),
            (["first sequence"], { $0.segments[0].sequences = 0...9 }),
            (["last sequence"], { $0.segments[0].sequences = 3...(.max) }),
            (["data end"], { $0.segments[0].dataEnd = 285_282_336 }),
            (["record count"], { $0.segments[0].recordCount = 0 }),
            (["activity"], { $0.segments[0].activity = RecordHead.activityMax }),
            (["entries length"], { $0.segments[0].entriesByteCount = 0xFFFF_FFFF }),
        ])

    static let checkpointHead = Layout(
        "Checkpoint head", CheckpointTests.sample(), check: "check",
        encode: { Array($0.encoded()[..<96]) },
        changes: [
            (["store"], { $0.storeID = .max }),
            (["edition"], { $0.edition = .max }),
            (["next sequence"], { $0.nextSequence = .max }),
            (["time floor"], { $0.timeFloor = RecordHead.activityMax }),
            (["slot count"], { $0.slotCount = Checkpoint.slotCountMax }),
            (["shard count"], { $0.shardCount = Checkpoint.shardCountMax }),
            (["segment count"], { $0.segments = [] }),
            (["log end segment"], { $0.logEnd?.segment = SegmentID(.max - 1) }),
            (["log end"], { $0.logEnd?.byteOffset = 285_282_336 }),
            ([], { $0.segments[0].liveByteCount = 0 }),
        ])

    static let checkpointEntry = Layout(
        "Checkpoint entry", CheckpointTests.sample(),
        encode: { Array($0.encoded()[96..<112]) },
        changes: [
            (["segment"], { $0.segments[0].id = SegmentID(.max) }),
            (["live records"], { $0.segments[0].liveRecordCount = 0xFFFF_FFFF }),
            (["live bytes"], { $0.segments[0].liveByteCount = 285_282_336 }),
        ])

    static let shardHead = Layout(
        "Shard head", ShardFields(), check: "check",
        encode: {
            Array($0.image.encoded(shard: $0.shard, seed: 0)[..<24])
        },
        changes: [
            (["shard"], { $0.shard = 0xFFFF_FFFF }),
            (["slot count"], { $0.image.slots = ShardImageTests.slots(2) }),
            (["capacity"], { $0.image.capacity = 0xFFFF_FFFF }),
            (["first clock"], { $0.set(front: 0xFFFF_0000) }),
            (["first clock", "clock length"], { $0.set(front: 0xFFFF_FFFF) }),
            (["place bits"], { $0.set(back: 0x1FF_FFFF) }),
            (["segment bits"], { $0.set(back: 0x1FF_FE00_0000) }),
            (["length bits"], { $0.set(back: 0x3FFF_FE00_0000_0000) }),
            ([], { $0.set(front: 0x1_0000_0000) }),
        ])

    static let indexSlot = Layout(
        "Index slot", SlotFields(),
        encode: { fields in
            let slot = IndexSlot(
                hash: fields.hash, clock: fields.clock, segmentIndex: fields.segment,
                byteOffset: fields.place, recordByteCount: fields.length,
                isTouched: fields.isTouched, hasOwnLifetime: fields.isOwn)
            var bytes = [UInt8](repeating: 0, count: 16)
            bytes.store(slot.front, at: 0)
            bytes.store(slot.back, at: 8)
            return bytes
        },
        changes: [
            (["clock"], { $0.clock = .max }),
            (["hash"], { $0.hash = .max }),
            (["place"], { $0.place = 268_435_448 }),
            (["segment"], { $0.segment = .max }),
            (["length"], { $0.length = .max }),
            (["touched"], { $0.isTouched = true }),
            (["own lifetime"], { $0.isOwn = true }),
        ])
}

private struct ShardFields {
    var shard = 1
    var image = ShardImage(slots: ShardImageTests.slots(1), capacity: 2)

    /// Sets these bits of the slot.
    mutating func set(front: UInt64 = 0, back: UInt64 = 0) {
        image.slots[0].front |= front
        image.slots[0].back |= back
    }
}

private struct SlotFields {
    var hash: UInt32 = 0
    var clock: UInt32 = 0
    var segment: UInt16 = 0
    var place = 64
    var length = 0
    var isTouched = false
    var isOwn = false
}

extension FooterSummary {
    fileprivate mutating func movePut(to other: WritableKeyPath<FooterSummary, Int>) {
        putCount -= 1
        self[keyPath: other] += 1
    }
}
