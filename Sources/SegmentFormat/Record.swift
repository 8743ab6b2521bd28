/// Lays whole records into bytes, and checks that bytes are a whole record.
package enum Record {
    /// Appends a record to `bytes`; one that could not be read back is a bug, and traps.
    ///
    /// - Parameters:
    ///   - head: Its head, whose lengths are those of `key` and `body`; its own follows from the
    ///     layout.
    ///   - key: Its key.
    ///   - body: Its body, as stored.
    ///   - bytes: Gets head, key, body and padding at its end.
    ///   - byteOffset: Where in the segment the record will stand; a multiple of the alignment.
    ///   - salt: The segment's.
    ///   - layout: The segment's.
    package static func append(
        _ head: RecordHead,
        key: [UInt8],
        body: [UInt8],
        to bytes: inout [UInt8],
        byteOffset: Int,
        salt: UInt64,
        layout: RecordLayout = .plain
    ) {
        precondition(head.keyByteCount == key.count && head.storedByteCount == body.count)
        precondition(key.count <= FormatLimits.keyByteCountMax)
        precondition(body.count <= FormatLimits.storedByteCountMax)
        precondition(FormatLimits.recordOffsets.contains(byteOffset))
        precondition(byteOffset % FormatLimits.alignment == 0)
        precondition(head.syncedThrough >= 0 && head.syncedThrough <= byteOffset)
        precondition(head.activity <= RecordHead.activityMax)
        let start = bytes.count
        switch layout {
        case .plain:
            bytes.append(contentsOf: plainZeros)
            head.storePlainFields(in: &bytes, at: start)
        case .packed(let liveAsOf, let activity):
            precondition(head.syncedThrough == 0)
            bytes.append(contentsOf: packedZeros)
            head.appendPackedFields(to: &bytes, liveAsOf: liveAsOf, activity: activity)
        }
        bytes.append(contentsOf: key)
        let bodyStart = bytes.count
        bytes.append(contentsOf: body)
        let end = start + FormatLimits.aligned(bytes.count - start)
        while bytes.count < end { bytes.append(0) }

        let bodySeed = RecordHead.bodySeed(sequence: head.sequence)
        bytes.store(CRC32C.checksum(bytes, in: bodyStart..<end, seed: bodySeed), at: start + 4)
        let headSeed = RecordHead.headSeed(salt: salt, byteOffset: byteOffset)
        bytes.store(CRC32C.checksum(bytes, in: start + 4..<bodyStart, seed: headSeed), at: start)
    }

    /// The space of a head: an array is copied in one go, where repeated elements come one by one.
    private static let plainZeros = [UInt8](repeating: 0, count: RecordHead.byteCount)
    private static let packedZeros = [UInt8](repeating: 0, count: RecordHead.checkByteCount)

    /// Checks the body of the record at `offset` of `bytes`, whose head has been decoded.
    ///
    /// - Throws: `wrongLength` when `bytes` ends first, `checksumMismatch` when the body or its
    ///   padding is not what was written.
    package static func checkBody(
        of head: RecordHead,
        in bytes: [UInt8],
        at offset: Int
    ) throws(FormatError) {
        try checkBody(of: head, in: bytes.span, at: offset)
    }

    /// Same of bytes wherever they are.
    static func checkBody(
        of head: RecordHead,
        in bytes: Span<UInt8>,
        at offset: Int
    ) throws(FormatError) {
        let end = offset + head.recordByteCount
        guard end <= bytes.count else {
            throw .wrongLength(expected: head.recordByteCount, found: bytes.count - offset)
        }
        let stored: UInt32 = bytes.integer(at: offset + 4)
        let bodyStart = offset + head.bodyOffset
        let seed = RecordHead.bodySeed(sequence: head.sequence)
        guard stored == CRC32C.checksum(bytes, in: bodyStart..<end, seed: seed) else {
            throw .checksumMismatch
        }
    }

    /// The key of the record at `offset` of `bytes`, whose head has been decoded.
    package static func key(of head: RecordHead, in bytes: [UInt8], at offset: Int) -> [UInt8] {
        let start = offset + head.headByteCount
        return [UInt8](bytes[start..<start + head.keyByteCount])
    }

    /// The stored body of the record at `offset` of `bytes`, whose head and body have been checked.
    package static func body(of head: RecordHead, in bytes: [UInt8], at offset: Int) -> [UInt8] {
        let start = offset + head.bodyOffset
        return [UInt8](bytes[start..<start + head.storedByteCount])
    }
}

/// The body of a touch: where the value stands that was active again.
package struct TouchBody: Equatable, Sendable {
    package static let byteCount = 24

    /// The number of the value's own record: the session's revision, which a touch does not change.
    package var valueSequence: UInt64
    package var segment: SegmentID
    package var byteOffset: Int
    package var recordByteCount: Int

    package init(
        valueSequence: UInt64,
        segment: SegmentID,
        byteOffset: Int,
        recordByteCount: Int
    ) {
        self.valueSequence = valueSequence
        self.segment = segment
        self.byteOffset = byteOffset
        self.recordByteCount = recordByteCount
    }

    package init(decoding bytes: [UInt8]) throws(FormatError) {
        guard bytes.count == Self.byteCount else {
            throw .wrongLength(expected: Self.byteCount, found: bytes.count)
        }
        valueSequence = bytes.integer(at: 0)
        segment = try SegmentID(decoding: bytes, at: 8)
        byteOffset = bytes.units(at: 12)
        recordByteCount = bytes.units(at: 16)
        guard FormatLimits.recordOffsets.contains(byteOffset),
            recordByteCount >= FormatLimits.recordByteCountMin,
            recordByteCount <= FormatLimits.recordByteCountMax
        else { throw .impossible(field: "touched place") }
        guard valueSequence <= FormatLimits.sequenceMax else {
            throw .impossible(field: "touched sequence")
        }
    }

    package func encoded() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.byteCount)
        bytes.store(valueSequence, at: 0)
        bytes.store(segment.rawValue, at: 8)
        bytes.store(units: byteOffset, at: 12)
        bytes.store(units: recordByteCount, at: 16)
        return bytes
    }
}

/// The body of a folded touch: the number of the value's own record, 8 bytes, and the value.
package enum FoldedBody {
    package static let prefixByteCount = 8

    /// Lays out a body.
    package static func encoded(valueSequence: UInt64, value: [UInt8]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: prefixByteCount)
        bytes.store(valueSequence, at: 0)
        return bytes + value
    }

    /// Returns the number of the value's own record: the session's revision.
    package static func valueSequence(of body: ArraySlice<UInt8>) throws(FormatError) -> UInt64 {
        guard body.count >= prefixByteCount else {
            throw .wrongLength(expected: prefixByteCount, found: body.count)
        }
        let sequence = body.prefix(prefixByteCount).reversed().reduce(0) { $0 << 8 | UInt64($1) }
        guard sequence <= FormatLimits.sequenceMax else {
            throw .impossible(field: "folded sequence")
        }
        return sequence
    }
}
