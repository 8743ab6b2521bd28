import DiskIO
import Foundation
import SegmentFormat
import SimulatedDisks
import Testing

@testable import LogEngine

/// Writes go a short way where all is plain: it must come to what the long one does.
@Suite struct PlainWriteTests {
    enum Before: CaseIterable {
        case nothing, value, asked, touched, folded, removed, expired, endless

        /// Whether the key has a value.
        var isAlive: Bool { ![.nothing, .removed, .expired].contains(self) }
    }

    enum Condition: CaseIterable {
        case none, absent, unchanged, changed
    }

    /// Makes the key what it should be, and returns the revision of its value, alive or not.
    private func prepare(_ before: Before, _ bench: Bench, _ log: SegmentLog) throws -> UInt64 {
        guard before != .nothing else { return 0 }
        let lifetime: ValueLifetime =
            switch before {
            case .expired: .milliseconds(10)
            case .endless: .endless
            default: .standard
            }
        let revision = try log.writeBlocking(bytes("a"), bytes("before"), lifetime: lifetime)
        try log.put("b", "other")
        switch before {
        case .nothing, .value: break
        case .asked: for _ in 0..<3 { #expect(try log.text("a") == "before") }
        case .touched, .folded:
            #expect(try log.touchBlocking(bytes("a")))
            if before == .folded { _ = try log.compactBlocking() }
        case .removed: #expect(try log.removeBlocking(bytes("a")))
        case .expired, .endless: bench.disk.advance(milliseconds: 1_000_000)
        }
        return revision
    }

    @Test(arguments: Before.allCases, Condition.allCases)
    func `a write comes to the same with and without syncs`(
        before: Before,
        condition: Condition
    ) throws {
        for durability in [Durability.durable, .interval(.seconds(60))] {
            for isRead in [false, true] {
                var bench = Bench(segmentByteCountMax: 1 << 16)
                bench.options.durability = durability
                let log = try bench.open()
                // The thread that the interval needs, and a segment.
                try log.put("c", "first")
                let revision = try prepare(before, bench, log)
                if isRead { _ = try log.text("a") }
                let isExpected =
                    switch condition {
                    case .none: true
                    case .absent: !before.isAlive
                    case .unchanged: before.isAlive
                    case .changed: false
                    }
                let asked: WriteCondition =
                    switch condition {
                    case .none: .none
                    case .absent: .absent
                    case .unchanged: .unchanged(since: revision)
                    case .changed: .unchanged(since: revision + 1_000)
                    }
                var written: UInt64?
                do throws(LogError) {
                    written = try log.writeBlocking(bytes("a"), bytes("after"), condition: asked)
                } catch {
                    guard case .conflict(let found) = error else { throw error }
                    #expect(found == (before.isAlive ? revision : nil))
                }
                #expect((written != nil) == isExpected)
                let expected = isExpected ? "after" : before.isAlive ? "before" : nil
                for _ in 0..<3 { #expect(try log.text("a") == expected) }
                if let written {
                    #expect(written > revision)
                    #expect(try log.read(bytes("a"))?.revision == written)
                }
                #expect(try log.recountBlocking().isRight)
                let kept = try log.all()
                try log.closeBlocking()
                let again = try bench.open()
                #expect(try again.all() == kept)
                #expect(try again.text("a") == expected)
                #expect(try again.recountBlocking().isRight)
                try again.closeBlocking()
                #expect(try bench.verify().isSound)
            }
        }
    }

    @Test(arguments: [Durability.durable, .interval(.seconds(60))])
    func `who has read a value writes it without asking the disk`(
        durability: Durability
    ) async throws {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("plain-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let disk = CountingDisk()
        var options = LogOptions()
        options.durability = durability
        options.maintenance = .manual
        func reads(_ body: () async throws -> Void) async rethrows -> Bool {
            let before = disk.readByteCounts.values.reduce(0, +)
            try await body()
            return disk.readByteCounts.values.reduce(0, +) > before
        }
        let log = try SegmentLog(directory, on: disk, options: options)
        for number in 0..<50 { try log.put("key\(number)", "one") }
        #expect(try await reads { _ = try await log.write(bytes("key0"), bytes("two")) })
        #expect(try log.text("key1") == "one")
        #expect(try await !reads { _ = try await log.write(bytes("key1"), bytes("two")) })
        // What was written since counts, and not what was read before.
        #expect(try log.text("key2") == "one")
        let newer = try log.put("key2", "two")
        let conflict = await #expect(throws: LogError.self) {
            _ = try await log.write(
                bytes("key2"),
                bytes("three"),
                condition: .unchanged(since: newer - 1)
            )
        }
        guard case .conflict(revision: newer)? = conflict else {
            Issue.record("\(String(describing: conflict))")
            return
        }
        // What was moved since is looked for again.
        #expect(try log.text("key3") == "one")
        _ = try log.compactBlocking()
        #expect(try await reads { _ = try await log.write(bytes("key3"), bytes("two")) })
        #expect(try log.text("key3") == "two")
        try log.closeBlocking()
        let again = try SegmentLog(directory, on: disk, options: options)
        #expect(try again.all().count == 50)
        #expect(try again.text("key3") == "two")
        try again.closeBlocking()
    }

    @Test func `a plain write that fails leaves what there was, also after a kill`() throws {
        var bench = Bench(segmentByteCountMax: 1 << 20)
        bench.options.durability = .interval(.seconds(60))
        let log = try bench.open()
        let first = try log.put("a", "before")
        bench.disk.failOperation(kind: .write, namePrefix: "0000000001", with: .inputOutput)
        #expect(failure { () throws(LogError) in try log.put("a", "lost") } == .unavailable)
        #expect(try log.text("a") == "before")
        #expect(try log.recountBlocking().isRight)
        let killed = try bench.killed().open()
        #expect(try killed.text("a") == "before")
        try killed.closeBlocking()
        #expect(try log.put("a", "after") > first)
        #expect(try bench.killed().open().text("a") == "after")
        try log.closeBlocking()
        #expect(try bench.open().all() == ["a": "after"])
    }
}
