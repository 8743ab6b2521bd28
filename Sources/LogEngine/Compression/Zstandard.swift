import CZstd
import SegmentFormat

// The file of this module that calls libzstd: for the length of a call it is lent arrays, or rooms
// made here, with their lengths; every object it makes has one owner here, whose end is its end.
// Only the library's stable interface is used: its experimental symbols may be missing from the
// next version.

/// What compresses: a context, and the dictionary digested for one level.
///
/// For one caller at a time.
@safe final class ZstandardCompressor {
    static let levels = 1...19

    /// As a power of two: a value of 16 MiB then takes 7 MB and not 51, and 3 % more when stored;
    /// one of less than 256 KB is not changed.
    private static let windowLog: Int32 = 18

    private let context: OpaquePointer
    private let digest: OpaquePointer?

    /// Nil when the bytes cannot be a dictionary.
    ///
    /// - Parameters:
    ///   - dictionary: Empty for none.
    ///   - level: Out of ``levels``; what is beyond them is taken as the nearest.
    init?(dictionary: [UInt8], level: Int) {
        let level = Int32(min(max(level, Self.levels.lowerBound), Self.levels.upperBound))
        guard let context = unsafe ZSTD_createCCtx() else {
            preconditionFailure("no memory for a compression context")
        }
        unsafe self.context = context
        // The defaults already: the content's size is in the frame, and no checksum.
        unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
        unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, Self.windowLog)
        unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_dictIDFlag, 0)
        unsafe digest =
            dictionary.isEmpty
            ? nil
            : dictionary.withUnsafeBytes { bytes in
                unsafe ZSTD_createCDict(bytes.baseAddress, bytes.count, level)
            }
        guard unsafe digest != nil || dictionary.isEmpty else { return nil }
        unsafe ZSTD_CCtx_refCDict(context, digest)
    }

    deinit {
        unsafe ZSTD_freeCCtx(context)
        unsafe ZSTD_freeCDict(digest)
    }

    /// Bytes of context and digest.
    var byteCount: Int {
        unsafe ZSTD_sizeof_CCtx(context) + ZSTD_sizeof_CDict(digest)
    }

    /// Returns the length of the frame of `text`, at the front of `frame`, which is made long
    /// enough; nil when there is none.
    func compress(_ text: [UInt8], into frame: inout [UInt8]) -> Int? {
        frame.lengthen(to: ZSTD_compressBound(text.count))
        let count = unsafe text.withUnsafeBytes { text in
            unsafe frame.withUnsafeMutableBytes { frame in
                unsafe ZSTD_compress2(
                    context,
                    frame.baseAddress,
                    frame.count,
                    text.baseAddress,
                    text.count
                )
            }
        }
        return ZSTD_isError(count) == 0 ? count : nil
    }
}

/// A dictionary digested for decompression; never changed, so that it needs no lock.
@safe final class ZstandardDigest: Sendable {
    nonisolated(unsafe) fileprivate let digest: OpaquePointer

    /// Nil when the bytes cannot be a dictionary.
    init?(_ dictionary: [UInt8]) {
        let made = unsafe dictionary.withUnsafeBytes { bytes in
            unsafe ZSTD_createDDict(bytes.baseAddress, bytes.count)
        }
        guard let digest = unsafe made else { return nil }
        unsafe self.digest = digest
    }

    deinit {
        unsafe ZSTD_freeDDict(digest)
    }

    /// Bytes of the digest, its copy of the dictionary included.
    var byteCount: Int { unsafe ZSTD_sizeof_DDict(digest) }
}

/// What decompresses: a context and the buffer where frames are made up again.
///
/// For one caller at a time: the lock of the ``BodyDecoder`` it belongs to hands it on.
@safe final class ZstandardDecompressor: @unchecked Sendable {
    private let context: OpaquePointer
    /// Written by ``ZstandardFrame`` before each call.
    var frame: [UInt8] = []
    /// The frame, the text and the value of something short: each of ``roomByteCount`` bytes.
    private let rooms: UnsafeMutableRawBufferPointer

    /// Bodies and values up to this length need no array but the one that is handed out.
    static let shortByteCountMax = 8_192 - ZstandardFrame.headByteCountMax
    private static let roomByteCount = 8_192

    init() {
        guard let context = unsafe ZSTD_createDCtx() else {
            preconditionFailure("no memory for a decompression context")
        }
        unsafe self.context = context
        unsafe rooms = .allocate(byteCount: 3 * Self.roomByteCount, alignment: 16)
    }

    deinit {
        unsafe ZSTD_freeDCtx(context)
        unsafe rooms.deallocate()
    }

    /// Bytes of context and buffers.
    var byteCount: Int { unsafe ZSTD_sizeof_DCtx(context) + frame.capacity + rooms.count }

    private func room(_ number: Int) -> UnsafeMutableRawBufferPointer {
        let start = number * Self.roomByteCount
        return unsafe UnsafeMutableRawBufferPointer(
            rebasing: rooms[start..<start + Self.roomByteCount]
        )
    }

    /// Returns the value of `part`, what is stored of a frame, when it and its text are short; nil
    /// for everything else, as well as for what is not right.
    ///
    /// An array is made for the value only: 1,900 instructions of a read were for those in between.
    func value(
        of part: Span<UInt8>,
        _ head: BodyHead,
        key: Span<UInt8>,
        _ dictionary: ZstandardDigest?
    ) -> [UInt8]? {
        guard max(part.count, head.textByteCount) <= Self.shortByteCountMax else { return nil }
        let frame = unsafe room(0)
        let text = unsafe room(1)
        let value = unsafe room(2)
        var span = unsafe MutableRawSpan(_unsafeBytes: frame)
        let frameByteCount = ZstandardFrame.layOut(part, head, in: &span)
        let result = unsafe ZSTD_decompress_usingDDict(
            context,
            text.baseAddress,
            head.textByteCount,
            frame.baseAddress,
            frameByteCount,
            dictionary?.digest
        )
        guard ZSTD_isError(result) == 0, result == head.textByteCount else { return nil }
        // Zstandard has written all of it.
        let bytes = unsafe text.bindMemory(to: UInt8.self).extracting(..<result)
        guard head.hasKeyReferences else { return unsafe [UInt8](bytes) }
        span = unsafe MutableRawSpan(_unsafeBytes: value)
        guard let count = unsafe KeyReferences.layOut(bytes.span, key: key, in: &span) else {
            return nil
        }
        return unsafe [UInt8](value.bindMemory(to: UInt8.self).extracting(..<count))
    }

    /// Returns what the first `count` bytes of ``frame`` hold when that is `byteCount` bytes, and
    /// nil otherwise.
    ///
    /// The caller has limited `byteCount`.
    func decompress(_ count: Int, byteCount: Int, _ dictionary: ZstandardDigest?) -> [UInt8]? {
        precondition(count <= frame.count)
        let text = unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { text, textCount in
            let result = unsafe frame.withUnsafeBytes { frame in
                unsafe ZSTD_decompress_usingDDict(
                    context,
                    text.baseAddress,
                    byteCount,
                    frame.baseAddress,
                    count,
                    dictionary?.digest
                )
            }
            textCount = ZSTD_isError(result) == 0 ? result : 0
        }
        return text.count == byteCount ? text : nil
    }
}

/// Texts of sessions end to end, as the library wants them for training.
struct ZstandardSamples {
    private(set) var bytes: [UInt8] = []
    private(set) var byteCounts: [Int] = []

    var count: Int { byteCounts.count }

    mutating func append(_ text: ArraySlice<UInt8>) {
        bytes.append(contentsOf: text)
        byteCounts.append(text.count)
    }

    /// Returns what most samples have in common, `byteCountMax` bytes of it at most; nil when there
    /// are too few samples, or they have too little in common.
    func train(byteCountMax: Int) -> [UInt8]? {
        unsafe make(byteCountMax) { dictionary in
            unsafe bytes.withUnsafeBytes { bytes in
                unsafe byteCounts.withUnsafeBufferPointer { counts in
                    unsafe ZDICT_trainFromBuffer(
                        dictionary.baseAddress,
                        dictionary.count,
                        bytes.baseAddress,
                        counts.baseAddress,
                        UInt32(counts.count)
                    )
                }
            }
        }
    }

    /// Returns `dictionary` with the statistics of these samples at `level` in place of those it
    /// was trained with, which are of level 3; nil when there are too few samples.
    ///
    /// Takes as long as compressing the samples, so one in `share` must do.
    func finish(_ dictionary: [UInt8], level: Int, share: Int) -> [UInt8]? {
        let headerByteCount = unsafe dictionary.withUnsafeBytes { bytes in
            unsafe ZDICT_getDictHeaderSize(bytes.baseAddress, bytes.count)
        }
        guard ZDICT_isError(headerByteCount) == 0 else { return nil }
        // One identity for all: frames do not name their dictionary, segments do.
        let parameters = ZDICT_params_t(
            compressionLevel: Int32(level),
            notificationLevel: 0,
            dictID: 1 << 15
        )
        return unsafe make(dictionary.count) { finished in
            unsafe dictionary.withUnsafeBytes { dictionary in
                unsafe bytes.withUnsafeBytes { bytes in
                    unsafe byteCounts.withUnsafeBufferPointer { counts in
                        unsafe ZDICT_finalizeDictionary(
                            finished.baseAddress,
                            finished.count,
                            dictionary.baseAddress?.advanced(by: headerByteCount),
                            dictionary.count - headerByteCount,
                            bytes.baseAddress,
                            counts.baseAddress,
                            UInt32(counts.count / share),
                            parameters
                        )
                    }
                }
            }
        }
    }

    private func make(
        _ capacity: Int,
        _ body: (UnsafeMutableRawBufferPointer) -> Int
    ) -> [UInt8]? {
        let dictionary = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            let result = unsafe body(UnsafeMutableRawBufferPointer(buffer))
            count = ZDICT_isError(result) == 0 ? result : 0
        }
        return dictionary.isEmpty ? nil : dictionary
    }
}
