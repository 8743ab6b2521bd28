import SegmentFormat
import SimulatedDisks
import Testing

@testable import LogEngine

@Suite struct LogExpiryTests {
    /// The simulated clock stands still here until it is moved.
    static let start: UInt64 = 1_750_000_000_000

    private func makeBench(_ standard: UInt64? = nil) -> Bench {
        var bench = Bench(segmentByteCountMax: 4_096)
        bench.options.lifetimeMilliseconds = standard
        return bench
    }

    // MARK: When

    @Test(arguments: [0, 1, 999, 1_000, 1_001, 59_999] as [UInt64], [1, 1_000, 1_500] as [UInt64])
    func `a value expires strictly after its life, to the millisecond`(
        age: UInt64,
        lifetime: UInt64
    ) throws {
        for isOwn in [false, true] {
            let bench = makeBench(isOwn ? 7 : lifetime)
            let log = try bench.open()
            let activity = Self.start - age
            _ = try log.writeBlocking(
                bytes("a"),
                bytes("1"),
                activity: activity,
                lifetime: isOwn ? .milliseconds(lifetime) : .standard
            )
            for later in 0..<4 {
                let isAlive = age + UInt64(later) <= lifetime
                #expect((try log.read(bytes("a")) != nil) == isAlive)
                #expect(try log.count() == (isAlive ? 1 : 0))
                #expect(try log.all().count == (isAlive ? 1 : 0))
                let record = try #require(try log.readIncludingExpired(bytes("a")))
                #expect(log.isExpired(record) == !isAlive)
                bench.disk.advance(milliseconds: 1)
            }
            try log.closeBlocking()
        }
    }

    @Test func `what a slot says of a life is never wrong`() throws {
        var random = SplitMix64(seed: 3)
        let bench = makeBench(90_500)
        let log = try bench.open()
        let core = log.core
        let segment = LogSegment(
            ManifestSegment(
                id: SegmentID(1), state: .active, salt: 1, dataEnd: 64, recordCount: 0),
            index: 0
        )
        var seen: Set<String> = []
        var wrong: [String] = []
        for _ in 0..<20_000 {
            let lifetime: Lifetime =
                switch random.number(below: 4) {
                case 0: .standard
                case 1: .endless
                case 2: .milliseconds(UInt64(1 + random.number(below: 10_000)))
                default: .milliseconds(random.next() >> UInt64(17 + random.number(below: 40)) | 1)
                }
            let activity = random.next() >> UInt64(17 + random.number(below: 12))
            let head = RecordHead(
                sequence: 1,
                activity: activity,
                lifetime: lifetime,
                kind: .put,
                keyByteCount: 1,
                storedByteCount: 0,
                syncedThrough: 0
            )
            let entry = FooterEntry(head, hash: core.hash([1]), byteOffset: 64)
            let slot = IndexSlot(entry, in: segment, byteCount: 48)
            let own: UInt64 = if case .milliseconds(let count) = lifetime { count } else { 90_500 }
            let now = activity &+ own &- 3_000 &+ UInt64(random.number(below: 6_000))
            guard now < 1 << 50 else { continue }
            let isExpired = core.isExpired(activity: head.activity, lifetime: lifetime, at: now)
            switch core.life(of: slot, at: now) {
            case .alive: if isExpired { wrong.append("\(activity) \(lifetime) \(now)") }
            case .expired: if !isExpired { wrong.append("\(activity) \(lifetime) \(now)") }
            case .unclear: break
            }
            seen.insert("\(core.life(of: slot, at: now))")
        }
        #expect(seen.count == 3)
        #expect(wrong == [])
        try log.closeBlocking()
    }

    @Test func `a value with a deadline past 2106 is alive in 2107`() throws {
        let bench = makeBench(1_000)
        let log = try bench.open()
        let century: UInt64 = 100 * 366 * 86_400_000
        _ = try log.writeBlocking(bytes("own"), [], lifetime: .milliseconds(century * 2))
        _ = try log.writeBlocking(bytes("old"), [], lifetime: .milliseconds(century / 2))
        bench.disk.setWallClock(milliseconds: 4_320_000_000_000)
        _ = try log.writeBlocking(bytes("new"), [])
        #expect(try Set(log.all().keys) == ["own", "new"])
        #expect(try log.count() == 2)
        bench.disk.advance(milliseconds: 5_000)
        #expect(try Set(log.all().keys) == ["own"])
        #expect(try log.count() == 1)
        try log.closeBlocking()
    }

    @Test func `a changed setting applies to what is there, at the next opening`() throws {
        var bench = makeBench(nil)
        var log = try bench.open()
        _ = try log.writeBlocking(bytes("standard"), bytes("1"))
        _ = try log.writeBlocking(bytes("endless"), bytes("1"), lifetime: .endless)
        _ = try log.writeBlocking(bytes("own"), bytes("1"), lifetime: .milliseconds(60_000))
        try log.closeBlocking()
        bench.disk.advance(milliseconds: 30_000)

        bench.options.lifetimeMilliseconds = 10_000
        log = try bench.open()
        #expect(log.recovery.indexSource == .checkpoint)
        #expect(try Set(log.all().keys) == ["endless", "own"])
        #expect(try log.statistics().expiredKeyCount == 1)
        #expect(try log.statistics().expiredByteCount == 56)
        try log.closeBlocking()

        // No record says so, but what has expired does not come back.
        bench.options.lifetimeMilliseconds = 40_000
        log = try bench.open()
        #expect(try Set(log.all().keys) == ["endless", "own"])
        #expect(try log.readIncludingExpired(bytes("standard")) != nil)
        bench.disk.advance(milliseconds: 40_000)
        #expect(try Set(log.all().keys) == ["endless"])
        try log.closeBlocking()
    }

    // MARK: Clocks

    @Test func `a clock that goes back does not bring a value back`() throws {
        let bench = makeBench(1_000)
        var log = try bench.open()
        try log.put("a", "1")
        bench.disk.advance(milliseconds: 5_000)
        #expect(try log.text("a") == nil)
        bench.disk.setWallClock(milliseconds: Int64(Self.start))
        #expect(try log.text("a") == nil)
        #expect(log.now() == Self.start + 5_000)
        // The writing is what makes the time durable.
        try log.put("b", "1")
        try log.closeBlocking()
        log = try bench.open()
        #expect(log.now() >= Self.start + 5_000)
        #expect(try log.text("a") == nil)
        #expect(try log.text("b") == "1")
        bench.disk.setWallClock(milliseconds: -5)
        #expect(log.now() >= Self.start + 5_000)
        try log.closeBlocking()
    }

    @Test func `an activity in the future is alive until then, and a touch leaves it`() throws {
        let bench = makeBench(1_000)
        let log = try bench.open()
        let activity = Self.start + 50_000
        _ = try log.writeBlocking(bytes("a"), bytes("1"), activity: activity)
        #expect(try log.text("a") == "1")
        #expect(try log.touchBlocking(bytes("a")))
        #expect(try log.read(bytes("a"))?.activity == activity)
        #expect(try log.touchBlocking(bytes("a"), activity: 7))
        #expect(try log.read(bytes("a"))?.activity == activity)
        bench.disk.advance(milliseconds: 51_000)
        #expect(try log.text("a") == "1")
        bench.disk.advance(milliseconds: 1)
        #expect(try log.text("a") == nil)
        try log.closeBlocking()
    }

    // MARK: Touches

    @Test(arguments: [false, true])
    func `a touch extends life, and keeps value, revision and lifetime`(
        isReopened: Bool
    ) throws {
        let bench = makeBench(1_000)
        var log = try bench.open()
        let revision = try log.put("a", "1")
        _ = try log.writeBlocking(bytes("own"), bytes("2"), lifetime: .milliseconds(2_000))
        for _ in 0..<5 {
            bench.disk.advance(milliseconds: 900)
            #expect(try log.touchBlocking(bytes("a")))
            #expect(try log.touchBlocking(bytes("own"), condition: .none))
            guard isReopened else { continue }
            try log.closeBlocking()
            log = try bench.open()
        }
        let record = try #require(try log.read(bytes("a")))
        #expect(record.value == bytes("1"))
        #expect(record.revision == revision)
        #expect(record.activity == Self.start + 4_500)
        #expect(record.lifetime == .standard)
        #expect(try log.read(bytes("own"))?.lifetime == .milliseconds(2_000))
        #expect(
            failure { () throws(LogError) in
                _ = try log.touchBlocking(bytes("a"), condition: .unchanged(since: revision + 1))
            } == .conflict(revision))
        #expect(try log.touchBlocking(bytes("a"), condition: .unchanged(since: revision)))

        // Overwritten and destroyed like any other.
        let newer = try log.put("a", "3")
        #expect(newer > revision)
        #expect(try log.removeBlocking(bytes("own")))
        #expect(try log.all() == ["a": "3"])
        bench.disk.advance(milliseconds: 1_001)
        #expect(try !log.touchBlocking(bytes("a")))
        #expect(try !log.removeBlocking(bytes("a")))
        #expect(try log.readIncludingExpired(bytes("a")) == nil)
        try log.closeBlocking()
        #expect(try bench.verify().damages == [])
    }

    @Test func `a session that is touched while somebody iterates is not left out`() throws {
        let bench = makeBench(1_000)
        let log = try bench.open()
        for key in ["a", "b", "c"] { try log.put(key, "1") }
        for (touched, isTouched) in [("a", true), ("b", false)] {
            var records = log.records()
            // Take the slots of the shard that holds the key, but not the key yet.
            var seen: Set<[UInt8]> = []
            records.take(log.core.hash(bytes(touched)))
            bench.disk.advance(milliseconds: 900)
            for key in ["a", "b", "c"] where isTouched { _ = try log.touchBlocking(bytes(key)) }
            bench.disk.advance(milliseconds: 900)
            while let result = records.next() { seen.insert(try result.get().key) }
            #expect(seen.contains(bytes(touched)) == isTouched)
        }
        try log.closeBlocking()
    }

    // MARK: Recorded expiry

    @Test func `an expiry is recorded only of the value that was seen, and for good`() throws {
        var bench = makeBench(1_000)
        var log = try bench.open()
        let revision = try log.put("a", "1")
        #expect(try !log.recordExpiryBlocking(bytes("a"), revision: revision))
        bench.disk.advance(milliseconds: 2_000)
        #expect(try !log.recordExpiryBlocking(bytes("a"), revision: revision + 1))
        #expect(try !log.recordExpiryBlocking(bytes("b"), revision: revision))
        #expect(try log.readIncludingExpired(bytes("a")) != nil)
        #expect(try log.recordExpiryBlocking(bytes("a"), revision: revision))
        #expect(try log.readIncludingExpired(bytes("a")) == nil)
        #expect(try !log.recordExpiryBlocking(bytes("a"), revision: revision))
        try log.closeBlocking()

        bench.options.lifetimeMilliseconds = nil
        bench.disk.setWallClock(milliseconds: Int64(Self.start))
        log = try bench.open()
        #expect(try log.readIncludingExpired(bytes("a")) == nil)
        #expect(try log.count() == 0)
        try log.closeBlocking()
    }

    @Test func `an expired value is absent to conditions`() async throws {
        let bench = makeBench(1_000)
        let log = try bench.open()
        let revision = try log.put("a", "1")
        bench.disk.advance(milliseconds: 2_000)
        #expect(
            failure { () throws(LogError) in
                _ = try log.writeBlocking(
                    bytes("a"), bytes("2"), condition: .unchanged(since: revision))
            } == .conflict(nil))
        let newer = try await log.write(bytes("a"), bytes("2"), condition: .absent)
        #expect(try await !log.recordExpiry(bytes("a"), revision: revision))
        #expect(try await log.touch(bytes("a"), condition: .unchanged(since: newer)))
        #expect(try await log.remove(bytes("a"), condition: .unchanged(since: newer)))
        try await log.close()
    }
}

extension LogRecords {
    /// Goes on until the slots of the key's shard are at hand, without taking one of them.
    fileprivate mutating func take(_ hash: KeyHash) {
        load(shard: LogIndex.shardNumber(of: hash))
    }
}
