/// The sixteen bytes in front of every structure that has a file, or the end of one, to itself.
///
/// `magic 8 · version 2 · reserved 2 · check 4`. These stay where they are in every version, and
/// the version is looked at before the checksum, so that a newer file is refused by name rather
/// than taken for a damaged one.
package enum Preamble {
    package static let byteCount = 16

    /// Completes a structure laid out in `bytes` from `start` to `end`: magic, version and
    /// checksum.
    package static func seal(
        _ bytes: inout [UInt8],
        in range: Range<Int>,
        magic: UInt64,
        seed: UInt32 = 0
    ) {
        precondition(range.count >= byteCount)
        bytes.store(magic, at: range.lowerBound)
        bytes.store(FormatLimits.version, at: range.lowerBound + 8)
        bytes.store(UInt16(0), at: range.lowerBound + 10)
        bytes.store(check(bytes, in: range, seed: seed), at: range.lowerBound + 12)
    }

    /// Checks magic, then version, length and checksum; nothing else may be believed before.
    ///
    /// `range` is what the structure needs, which may be more than there is.
    package static func open(
        _ bytes: [UInt8],
        in range: Range<Int>,
        magic: UInt64,
        seed: UInt32 = 0
    ) throws(FormatError) {
        let expected = max(range.count, byteCount)
        let found = bytes.count - range.lowerBound
        try requireReadable(bytes, at: range.lowerBound, magic: magic)
        guard range.count == expected, found >= expected else {
            throw .wrongLength(expected: expected, found: max(min(found, range.count), 0))
        }
        let stored: UInt32 = bytes.integer(at: range.lowerBound + 12)
        guard stored == check(bytes, in: range, seed: seed) else { throw .checksumMismatch }
        guard bytes.integer(at: range.lowerBound + 8, as: UInt16.self) > 0 else {
            throw .impossible(field: "version")
        }
    }

    /// Checks magic and version as far as the bytes reach, so that the short file of somebody else
    /// is called foreign, and the short file of a newer program newer, rather than damaged.
    static func requireReadable(
        _ bytes: [UInt8],
        at offset: Int,
        magic: UInt64
    ) throws(FormatError) {
        guard bytes.count - offset >= 8 else { return }
        guard bytes.integer(at: offset) == magic else { throw .foreign }
        guard bytes.count - offset >= 10 else { return }
        let version: UInt16 = bytes.integer(at: offset + 8)
        guard version <= FormatLimits.version else {
            throw .unsupported(version: version, features: 0)
        }
    }

    /// Covers all of `range` but the checksum itself.
    private static func check(_ bytes: [UInt8], in range: Range<Int>, seed: UInt32) -> UInt32 {
        let start = range.lowerBound
        let front = CRC32C.checksum(bytes, in: start..<start + 12, seed: seed)
        return CRC32C.checksum(bytes, in: start + 16..<range.upperBound, seed: front)
    }
}

/// Feature bits, as in ext4: what an old program may do with a file of a newer one.
package struct FeatureSets: Equatable, Sendable {
    /// May be ignored.
    package var compatible: UInt32 = 0
    /// May be ignored by who only reads.
    package var readOnlyCompatible: UInt32 = 0
    /// Must be understood, or the file left alone.
    package var incompatible: UInt32 = 0

    package init() {}

    init(decoding bytes: [UInt8], at offset: Int) {
        compatible = bytes.integer(at: offset)
        readOnlyCompatible = bytes.integer(at: offset + 4)
        incompatible = bytes.integer(at: offset + 8)
    }

    func encode(into bytes: inout [UInt8], at offset: Int) {
        bytes.store(compatible, at: offset)
        bytes.store(readOnlyCompatible, at: offset + 4)
        bytes.store(incompatible, at: offset + 8)
    }

    /// Refuses what this version does not know; it knows no feature yet.
    func requireKnown(isWriting: Bool) throws(FormatError) {
        guard incompatible == 0 else {
            throw .unsupported(version: FormatLimits.version, features: incompatible)
        }
        guard !isWriting || readOnlyCompatible == 0 else {
            throw .unsupported(version: FormatLimits.version, features: readOnlyCompatible)
        }
    }
}
