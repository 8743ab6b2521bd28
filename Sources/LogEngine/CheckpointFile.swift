import DiskIO
import SegmentFormat

/// Writes the index to disk, and reads it back.
enum CheckpointFile {
    /// An image that was read whole, and whose checksums hold.
    struct Image {
        var front: Checkpoint
        var shards: [ShardImage]
    }

    /// What one write hands to the disk.
    private static let writeByteCount = 1_024 * 1_024

    /// What is synced at a time: whoever syncs a segment meanwhile waits for it on many file
    /// systems, which put all that is written into the same journal.
    private static let syncByteCount = 8 * 1_024 * 1_024

    /// Reads the checkpoint; nil when there is none, `corrupted` when it is not what was written.
    static func load(from directory: any DiskDirectory) throws(LogError) -> Image? {
        let file: any DiskFile
        do throws(DiskError) {
            file = try directory.open(FileName.checkpoint.text, .reading)
        } catch {
            if error.kind == .notFound { return nil }
            throw LogError(error, doing: "read checkpoint")
        }
        let front = try loadFront(file)
        var position = front.byteCount
        var shards: [ShardImage] = []
        var slotCount = 0
        let end = try file.length(doing: "read checkpoint")
        var window = FileWindow(file, limit: end, doing: "read checkpoint")
        for shard in 0..<front.shardCount {
            guard position + ShardImage.headByteCount <= end else {
                throw damage(at: position, "the file ends early")
            }
            let head = try window.slice(position, count: ShardImage.headByteCount)
            let count = ShardImage.uncheckedByteCount(head)
            // Not checked yet: it only has to fit the file before it may size a buffer.
            guard position + count <= end else { throw damage(at: position, "a shard's length") }
            let bytes = try window.slice(position, count: count)
            do throws(FormatError) {
                let seed = front.shardSeed
                let image = try ShardImage(decoding: bytes, shard: shard, seed: seed)
                slotCount += image.slots.count
                shards.append(image)
            } catch {
                throw damage(at: position, error.text)
            }
            position += count
        }
        guard position == end, slotCount == front.slotCount else {
            throw damage(at: position, "\(slotCount) slots where \(front.slotCount) belong")
        }
        return Image(front: front, shards: shards)
    }

    private static func loadFront(_ file: any DiskFile) throws(LogError) -> Checkpoint {
        let head = try bytes(file, at: 0, count: Checkpoint.headByteCount)
        do throws(FormatError) {
            let count = try Checkpoint.uncheckedByteCount(head)
            return try Checkpoint(decoding: try frontBytes(file, count))
        } catch {
            throw damage(at: 0, error.text)
        }
    }

    private static func frontBytes(
        _ file: any DiskFile,
        _ count: Int
    ) throws(FormatError) -> [UInt8] {
        guard let bytes = try? file.bytes(at: 0, count: count), bytes.count == count else {
            throw .wrongLength(expected: count, found: 0)
        }
        return bytes
    }

    private static func bytes(
        _ file: any DiskFile,
        at byteOffset: Int,
        count: Int
    ) throws(LogError) -> [UInt8] {
        let bytes = try file.bytes(at: byteOffset, count: count, doing: "read checkpoint")
        guard bytes.count == count else { throw damage(at: byteOffset, "the file ends early") }
        return bytes
    }

    private static func damage(at byteOffset: Int, _ detail: String) -> LogError {
        .corrupted(
            LogDamage(
                file: FileName.checkpoint.text,
                byteOffset: UInt64(byteOffset),
                detail: detail
            )
        )
    }

    /// Writes `index`, as it was when it was frozen, behind `front`, and makes it the store's
    /// checkpoint in one step if it `isUseful` by then; returns whether it was.
    ///
    /// The log up to `front.logEnd` must be durable.
    static func write(
        _ front: Checkpoint,
        _ index: LogIndex,
        in directory: any DiskDirectory,
        isUseful: () -> Bool
    ) throws(DiskError) -> Bool {
        let name = FileName.newCheckpoint.text
        do throws(DiskError) {
            let file = try directory.create(name)
            try write(front, index, into: file)
            guard isUseful() else {
                try directory.remove(name)
                return false
            }
            try directory.rename(name, to: FileName.checkpoint.text)
        } catch {
            // Half of it is of no use to anybody, and on a full disk its space is.
            _ = try? directory.remove(name)
            throw error
        }
        try directory.sync()
        return true
    }

    private static func write(
        _ front: Checkpoint,
        _ index: LogIndex,
        into file: any DiskFile
    ) throws(DiskError) {
        var buffer = front.encoded()
        var position = 0
        var syncedThrough = 0
        for shard in 0..<front.shardCount {
            let image = index.takeFrozen(shard)
            buffer += image.encoded(shard: shard, seed: front.shardSeed)
            guard buffer.count >= writeByteCount else { continue }
            try file.write(buffer, at: position)
            position += buffer.count
            buffer.removeAll(keepingCapacity: true)
            guard position - syncedThrough >= syncByteCount else { continue }
            try file.sync()
            syncedThrough = position
        }
        try file.write(buffer, at: position)
        try file.sync()
    }
}
