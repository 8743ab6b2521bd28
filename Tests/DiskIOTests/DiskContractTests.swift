import DiskIO
import SimulatedDisks
import Testing

/// What the log may rely on, whichever disk is below it.
@Suite
struct `The contract of disks` {
    @Test(arguments: DiskUnderTest.allCases)
    func `bytes are read where they were written`(_ subject: DiskUnderTest) throws {
        let bench = try subject.bench()
        let file = try bench.directory().open("a", .creating)

        try file.put(text("hello world"))
        try file.put(text("W"), at: 6)

        #expect(try file.get() == text("hello World"))
        #expect(try file.get(3, at: 4) == text("o W"))
        #expect(try file.byteCount() == 11)
        #expect(file.name == "a")
    }

    @Test(arguments: DiskUnderTest.allCases)
    func `a read at the end is short, and past the end empty`(_ subject: DiskUnderTest) throws {
        let bench = try subject.bench()
        let file = try bench.directory().make("a", text("hello"))

        #expect(try file.getOnce(10, at: 3) == text("lo"))
        #expect(try file.getOnce(10, at: 5) == [])
        #expect(try file.getOnce(10, at: 5_000) == [])
        #expect(try file.getOnce(10, at: UInt64.max) == [])
        #expect(try file.getOnce(0, at: 1) == [])
    }

    @Test(arguments: DiskUnderTest.allCases)
    func `a write past the end leaves zeros between`(_ subject: DiskUnderTest) throws {
        let bench = try subject.bench()
        let file = try bench.directory().make("a", text("ab"))

        try file.put(text("c"), at: 5)

        #expect(try file.get() == text("ab") + [0, 0, 0] + text("c"))
    }

    @Test(arguments: DiskUnderTest.allCases)
    func `an empty write changes nothing`(_ subject: DiskUnderTest) throws {
        let bench = try subject.bench()
        let file = try bench.directory().make("a", text("ab"))

        #expect(try file.putOnce([], at: 10) == 0)
        try file.put([], at: 10)

        #expect(try file.byteCount() == 2)
    }

    @Test(arguments: DiskUnderTest.allCases)
    func `truncation cuts, and extends with zeros`(_ subject: DiskUnderTest) throws {
        let bench = try subject.bench()
        let file = try bench.directory().make("a", text("hello"))

        try file.truncate(to: 2)
        try file.truncate(to: 4)

        #expect(try file.get() == text("he") + [0, 0])
    }

    @Test(arguments: DiskUnderTest.allCases)
    func `a file past every limit is a full disk`(_ subject: DiskUnderTest) throws {
        let bench = try subject.bench()
        let file = try bench.directory().make("a", text("hello"))

        expectError(.diskFull) { try file.truncate(to: UInt64.max) }
        expectError(.diskFull) { try file.put(text("x"), at: UInt64.max) }
        expectError(.diskFull) { try file.put(text("x"), at: UInt64(Int64.max) - 1) }
        #expect(try file.get() == text("hello"))
    }

    @Test(arguments: DiskUnderTest.allCases)
    func `a file opened for reading cannot be changed`(_ subject: DiskUnderTest) throws {
        let bench = try subject.bench()
        let directory = try bench.directory()
        try directory.make("a", text("hello"))
        let file = try directory.open("a", .reading)

        expectError(.accessDenied) { try file.put(text("x")) }
        expectError(.accessDenied) { try file.truncate(to: 0) }
        try file.sync()

        #expect(try file.get() == text("hello"))
    }

    @Test(arguments: DiskUnderTest.allCases)
    func `all openings of a file see the same bytes`(_ subject: DiskUnderTest) throws {
        let bench = try subject.bench()
        let directory = try bench.directory()
        let first = try directory.make("a", text("hello"))
        let second = try directory.open("a", .writing)
        let reader = try directory.open("a", .reading)

        try second.put(text("J"))
        try first.put(text("!"), at: 5)

        #expect(try reader.get() == text("Jello!"))
    }

    @Test(arguments: DiskUnderTest.allCases)
    func `creating what exists is refused and harms nothing`(_ subject: DiskUnderTest) throws {
        let bench = try subject.bench()
        let directory = try bench.directory()
        let file = try directory.make("a", text("hello"))

        let error = expectError(.alreadyExists) { _ = try directory.open("a", .creating) }

        #expect(error?.operation == .open)
        #expect(error?.name == "a")
        #expect(try file.get() == text("hello"))
    }

    @Test(arguments: DiskUnderTest.allCases)
    func `what is not there is not found`(_ subject: DiskUnderTest) throws {
        let bench = try subject.bench()
        let directory = try bench.directory()

        expectError(.notFound) { _ = try directory.open("a", .reading) }
        expectError(.notFound) { _ = try directory.open("a", .writing) }
        expectError(.notFound) { try directory.remove("a") }
        expectError(.notFound) { try directory.rename("a", to: "b") }
        #expect(try directory.names() == [])
    }

    @Test(arguments: DiskUnderTest.allCases)
    func `symbolic links are refused, and can be removed`(_ subject: DiskUnderTest) throws {
        let bench = try subject.bench()
        let directory = try bench.directory()
        try bench.makeSymbolicLink(bench.path + "/link")

        expectError(.notAFile) { _ = try directory.open("link", .reading) }
        expectError(.notAFile) { _ = try directory.open("link", .writing) }
        expectError(.alreadyExists) { _ = try directory.open("link", .creating) }
        expectError(.notAFile) { _ = try directory.lock("link", note: []) }
        #expect(try directory.names() == ["link"])
        try directory.remove("link")
        #expect(try directory.names() == [])
    }

    @Test(arguments: DiskUnderTest.allCases)
    func `directories are not files`(_ subject: DiskUnderTest) throws {
        let bench = try subject.bench()
        let directory = try bench.directory()
        try bench.makeDirectory(bench.path + "/sub")
        try directory.make("a", [])

        expectError(.notAFile) { _ = try directory.open("sub", .reading) }
        expectError(.notAFile) { _ = try directory.open("sub", .writing) }
        expectError(.notAFile) { try directory.remove("sub") }
        expectError(.notAFile) { try directory.rename("a", to: "sub") }
        expectError(.notAFile) { _ = try directory.lock("sub", note: []) }
        expectError(.notAFile) {
            _ = try bench.disk.openDirectory(bench.path + "/a", creating: false)
        }
        #expect(try directory.names() == ["a", "sub"])
    }

    @Test(arguments: DiskUnderTest.allCases)
    func `a rename replaces the target in one step`(_ subject: DiskUnderTest) throws {
        let bench = try subject.bench()
        let directory = try bench.directory()
        let new = try directory.make("new", text("new"))
        let old = try directory.make("old", text("old"))

        try directory.rename("new", to: "old")

        #expect(try directory.names() == ["old"])
        #expect(try directory.open("old", .reading).get() == text("new"))
        #expect(try old.get() == text("old"))
        #expect(try new.get() == text("new"))
        try directory.rename("old", to: "old")
        #expect(try directory.names() == ["old"])
    }

    @Test(arguments: DiskUnderTest.allCases)
    func `a removed file that is open stays readable and writable`(_ subject: DiskUnderTest) throws
    {
        let bench = try subject.bench()
        let directory = try bench.directory()
        let file = try directory.make("a", text("hello"))

        try directory.remove("a")
        try directory.sync()
        try file.put(text("J"))
        try file.sync()

        #expect(try directory.names() == [])
        #expect(try file.get() == text("Jello"))
        try directory.make("a", text("another"))
        #expect(try file.get() == text("Jello"))
    }

    @Test(arguments: DiskUnderTest.allCases)
    func `names come sorted, every time`(_ subject: DiskUnderTest) throws {
        let bench = try subject.bench()
        let directory = try bench.directory()
        let names = ["zebra", "B", "a", "10", "9", "é", ".hidden"]
        for name in names { try directory.make(name, []) }

        #expect(try directory.names() == names.sorted())
        #expect(try directory.names() == names.sorted())
    }

    @Test(arguments: DiskUnderTest.allCases)
    func `a missing directory is made only when asked for`(_ subject: DiskUnderTest) throws {
        let bench = try subject.bench()
        let path = bench.path + "/store"

        expectError(.notFound) { _ = try bench.disk.openDirectory(path, creating: false) }
        let made = try bench.disk.openDirectory(path, creating: true)
        try made.make("a", [])
        let again = try bench.disk.openDirectory(path + "/", creating: true)

        #expect(try again.names() == ["a"])
        #expect(made.path == path)
        expectError(.notFound) {
            _ = try bench.disk.openDirectory(bench.path + "/no/store", creating: true)
        }
    }

    @Test(arguments: DiskUnderTest.allCases)
    func `a directory is told from others, however it was reached`(_ subject: DiskUnderTest) throws
    {
        let bench = try subject.bench()
        let first = try bench.disk.openDirectory(bench.path + "/one", creating: true)
        let second = try bench.disk.openDirectory(bench.path + "/two", creating: true)
        let again = try bench.disk.openDirectory(bench.path + "/./one//", creating: false)

        #expect(first.identity == again.identity)
        #expect(first.identity != second.identity)
    }

    @Test(arguments: DiskUnderTest.allCases)
    func `there is only one lock, also within the process`(_ subject: DiskUnderTest) throws {
        let bench = try subject.bench()
        let directory = try bench.directory()
        let other = try bench.directory()
        let lock = try directory.lock("lock", note: text("process 1"))

        let error = expectError(.locked) { _ = try other.lock("lock", note: text("process 2")) }
        expectError(.locked) { _ = try directory.lock("lock", note: text("process 3")) }

        #expect(error?.detail == "process 1")
        #expect(try directory.open("lock", .reading).get() == text("process 1"))
        lock.release()
        lock.release()
        let next = try other.lock("lock", note: text("p 2"))
        #expect(try directory.open("lock", .reading).get() == text("p 2"))
        next.release()
    }

    @Test(arguments: DiskUnderTest.allCases)
    func `a lock ends with its last reference`(_ subject: DiskUnderTest) throws {
        let bench = try subject.bench()
        let directory = try bench.directory()

        do {
            let lock = try directory.lock("lock", note: [])
            expectError(.locked) { _ = try directory.lock("lock", note: []) }
            _ = lock
        }

        try directory.lock("lock", note: []).release()
    }

    @Test(arguments: DiskUnderTest.allCases)
    func `syncs succeed, and there is room`(_ subject: DiskUnderTest) throws {
        let bench = try subject.bench()
        let directory = try bench.directory()
        let file = try directory.make("a", text("hello"))

        try file.sync()
        try directory.sync()

        #expect(try directory.availableByteCount() > 1_000)
    }

    @Test(arguments: DiskUnderTest.allCases)
    func `clocks run and random bits differ`(_ subject: DiskUnderTest) throws {
        let disk = try subject.bench().disk

        let first = disk.monotonicNanoseconds()
        let second = disk.monotonicNanoseconds()

        #expect(first <= second)
        #expect(disk.wallClockMilliseconds() > 1_600_000_000_000)
        #expect(Set((0..<10).map { _ in disk.randomBits() }).count == 10)
    }
}
