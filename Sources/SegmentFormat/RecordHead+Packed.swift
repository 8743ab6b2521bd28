// The head in front of a record of a compacted segment, laid out as in <doc:FileFormat>: 18 bytes
// for most, where a plain one has 40.

extension RecordHead {
    /// The two checksums in front of every head.
    static let checkByteCount = 8

    /// What a packed head says behind its checksums, as it stands there.
    struct PackedFields {
        /// Of the head, checksums included.
        var byteCount: Int
        var kind: UInt8
        var codec: UInt8
        var keyByteCount: Int
        var storedByteCount: UInt64
        /// How far the number is below the segment's.
        var age: UInt64
        /// How far the activity is from the segment's.
        var delay: Int64
        var lifetime: Lifetime
    }

    /// How a lifetime is told, in two bits.
    enum LifetimeTag: UInt64 {
        case standard = 0
        case endless = 1
        /// It follows, in milliseconds.
        case own = 2
    }

    /// Returns the fields of the head at `offset`, not yet checked; nil when no head has such, or
    /// `bytes` ends before it does.
    static func packedFields(_ bytes: Span<UInt8>, at offset: Int) -> PackedFields? {
        var place = offset + checkByteCount
        guard place < bytes.count else { return nil }
        let kindAndCodec = bytes[place]
        place += 1
        guard let keyWord = bytes.varint(at: &place), let tag = LifetimeTag(rawValue: keyWord & 3),
            keyWord >> 2 <= FormatLimits.keyByteCountMax,
            let storedByteCount = bytes.varint(at: &place),
            let age = bytes.varint(at: &place),
            let delay = bytes.signedVarint(at: &place)
        else { return nil }
        let lifetime: Lifetime
        switch tag {
        case .standard: lifetime = .standard
        case .endless: lifetime = .endless
        case .own:
            guard let count = bytes.varint(at: &place), count > 0,
                count <= Lifetime.millisecondsMax
            else { return nil }
            lifetime = .milliseconds(count)
        }
        return PackedFields(
            byteCount: place - offset,
            kind: kindAndCodec & 0xF,
            codec: kindAndCodec >> 4,
            keyByteCount: Int(keyWord >> 2),
            storedByteCount: storedByteCount,
            age: age,
            delay: delay,
            lifetime: lifetime
        )
    }

    init(
        packed bytes: Span<UInt8>,
        at offset: Int,
        seed: UInt32,
        liveAsOf: UInt64,
        activity base: UInt64
    ) throws(FormatError) {
        // The lengths are limited before the checksum holds, and used for nothing but finding the
        // end of what it covers.
        guard let fields = Self.packedFields(bytes, at: offset) else { throw .checksumMismatch }
        let end = offset + fields.byteCount + fields.keyByteCount
        guard end <= bytes.count else {
            throw .wrongLength(expected: end - offset, found: bytes.count - offset)
        }
        let check: UInt32 = bytes.integer(at: offset)
        guard check == CRC32C.checksum(bytes, in: offset + 4..<end, seed: seed) else {
            throw .checksumMismatch
        }
        guard let kind = RecordKind(rawValue: fields.kind) else { throw .impossible(field: "kind") }
        let activity = base &+ UInt64(bitPattern: fields.delay)
        guard activity <= Self.activityMax else { throw .impossible(field: "activity") }
        self.init(
            sequence: liveAsOf &- fields.age,
            activity: activity,
            lifetime: fields.lifetime,
            kind: kind,
            codec: fields.codec,
            keyByteCount: fields.keyByteCount,
            storedByteCount: Int(clamping: fields.storedByteCount),
            syncedThrough: 0
        )
        headByteCount = fields.byteCount
    }

    /// Appends all but the two checksums, which are in front of them.
    func appendPackedFields(to bytes: inout [UInt8], liveAsOf: UInt64, activity base: UInt64) {
        precondition(kind.rawValue < 16 && codec < 16)
        bytes.append(kind.rawValue | codec << 4)
        let tag: LifetimeTag =
            switch lifetime {
            case .standard: .standard
            case .endless: .endless
            case .milliseconds: .own
            }
        bytes.append(varint: UInt64(keyByteCount) << 2 | tag.rawValue)
        bytes.append(varint: UInt64(storedByteCount))
        bytes.append(varint: liveAsOf &- sequence)
        bytes.append(signedVarint: Int64(bitPattern: activity &- base))
        if tag == .own { bytes.append(varint: lifetime.bits) }
    }
}
