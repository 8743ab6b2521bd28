import Locks
import SegmentFormat

/// The dictionaries of compacted segments, as far as they are needed.
///
/// Segments that were compressed with the same one share it; so many are kept that are not.
final class DictionaryStore: Sendable {
    /// 150 KB each, digested.
    static let keptCountMax = 32

    private let reader: RecordReader
    private let kept = Mutex<[CompressionDictionary]>([])

    init(_ reader: RecordReader) {
        self.reader = reader
    }

    /// Bytes in memory.
    var byteCount: Int { kept.withLock { $0 }.reduce(0) { $0 + $1.byteCount } }

    /// Returns the dictionary of `segment`; nil when it has none.
    ///
    /// - Throws: `corrupted` when it is not what was written: then no value that was compressed
    ///   with it can be read, and all others can.
    func dictionary(of segment: LogSegment) throws(LogError) -> CompressionDictionary? {
        let (found, isLacking) = segment.withState { ($0.dictionary, $0.lacksDictionary) }
        if found != nil || isLacking { return found }
        let (place, isCertain) = try place(in: segment)
        guard let place else {
            if isCertain { segment.withState { $0.lacksDictionary = true } }
            return nil
        }
        let record = try reader.record(at: place)
        guard record.head.kind == .dictionary else { throw Self.damage(segment, place.byteOffset) }
        let shared = keep(CompressionDictionary(record.body))
        segment.withState { $0.dictionary = shared }
        return shared
    }

    /// Keeps `new`, or returns the one with the same bytes.
    func keep(_ new: CompressionDictionary) -> CompressionDictionary {
        kept.withLock { kept in
            if let place = kept.firstIndex(of: new) {
                let found = kept.remove(at: place)
                kept.append(found)
                return found
            }
            if kept.count == Self.keptCountMax { kept.removeFirst() }
            kept.append(new)
            return new
        }
    }

    /// Returns where it is, and whether that is certain: what could not be read may be there.
    private func place(
        in segment: LogSegment
    ) throws(LogError) -> (place: RecordPlace?, isCertain: Bool) {
        do throws(LogError) {
            let footer = try FooterFile.load(segment, from: reader.segments)
            guard footer.summary.dictionaryByteCount > 0 else { return (nil, true) }
            let place = RecordPlace(
                segment: segment.id,
                byteOffset: footer.summary.dictionaryOffset,
                byteCount: footer.summary.dictionaryByteCount
            )
            return (place, true)
        } catch {
            guard case .corrupted = error else { throw error }
            return try placeByScan(segment)
        }
    }

    /// Looks for it among the records, of which it is the last, when the footer can't tell.
    private func placeByScan(
        _ segment: LogSegment
    ) throws(LogError) -> (place: RecordPlace?, isCertain: Bool) {
        let end = segment.counts.dataEnd
        let file = try reader.segments.file(of: segment, doing: "find dictionary")
        var scan = SegmentScan(file, of: segment, limit: end, trustedEnd: end)
        var place: RecordPlace?
        let result = try scan.run { record in
            guard record.head.kind == .dictionary else { return }
            place = RecordPlace(
                segment: segment.id,
                byteOffset: record.byteOffset,
                byteCount: record.head.recordByteCount
            )
        }
        return (place, result.damages.isEmpty)
    }

    private static func damage(_ segment: LogSegment, _ byteOffset: Int) -> LogError {
        .corrupted(
            LogDamage(
                file: segment.fileName,
                byteOffset: UInt64(byteOffset),
                detail: "no dictionary where the footer says it is"
            )
        )
    }
}
