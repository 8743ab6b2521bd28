import SegmentFormat

/// What is stored of a Zstandard frame (RFC 8878), and how the frame is made of it again.
///
/// Of the 120 bytes of a session, 12 would be the same for all or said twice: magic number, frame
/// header and block header. They are left out, and put back in front of a copy: 10 ns, where the
/// library's own form without a magic number is not part of its stable interface and spares 4.
enum ZstandardFrame {
    /// The part of a frame that is stored.
    struct Part: Equatable {
        var range: Range<Int>
        /// Whether the part begins with a block's header, and not with what is in the only block.
        var hasBlockHeaders: Bool
    }

    private static let magic: UInt32 = 0xFD2F_B528
    private static let magicByteCount = 4
    private static let blockHeaderByteCount = 3

    /// A single segment with four bytes of size.
    private static let frameDescriptor: UInt8 = 0b1010_0000

    /// No block is longer.
    static let blockByteCountMax = 128 * 1_024

    /// Returns what to store of the frame in the first `count` bytes of `frame`; nil when it is not
    /// the kind of frame that is asked for here: with the content's size, without the identity of a
    /// dictionary and without a checksum.
    static func part(of frame: [UInt8], count: Int) -> Part? {
        guard count > magicByteCount, frame.integer(at: 0, as: UInt32.self) == magic else {
            return nil
        }
        // Bits 0 and 1 are for a dictionary's identity, 2 for a checksum, 5 for a single segment,
        // which has no window of its own, 6 and 7 for the length of the content's size.
        let descriptor = frame[magicByteCount]
        guard descriptor & 0b111 == 0, descriptor & 0b1110_0000 != 0 else { return nil }
        let sizeByteCount = 1 << Int(descriptor >> 6)
        let isSingleSegment = descriptor & 0b10_0000 != 0
        let start = magicByteCount + 1 + (isSingleSegment ? 0 : 1) + sizeByteCount
        guard count >= start + blockHeaderByteCount else { return nil }
        let block = blockHeader(of: frame, at: start)
        let content = start + blockHeaderByteCount..<count
        guard block == compressedBlockHeader(content.count) else {
            return Part(range: start..<count, hasBlockHeaders: true)
        }
        return Part(range: content, hasBlockHeaders: false)
    }

    /// Lays the frame out in `frame`, which is made long enough; returns how long it is.
    static func rebuild(
        of part: Span<UInt8>,
        _ head: BodyHead,
        into frame: inout [UInt8]
    ) throws(FormatError) -> Int {
        guard head.hasBlockHeaders || part.count <= blockByteCountMax else {
            throw .impossible(field: "block length")
        }
        frame.lengthen(to: headByteCountMax + part.count)
        return frame.withMutableBytes { layOut(part, head, in: &$0) }
    }

    /// Of the frame's header and a block's.
    static let headByteCountMax = 12

    /// Same in `frame`, which has room for ``headByteCountMax`` bytes more than the part, which is
    /// no longer than a block if its headers are to be made up.
    static func layOut(
        _ part: Span<UInt8>,
        _ head: BodyHead,
        in frame: inout MutableRawSpan
    ) -> Int {
        frame.store(magic, at: 0)
        frame.store(frameDescriptor, at: magicByteCount)
        frame.store(UInt32(head.textByteCount), at: magicByteCount + 1)
        var byteCount = magicByteCount + 1 + 4
        if !head.hasBlockHeaders {
            let block = compressedBlockHeader(part.count)
            frame.store(UInt16(truncatingIfNeeded: block), at: byteCount)
            frame.store(UInt8(block >> 16), at: byteCount + 2)
            byteCount += blockHeaderByteCount
        }
        frame.store(part, in: 0..<part.count, at: byteCount)
        return byteCount + part.count
    }

    /// The header of a compressed block that is the last.
    private static func compressedBlockHeader(_ byteCount: Int) -> Int {
        byteCount << 3 | 2 << 1 | 1
    }

    private static func blockHeader(of frame: [UInt8], at start: Int) -> Int {
        Int(frame[start]) | Int(frame[start + 1]) << 8 | Int(frame[start + 2]) << 16
    }
}
