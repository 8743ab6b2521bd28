import DiskIO
import SegmentFormat
import SimulatedDisks
import Testing

@testable import LogEngine

/// Checkpoints that are so large that several threads read them.
@Suite struct CheckpointFileTests {
    private static let keyCount = 110_000
    private let disk = SimulatedDisk(seed: 1)
    private let directory: any DiskDirectory
    private let index = LogIndex()
    private let front = Checkpoint(
        storeID: 1,
        edition: 2,
        nextSequence: 3,
        timeFloor: 4,
        slotCount: keyCount,
        shardCount: LogIndex.shardCount,
        logEnd: nil,
        segments: []
    )

    init() throws {
        directory = try disk.openDirectory("/store", creating: true)
        let secret = HashSecret(low: 1, high: 2)
        var key: [UInt8] = []
        for number in 0..<Self.keyCount {
            withUnsafeBytes(of: number.littleEndian) { key = Array($0) }
            let hash = KeyHash(key, secret: secret)
            let slot = IndexSlot(
                hash: LogIndex.slotHash(hash),
                clock: UInt32(1_700_000_000 + number),
                segmentIndex: UInt16(number % 7),
                byteOffset: 4_096 + number * 64,
                recordByteCount: 640,
                isTouched: false,
                hasOwnLifetime: false
            )
            index.insert(slot, for: hash)
        }
        index.freeze()
        _ = try CheckpointFile.write(front, index, in: directory) { true }
    }

    @Test func `every shard is what it was`() throws {
        let image = try #require(try CheckpointFile.load(from: directory))
        #expect(image.front == front)
        try #require(image.shards.count == LogIndex.shardCount)
        for (number, shard) in image.shards.enumerated() {
            #expect(shard.occupied == index.snapshot(of: number).slots)
        }
    }

    @Test func `a flipped bit anywhere is found`() throws {
        let count = try disk.contents(of: "/store/CHECKPOINT").count
        for number in 0..<23 {
            let offset = front.byteCount + (count - front.byteCount - 1) * number / 22
            let byte = try disk.contents(of: "/store/CHECKPOINT")[offset]
            try disk.corrupt("/store/CHECKPOINT", at: offset, with: [byte ^ 1])
            expectDamage("bit of byte \(offset)")
            try disk.corrupt("/store/CHECKPOINT", at: offset, with: [byte])
        }
        #expect(try CheckpointFile.load(from: directory) != nil)
    }

    @Test func `a wrong length, and shards in each other's place, are found`() throws {
        let content = try disk.contents(of: "/store/CHECKPOINT")
        for kept in [content.count - 1, content.count / 2, front.byteCount, front.byteCount + 9] {
            try disk.setContents(of: "/store/CHECKPOINT", to: Array(content.prefix(kept)))
            expectDamage("cut at \(kept)")
        }
        try disk.setContents(of: "/store/CHECKPOINT", to: content + [0])
        expectDamage("a byte more")
        let head = Array(content[front.byteCount...].prefix(ShardImage.headByteCount))
        let end = front.byteCount + ShardImage.uncheckedByteCount(head.span)
        let first = content[front.byteCount..<end]
        try disk.setContents(
            of: "/store/CHECKPOINT",
            to: Array(content[..<front.byteCount]) + Array(content[end...]) + first)
        expectDamage("the first shard is the last")
        // Lengths that lead past the end, and past what a number holds.
        for length in [UInt32.max, 1 << 20] {
            var wrong = content
            wrong.store(length, at: front.byteCount + 8)
            try disk.setContents(of: "/store/CHECKPOINT", to: wrong)
            expectDamage("\(length) slots")
        }
    }

    /// A table of them all at its end would take gigabytes.
    @Test func `hashes that are crowded as no keyed ones are make no table`() {
        func image(_ count: Int, from first: UInt32, times: Int) -> ShardImage {
            let slots = (0..<count).map { IndexTests.slot(first + UInt32($0 / times), $0) }
            return ShardImage(slots: slots, capacity: count)
        }
        let end = UInt32.max - 10_000
        #expect(IndexShard(image(200_000, from: end, times: 64)) == nil)
        // As crowded as a hash may be, wherever it is.
        #expect(IndexShard(image(64, from: .max, times: 64))?.count == 64)
        #expect(IndexShard(image(64, from: 0, times: 64))?.count == 64)
        #expect(IndexShard(image(0, from: 0, times: 1))?.count == 0)
    }

    private func expectDamage(_ what: String) {
        do throws(LogError) {
            _ = try CheckpointFile.load(from: directory)
            Issue.record("\(what): taken for right")
        } catch {
            guard case .corrupted = error else {
                Issue.record("\(what): \(error)")
                return
            }
        }
    }
}
