import DiskIO
import SegmentFormat

/// Where a record stands.
struct RecordPlace: Equatable, Sendable {
    var segment: SegmentID
    var byteOffset: Int
    var byteCount: Int
}

/// A record as it was read: the head has been checked, and the body when it was read.
struct StoredRecord: Sendable {
    var head: RecordHead
    var bytes: [UInt8]
    var segment: LogSegment

    var key: [UInt8] { Record.key(of: head, in: bytes, at: 0) }
    var body: [UInt8] { Record.body(of: head, in: bytes, at: 0) }

    /// The key and the body where they stand in the record, without a copy.
    var keyBytes: ArraySlice<UInt8> {
        bytes[head.headByteCount..<head.bodyOffset]
    }
    var bodyBytes: ArraySlice<UInt8> {
        bytes[head.bodyOffset..<head.bodyOffset + head.storedByteCount]
    }

    /// Makes the body, without its first `prefixByteCount` bytes, of the array that the record was
    /// read into: an allocation and a copy less, 674 instructions of a read.
    consuming func takeBody(dropping prefixByteCount: Int) -> [UInt8] {
        let start = head.bodyOffset + prefixByteCount
        let end = head.bodyOffset + head.storedByteCount
        // Out of the record, which would be a second owner.
        var body: [UInt8] = []
        swap(&body, &bytes)
        body.keep(start..<end)
        return body
    }

    func hasKey(_ key: [UInt8]) -> Bool {
        let start = head.headByteCount
        return bytes.matches(key, in: start..<start + head.keyByteCount)
    }
}

/// Reads single records, and believes nothing before its checksum.
struct RecordReader: Sendable {
    let segments: SegmentTable
    let secret: HashSecret

    /// Most keys are shorter than this, so head and key come in one read.
    private static let headGuess = RecordHead.byteCount + 64

    /// Reads the whole record at `place` and checks all of it.
    func record(at place: RecordPlace) throws(LogError) -> StoredRecord {
        let segment = try segment(place.segment)
        return try record(in: segment, at: place.byteOffset, count: place.byteCount)
    }

    /// Reads the whole record of `slot` and checks all of it; from `pinned`, the slot's segment,
    /// when the caller holds on to it.
    func record(
        of slot: IndexSlot,
        in pinned: LogSegment? = nil
    ) throws(LogError) -> StoredRecord {
        let segment = if let pinned { pinned } else { try self.segment(of: slot) }
        var count = slot.recordByteCount
        if count == IndexSlot.recordByteCountMax {
            count = try head(in: segment, at: slot.byteOffset).head.recordByteCount
        }
        return try record(in: segment, at: slot.byteOffset, count: count)
    }

    /// Returns the length of the record of `slot`, from its head when the slot cannot tell; what
    /// the slot says when the head is damaged.
    func byteCount(of slot: IndexSlot) throws(LogError) -> Int {
        guard slot.recordByteCount == IndexSlot.recordByteCountMax else {
            return slot.recordByteCount
        }
        do throws(LogError) {
            return try head(of: slot).head.recordByteCount
        } catch {
            guard case .corrupted = error else { throw error }
            return slot.recordByteCount
        }
    }

    /// Reads head and key of the record of `slot`; the body stays unread.
    func head(of slot: IndexSlot) throws(LogError) -> StoredRecord {
        try head(in: try segment(of: slot), at: slot.byteOffset)
    }

    func segment(of slot: IndexSlot) throws(LogError) -> LogSegment {
        guard let segment = segments.segment(of: slot) else {
            throw .corrupted(
                LogDamage(
                    file: "index",
                    byteOffset: 0,
                    detail: "a slot names segment index \(slot.segmentIndex), which is not there"
                )
            )
        }
        return segment
    }

    /// Returns whose the record of `slot` is, from its head or, when that is damaged, from its
    /// segment's footer; nil when neither can tell.
    func identity(
        of slot: IndexSlot
    ) throws(LogError) -> (hash: KeyHash, sequence: UInt64)? {
        do throws(LogError) {
            let record = try head(of: slot)
            let start = record.head.headByteCount
            let hash = KeyHash(
                record.bytes,
                in: start..<start + record.head.keyByteCount,
                secret: secret
            )
            return (hash, record.head.sequence)
        } catch {
            guard case .corrupted = error else { throw error }
            return try footerEntry(of: slot).map { ($0.hash, $0.sequence) }
        }
    }

    /// Returns what the footer says of the record of `slot`; nil when there is none, or a damaged
    /// one.
    ///
    /// Only met when a record's head is damaged, so it may read the whole footer each time.
    func footerEntry(of slot: IndexSlot) throws(LogError) -> FooterEntry? {
        guard let segment = segments.segment(at: slot.segmentIndex) else { return nil }
        do throws(LogError) {
            let footer = try FooterFile.load(segment, from: segments)
            return footer.entries.first { $0.byteOffset == slot.byteOffset }
        } catch {
            // No footer, a damaged or a missing one, leaves the question open: the caller says so.
            switch error {
            case .corrupted, .notFound: return nil
            default: throw error
            }
        }
    }

    private func segment(_ id: SegmentID) throws(LogError) -> LogSegment {
        guard let segment = segments.segment(id) else {
            throw .corrupted(
                LogDamage(
                    file: FileName.segment(id).text,
                    byteOffset: 0,
                    detail: "a record refers to this segment, which the manifest does not name"
                )
            )
        }
        return segment
    }

    private func record(
        in segment: LogSegment,
        at byteOffset: Int,
        count: Int
    ) throws(LogError) -> StoredRecord {
        let bytes = try bytes(of: segment, at: byteOffset, count: count)
        let head = try decodeHead(bytes, in: segment, at: byteOffset)
        guard head.recordByteCount == count else {
            throw damage(segment, byteOffset, count, key: nil, "the record has another length")
        }
        do throws(FormatError) {
            try Record.checkBody(of: head, in: bytes, at: 0)
        } catch {
            let key = Record.key(of: head, in: bytes, at: 0)
            throw damage(segment, byteOffset, count, key: key, "body: \(error.text)")
        }
        return StoredRecord(head: head, bytes: bytes, segment: segment)
    }

    private func head(in segment: LogSegment, at byteOffset: Int) throws(LogError) -> StoredRecord {
        let layout = segment.layout
        var bytes = try bytes(
            of: segment,
            at: byteOffset,
            count: Self.headGuess,
            atLeast: layout.headByteCountMin
        )
        guard let needed = RecordHead.uncheckedByteCount(bytes, at: 0, layout: layout) else {
            throw damage(segment, byteOffset, nil, key: nil, "head: impossible key length")
        }
        if needed > bytes.count {
            bytes = try self.bytes(of: segment, at: byteOffset, count: needed)
        }
        let head = try decodeHead(bytes, in: segment, at: byteOffset)
        return StoredRecord(head: head, bytes: bytes, segment: segment)
    }

    private func decodeHead(
        _ bytes: [UInt8],
        in segment: LogSegment,
        at byteOffset: Int
    ) throws(LogError) -> RecordHead {
        do throws(FormatError) {
            return try RecordHead(
                decoding: bytes,
                at: 0,
                byteOffset: byteOffset,
                salt: segment.salt,
                layout: segment.layout
            )
        } catch {
            throw damage(segment, byteOffset, nil, key: nil, "head: \(error.text)")
        }
    }

    private func bytes(
        of segment: LogSegment,
        at byteOffset: Int,
        count: Int,
        atLeast minimum: Int? = nil
    ) throws(LogError) -> [UInt8] {
        let bytes: [UInt8]
        do throws(DiskError) {
            bytes = try segments.file(of: segment).bytes(at: byteOffset, count: count)
        } catch {
            if error.kind == .notFound { throw try missing(segment) }
            let failure = LogError(error, doing: "read")
            // For a reader it is of no use to know that one cannot write either.
            if case .readOnly(let fault) = failure { throw .unavailable(fault) }
            throw failure
        }
        guard bytes.count >= minimum ?? count else {
            throw damage(segment, byteOffset, count, key: nil, "the file ends before the record")
        }
        return bytes
    }

    /// Whoever only reads holds on to the segments that there were when it opened the store, and
    /// the writer may have compacted them since.
    private func missing(_ segment: LogSegment) throws(LogError) -> LogError {
        let manifest = try ManifestFile.load(from: segments.directory, isWriting: false)
        if let manifest, !manifest.segments.contains(where: { $0.id == segment.id }) {
            let detail = "the writer has compacted this segment; open the store again"
            return .unavailable(LogFault("read", file: segment.fileName, detail: detail))
        }
        return damage(segment, 0, nil, key: nil, "the segment file is missing")
    }

    private func damage(
        _ segment: LogSegment,
        _ byteOffset: Int,
        _ byteCount: Int?,
        key: [UInt8]?,
        _ detail: String
    ) -> LogError {
        .corrupted(
            LogDamage(
                file: segment.fileName,
                byteOffset: UInt64(byteOffset),
                byteCount: byteCount.map(UInt64.init),
                key: key,
                detail: detail
            )
        )
    }
}
