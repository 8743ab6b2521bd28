import Locks
import SegmentFormat

/// What the sessions of a segment have in common, so that none of them has to say it.
///
/// A value that is shared: the segments that were compressed with the same bytes have equal
/// dictionaries, and need only one of them in memory.
package final class CompressionDictionary: Sendable {
    package let bytes: [UInt8]

    /// CRC-32C of the bytes: tells dictionaries apart when they are equally long.
    package let checksum: UInt32

    /// Made when something is first decompressed, once; nil in it for bytes that are no dictionary.
    private let digest = Mutex<ZstandardDigest??>(nil)

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        checksum = CRC32C.checksum(bytes, in: 0..<bytes.count)
    }

    /// Bytes that it takes in memory, the digest included once it is made: twice its length and
    /// 27 KB then.
    package var byteCount: Int {
        bytes.count + digest.withLock { ($0 ?? nil)?.byteCount ?? 0 }
    }

    /// Whether something that is compressed with it can be decompressed again: not with bytes that
    /// only begin as a dictionary does.
    var isUsable: Bool {
        do throws(FormatError) {
            _ = try digested()
            return true
        } catch {
            return false
        }
    }

    /// The dictionary as the decompressor wants it; 20 µs for 64 KB, the first time.
    func digested() throws(FormatError) -> ZstandardDigest {
        let digest = digest.withLock { digest in
            if let digest { return digest }
            let made = ZstandardDigest(bytes)
            digest = .some(made)
            return made
        }
        guard let digest else { throw .impossible(field: "dictionary") }
        return digest
    }
}

extension CompressionDictionary: Equatable {
    package static func == (one: CompressionDictionary, other: CompressionDictionary) -> Bool {
        one === other || (one.checksum == other.checksum && one.bytes == other.bytes)
    }
}
