import DiskIO
import Dispatch
import Locks
import SegmentFormat

/// Writes the index to disk, and reads it back.
enum CheckpointFile {
    /// An image that was read whole, and whose checksums hold.
    struct Image {
        var front: Checkpoint
        var shards: [IndexShard]
    }

    /// What one write hands to the disk.
    private static let writeByteCount = 1_024 * 1_024

    /// What is synced at a time: whoever syncs a segment meanwhile waits for it on many file
    /// systems, which put all that is written into the same journal.
    private static let syncByteCount = 8 * 1_024 * 1_024

    /// Reads the checkpoint; nil when there is none, `corrupted` when it is not what was written.
    ///
    /// A large one is read by as many threads as there are processors, 16 at most.
    static func load(from directory: any DiskDirectory) throws(LogError) -> Image? {
        let file: any DiskFile
        do throws(DiskError) {
            file = try directory.open(FileName.checkpoint.text, .reading)
        } catch {
            if error.kind == .notFound { return nil }
            throw LogError(error, doing: "read checkpoint")
        }
        let front = try loadFront(file)
        // One thread asks a small store's disk for one thing after another, each time the same.
        let partCount = front.slotCount < sharedSlotCountMin ? 1 : min(16, front.shardCount)
        let places = try partPlaces(file, front, count: partCount)
        let parts = Mutex([Result<Part, LogError>?](repeating: nil, count: partCount))
        DispatchQueue.concurrentPerform(iterations: partCount) { number in
            let part = Result { () throws(LogError) in
                try loadShards(
                    numbers(ofPart: number, of: partCount, front),
                    of: front,
                    from: file,
                    in: places[number]..<places[number + 1]
                )
            }
            parts.withLock { $0[number] = part }
        }
        var shards: [IndexShard] = []
        for part in parts.withLock({ $0 }) { shards += try part?.get() ?? [] }
        let slotCount = shards.reduce(0) { $0 + $1.count }
        guard slotCount == front.slotCount else {
            let detail = "\(slotCount) slots where \(front.slotCount) belong"
            throw damage(at: front.byteCount, detail)
        }
        return Image(front: front, shards: shards)
    }

    /// Checkpoints of fewer slots are read by one thread.
    private static let sharedSlotCountMin = 100_000

    private typealias Part = [IndexShard]

    private static func numbers(
        ofPart number: Int,
        of count: Int,
        _ front: Checkpoint
    ) -> Range<Int> {
        front.shardCount * number / count..<front.shardCount * (number + 1) / count
    }

    /// Returns where each of `count` parts begins, and where the last one ends.
    private static func partPlaces(
        _ file: any DiskFile,
        _ front: Checkpoint,
        count: Int
    ) throws(LogError) -> [Int] {
        let end = try file.length(doing: "read checkpoint")
        guard end >= front.byteCount else { throw damage(at: 0, "the file ends early") }
        var places = [front.byteCount]
        guard count > 1 else { return places + [end] }
        for number in 0..<count - 1 {
            var position = places[number]
            for _ in numbers(ofPart: number, of: count, front) {
                let head = try bytes(file, at: position, count: ShardImage.headByteCount)
                position += ShardImage.uncheckedByteCount(head.span)
            }
            guard position <= end else { throw damage(at: places[number], "a shard's length") }
            places.append(position)
        }
        return places + [end]
    }

    /// Reads `shards`, which are exactly the bytes of `range`.
    private static func loadShards(
        _ shards: Range<Int>,
        of front: Checkpoint,
        from file: any DiskFile,
        in range: Range<Int>
    ) throws(LogError) -> Part {
        var position = range.lowerBound
        var part: Part = []
        part.reserveCapacity(shards.count)
        var window = FileWindow(file, limit: range.upperBound, doing: "read checkpoint")
        for shard in shards {
            guard position + ShardImage.headByteCount <= range.upperBound else {
                throw damage(at: position, "the file ends early")
            }
            var start = try window.require(position, count: ShardImage.headByteCount)
            let count = ShardImage.uncheckedByteCount(
                window.bytes.span.extracting(start..<start + ShardImage.headByteCount)
            )
            // Not checked yet: it only has to fit the file before it may size a buffer.
            guard position + count <= range.upperBound else {
                throw damage(at: position, "a shard's length")
            }
            start = try window.require(position, count: count)
            do throws(FormatError) {
                let image = try ShardImage(
                    decoding: window.bytes.span.extracting(start..<start + count),
                    shard: shard,
                    seed: front.shardSeed
                )
                guard let shard = IndexShard(image) else { throw .impossible(field: "slot hash") }
                part.append(shard)
            } catch {
                throw damage(at: position, error.text)
            }
            position += count
        }
        guard position == range.upperBound else {
            throw damage(at: position, "\(range.upperBound - position) bytes too many")
        }
        return part
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
