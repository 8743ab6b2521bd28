import SegmentFormat
import SimulatedDisks
import Testing

@testable import LogEngine

@Suite struct IndexTests {
    static func slot(_ hash: UInt32, _ number: Int) -> IndexSlot {
        IndexSlot(
            hash: hash,
            clock: UInt32(number),
            segmentIndex: 1,
            byteOffset: 64 + number * 8,
            recordByteCount: 48,
            isTouched: false,
            hasOwnLifetime: false
        )
    }

    // MARK: One shard

    @Test(arguments: [1, 40, 1 << 12, Int(UInt32.max)], [0, 1, 2, 3] as [UInt64])
    func `a shard holds what a dictionary holds`(hashCount: Int, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var shard = IndexShard()
        var model: [UInt32: [IndexSlot]] = [:]
        var all: [IndexSlot] = []
        var wrongCount = 0
        for step in 0..<4_000 {
            // Grows first, and then falls.
            let isGrowing = step < 1_500 || (step < 3_000 && random.coin())
            if isGrowing {
                let new = Self.slot(UInt32(random.number(below: hashCount)), step)
                _ = shard.insert(new)
                model[new.hash, default: []].append(new)
                all.append(new)
            } else if !all.isEmpty {
                let place = random.number(below: all.count)
                let old = all[place]
                if !shard.contains(old) { wrongCount += 1 }
                if random.coin() {
                    let new = Self.slot(old.hash, step)
                    let isReplaced = shard.replace(old, with: new)
                    if !isReplaced { wrongCount += 1 }
                    all[place] = new
                    model[old.hash]?.removeAll { $0 == old }
                    model[old.hash]?.append(new)
                } else {
                    let isRemoved = [shard.remove(old), shard.remove(old)]
                    if isRemoved != [true, false] { wrongCount += 1 }
                    all.swapAt(place, all.count - 1)
                    all.removeLast()
                    model[old.hash]?.removeAll { $0 == old }
                }
                let isReplaced = shard.replace(old, with: old)
                if isReplaced || shard.contains(old) { wrongCount += 1 }
            }
            if step % 499 == 0 { expect(shard, holds: model, all) }
        }
        expect(shard, holds: model, all)
        #expect(wrongCount == 0)
        let removedCount = all.count { shard.remove($0) }
        #expect(removedCount == all.count)
        #expect(shard.count == 0 && shard.occupied.isEmpty)
    }

    private func expect(
        _ shard: IndexShard,
        holds model: [UInt32: [IndexSlot]],
        _ all: [IndexSlot],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(shard.count == all.count, sourceLocation: sourceLocation)
        #expect(
            shard.occupied.map(\.hash) == all.map(\.hash).sorted(),
            sourceLocation: sourceLocation
        )
        let wrong = model.filter { hash, slots in
            var found: [UInt64] = []
            shard.forEach(hash) { found.append($0.back) }
            return found.sorted() != slots.map(\.back).sorted()
        }
        #expect(wrong.isEmpty, sourceLocation: sourceLocation)
    }

    @Test(arguments: [0, 1, 3, 100, 5_000])
    func `a shard is loaded from slots in order, whatever capacity it is told`(count: Int) {
        var random = SplitMix64(seed: 9)
        let hashes = (0..<count).map { _ in UInt32(truncatingIfNeeded: random.next()) }.sorted()
        let slots = hashes.enumerated().map { Self.slot($1, $0) }
        for capacity in [0, count, count * 10] {
            let shard = IndexShard(sorted: slots, capacity: capacity)
            #expect(shard.occupied == slots)
            #expect(slots.allSatisfy { shard.contains($0) })
            #expect(shard.capacity <= max(12, count * 3 / 2))
        }
    }

    @Test func `many equal hashes at the end of the table find room`() {
        var shard = IndexShard()
        for number in 0..<200 { _ = shard.insert(Self.slot(.max, number)) }
        var count = 0
        shard.forEach(.max) { _ in count += 1 }
        #expect(count == 200)
        let loaded = IndexShard(sorted: shard.occupied, capacity: 0)
        #expect(loaded.occupied == shard.occupied)
    }

    @Test func `half of the keys gone do not leave their memory behind`() {
        var random = SplitMix64(seed: 4)
        var shard = IndexShard()
        var slots: [IndexSlot] = []
        for number in 0..<8_000 {
            slots.append(Self.slot(UInt32(truncatingIfNeeded: random.next()), number))
            _ = shard.insert(slots[number])
        }
        var wastefulCount = 0
        for slot in slots[500...] {
            _ = shard.remove(slot)
            if shard.byteCount > max(24 * shard.count, 2_000) { wastefulCount += 1 }
        }
        #expect(wastefulCount == 0)
        #expect(shard.count == 500)
    }

    // MARK: All shards

    @Test func `a key takes 24 bytes at most, at any moment from 100,000 to a million`() {
        let index = LogIndex()
        let secret = HashSecret(low: 1, high: 2)
        let keyCount = MillionTests.isQuick ? 130_000 : 1_000_000
        var hashes: [KeyHash] = []
        for number in 0..<keyCount {
            var key: [UInt8] = []
            withUnsafeBytes(of: number.littleEndian) { key = Array($0) }
            hashes.append(KeyHash(key, secret: secret))
        }
        func slot(_ number: Int) -> IndexSlot {
            Self.slot(LogIndex.slotHash(hashes[number]), number % 1_000_000)
        }
        for number in hashes.indices { index.insert(slot(number), for: hashes[number]) }
        #expect(index.count == keyCount)
        #expect(index.memoryUse.bytesPerKeyMax > 16)
        #expect(index.memoryUse.bytesPerKeyMax <= 24)

        for number in hashes.indices.dropFirst(100_000) {
            index.remove(slot(number), for: hashes[number])
        }
        #expect(index.memoryUse.bytesPerKeyMax <= 24)
        #expect(index.memoryUse.byteCount <= 24 * index.count)

        let loaded = LogIndex()
        for shard in 0..<LogIndex.shardCount {
            let (slots, capacity) = index.snapshot(of: shard)
            loaded.load(IndexShard(sorted: slots, capacity: capacity), into: shard)
        }
        #expect(loaded.count == 100_000)
        #expect(loaded.memoryUse.bytesPerKeyMax <= 24)
        for number in 0..<100 {
            #expect(loaded.contains(slot(number), for: hashes[number]))
            let candidates = loaded.candidates(for: hashes[number])
            #expect((0..<candidates.count).contains { candidates[$0] == slot(number) })
        }
    }

    @Test func `the memory that is told is the memory that is taken`() {
        let index = LogIndex()
        let secret = HashSecret(low: 3, high: 4)
        let hashes = (0..<20_000).map { KeyHash(bytes("key\($0)"), secret: secret) }
        func expectTold() {
            var byteCount = 0
            for shard in 0..<LogIndex.shardCount {
                byteCount += IndexShard(capacity: index.snapshot(of: shard).capacity).byteCount
            }
            #expect(index.memoryUse.byteCount == byteCount)
        }
        for (number, hash) in hashes.enumerated() {
            index.insert(Self.slot(LogIndex.slotHash(hash), number), for: hash)
        }
        expectTold()
        for (number, hash) in hashes.enumerated().dropFirst(1_000) {
            index.remove(Self.slot(LogIndex.slotHash(hash), number), for: hash)
        }
        expectTold()
        #expect(index.count == 1_000)
    }

    @Test func `candidates of one hash all come`() {
        var candidates = LogIndex.Candidates()
        #expect(candidates.count == 0)
        for number in 0..<4 { candidates.append(Self.slot(1, number)) }
        #expect((0..<candidates.count).map { candidates[$0].clock } == [0, 1, 2, 3])
    }

    // MARK: Equal hashes in a log

    /// Keys that share a shard and the hash in the slot, 42 bits, under the secret that the first
    /// disk makes: found among twelve million.
    static let twins = [("k508643", "k3595614"), ("k344775", "k7550518")]

    @Test(arguments: 0..<2, [false, true])
    func `two keys of one hash keep to themselves`(pair: Int, isReplayed: Bool) throws {
        let (one, other) = Self.twins[pair]
        let bench = Bench()
        var log = try bench.open()
        let hashes = [one, other].map { log.core.hash(bytes($0)) }
        #expect(LogIndex.slotHash(hashes[0]) == LogIndex.slotHash(hashes[1]))
        #expect(hashes[0].high >> 54 == hashes[1].high >> 54)

        try log.put(one, "1")
        #expect(try log.text(other) == nil)
        #expect(try !log.removeBlocking(bytes(other)))
        #expect(try !log.touchBlocking(bytes(other)))
        let absent = WriteCondition.absent
        _ = try log.writeBlocking(bytes(other), bytes("2"), condition: absent)
        #expect(try log.touchBlocking(bytes(one)))
        try log.put(one, "3")
        for number in 0..<30 { try log.put("filler\(number)", "x") }
        #expect(try log.all()[one] == "3")
        #expect(try log.all()[other] == "2")

        try log.closeBlocking()
        if isReplayed { try bench.disk.removeFile("/store/CHECKPOINT") }
        #expect(try bench.verify().damages == [])
        log = try bench.open()
        #expect(try log.text(one) == "3")
        #expect(try log.text(other) == "2")
        #expect(try log.removeBlocking(bytes(one)))
        #expect(try log.text(one) == nil)
        #expect(try log.text(other) == "2")
        #expect(try log.count() == 31)
        try log.closeBlocking()
        #expect(try bench.verify().damages == [])
    }

    @Test func `a damaged twin is not taken for the other`() throws {
        let (one, other) = Self.twins[0]
        let bench = Bench()
        var log = try bench.open()
        try log.put(one, "first")
        try log.put(other, "second")
        for number in 0..<30 { try log.put("filler\(number)", "x") }
        try log.closeBlocking()
        // The head of the first record: only the footer can tell whose it was.
        try bench.disk.flipBit((64 + 8) * 8, of: "/store/0000000001.segment")
        log = try bench.open()
        #expect(failure { () throws(LogError) in _ = try log.read(bytes(one)) } == .corrupted)
        #expect(try log.text(other) == "second")
        #expect(try log.removeBlocking(bytes(one)))
        #expect(try log.text(one) == nil)
        #expect(try log.text(other) == "second")
        try log.closeBlocking()
    }
}
