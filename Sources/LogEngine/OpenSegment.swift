import DiskIO
import SegmentFormat

import struct Synchronization.Atomic

/// A segment and its open file, as one shelf of the table has them: one reference to count where a
/// reader would otherwise take two locks and count two.
final class OpenSegment: Sendable {
    let segment: LogSegment
    let file: any DiskFile
    /// The file's bytes in memory, when they are to be read there; held for what follows.
    private let mapping: FileMapping?
    /// Where they are and how many, none without a mapping: asking the mapping, which all readers
    /// share, would count two references to it for each read.
    let mappedAddress: UInt
    let mappedByteCount: Int
    /// Up to here there are records, and the file has them, as far as was asked.
    private let readableByteCount = Atomic(0)

    init(_ segment: LogSegment, _ file: any DiskFile, _ mapping: FileMapping?) {
        self.segment = segment
        self.file = file
        self.mapping = mapping
        mappedAddress = mapping?.address ?? 0
        mappedByteCount = mapping?.byteCount ?? 0
    }

    /// Whether bytes that end at `end` are mapped, and are of records that the file has, so that
    /// they may be touched.
    ///
    /// A segment's file is never cut where there are records; behind them it is, at its end.
    func isMapped(upTo end: Int) -> Bool {
        guard end <= mappedByteCount else { return false }
        if end <= readableByteCount.load(ordering: .relaxed) { return true }
        // The active segment grows.
        let dataEnd = segment.counts.dataEnd
        guard end <= dataEnd, let found = try? file.byteCount() else { return false }
        let readable = min(dataEnd, Int(clamping: found))
        readableByteCount.store(readable, ordering: .relaxed)
        return end <= readable
    }

    /// Returns what `bytes` say, which were read from where the record of `slot` is; nil when they
    /// are not the key's record, or there is any doubt about them.
    @inline(__always)
    func record(
        in bytes: Span<UInt8>,
        of slot: IndexSlot,
        at byteOffset: Int,
        key: [UInt8],
        for core: LogCore
    ) -> LogRecord? {
        guard segment.layout == .plain,
            let plain = PlainValue(
                checking: bytes,
                key: key.span,
                byteOffset: byteOffset,
                salt: segment.salt
            )
        else { return unusualRecord(in: bytes, of: slot, key: key, for: core) }
        return LogRecord(
            key: key,
            value: bytes.copy(of: plain.start..<plain.end),
            revision: plain.sequence,
            activity: plain.activity,
            lifetime: ValueLifetime(plain.lifetime)
        )
    }

    /// Same of a touch, or a value that is stored in another way.
    @inline(never)
    private func unusualRecord(
        in bytes: Span<UInt8>,
        of slot: IndexSlot,
        key: [UInt8],
        for core: LogCore
    ) -> LogRecord? {
        guard
            let head = RecordHead(
                checking: bytes,
                key: key.span,
                byteOffset: slot.byteOffset,
                salt: segment.salt,
                layout: segment.layout
            )
        else { return nil }
        if head.kind == .put, let value = shortValue(in: bytes, head, key, core) {
            return LogRecord(
                key: key,
                value: value,
                revision: head.sequence,
                activity: head.activity,
                lifetime: ValueLifetime(head.lifetime)
            )
        }
        let stored = StoredRecord(
            head: head,
            bytes: bytes.copy(of: 0..<bytes.count),
            segment: segment
        )
        return try? core.resolve(stored, of: slot, key: key)
    }

    /// Returns the value of a record that was checked; nil when it is not to be had without copies
    /// in between.
    private func shortValue(
        in bytes: Span<UInt8>,
        _ head: RecordHead,
        _ key: [UInt8],
        _ core: LogCore
    ) -> [UInt8]? {
        let body = head.bodyOffset..<head.bodyOffset + head.storedByteCount
        switch Codec(rawValue: head.codec) {
        case Codec.none?: return bytes.copy(of: body)
        case .zstandard?:
            let digest: ZstandardDigest?
            do {
                digest = try core.dictionaries.dictionary(of: segment)?.digested()
            } catch {
                return nil
            }
            return core.decoder.shortValue(of: bytes.extracting(body), key: key.span, digest)
        case .lz4?, nil: return nil
        }
    }
}
