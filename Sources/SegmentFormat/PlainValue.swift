/// What a record says that holds a value as it is, and was checked to its last byte: what nearly
/// every reader meets.
///
/// Found in one pass over the record, for readers who leave everything else to those who can say
/// what it is.
package struct PlainValue {
    package var sequence: UInt64
    package var activity: UInt64
    package var lifetime: Lifetime
    /// Where the value is in the record.
    package var start: Int
    package var end: Int

    /// Checks all of `record`; nil unless it is what was written at this place of this segment, in
    /// the plain layout, for `key`, and holds a value as it is.
    ///
    /// - Parameters:
    ///   - record: Head, key, body and padding, and nothing else.
    ///   - key: Whose it should be.
    ///   - byteOffset: Where the record is in its segment.
    ///   - salt: The segment's.
    package init?(checking record: Span<UInt8>, key: Span<UInt8>, byteOffset: Int, salt: UInt64) {
        let start = RecordHead.byteCount + key.count
        guard key.count <= FormatLimits.keyByteCountMax, start <= record.count else { return nil }
        let activityWord: UInt64 = record.integer(at: 16)
        let lifetimeWord: UInt64 = record.integer(at: 24)
        let storedByteCount = Int(record.integer(at: 32, as: UInt32.self))
        guard activityWord >> 48 == UInt64(key.count), lifetimeWord >> 48 == Self.kindAndCodec,
            FormatLimits.aligned(start + storedByteCount) == record.count
        else { return nil }
        let headCheck: UInt32 = record.integer(at: 0)
        let headSeed = RecordHead.headSeed(salt: salt, byteOffset: byteOffset)
        guard headCheck == CRC32C.checksum(record, in: 4..<start, seed: headSeed) else {
            return nil
        }
        let sequence: UInt64 = record.integer(at: 8)
        let bodyCheck: UInt32 = record.integer(at: 4)
        let bodySeed = RecordHead.bodySeed(sequence: sequence)
        guard bodyCheck == CRC32C.checksum(record, in: start..<record.count, seed: bodySeed),
            record.matches(key, at: RecordHead.byteCount)
        else { return nil }
        // What the checksums hold for, and was never written all the same.
        let syncedThrough = Int(record.integer(at: 36, as: UInt32.self)) * FormatLimits.alignment
        guard byteOffset >= SegmentHeader.byteCount,
            byteOffset < FormatLimits.segmentByteCountMax,
            sequence <= FormatLimits.sequenceMax,
            storedByteCount <= FormatLimits.storedByteCountMax,
            syncedThrough <= byteOffset
        else { return nil }
        self.sequence = sequence
        activity = activityWord & RecordHead.activityMax
        lifetime = Lifetime(bits: lifetimeWord & RecordHead.activityMax)
        self.start = start
        end = start + storedByteCount
    }

    /// Kind in the lower byte, codec in the upper.
    private static let kindAndCodec =
        UInt64(RecordKind.put.rawValue) | UInt64(Codec.none.rawValue) << 8
}
