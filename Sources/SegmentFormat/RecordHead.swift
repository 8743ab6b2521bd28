/// What a record says about its key.
package enum RecordKind: UInt8, CaseIterable, Sendable {
    /// The key has this value.
    case put = 1
    /// The key was destroyed.
    case destroyTombstone = 2
    /// The key's value was seen to have expired.
    case expiryTombstone = 3
    /// The key's value, which stands elsewhere (``TouchBody``), was active again.
    case touch = 4
    // 5 is reserved for a batch: several records that count together or not at all.

    /// A touch and the value it touched, in one record of a compaction: with the touch's number,
    /// and a body that begins with the value's (``FoldedBody``).
    case foldedTouch = 6

    /// What the values of a compacted segment have in common; of no key.
    case dictionary = 7

    /// Whether its key has a value.
    package var isValue: Bool {
        switch self {
        case .put, .touch, .foldedTouch: true
        case .destroyTombstone, .expiryTombstone, .dictionary: false
        }
    }

    /// Whether it says that its key has none.
    package var isTombstone: Bool { self == .destroyTombstone || self == .expiryTombstone }

    /// Whether its body holds the value itself.
    package var holdsValue: Bool { self == .put || self == .foldedTouch }
}

/// How a body is stored.
package enum Codec: UInt8, CaseIterable, Sendable {
    /// As it is.
    case none = 0
    /// A ``BodyHead``, then an LZ4 block.
    case lz4 = 1
    /// A ``BodyHead``, then the blocks of a Zstandard frame; with the segment's dictionary, if it
    /// has one.
    case zstandard = 2
}

/// How long a value may stay without activity.
package enum Lifetime: Hashable, Sendable {
    /// As long as the store's setting says, whatever it is when somebody asks.
    case standard
    /// For ever, whatever the store's setting says.
    case endless
    /// So many milliseconds, at least 1.
    case milliseconds(UInt64)

    package static let millisecondsMax: UInt64 = (1 << 48) - 2

    /// 48 bits: all ones for the store's, zero for endless.
    var bits: UInt64 {
        switch self {
        case .standard: Self.millisecondsMax + 1
        case .endless: 0
        case .milliseconds(let count): min(max(count, 1), Self.millisecondsMax)
        }
    }

    /// In seconds, rounded up, as footers and index slots keep it: nil is the store's, 0 is
    /// endless.
    package var ownSeconds: UInt32? {
        switch self {
        case .standard: nil
        case .endless: 0
        case .milliseconds: UInt32(clamping: min((bits + 999) / 1_000, UInt64(Self.secondsMax)))
        }
    }

    /// The longest lifetime that footers and index slots can tell: 136 years.
    package static let secondsMax: UInt32 = 0xFFFF_FFFE

    init(bits: UInt64) {
        switch bits {
        case 0: self = .endless
        case Self.millisecondsMax + 1: self = .standard
        default: self = .milliseconds(bits)
        }
    }
}

/// The 40 bytes in front of a record's key and body, laid out as in <doc:FileFormat>.
package struct RecordHead: Equatable, Sendable {
    package static let byteCount = 40
    package static let activityMax: UInt64 = (1 << 48) - 1

    package var sequence: UInt64
    /// When the session was last active, in milliseconds since 1970; 48 bits.
    package var activity: UInt64
    package var lifetime: Lifetime
    package var kind: RecordKind
    /// The codec's number; an unknown one is no damage, only a newer writer.
    package var codec: UInt8
    package var keyByteCount: Int
    package var storedByteCount: Int

    /// Everything before this offset of the segment had been synced when the record was written.
    ///
    /// It is the witness that tells damage from a torn tail: bytes before it that are bad now were
    /// good once.
    package var syncedThrough: Int

    /// Its own length, which depends on the layout of the segment.
    package var headByteCount = byteCount

    package init(
        sequence: UInt64,
        activity: UInt64,
        lifetime: Lifetime = .standard,
        kind: RecordKind,
        codec: UInt8 = Codec.none.rawValue,
        keyByteCount: Int,
        storedByteCount: Int,
        syncedThrough: Int
    ) {
        self.sequence = sequence
        self.activity = min(activity, Self.activityMax)
        self.lifetime = lifetime
        self.kind = kind
        self.codec = codec
        self.keyByteCount = keyByteCount
        self.storedByteCount = storedByteCount
        self.syncedThrough = syncedThrough
    }

    /// Head, key, body and padding.
    package var recordByteCount: Int {
        FormatLimits.aligned(headByteCount + keyByteCount + storedByteCount)
    }

    /// Where the body begins, from the head's first byte on.
    package var bodyOffset: Int { headByteCount + keyByteCount }

    /// Decodes the head at `offset` of `bytes`, whose key must be in `bytes` as well.
    ///
    /// The checksum covers the key, so its length must be used before the checksum holds: it is
    /// limited first, and used for nothing but finding the end of what the checksum covers.
    ///
    /// - Parameters:
    ///   - bytes: At least the head and the key.
    ///   - offset: Where the head is in `bytes`.
    ///   - byteOffset: Where the head is in its segment.
    ///   - salt: The segment's.
    ///   - layout: The segment's.
    /// - Throws: `wrongLength` when `bytes` ends first, `checksumMismatch` when this is no head of
    ///   this segment at this place, `impossible` when it is one that was never written.
    package init(
        decoding bytes: [UInt8],
        at offset: Int,
        byteOffset: Int,
        salt: UInt64,
        layout: RecordLayout = .plain
    ) throws(FormatError) {
        try self.init(
            decoding: bytes.span,
            at: offset,
            byteOffset: byteOffset,
            salt: salt,
            layout: layout
        )
    }

    /// Same of bytes wherever they are.
    init(
        decoding bytes: Span<UInt8>,
        at offset: Int,
        byteOffset: Int,
        salt: UInt64,
        layout: RecordLayout
    ) throws(FormatError) {
        switch layout {
        case .plain:
            try self.init(plain: bytes, at: offset, byteOffset: byteOffset, salt: salt)
        case .packed(let liveAsOf, let activity):
            try self.init(
                packed: bytes,
                at: offset,
                seed: Self.headSeed(salt: salt, byteOffset: byteOffset),
                liveAsOf: liveAsOf,
                activity: activity
            )
        }
        guard FormatLimits.recordOffsets.contains(byteOffset) else {
            throw .impossible(field: "place")
        }
        guard sequence <= FormatLimits.sequenceMax else { throw .impossible(field: "sequence") }
        guard storedByteCount <= FormatLimits.storedByteCountMax else {
            throw .impossible(field: "stored length")
        }
        guard syncedThrough <= byteOffset else { throw .impossible(field: "synced through") }
    }

    private init(
        plain bytes: Span<UInt8>,
        at offset: Int,
        byteOffset: Int,
        salt: UInt64
    ) throws(FormatError) {
        guard bytes.count - offset >= Self.byteCount else {
            throw .wrongLength(expected: Self.byteCount, found: max(bytes.count - offset, 0))
        }
        let activityWord: UInt64 = bytes.integer(at: offset + 16)
        let keyByteCount = Int(activityWord >> 48)
        guard keyByteCount <= FormatLimits.keyByteCountMax else { throw .checksumMismatch }
        let end = offset + Self.byteCount + keyByteCount
        guard end <= bytes.count else {
            throw .wrongLength(expected: end - offset, found: bytes.count - offset)
        }
        let seed = Self.headSeed(salt: salt, byteOffset: byteOffset)
        let check: UInt32 = bytes.integer(at: offset)
        guard check == CRC32C.checksum(bytes, in: offset + 4..<end, seed: seed) else {
            throw .checksumMismatch
        }
        let lifetimeWord: UInt64 = bytes.integer(at: offset + 24)
        guard let kind = RecordKind(rawValue: UInt8(truncatingIfNeeded: lifetimeWord >> 48)) else {
            throw .impossible(field: "kind")
        }
        self.sequence = bytes.integer(at: offset + 8)
        self.activity = activityWord & Self.activityMax
        self.lifetime = Lifetime(bits: lifetimeWord & Self.activityMax)
        self.kind = kind
        self.codec = UInt8(truncatingIfNeeded: lifetimeWord >> 56)
        self.keyByteCount = keyByteCount
        self.storedByteCount = Int(bytes.integer(at: offset + 32, as: UInt32.self))
        let syncedUnits: UInt32 = bytes.integer(at: offset + 36)
        self.syncedThrough = Int(syncedUnits) * FormatLimits.alignment
    }

    /// Returns the length of head and key at `offset`, not yet checked, or nil when no head can
    /// have it, or `bytes` ends before the head does.
    ///
    /// Says how many bytes must be at hand before the head can be decoded.
    package static func uncheckedByteCount(
        _ bytes: [UInt8],
        at offset: Int,
        layout: RecordLayout
    ) -> Int? {
        guard layout == .plain else {
            return packedFields(bytes.span, at: offset).map { $0.byteCount + $0.keyByteCount }
        }
        guard bytes.count - offset >= byteCount else { return nil }
        let count = Int(bytes.integer(at: offset + 22, as: UInt16.self))
        return count <= FormatLimits.keyByteCountMax ? byteCount + count : nil
    }

    /// Stores all but the two checksums, which are in front of them.
    func storePlainFields(in bytes: inout [UInt8], at offset: Int) {
        bytes.store(sequence, at: offset + 8)
        bytes.store(activity | UInt64(keyByteCount) << 48, at: offset + 16)
        let kindBits = UInt64(kind.rawValue) << 48 | UInt64(codec) << 56
        bytes.store(lifetime.bits | kindBits, at: offset + 24)
        bytes.store(UInt32(storedByteCount), at: offset + 32)
        bytes.store(units: syncedThrough, at: offset + 36)
    }

    /// Seeds the checksum of a head with where the record stands.
    static func headSeed(salt: UInt64, byteOffset: Int) -> UInt32 {
        let mixed = (salt ^ UInt64(byteOffset)) &* 0x9E37_79B9_7F4A_7C15
        return UInt32(truncatingIfNeeded: mixed >> 32)
    }

    /// Seeds the checksum of a body with the record's number only, so that compaction can carry
    /// body and checksum over as they are.
    static func bodySeed(sequence: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: sequence ^ (sequence >> 32))
    }
}
