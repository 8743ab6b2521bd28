/// The names of the files of a store; the only place that knows them.
package enum FileName: Equatable, Sendable {
    case lock
    case manifest
    case newManifest
    case checkpoint
    case newCheckpoint
    /// Space to give up on a full disk, so that removals can be written.
    case reserve
    case segment(SegmentID)
    /// What recovery cut from the end of a segment.
    case cut(SegmentID, byteOffset: UInt64)

    package var text: String {
        switch self {
        case .lock: "LOCK"
        case .manifest: "MANIFEST"
        case .newManifest: "MANIFEST.new"
        case .checkpoint: "CHECKPOINT"
        case .newCheckpoint: "CHECKPOINT.new"
        case .reserve: "RESERVE"
        case .segment(let id): Self.padded(UInt64(id.rawValue)) + ".segment"
        case .cut(let id, let byteOffset):
            Self.padded(UInt64(id.rawValue)) + "-" + Self.padded(byteOffset) + ".cut"
        }
    }

    /// Returns what the file called `text` is, or nil when the store has no such file.
    package init?(_ text: String) {
        for known in [
            Self.lock, .manifest, .newManifest, .checkpoint, .newCheckpoint, .reserve,
        ] where known.isCalled(text) {
            self = known
            return
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let numbers = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard let id = numbers.first.flatMap(Self.segmentID) else { return nil }
        switch (parts[1], numbers.count) {
        case ("segment", 1): self = .segment(id)
        case ("cut", 2):
            guard let byteOffset = UInt64(numbers[1]) else { return nil }
            self = .cut(id, byteOffset: byteOffset)
        default: return nil
        }
        // Signs, missing and surplus zeros, and all other spellings of the same numbers.
        guard isCalled(text) else { return nil }
    }

    /// Compares bytes: to `String`, a name with a Kelvin sign for its K is the same name.
    private func isCalled(_ name: String) -> Bool {
        text.utf8.elementsEqual(name.utf8)
    }

    private static func padded(_ number: UInt64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 10 - digits.count)) + digits
    }

    private static func segmentID(_ digits: Substring) -> SegmentID? {
        guard let number = UInt32(digits) else { return nil }
        let id = SegmentID(number)
        return id.isPossible ? id : nil
    }
}

/// The number of a segment, from 1; given once, never again.
package struct SegmentID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var rawValue: UInt32

    package init(_ rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Decodes the number of a segment that must be one.
    init(decoding bytes: [UInt8], at offset: Int) throws(FormatError) {
        rawValue = bytes.integer(at: offset)
        guard isPossible else { throw .impossible(field: "segment number") }
    }

    var isPossible: Bool { rawValue > 0 && rawValue < .max }

    package static func < (left: SegmentID, right: SegmentID) -> Bool {
        left.rawValue < right.rawValue
    }

    package var description: String { String(rawValue) }
}
