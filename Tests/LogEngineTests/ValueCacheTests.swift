import Foundation
import SegmentFormat
import SimulatedDisks
import Testing

@testable import LogEngine

extension ValueCache {
    fileprivate func replace(_ entry: Entry) {
        replace(entry.hash) { entry }
    }
}

@Suite struct ValueCacheTests {
    private static let secret = HashSecret(low: 1, high: 2)

    private static func hash(_ key: String) -> KeyHash { KeyHash(bytes(key), secret: secret) }

    private static func entry(
        _ key: String,
        _ number: Int = 1,
        byteCount: Int = 10,
        relocations: UInt64 = 0
    ) -> ValueCache.Entry {
        ValueCache.Entry(
            hash: hash(key),
            slot: slot(key, number),
            relocations: relocations,
            value: [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: byteCount),
            revision: UInt64(number),
            activity: 0,
            lifetime: .standard
        )
    }

    private static func slot(_ key: String, _ number: Int) -> IndexSlot {
        IndexTests.slot(LogIndex.slotHash(hash(key)), number)
    }

    private static func revision(
        of key: String,
        _ number: Int = 1,
        relocations: UInt64 = 0,
        in cache: ValueCache
    ) -> UInt64? {
        cache.entry(for: hash(key), slot(key, number), relocations: relocations)?.revision
    }

    // MARK: The table

    @Test func `a value is kept when it is asked for again, and not before`() {
        let cache = ValueCache(byteCountMax: 1 << 20)
        cache.offer(Self.entry("a"))
        #expect(Self.revision(of: "a", in: cache) == nil)
        cache.offer(Self.entry("a"))
        #expect(Self.revision(of: "a", in: cache) == 1)
        #expect(cache.byteCount == Self.entry("a").byteCount)
    }

    @Test func `a value counts for its key, its slot and its relocations only`() {
        let cache = ValueCache(byteCountMax: 1 << 20)
        for _ in 0..<2 { cache.offer(Self.entry("a")) }
        #expect(Self.revision(of: "a", 2, in: cache) == nil)
        #expect(Self.revision(of: "a", relocations: 1, in: cache) == nil)
        // Half of the hash may be another key's, in the same slot and set.
        let hash = Self.hash("a")
        for other in [
            KeyHash(low: hash.low ^ 1 << 40, high: hash.high),
            KeyHash(low: hash.low, high: hash.high ^ 1 << 31),
        ] {
            #expect(cache.entry(for: other, Self.slot("a", 1), relocations: 0) == nil)
        }
        #expect(Self.revision(of: "a", in: cache) == 1)
    }

    @Test func `a newer value takes the place of an older, and of nothing else`() {
        let cache = ValueCache(byteCountMax: 1 << 20)
        cache.replace(Self.entry("a", 2))
        #expect(Self.revision(of: "a", 2, in: cache) == nil)
        for _ in 0..<2 { cache.offer(Self.entry("a")) }
        cache.replace(Self.entry("a", 2))
        #expect(Self.revision(of: "a", 2, in: cache) == 2)
        #expect(Self.revision(of: "a", 1, in: cache) == nil)
        cache.forget(Self.hash("a"))
        #expect(Self.revision(of: "a", 2, in: cache) == nil)
        #expect(cache.byteCount == 0)
    }

    @Test func `a value that is too long for its share is not kept`() {
        let cache = ValueCache(byteCountMax: 1 << 20)
        for _ in 0..<3 { cache.offer(Self.entry("a", byteCount: 4_000)) }
        #expect(cache.byteCount == 0)
        for _ in 0..<2 { cache.offer(Self.entry("a")) }
        cache.replace(Self.entry("a", 2, byteCount: 4_000))
        #expect(cache.byteCount == 0)
    }

    @Test func `an array with much more space than bytes counts with its space`() {
        let cache = ValueCache(byteCountMax: 1 << 20)
        var entry = Self.entry("a")
        entry.value.reserveCapacity(4_000)
        for _ in 0..<3 { cache.offer(entry) }
        #expect(cache.byteCount == 0)
    }

    @Test func `without room nothing is kept`() {
        for byteCountMax in [0, 1, 60_000] {
            let cache = ValueCache(byteCountMax: byteCountMax)
            for _ in 0..<3 { cache.offer(Self.entry("a")) }
            cache.replace(Self.entry("a"))
            cache.forget(Self.hash("a"))
            #expect(cache.byteCount == 0)
            #expect(Self.revision(of: "a", in: cache) == nil)
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `what is kept stays within its bytes, is counted right and never wrong`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let byteCountMax = 1 << 20
        let cache = ValueCache(byteCountMax: byteCountMax)
        var newest: [Int: Int] = [:]
        var (wrongCount, foundCount, most) = (0, 0, 0)
        for step in 1...60_000 {
            let number = random.number(below: random.coin() ? 200 : 20_000)
            let key = "key\(number)"
            switch random.number(below: 10) {
            case 0:
                newest[number] = step
                cache.replace(
                    Self.entry(key, step, byteCount: random.number(below: 900)))
            case 1:
                newest[number] = nil
                cache.forget(Self.hash(key))
            default:
                let version = newest[number, default: 1]
                newest[number] = version
                if let found = Self.revision(of: key, version, in: cache) {
                    foundCount += 1
                    if found != UInt64(version) { wrongCount += 1 }
                } else {
                    let byteCount = random.number(below: 900)
                    cache.offer(Self.entry(key, version, byteCount: byteCount))
                }
            }
            if step % 1_000 == 0 { most = max(most, cache.byteCount) }
        }
        #expect(wrongCount == 0)
        #expect(foundCount > 20_000)
        #expect(most > byteCountMax / 2 && most <= byteCountMax)
        cache.removeAll()
        #expect(cache.byteCount == 0)
    }

    // MARK: In a log

    /// Runs `body` with a store on the machine's disk, which counts what is read.
    private func withLog(
        cacheByteCountMax: Int = 1 << 20,
        _ body: (SegmentLog, CountingDisk) throws -> Void
    ) throws {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("cache-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let disk = CountingDisk()
        var options = LogOptions()
        options.durability = .interval(.seconds(1))
        options.maintenance = .manual
        options.lifetimeMilliseconds = 1_000_000
        options.expiryGraceMilliseconds = 0
        options.cacheByteCountMax = cacheByteCountMax
        let log = try SegmentLog(directory, on: disk, options: options)
        try body(log, disk)
        try log.closeBlocking()
    }

    /// Returns whether `body` reads from the disk.
    private func reads(_ disk: CountingDisk, _ body: () throws -> Void) rethrows -> Bool {
        let before = disk.readByteCounts.values.reduce(0, +)
        try body()
        return disk.readByteCounts.values.reduce(0, +) > before
    }

    /// Returns the text of a key with a mark in front when it came from the disk.
    private func text(_ key: String, _ log: SegmentLog, _ disk: CountingDisk) throws -> String? {
        var text: String?
        let isRead = try reads(disk) { text = try log.text(key) }
        return text.map { isRead ? "disk: " + $0 : $0 }
    }

    @Test func `what is read often is read without the disk, and is always the newest`() throws {
        try withLog { log, disk in
            try log.put("a", "one")
            for _ in 0..<2 { #expect(try text("a", log, disk) == "disk: one") }
            #expect(try text("a", log, disk) == "one")

            // Written over, and known at once; the write did not have to look for the old one.
            let revision = try log.put("a", "two")
            #expect(try !reads(disk) { try log.put("a", "three") })
            #expect(try text("a", log, disk) == "three")
            #expect(try log.read(bytes("a"))?.revision == revision + 1)
            #expect(
                failure { () throws(LogError) in
                    _ = try log.writeBlocking(
                        bytes("a"), bytes("four"), condition: .unchanged(since: revision))
                } == .conflict(revision + 1))

            // A touch keeps the value, and moves its activity.
            let before = try #require(try log.read(bytes("a")))
            #expect(try log.touchBlocking(bytes("a"), activity: before.activity + 5))
            for _ in 0..<3 {
                let after = try #require(try log.read(bytes("a")))
                #expect(after.activity == before.activity + 5)
                #expect(after.revision == before.revision && after.value == before.value)
            }
            try log.put("a", "five")
            #expect(try log.text("a") == "five")

            // Removed, and expired.
            #expect(try log.removeBlocking(bytes("a")))
            #expect(try log.text("a") == nil)
            try log.put("b", "one")
            for _ in 0..<3 { #expect(try log.text("b") == "one") }
            disk.advance(milliseconds: 1_000_001)
            #expect(try log.text("b") == nil)
            #expect(try log.readIncludingExpired(bytes("b"))?.value == bytes("one"))
        }
    }

    @Test func `what compaction moves is read again, and right`() throws {
        try withLog { log, disk in
            for number in 0..<200 { try log.put("key\(number)", "value \(number)") }
            for number in 0..<200 where number % 3 != 0 { try log.put("key\(number)", "\(number)") }
            /// Returns for how many the disk was asked.
            func expectAll() throws -> Int {
                try (0..<200).count { number in
                    let expected = number % 3 == 0 ? "value \(number)" : "\(number)"
                    let text = try text("key\(number)", log, disk)
                    #expect(text == expected || text == "disk: " + expected)
                    return text != expected
                }
            }
            #expect(try expectAll() == 200)
            #expect(try expectAll() == 200)
            // Two keys may share the place where it is remembered that they were asked for.
            #expect(try expectAll() < 10)
            _ = try log.compactBlocking()
            #expect(try expectAll() == 200)
            #expect(try expectAll() < 10)
        }
    }

    @Test func `with no cache every read asks the disk`() throws {
        try withLog(cacheByteCountMax: 0) { log, disk in
            try log.put("a", "one")
            for _ in 0..<4 { #expect(try text("a", log, disk) == "disk: one") }
            #expect(log.core.cache.byteCount == 0)
        }
    }

    @Test func `a closed log keeps nothing in memory`() throws {
        try withLog { log, _ in
            try log.put("a", "one")
            for _ in 0..<3 { #expect(try log.text("a") == "one") }
            #expect(log.core.cache.byteCount > 0)
            try log.closeBlocking()
            #expect(log.core.cache.byteCount == 0)
            #expect(failure { () throws(LogError) in _ = try log.text("a") } == .closed)
        }
    }
}

extension ValueCache {
    /// Does what a read does that has found `entry` on the disk.
    fileprivate func offer(_ entry: Entry) {
        var isWanted = false
        let found = self.record(
            for: [],
            entry.hash,
            entry.slot,
            relocations: entry.relocations,
            isWanted: &isWanted
        )
        if found == nil, isWanted { keep(entry) }
    }
}
