import Locks
package import SegmentFormat

/// Makes values of what is stored, for any number of callers at once.
package final class BodyDecoder: Sendable {
    /// So many contexts are kept for the next callers, 121 KB each; more callers at once make their
    /// own, and lose them.
    static let idleCountMax = 4

    /// A buffer longer than this goes with its caller.
    static let keptByteCountMax = 64 * 1_024

    private let idle = Mutex(Idle())

    private struct Idle {
        /// Nearly always enough.
        var first: ZstandardDecompressor?
        var others: [ZstandardDecompressor] = []

        mutating func take() -> ZstandardDecompressor? { first.take() ?? others.popLast() }

        mutating func keep(_ decompressor: ZstandardDecompressor) {
            if first == nil {
                first = decompressor
            } else if others.count < BodyDecoder.idleCountMax - 1 {
                others.append(decompressor)
            }
        }
    }

    package init() {}

    /// Bytes of the contexts that are kept.
    package var byteCount: Int {
        idle.withLock { idle in
            idle.others.reduce(idle.first?.byteCount ?? 0) { $0 + $1.byteCount }
        }
    }

    /// Decodes the body of a record.
    ///
    /// What comes out of bytes that were changed on the way is refused or bounded, and never taken
    /// for right: that is what the record's checksum is for, and the dictionary's.
    ///
    /// - Parameters:
    ///   - body: As stored.
    ///   - codec: The record's.
    ///   - key: The record's.
    ///   - dictionary: That of the record's segment; nil when it has none.
    ///   - limit: Longest value that can be right, in bytes; nothing longer is allocated.
    /// - Returns: The value.
    /// - Throws: `wrongLength` when the text has not the length that is said in front of it,
    ///   `impossible` for anything else that was never written.
    package func decode(
        _ body: ArraySlice<UInt8>,
        codec: Codec,
        key: ArraySlice<UInt8>,
        dictionary: CompressionDictionary? = nil,
        limit: Int = FormatLimits.textByteCountMax
    ) throws(FormatError) -> [UInt8] {
        guard codec != .none else {
            guard body.count <= limit else { throw .impossible(field: "value length") }
            return [UInt8](body)
        }
        let head = try BodyHead(decoding: body)
        // Text is never longer than its value.
        guard head.textByteCount <= limit else { throw .impossible(field: "text length") }
        let content = body.dropFirst(head.byteCount)
        let text =
            codec == .lz4
            ? try decodeLZ4(content, head)
            : try decodeZstandard(content, head, dictionary?.digested())
        guard head.hasKeyReferences else { return text }
        return try KeyReferences.value(of: text, key: key.span, limit: limit)
    }

    /// Decodes a short body of Zstandard, wherever its bytes are, without an array in between.
    ///
    /// - Returns: The value; nil for what is not short, and for what is not right in any way, which
    ///   ``decode(_:codec:key:dictionary:limit:)`` tells apart.
    func shortValue(
        of body: Span<UInt8>,
        key: Span<UInt8>,
        _ dictionary: ZstandardDigest?
    ) -> [UInt8]? {
        guard let head = try? BodyHead(decoding: body) else { return nil }
        let decompressor = idle.withLock { $0.take() } ?? ZstandardDecompressor()
        let part = body.extracting(droppingFirst: head.byteCount)
        let value = decompressor.value(of: part, head, key: key, dictionary)
        idle.withLock { $0.keep(decompressor) }
        return value
    }

    private func decodeLZ4(
        _ block: ArraySlice<UInt8>,
        _ head: BodyHead
    ) throws(FormatError) -> [UInt8] {
        guard !head.hasBlockHeaders else { throw .impossible(field: "LZ4 block") }
        let text = LZ4Block.decompress(block, byteCount: head.textByteCount)
        guard let text else { throw .impossible(field: "LZ4 block") }
        return text
    }

    private func decodeZstandard(
        _ part: ArraySlice<UInt8>,
        _ head: BodyHead,
        _ dictionary: ZstandardDigest?
    ) throws(FormatError) -> [UInt8] {
        let decompressor = idle.withLock { $0.take() } ?? ZstandardDecompressor()
        defer { keep(decompressor) }
        let count = try ZstandardFrame.rebuild(of: part.span, head, into: &decompressor.frame)
        let text = decompressor.decompress(count, byteCount: head.textByteCount, dictionary)
        guard let text else { throw .impossible(field: "Zstandard frame") }
        return text
    }

    private func keep(_ decompressor: ZstandardDecompressor) {
        if decompressor.frame.capacity > Self.keptByteCountMax { decompressor.frame = [] }
        idle.withLock { $0.keep(decompressor) }
    }
}
