import CPeers

/// Sessions that are compressed one by one as compaction does it, by the library itself.
///
/// For one thread.
final class ZstdBench {
    /// Compaction's.
    private static let level: Int32 = 12
    private static let dictionaryByteCountMax = 64 * 1_024
    /// How many bytes of sessions compaction trains a dictionary with.
    private static let sampleByteCount = 1_600_000

    /// No session of the workload takes more, compressed or not.
    static let byteCountMax = 4_096

    private let zstd: OpaquePointer

    /// Trains a dictionary on sessions from all over the first `records`.
    init(_ records: Int) throws {
        var workload = Workload()
        var (samples, counts): ([UInt8], [Int]) = ([], [])
        for record in Workload.permutation(salt: 1, records) {
            let text = Self.text(of: UInt64(record), &workload)
            samples.append(contentsOf: text)
            counts.append(text.count)
            if samples.count >= Self.sampleByteCount { break }
        }
        let opened = samples.withUnsafeBytes { samples in
            raw_zstd_open(
                Self.level,
                Self.dictionaryByteCountMax,
                samples.baseAddress,
                counts,
                UInt32(counts.count)
            )
        }
        guard let opened else { throw Self.failure("train a dictionary") }
        zstd = opened
    }

    deinit {
        raw_zstd_close(zstd)
    }

    /// What compaction would compress of a record: three bytes stand for the id, which the key has
    /// as well.
    static func text(of record: UInt64, _ workload: inout Workload) -> [UInt8] {
        let (key, value) = (workload.key(record), workload.value(record, version: 0))
        let id = key.drop { $0 != UInt8(ascii: ":") }.dropFirst()
        guard let first = id.first else { return value }
        var text: [UInt8] = []
        text.reserveCapacity(value.count)
        var rest = value[...]
        while let next = rest.firstIndex(of: first) {
            text.append(contentsOf: rest[..<next])
            rest = rest[next...]
            if rest.starts(with: id) {
                text.append(contentsOf: [0xff, 0, 0])
                rest = rest.dropFirst(id.count)
            } else {
                text.append(rest.removeFirst())
            }
        }
        return text + rest
    }

    /// Compresses `text` into `frame`, and returns how many bytes it takes there.
    func compress(_ text: [UInt8], into frame: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = raw_zstd_compress(zstd, text, text.count, frame.baseAddress, frame.count)
        guard count > 0 else { throw Self.failure("compress a text") }
        return count
    }

    /// Decompresses `frame` into `text`, and returns how many bytes that is.
    @inline(__always)
    func decompress(
        _ frame: UnsafeRawBufferPointer,
        into text: UnsafeMutableRawBufferPointer
    ) throws -> Int {
        let count = raw_zstd_decompress(
            zstd, frame.baseAddress, frame.count, text.baseAddress, text.count)
        guard count > 0 else { throw Self.failure("decompress a text") }
        return count
    }

    private static func failure(_ what: String) -> BenchError {
        BenchError("\(what): \(String(cString: peer_error()))")
    }
}
