package import SegmentFormat

/// How bodies are to be stored.
package enum Compression: Equatable, Sendable {
    case none
    case lz4
    /// With what the sessions have in common, when that is known.
    case zstandard(level: Int, dictionary: CompressionDictionary?)

    /// What pays for a segment that is rarely written again.
    ///
    /// With a dictionary of 64 KB it makes 118 bytes of a session of 624 in 24 µs. Level 3 makes
    /// 133 in 4, level 9 makes 126 in nearly the time of this one, and level 15 makes 114 in 110.
    package static let standardLevel = 12
}

/// A value as it is stored.
package struct EncodedBody: Equatable, Sendable {
    package var codec: Codec
    package var bytes: [UInt8]

    package init(codec: Codec, bytes: [UInt8]) {
        self.codec = codec
        self.bytes = bytes
    }
}

/// Compresses values, each for itself.
///
/// Keeps contexts and buffers between calls; for one caller at a time.
package final class BodyEncoder {
    package let compression: Compression
    private let compressor: ZstandardCompressor?
    private var scratch: [UInt8] = []

    /// What a value must save to be stored compressed: less does not pay for decompressing it.
    static let gainPercentMin = 10

    /// The scratch buffer is kept between calls up to this length: one value of 16 MiB shall not
    /// cost as much for ever.
    static let keptByteCountMax = 256 * 1_024

    /// Nothing is compressed with a dictionary that is none: it could not be decompressed again.
    package init(_ compression: Compression) {
        self.compression = compression
        compressor =
            switch compression {
            case .none, .lz4: nil
            case .zstandard(let level, let dictionary):
                dictionary?.isUsable == false
                    ? nil
                    : ZstandardCompressor(dictionary: dictionary?.bytes ?? [], level: level)
            }
    }

    /// Bytes of contexts, digested dictionary and buffers.
    package var byteCount: Int { scratch.capacity + (compressor?.byteCount ?? 0) }

    /// Encodes a value for a record.
    ///
    /// - Parameters:
    ///   - value: At most ``FormatLimits/textByteCountMax`` bytes.
    ///   - key: What the decoder will be given, too.
    /// - Returns: The value as it is to be stored: compressed, or as it is when that would save
    ///   less than a tenth.
    package func encode(_ value: [UInt8], key: [UInt8]) -> EncodedBody {
        precondition(value.count <= FormatLimits.textByteCountMax)
        let raw = EncodedBody(codec: .none, bytes: value)
        guard compression != .none, !value.isEmpty else { return raw }
        // For LZ4, references would be 4 % of the size and a third of the time.
        let references = compressor == nil ? nil : KeyReferences.text(of: value, key: key)
        let byteCountMax = value.count - (value.count * Self.gainPercentMin + 99) / 100
        let body = compress(
            references ?? value,
            hasKeyReferences: references != nil,
            byteCountMax: byteCountMax
        )
        return body ?? raw
    }

    /// Returns the body of `text` when it has `byteCountMax` bytes at most.
    func compress(_ text: [UInt8], hasKeyReferences: Bool, byteCountMax: Int) -> EncodedBody? {
        defer { if scratch.count > Self.keptByteCountMax { scratch = [] } }
        var head = BodyHead(textByteCount: text.count, hasKeyReferences: hasKeyReferences)
        let codec: Codec
        let content: Range<Int>
        if let compressor {
            guard let count = compressor.compress(text, into: &scratch),
                let part = ZstandardFrame.part(of: scratch, count: count)
            else { return nil }
            head.hasBlockHeaders = part.hasBlockHeaders
            (codec, content) = (.zstandard, part.range)
        } else if compression == .lz4 {
            guard let count = LZ4Block.compress(text, into: &scratch) else { return nil }
            (codec, content) = (.lz4, 0..<count)
        } else {
            return nil
        }
        let byteCount = head.byteCount + content.count
        guard byteCount <= byteCountMax else { return nil }
        var body: [UInt8] = []
        body.reserveCapacity(byteCount)
        head.append(to: &body)
        body.append(contentsOf: scratch[content])
        return EncodedBody(codec: codec, bytes: body)
    }
}
