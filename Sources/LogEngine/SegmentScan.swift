import DiskIO
import SegmentFormat

/// One record that a scan vouches for.
struct ScannedRecord {
    var head: RecordHead
    var key: [UInt8]
    var byteOffset: Int
    /// The head is whole, and the body is not.
    var isBodyDamaged: Bool
}

/// What a footer would say of a record, and its length.
struct ScannedEntry {
    var entry: FooterEntry
    var byteCount: Int

    init(_ record: ScannedRecord, hash: KeyHash) {
        entry = FooterEntry(record.head, hash: hash, byteOffset: record.byteOffset)
        byteCount = record.head.recordByteCount
    }

    init(_ footer: Footer, _ index: Int) {
        entry = footer.entries[index]
        byteCount = footer.recordEnd(of: index) - entry.byteOffset
    }
}

/// What a scan found, besides records.
struct ScanResult {
    /// Where the last record ends.
    var end: Int
    var recordCount = 0
    var lastSequence: UInt64 = 0
    /// The furthest that any of the records promises to have been synced.
    var syncedThrough = 0
    var damages: [LogDamage] = []

    /// A head is damaged: whose records are lost there, nobody can tell without the footer.
    var hasUnknownLoss = false

    /// Bytes beyond the end, up to the last that is not zero, that were never durable.
    var tornByteCount = 0
}

/// Walks a segment's records from its front, and tells a torn tail from damage by proof.
///
/// Bytes that are no record are damage when they were durable once: because the manifest said so
/// (`trustedEnd`), or because a whole record behind them says, by its synced-through witness, that
/// everything up to beyond them was synced when it was written. What no such proof covers was never
/// acknowledged as durable: it is torn, and with it all that follows.
struct SegmentScan {
    private var window: FileWindow
    private let fileName: String
    private let salt: UInt64
    private let layout: RecordLayout
    private let limit: Int
    private let trustedEnd: Int
    private var result: ScanResult
    /// The furthest promise of any head behind the first bad bytes; looked for once, when needed.
    private var witnessedEnd: Int?

    /// Prepares a scan.
    ///
    /// - Parameters:
    ///   - file: The segment's.
    ///   - segment: Says how its heads are laid out, and salted.
    ///   - limit: Where records must end: the footer's place, or the file's end.
    ///   - trustedEnd: Up to where the manifest or a checkpoint says the bytes were durable.
    init(_ file: any DiskFile, of segment: LogSegment, limit: Int, trustedEnd: Int) {
        self.window = FileWindow(file, limit: limit)
        self.fileName = file.name
        self.salt = segment.salt
        self.layout = segment.layout
        self.limit = limit
        self.trustedEnd = min(trustedEnd, limit)
        self.result = ScanResult(end: SegmentHeader.byteCount)
    }

    /// Scans; calls `body` for each record in order.
    mutating func run(_ body: (ScannedRecord) -> Void) throws(LogError) -> ScanResult {
        while result.end < limit {
            guard let head = try head(at: result.end) else {
                guard try skipDamage() else { break }
                continue
            }
            let isWhole = try isBodyWhole(of: head, at: result.end)
            if !isWhole, try !wasDurable(at: result.end) { break }
            let key = try key(of: head, at: result.end)
            if !isWhole { report(head, key: key) }
            body(
                ScannedRecord(
                    head: head,
                    key: key,
                    byteOffset: result.end,
                    isBodyDamaged: !isWhole
                )
            )
            result.recordCount += 1
            result.lastSequence = head.sequence
            result.syncedThrough = max(result.syncedThrough, head.syncedThrough)
            result.end += head.recordByteCount
        }
        result.tornByteCount = try lastNonZero(from: result.end) - result.end
        return result
    }

    // MARK: One record

    /// Returns the head at `byteOffset`, or nil when there is none that can follow the last.
    private mutating func head(at byteOffset: Int) throws(LogError) -> RecordHead? {
        guard byteOffset + layout.headByteCountMin <= limit else { return nil }
        let atHand = min(layout.headByteCountMax, limit - byteOffset)
        var offset = try window.require(byteOffset, count: atHand)
        let unchecked = RecordHead.uncheckedByteCount(window.bytes, at: offset, layout: layout)
        guard let needed = unchecked, byteOffset + needed <= limit else { return nil }
        offset = try window.require(byteOffset, count: needed)
        // No head, whatever the reason, is what the caller acts on.
        let head = try? RecordHead(
            decoding: window.bytes,
            at: offset,
            byteOffset: byteOffset,
            salt: salt,
            layout: layout
        )
        guard let head, head.sequence > result.lastSequence,
            byteOffset + head.recordByteCount <= limit
        else { return nil }
        return head
    }

    private mutating func isBodyWhole(
        of head: RecordHead,
        at byteOffset: Int
    ) throws(LogError) -> Bool {
        let offset = try window.require(byteOffset, count: head.recordByteCount)
        do throws(FormatError) {
            try Record.checkBody(of: head, in: window.bytes, at: offset)
            return true
        } catch {
            return false
        }
    }

    private mutating func key(of head: RecordHead, at byteOffset: Int) throws(LogError) -> [UInt8] {
        let offset = try window.require(byteOffset, count: head.bodyOffset)
        return Record.key(of: head, in: window.bytes, at: offset)
    }

    private mutating func report(_ head: RecordHead, key: [UInt8]) {
        result.damages.append(
            LogDamage(
                file: fileName,
                byteOffset: UInt64(result.end),
                byteCount: UInt64(head.recordByteCount),
                key: key,
                detail: "the record's body is not what was written"
            )
        )
    }

    // MARK: Proof

    private mutating func wasDurable(at byteOffset: Int) throws(LogError) -> Bool {
        if byteOffset < trustedEnd { return true }
        if let witnessedEnd { return byteOffset < witnessedEnd }
        let witnessedEnd = try furthestPromise(behind: byteOffset)
        self.witnessedEnd = witnessedEnd
        return byteOffset < witnessedEnd
    }

    /// Steps over bytes that were records once; false when they are a torn tail instead.
    private mutating func skipDamage() throws(LogError) -> Bool {
        let start = result.end
        guard try wasDurable(at: start) else { return false }
        let durableEnd = max(trustedEnd, witnessedEnd ?? 0)
        var next = start + FormatLimits.alignment
        while next < durableEnd, try head(at: next) == nil { next += FormatLimits.alignment }
        result.end = min(next, limit)
        result.hasUnknownLoss = true
        result.damages.append(
            LogDamage(
                file: fileName,
                byteOffset: UInt64(start),
                byteCount: UInt64(result.end - start),
                detail: "not the records that were written here"
            )
        )
        return true
    }

    private mutating func furthestPromise(behind byteOffset: Int) throws(LogError) -> Int {
        var furthest = 0
        var position = byteOffset + FormatLimits.alignment
        while position + layout.headByteCountMin <= limit {
            if let head = try head(at: position) {
                furthest = max(furthest, head.syncedThrough)
                position += head.recordByteCount
            } else {
                position = try nextNonZero(from: position + FormatLimits.alignment)
            }
        }
        return furthest
    }

    /// Returns the first aligned place from `byteOffset` on where a head may be: none begins in the
    /// zeros that a segment is filled with ahead, and there are megabytes of them.
    private mutating func nextNonZero(from byteOffset: Int) throws(LogError) -> Int {
        var position = byteOffset
        for block in [4_096, FormatLimits.alignment] {
            while position + block <= limit {
                let offset = try window.require(position, count: block)
                guard window.bytes.isZero(in: offset..<offset + block) else { break }
                position += block
            }
        }
        // A head's last 32 bytes may be the first that are not zero.
        return max(byteOffset, position - (RecordHead.byteCount - FormatLimits.alignment))
    }

    private mutating func lastNonZero(from byteOffset: Int) throws(LogError) -> Int {
        var end = limit
        while end > byteOffset {
            let count = min(64 * 1_024, end - byteOffset)
            let start = end - count
            let offset = try window.require(start, count: count)
            if let last = window.bytes[offset..<offset + count].lastIndex(where: { $0 != 0 }) {
                return start + (last - offset) + 1
            }
            end = start
        }
        return byteOffset
    }
}

/// A stretch of a file in memory that moves along as it is asked for.
struct FileWindow {
    private let file: any DiskFile
    private let limit: Int
    /// What errors say was being done.
    private let doing: String
    private var start = 0
    private(set) var bytes: [UInt8] = []

    /// What one read fetches at least: enough to make the call's cost disappear.
    private static let readByteCount = 1_024 * 1_024

    init(_ file: any DiskFile, limit: Int, doing: String = "scan") {
        self.file = file
        self.limit = limit
        self.doing = doing
    }

    /// Makes sure that `count` bytes from `byteOffset` are in `bytes`; returns where they begin.
    mutating func require(_ byteOffset: Int, count: Int) throws(LogError) -> Int {
        if byteOffset >= start, byteOffset + count <= start + bytes.count {
            return byteOffset - start
        }
        let wanted = min(max(count, Self.readByteCount), limit - byteOffset)
        var fetched = try file.bytes(at: byteOffset, count: wanted, doing: doing)
        // A file that has become shorter than it said reads as zeros, which are no record.
        if fetched.count < count {
            fetched.append(contentsOf: repeatElement(0, count: count - fetched.count))
        }
        (start, bytes) = (byteOffset, fetched)
        return 0
    }
}

extension LogCore {
    /// Returns what a footer would say of the records of `segment`, and what else its scan found.
    func scannedEntries(
        of segment: LogSegment,
        in file: any DiskFile,
        limit: Int,
        trustedEnd: Int
    ) throws(LogError) -> ([ScannedEntry], ScanResult) {
        var scan = SegmentScan(file, of: segment, limit: limit, trustedEnd: trustedEnd)
        var entries: [ScannedEntry] = []
        let result = try scan.run { record in
            entries.append(ScannedEntry(record, hash: hash(record.key)))
        }
        return (entries, result)
    }
}
