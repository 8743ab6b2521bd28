import DiskIO

import struct Synchronization.Atomic

/// A segment's file in memory, and how much of it is known to be there.
final class SegmentMapping: Sendable {
    let bytes: FileMapping
    private let file: any DiskFile
    /// The file was this long when it was last asked, and a segment's file is never cut where
    /// records are.
    private let knownByteCount: Atomic<Int>

    /// Maps `file`, of which `byteCountMax` bytes may still be written; nil when that can't be had.
    init?(of file: any DiskFile, growingTo byteCountMax: Int) {
        guard let byteCount = try? file.byteCount(), byteCount > 0,
            let length = Int(exactly: byteCount),
            let bytes = try? file.map(max(length, byteCountMax))
        else { return nil }
        self.file = file
        self.bytes = bytes
        knownByteCount = Atomic(length)
    }

    /// Whether the file reaches to `end`, so that the bytes before may be touched; what is past the
    /// mapping is not there either.
    func reaches(_ end: Int) -> Bool {
        if end <= knownByteCount.load(ordering: .relaxed) { return true }
        // The active segment's grows, by 512 KiB and more at a time.
        guard let byteCount = try? file.byteCount(), let length = Int(exactly: byteCount) else {
            return false
        }
        knownByteCount.store(length, ordering: .relaxed)
        return end <= length
    }
}
