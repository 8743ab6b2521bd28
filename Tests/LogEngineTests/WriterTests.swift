import DiskIO
import SegmentFormat
import SimulatedDisks
import Testing

@testable import LogEngine

/// What becomes of requests that are written together.
@Suite struct WriterTests {
    // MARK: Conditions in one batch

    @Test func `what is asked in one round happens in its order`() throws {
        let bench = Bench()
        let writer = try bench.makeWriter()
        let results = writer.run([
            .put("a", "1"),
            .put("a", "2", .absent),
            .destroy("a"),
            .put("a", "3", .absent),
            .touch("a"),
            .put("a", "4", .unchanged(since: 1 << 60)),
            .touch("a", .unchanged(since: 1 << 60)),
            .destroy("a", .unchanged(since: 1 << 60)),
            .destroy("b"),
            .touch("b"),
            .destroy("b", .absent),
            .destroy("b", .unchanged(since: 1)),
            .expire(key: bytes("a"), revision: 1 << 60),
        ])
        let first = try #require(results[0].number)
        let third = try #require(results[3].number)
        #expect(results[1].failureCase == .conflict(first))
        #expect(results[2].number == 1)
        #expect(third > first)
        #expect(results[4].number == 1)
        #expect(results[5...7].allSatisfy { $0.failureCase == .conflict(third) })
        #expect(results[8].number == 0)
        #expect(results[9].number == 0)
        #expect(results[10].number == 0)
        #expect(results[11].failureCase == .conflict(nil))
        #expect(results[12].number == 0)
        #expect(try writer.core.current(bytes("a"))?.revision == third)

        let more = writer.run([
            .put("a", "6", .unchanged(since: third)),
            .put("a", "7", .unchanged(since: third)),
            .destroy("a", .unchanged(since: third)),
        ])
        let sixth = try #require(more[0].number)
        #expect(more[1].failureCase == .conflict(sixth))
        #expect(more[2].failureCase == .conflict(sixth))
        #expect(try writer.core.current(bytes("a"))?.value == bytes("6"))
    }

    @Test func `a key that is written often in one round is found in it`() throws {
        let writer = try Bench(segmentByteCountMax: 1 << 20).makeWriter()
        var requests: [WriteRequest] = []
        for round in 0..<40 {
            for key in 0..<30 { requests.append(.put("k\(key)", "\(round)")) }
        }
        requests.append(.destroy("k3"))
        requests.append(.put("k3", "new", .absent))
        let results = writer.run(requests)
        #expect(results.allSatisfy { $0.failureCase == .none })
        #expect(writer.core.index.count == 30)
        #expect(try writer.core.current(bytes("k3"))?.value == bytes("new"))
        #expect(try writer.core.current(bytes("k4"))?.value == bytes("39"))
        #expect(writer.core.segments.all.map(\.counts.live) == [30])
    }

    @Test func `a conflict is not answered over a record that was never written`() throws {
        let bench = Bench()
        let writer = try bench.makeWriter()
        _ = writer.run([.put("b", "0")])
        bench.disk.failOperation(kind: .write, namePrefix: "0000", with: .inputOutput)
        let results = writer.run([
            .put("a", "1"), .put("a", "2", .absent), .touch("a"), .destroy("b"), .touch("c"),
        ])
        #expect(results.map(\.failureCase) == Array(repeating: .unavailable, count: 5))
        #expect(try writer.core.current(bytes("a")) == nil)
        #expect(try writer.core.current(bytes("b"))?.value == bytes("0"))

        let again = writer.run([.put("a", "1", .absent)])
        #expect(again[0].failureCase == .none)
        #expect(try writer.core.current(bytes("a"))?.value == bytes("1"))
    }

    @Test func `a touch does not outlive the write it was asked after`() throws {
        let bench = Bench(segmentByteCountMax: 256)
        let writer = try bench.makeWriter()
        _ = writer.run([.put("b", "0")])
        let value = String(repeating: "x", count: 60)
        // The batch fails, the next segment can be begun all the same.
        bench.disk.failOperation(kind: .write, namePrefix: "0000000001", with: .inputOutput)
        let results = writer.run([.put("a", value), .touch("a"), .touch("a")])
        #expect(results[0].failureCase == .unavailable)
        #expect(try writer.core.current(bytes("a")) == nil)
        #expect(results[2].number == 0)
    }

    @Test func `requests after closing answer closed, and closing again is nothing`() throws {
        let writer = try Bench().makeWriter()
        let results = writer.run([
            .put("a", "1"), .close, .put("a", "2"), .touch("a"), .sync, .checkpoint, .close,
        ])
        #expect(results[0].failureCase == .none)
        #expect(results[1].number == 1)
        #expect(results[2...5].allSatisfy { $0.failureCase == .closed })
        #expect(results[6].number == 1)
    }

    // MARK: Damage

    @Test(arguments: [false, true])
    func `a damaged value can be destroyed, replaced, and nothing else`(isTouch: Bool) throws {
        let bench = Bench()
        var log = try bench.open()
        try log.put("a", "some value")
        if isTouch { #expect(try log.touchBlocking(bytes("a"))) }
        try log.put("b", "other")
        let place = try #require(log.core.index.candidates(for: log.core.hash(bytes("a"))).first)
        try log.closeBlocking()
        // In the body, behind head and key.
        let bit = (place.byteOffset + 40 + 2) * 8
        try bench.disk.flipBit(bit, of: "/store/0000000001.segment")

        let witness = Witness()
        log = try bench.open(witness)
        #expect(failure { () throws(LogError) in _ = try log.read(bytes("a")) } == .corrupted)
        #expect(witness.told.damages.map(\.key) == [bytes("a")])
        if isTouch {
            let key = bytes("a")
            #expect(
                failure { () throws(LogError) in _ = try log.touchBlocking(key) } == .corrupted)
            #expect(
                failure { () throws(LogError) in
                    _ = try log.writeBlocking(key, [], condition: .absent)
                } == .corrupted)
            #expect(try !log.recordExpiryBlocking(key, revision: 0))
        }
        #expect(try log.text("b") == "other")
        #expect(try log.removeBlocking(bytes("a")))
        #expect(try log.text("a") == nil)
        try log.put("a", "new")
        #expect(try log.text("a") == "new")
        try log.closeBlocking()
        log = try bench.open()
        #expect(try log.text("a") == "new")
        try log.closeBlocking()
    }

    @Test func `a damaged touch can be destroyed`() throws {
        let bench = Bench()
        var log = try bench.open()
        try log.put("a", "value")
        #expect(try log.touchBlocking(bytes("a")))
        let place = try #require(log.core.index.candidates(for: log.core.hash(bytes("a"))).first)
        try log.closeBlocking()
        try bench.disk.flipBit((place.byteOffset + 45) * 8, of: "/store/0000000001.segment")
        log = try bench.open()
        #expect(try log.removeBlocking(bytes("a")))
        #expect(try log.text("a") == nil)
        #expect(try log.count() == 0)
        try log.closeBlocking()
    }

    @Test func `a touched value that is another one is damage`() throws {
        let bench = Bench()
        let log = try bench.open()
        try log.put("a", "value")
        #expect(try log.touchBlocking(bytes("a")))
        try log.put("b", "other")
        let core = log.core
        func slot(_ key: String) throws -> IndexSlot {
            try #require(core.index.candidates(for: core.hash(bytes(key))).first)
        }
        var touch = try core.reader.record(of: slot("a"))
        let body = try TouchBody(decoding: touch.body)
        // As if the touch named what is b's.
        let other = try slot("b")
        let wrong = TouchBody(
            valueSequence: body.valueSequence,
            segment: body.segment,
            byteOffset: other.byteOffset,
            recordByteCount: other.recordByteCount
        )
        touch.bytes.replaceSubrange(41..<65, with: wrong.encoded())
        let damaged = touch
        #expect(
            failure { () throws(LogError) in
                _ = try core.resolve(damaged, of: try slotOf(core, "a"))
            } == .corrupted)
        // A tombstone is no value, and neither is a body that is no touch's.
        touch.bytes.replaceSubrange(41..<65, with: [UInt8](repeating: 0, count: 24))
        let empty = touch
        #expect(
            failure { () throws(LogError) in
                _ = try core.resolve(empty, of: try slotOf(core, "a"))
            } == .corrupted)
        var tombstone = try core.reader.record(of: slot("b"))
        tombstone.head.kind = .destroyTombstone
        let dead = tombstone
        #expect(
            failure { () throws(LogError) in
                _ = try core.resolve(dead, of: try slotOf(core, "b"))
            } == .corrupted)
        tombstone.head.kind = .put
        // A codec that nobody knows yet is no damage; what is no work of a known one is.
        for (codec, expected) in [(2, .corrupted), (9, .unsupported)] as [(UInt8, Case)] {
            tombstone.head.codec = codec
            let packed = tombstone
            #expect(
                failure { () throws(LogError) in
                    _ = try core.resolve(packed, of: try slotOf(core, "b"))
                } == expected)
        }
        // A folded touch has at least the number of its value.
        var folded = try core.reader.record(of: slot("b"))
        folded.head.kind = .foldedTouch
        folded.head.storedByteCount = FoldedBody.prefixByteCount - 1
        let short = folded
        #expect(
            failure { () throws(LogError) in
                _ = try core.value(of: short, try slotOf(core, "b"))
            } == .corrupted)
        try log.closeBlocking()
    }

    private func slotOf(_ core: LogCore, _ key: String) throws(LogError) -> IndexSlot {
        core.index.candidates(for: core.hash(bytes(key))).first ?? .empty
    }

    // MARK: Counters

    @Test(arguments: 0..<12 as Range<UInt64>)
    func `counters are what a recount finds, after any history`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var bench = Bench(seed: seed + 1, segmentByteCountMax: 1_500)
        bench.options.lifetimeMilliseconds = 5_000
        bench.options.sequenceReservation = 16
        var log = try bench.open()
        var model: [String: String] = [:]
        for step in 0..<400 {
            let key = "key\(random.number(below: 25))"
            switch random.number(below: 20) {
            case 0..<8:
                model[key] = "\(step)" + String(repeating: "v", count: random.number(below: 80))
                try log.put(key, model[key] ?? "")
            case 8..<13:
                #expect(try log.touchBlocking(bytes(key)) == (model[key] != nil))
            case 13..<16:
                #expect(try log.removeBlocking(bytes(key)) == (model[key] != nil))
                model[key] = nil
            case 16:
                #expect(try log.checkpointBlocking())
            case 17:
                try log.closeBlocking()
                log = try bench.open()
            case 18:
                log = try reopenedAfterKill(&bench)
            default:
                #expect(try !log.recordExpiryBlocking(bytes(key), revision: 1 << 60))
            }
        }
        #expect(try log.all() == model)
        #expect(try log.count() == model.count)
        let statistics = try log.statistics()
        #expect(statistics.keyCount == model.count)
        #expect(statistics.segments.reduce(0) { $0 + $1.liveByteCount } == statistics.liveByteCount)
        let recordByteCount = statistics.segments.reduce(0) { $0 + $1.recordByteCount }
        #expect(statistics.liveByteCount + statistics.deadByteCount == recordByteCount)
        try log.closeBlocking()
        // Once with the counters that were kept, and once with those that are made anew.
        #expect(try bench.verify().damages == [])
        try bench.disk.removeFile("/store/CHECKPOINT")
        let report = try bench.verify()
        #expect(report.damages == [])
        #expect(report.keyCount == model.count)
    }

    private func reopenedAfterKill(_ bench: inout Bench) throws -> SegmentLog {
        bench = bench.killed()
        return try bench.open()
    }

    @Test func `counters survive a disk that does not answer while they are made`() throws {
        let bench = Bench()
        var log = try bench.open()
        try log.put("a", "1")
        #expect(try log.touchBlocking(bytes("a")))
        for number in 0..<40 { try log.put("filler\(number)", "x") }
        try log.closeBlocking()
        try bench.disk.removeFile("/store/CHECKPOINT")

        var failedCount = 0
        for number in 1...150 {
            let disk = bench.disk.clone()
            disk.failOperation(kind: .read, namePrefix: "0000", match: number, with: .inputOutput)
            var other = bench
            other.disk = disk
            do throws(LogError) {
                log = try other.open()
            } catch {
                failedCount += 1
                #expect(Case(error) == .unavailable)
                continue
            }
            disk.clearFaults()
            try log.put("a", "2")
            try log.closeBlocking()
            #expect(try other.verify().damages == [])
        }
        #expect(failedCount > 3)
    }

    @Test func `bytes released twice do not end the process`() {
        let segment = LogSegment(
            ManifestSegment(
                id: SegmentID(1), state: .active, salt: 1, dataEnd: 64, recordCount: 0),
            index: 0
        )
        segment.removeLive(byteCount: 8)
        #expect(segment.counts.live == 0 && segment.counts.liveBytes == 0)
    }
}

extension LogIndex.Candidates {
    var first: IndexSlot? { count == 0 ? nil : self[0] }
}
