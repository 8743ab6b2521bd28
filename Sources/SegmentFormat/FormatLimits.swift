/// The sizes and limits of the format; the article <doc:FileFormat> quotes them, and a test holds
/// it to them.
package enum FormatLimits {
    /// The version this code writes, and the newest it reads.
    package static let version: UInt16 = 1

    /// Everything in a segment begins at a multiple of this many bytes.
    package static let alignment = 8

    /// Longest key, in bytes.
    package static let keyByteCountMax = 4_096

    /// Longest value as stored, in bytes: 16 MiB of session and room for a codec that does not pay.
    package static let storedByteCountMax = 16 * 1_024 * 1_024 + 65_536

    /// Longest text of a compressed body, in bytes.
    ///
    /// Text is never longer than the value it stands for.
    package static let textByteCountMax = 16 * 1_024 * 1_024

    /// Shortest record, in bytes: a packed head with its padding.
    package static let recordByteCountMin = 16

    /// Longest record, in bytes: head, key, body and padding.
    package static let recordByteCountMax =
        aligned(RecordHead.byteCount + keyByteCountMax + storedByteCountMax)

    /// No record begins at or past this offset of a segment: its place must fit an index slot.
    package static let segmentByteCountMax = 256 * 1_024 * 1_024

    /// No record ends past this offset.
    package static let dataEndMax = segmentByteCountMax - alignment + recordByteCountMax

    /// Where a record may begin.
    package static let recordOffsets = SegmentHeader.byteCount..<segmentByteCountMax

    /// Greatest sequence number and manifest edition that is read; so far from the end of 64 bits
    /// that whoever counts on from what a file says does not overflow.
    package static let sequenceMax: UInt64 = (1 << 62) - 1

    /// Greatest next segment number that is read, as far from the end of 32 bits as a store has
    /// segments; at a segment a second, 136 years.
    package static let nextSegmentMax: UInt32 = .max - 65_536

    /// Most segments a store can have: their number must fit an index slot.
    package static let segmentCountMax = 65_535

    /// Largest manifest that is read at all, in bytes.
    package static let manifestByteCountMax =
        Manifest.headByteCount + segmentCountMax * ManifestSegment.byteCount

    /// Rounds `byteCount` up to the alignment.
    @inlinable
    package static func aligned(_ byteCount: Int) -> Int {
        (byteCount + alignment - 1) & ~(alignment - 1)
    }
}
