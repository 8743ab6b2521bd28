import DiskIO
import Locks
import SimulatedDisks
import Testing

/// A count that several threads and closures may share.
final class Counter: Sendable {
    private let value = Mutex(0)

    var count: Int { value.withLock { $0 } }

    @discardableResult
    func increment() -> Int {
        value.withLock { value in
            value += 1
            return value
        }
    }

    func decrement() {
        value.withLock { $0 -= 1 }
    }
}

@Suite
struct `The simulated disk` {
    private let disk = SimulatedDisk()
    private let directory: any DiskDirectory

    init() throws {
        directory = try disk.openDirectory("/s", creating: true)
    }

    // MARK: Counting

    @Test
    func `numbers every call and can tell what it was`() throws {
        let file = try directory.make("a", text("hello"))
        _ = try file.getOnce(3, at: 1)
        try file.truncate(to: 2)
        try directory.rename("a", to: "b")

        #expect(
            disk.operations.map(\.description) == [
                "openDirectory /s", "open a", "write a at 0 count 5", "read a at 1 count 3",
                "truncate a to 2", "rename a to b",
            ])
        #expect(disk.operationCount == 6)
    }

    @Test
    func `does not count clocks and random bits`() throws {
        _ = disk.wallClockMilliseconds()
        _ = disk.monotonicNanoseconds()
        _ = disk.randomBits()

        #expect(disk.operationCount == 1)
    }

    @Test
    func `calls the hook before each operation, and the hook may use the disk`() throws {
        let file = try directory.make("a", text("hello"))
        let calls = Counter()
        let disk = disk
        disk.onOperation { number, operation in
            calls.increment()
            #expect(operation.kind == .write)
            #expect(number == disk.operationCount)
            #expect((try? disk.contents(of: "/s/a")) == text("hello"))
        }

        try file.put(text("J"))
        disk.onOperation(nil)
        try file.put(text("K"))

        #expect(calls.count == 1)
    }

    // MARK: Limits

    @Test
    func `takes what fits, and more when there is room again`() throws {
        disk.capacity = 10
        let file = try directory.make("a", text("1234567"))

        #expect(try directory.availableByteCount() == 3)
        #expect(try file.putOnce(text("89abcd"), at: 7) == 3)
        expectError(.diskFull) { _ = try file.putOnce(text("b"), at: 10) }
        expectError(.diskFull) { _ = try directory.open("b", .creating) }
        expectError(.diskFull) { try file.truncate(to: 11) }
        try file.put(text("X"), at: 9)
        #expect(try directory.availableByteCount() == 0)

        disk.capacity = 20
        try file.put(text("b"), at: 10)
        try directory.make("b", text("123456789"))
        #expect(disk.usedByteCount == 20)
    }

    @Test
    func `has room again once a removed file is closed`() throws {
        disk.capacity = 10
        do {
            let file = try directory.make("a", [UInt8](repeating: 1, count: 10))
            try directory.remove("a")
            #expect(try directory.availableByteCount() == 0)
            _ = file
        }

        #expect(try directory.availableByteCount() == 10)
    }

    @Test
    func `counts what is open and can limit it`() throws {
        disk.openFileCountMax = 3
        do {
            let file = try directory.make("a", [])
            let lock = try directory.lock("lock", note: [])
            #expect(disk.openFileCount == 3)
            expectError(.tooManyOpenFiles) { _ = try directory.open("a", .reading) }
            lock.release()
            #expect(disk.openFileCount == 2)
            _ = file
        }

        #expect(disk.openFileCount == 1)
        _ = try directory.open("a", .reading)
    }

    @Test
    func `can be without locks`() throws {
        disk.areLocksSupported = false

        expectError(.unsupported) { _ = try directory.lock("lock", note: []) }
    }

    // MARK: Time and chance

    @Test
    func `has clocks that obey`() throws {
        disk.setWallClock(milliseconds: 1_000)
        let monotonic = disk.monotonicNanoseconds()
        disk.advance(milliseconds: 5)
        #expect(disk.wallClockMilliseconds() == 1_005)
        #expect(disk.wallClockMilliseconds() == 1_005)
        #expect(disk.monotonicNanoseconds() == monotonic + 5_000_000)

        disk.setWallClock(milliseconds: -1)
        #expect(disk.wallClockMilliseconds() == -1)
        #expect(disk.monotonicNanoseconds() == monotonic + 5_000_000)

        disk.autoAdvanceMilliseconds = 2
        #expect(disk.wallClockMilliseconds() == 1)
        #expect(disk.wallClockMilliseconds() == 3)
    }

    @Test
    func `draws the same random bits from the same seed`() throws {
        let (first, second) = (SimulatedDisk(seed: 3), SimulatedDisk(seed: 3))
        let other = SimulatedDisk(seed: 4)

        let bits = (0..<5).map { _ in first.randomBits() }

        #expect(bits == (0..<5).map { _ in second.randomBits() })
        #expect(bits != (0..<5).map { _ in other.randomBits() })
    }

    // MARK: Copies

    @Test
    func `can be copied as if the process had been killed`() throws {
        let file = try directory.make("a", text("hello"))
        let lock = try directory.lock("lock", note: text("me"))
        disk.failOperation(disk.operationCount + 1, with: .inputOutput, lasting: true)

        let copy = disk.clone()
        let copied = try copy.openDirectory("/s", creating: false)
        try copied.open("a", .writing).put(text("J"))
        let copiedLock = try copied.lock("lock", note: text("you"))

        #expect(try copy.contents(of: "/s/a") == text("Jello"))
        #expect(try disk.contents(of: "/s/a") == text("hello"))
        #expect(try copy.afterPowerCut(.nothing).fileNames(in: "/s") == [])
        lock.release()
        copiedLock.release()
        _ = file
    }

    @Test
    func `can tell whether anything changed`() throws {
        let file = try directory.make("a", text("hello"))
        let before = disk.snapshot()
        _ = try file.get()
        #expect(disk.snapshot() == before)
        #expect(before.files == ["/s/a": text("hello")])
        #expect(before.directories == ["/", "/s"])

        try file.put(text("J"))
        #expect(disk.snapshot() != before)
    }

    @Test
    func `serves many threads`() async throws {
        let directory = directory
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    do {
                        let file = try directory.make("file \(task)", [])
                        for step in 0..<100 { try file.put([UInt8(step)], at: UInt64(step)) }
                        try file.sync()
                    } catch {
                        Issue.record(error)
                    }
                }
            }
        }

        #expect(disk.operationCount == 1 + 8 * 102)
        #expect(try disk.contents(of: "/s/file 7") == Array(0..<100))
    }

    // MARK: Damage

    @Test
    func `can be damaged in many ways`() throws {
        try disk.setContents(of: "/s/a", to: [UInt8](repeating: 1, count: 1_500))
        try disk.setContents(of: "/s/b", to: [UInt8](repeating: 2, count: 1_500))

        try disk.flipBit(8 * 3 + 7, of: "/s/a")
        #expect(try disk.contents(of: "/s/a")[3] == 0x81)
        try disk.corrupt("/s/a", at: 3, with: [1])
        try disk.zeroSector(2, of: "/s/a")
        #expect(
            try disk.contents(of: "/s/a").suffix(477) == [1] + [UInt8](repeating: 0, count: 476))
        try disk.misdirectSector(0, of: "/s/b", to: 1, of: "/s/a")
        let content = try disk.contents(of: "/s/a")
        #expect(Set(content[..<512]) == [1] && Set(content[512..<1_024]) == [2])
        try disk.duplicateFile("/s/b", as: "/s/c")
        try disk.swapFiles("/s/a", "/s/b")
        #expect(try disk.contents(of: "/s/b") == content)
        try disk.truncateFile("/s/b", to: 2)
        try disk.replace(0..<1, of: "/s/b", with: [9, 9])
        try disk.removeFile("/s/a")
        expectError(.notFound) { try disk.removeFile("/s/a") }

        // All of it is on the medium.
        let after = disk.afterPowerCut(.nothing)
        #expect(try after.fileNames(in: "/s") == ["b", "c"])
        #expect(try after.contents(of: "/s/b") == [9, 9, 1])
        #expect(try after.contents(of: "/s/c") == [UInt8](repeating: 2, count: 1_500))
    }

    @Test
    func `can be settled as by a shutdown in good order`() throws {
        try directory.make("a", text("hello"))

        disk.settle()

        #expect(try disk.afterPowerCut(.nothing).contents(of: "/s/a") == text("hello"))
        #expect(try disk.durableContents(of: "/s/a") == text("hello"))
    }
}
