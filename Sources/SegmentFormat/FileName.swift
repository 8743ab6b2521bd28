/// The names of the files of a store; the only place that knows them.
package enum FileName: Equatable, Sendable {
    case lock
    case manifest
    case newManifest
    case checkpoint
    case newCheckpoint
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
        case .segment(let id): Self.padded(UInt64(id.rawValue)) + ".segment"
        case .cut(let id, let byteOffset):
            Self.padded(UInt64(id.rawValue)) + "-" + Self.padded(byteOffset) + ".cut"
        }
    }

    /// Returns what the file called `text` is, or nil when the store has no such file.
    package init?(_ text: String) {
        for known in [Self.lock, .manifest, .newManifest, .checkpoint, .newCheckpoint]
        where known.text == text {
            self = known
            return
        }
        if text.hasSuffix(".segment"), let id = Self.number(text.dropLast(8)) {
            guard let id = UInt32(exactly: id) else { return nil }
            self = .segment(SegmentID(id))
        } else if text.hasSuffix(".cut") {
            let parts = text.dropLast(4).split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 2, let id = Self.number(parts[0]).flatMap(UInt32.init(exactly:)),
                let byteOffset = Self.number(parts[1])
            else { return nil }
            self = .cut(SegmentID(id), byteOffset: byteOffset)
        } else {
            return nil
        }
        guard self.text == text else { return nil }
    }

    private static func padded(_ number: UInt64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 10 - digits.count)) + digits
    }

    private static func number(_ digits: Substring) -> UInt64? {
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return UInt64(digits)
    }
}

/// The number of a segment; given once, never again.
package struct SegmentID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var rawValue: UInt32

    package init(_ rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static func < (left: SegmentID, right: SegmentID) -> Bool {
        left.rawValue < right.rawValue
    }

    package var description: String { String(rawValue) }
}
