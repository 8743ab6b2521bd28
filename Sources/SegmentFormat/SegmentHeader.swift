/// The 64 bytes in front of a segment, laid out as in <doc:FileFormat>.
package struct SegmentHeader: Equatable, Sendable {
    package static let byteCount = 64
    package static let magic: UInt64 = 0x0A1A_474C_5353_5753  // "SWSSLG" 0x1A 0x0A

    package var features = FeatureSets()
    package var id: SegmentID
    package var storeID: UInt64

    /// Random, mixed into every checksum of a record's head: a record of another segment, or of an
    /// earlier life of this file's blocks, or one that a user wrote into a message, is none of
    /// ours.
    package var salt: UInt64

    package var createdAt: UInt64
    /// For a compaction's output, the sequence counter before its first liveness test; else 0.
    package var liveAsOf: UInt64

    package init(
        id: SegmentID,
        storeID: UInt64,
        salt: UInt64,
        createdAt: UInt64,
        liveAsOf: UInt64 = 0
    ) {
        self.id = id
        self.storeID = storeID
        self.salt = salt
        self.createdAt = createdAt
        self.liveAsOf = liveAsOf
    }

    /// Decodes the header in the first 64 of `bytes`; what follows it is not looked at.
    package init(decoding bytes: [UInt8], isWriting: Bool) throws(FormatError) {
        try Preamble.open(bytes, in: 0..<Self.byteCount, magic: Self.magic)
        features = FeatureSets(decoding: bytes, at: 16)
        try features.requireKnown(isWriting: isWriting)
        id = try SegmentID(decoding: bytes, at: 28)
        storeID = bytes.integer(at: 32)
        salt = bytes.integer(at: 40)
        createdAt = bytes.integer(at: 48)
        liveAsOf = bytes.integer(at: 56)
    }

    package func encoded() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.byteCount)
        features.encode(into: &bytes, at: 16)
        bytes.store(id.rawValue, at: 28)
        bytes.store(storeID, at: 32)
        bytes.store(salt, at: 40)
        bytes.store(createdAt, at: 48)
        bytes.store(liveAsOf, at: 56)
        Preamble.seal(&bytes, in: 0..<Self.byteCount, magic: Self.magic)
        return bytes
    }
}
