import DiskIO
import SegmentFormat

/// A segment and its open file, as one shelf of the table has them: one reference to count where a
/// reader would otherwise take two locks and count two.
final class OpenSegment: Sendable {
    let segment: LogSegment
    let file: any DiskFile
    /// Nil unless it is to be read out of memory, and can be.
    let mapping: SegmentMapping?

    init(_ segment: LogSegment, _ file: any DiskFile, _ mapping: SegmentMapping?) {
        self.segment = segment
        self.file = file
        self.mapping = mapping
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
        let stored = StoredRecord(
            head: head,
            bytes: bytes.copy(of: 0..<bytes.count),
            segment: segment
        )
        return try? core.resolve(stored, of: slot, key: key)
    }
}
