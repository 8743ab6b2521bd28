import DiskIO
import SimulatedDisks
import Testing

@Suite
struct `A fault of the simulated disk` {
    private let disk = SimulatedDisk()
    private let directory: any DiskDirectory

    init() throws {
        directory = try disk.openDirectory("/s", creating: true)
    }

    /// The number the next operation will have.
    private var next: Int { disk.operationCount + 1 }

    // MARK: Each kind

    @Test
    func `in reading is reported once or for ever`() throws {
        let file = try directory.make("a", text("hello"))
        disk.failOperation(next, with: .inputOutput)

        expectError(.inputOutput) { _ = try file.get() }
        #expect(try file.get() == text("hello"))

        disk.failOperation(kind: .read, with: .inputOutput, lasting: true)
        for _ in 0..<3 { expectError(.inputOutput) { _ = try file.get() } }
        try file.put(text("J"))
        disk.clearFaults()
        #expect(try file.get() == text("Jello"))
    }

    @Test
    func `in writing may leave any front part`() throws {
        var counts: Set<Int> = []
        for seed in 0..<100 {
            let disk = SimulatedDisk(seed: UInt64(seed))
            let directory = try disk.openDirectory("/s", creating: true)
            let file = try directory.open("a", .creating)
            disk.failOperation(kind: .write, with: .inputOutput)
            expectError(.inputOutput) { try file.put(text("hello")) }
            let content = try file.get()
            #expect(content == Array(text("hello").prefix(content.count)))
            counts.insert(content.count)
        }
        #expect(counts == [0, 1, 2, 3, 4, 5])
    }

    @Test
    func `of a full disk takes a part and then nothing`() throws {
        let bytes = [UInt8](repeating: 1, count: 1_000)
        let file = try directory.open("a", .creating)
        disk.failOperation(next, with: .diskFull)

        let count = try file.putOnce(bytes)
        expectError(.diskFull) { _ = try file.putOnce(bytes, at: UInt64(count)) }

        #expect(count > 0 && count < 1_000)
        #expect(try file.byteCount() == UInt64(count))
        try file.put(bytes)
    }

    @Test
    func `of a full disk that lasts stops every writer`() throws {
        let file = try directory.open("a", .creating)
        disk.failOperation(next, with: .diskFull, lasting: true)

        expectError(.diskFull) { try file.put([UInt8](repeating: 1, count: 1_000)) }
        expectError(.diskFull) { _ = try directory.open("b", .creating) }
        expectError(.diskFull) { try directory.rename("a", to: "b") }
        expectError(.diskFull) { try file.sync() }
        expectError(.diskFull) { try directory.sync() }
        try directory.remove("a")
    }

    @Test
    func `of a short transfer moves fewer bytes, and the loops go on`() throws {
        let bytes = (0..<1_000).map { UInt8(truncatingIfNeeded: $0) }
        let file = try directory.open("a", .creating)
        disk.failOperation(next, with: .shortTransfer)
        let written = try file.putOnce(bytes)
        #expect(written > 0 && written < 1_000)

        disk.failOperation(next, with: .shortTransfer, lasting: true)
        try file.put(bytes)
        #expect(try file.getOnce(1_000).count < 1_000)
        #expect(try file.get(1_000) == bytes)
    }

    @Test
    func `of an interruption is retried by the loops`() throws {
        let file = try directory.make("a", text("hello"))
        disk.failOperation(next, with: .interrupted)
        expectError(.interrupted) { _ = try file.getOnce(5) }
        disk.failOperation(next, with: .interrupted)
        expectError(.interrupted) { _ = try file.putOnce(text("x")) }

        disk.failOperation(next, with: .interrupted)
        disk.failOperation(next + 1, with: .interrupted)
        #expect(try file.get(5) == text("hello"))
        disk.failOperation(next, with: .interrupted)
        try file.put(text("J"))
        #expect(try file.get() == text("Jello"))
    }

    @Test
    func `of descriptors hits what opens`() throws {
        let file = try directory.make("a", text("hello"))
        disk.failOperation(next, with: .tooManyOpenFiles, lasting: true)

        expectError(.tooManyOpenFiles) { _ = try directory.open("a", .reading) }
        expectError(.tooManyOpenFiles) { _ = try directory.lock("lock", note: []) }
        expectError(.tooManyOpenFiles) { _ = try disk.openDirectory("/s", creating: false) }
        #expect(try file.get() == text("hello"))
    }

    @Test
    func `of a read-only file system hits what changes`() throws {
        let file = try directory.make("a", text("hello"))
        disk.failOperation(next, with: .readOnly, lasting: true)

        expectError(.readOnly) { try file.put(text("x")) }
        expectError(.readOnly) { try file.truncate(to: 0) }
        expectError(.readOnly) { _ = try directory.open("b", .creating) }
        expectError(.readOnly) { _ = try directory.open("a", .writing) }
        expectError(.readOnly) { try directory.rename("a", to: "b") }
        expectError(.readOnly) { try directory.remove("a") }
        expectError(.readOnly) { _ = try directory.lock("lock", note: []) }
        expectError(.readOnly) { _ = try disk.openDirectory("/t", creating: true) }
        _ = try disk.openDirectory("/s", creating: true)
        #expect(try directory.open("a", .reading).get() == text("hello"))
    }

    @Test
    func `of rights hits names`() throws {
        try directory.make("a", text("hello"))
        disk.failOperation(next, with: .accessDenied)

        expectError(.accessDenied) { _ = try directory.open("a", .reading) }
    }

    @Test(arguments: [Fault.UnsyncedBytes.new, .old])
    func `of a sync loses bytes that later syncs do not bring back`(
        _ bytes: Fault.UnsyncedBytes
    ) throws {
        let file = try directory.make("a", text("old-"))
        try file.sync()
        try directory.sync()
        try file.put(text("new-"))
        disk.failOperation(next, with: .syncFailure(thenReading: bytes))

        expectError(.inputOutput) { try file.sync() }
        let isNew = bytes == .new
        #expect(try file.get() == text(isNew ? "new-" : "old-"))
        try file.put(text("more"), at: 4)
        try file.sync()
        try file.sync()

        #expect(try file.get() == text(isNew ? "new-more" : "old-more"))
        for pattern in SurvivalPattern.all {
            #expect(try disk.afterPowerCut(pattern).contents(of: "/s/a") == text("old-more"))
        }
    }

    @Test
    func `of a directory's sync loses names that later syncs do not bring back`() throws {
        try directory.make("a", text("a")).sync()
        disk.failOperation(next, with: .syncFailure(thenReading: .new))

        expectError(.inputOutput) { try directory.sync() }
        try directory.make("b", text("b")).sync()
        try directory.sync()

        #expect(try directory.names() == ["a", "b"])
        #expect(try disk.afterPowerCut(.everything).fileNames(in: "/s") == ["b"])
    }

    @Test
    func `of a sync without loss keeps the bytes pending`() throws {
        let file = try directory.make("a", text("new"))
        disk.failOperation(next, with: .inputOutput)

        expectError(.inputOutput) { try file.sync() }
        try file.sync()
        try directory.sync()

        #expect(try disk.afterPowerCut(.nothing).contents(of: "/s/a") == text("new"))
    }

    @Test
    func `of a lost write reports success`() throws {
        let file = try directory.make("a", text("old"))
        disk.failOperation(next, with: .lostWrite)

        try file.put(text("newer"))

        #expect(try file.get() == text("old") + [0, 0])
    }

    // MARK: Whether it was met

    @Test
    func `that cannot befall its operation is not met`() throws {
        let file = try directory.make("a", text("hello"))
        disk.failOperation(next, with: .syncFailure(thenReading: .new))

        _ = try file.get()
        try file.sync()

        #expect(!disk.faultWasMet)
        disk.failOperation(next, with: .syncFailure(thenReading: .new))
        expectError(.inputOutput) { try file.sync() }
        #expect(disk.metFaultCount == 1)
    }

    @Test
    func `can be aimed at the n-th operation of a kind and name`() throws {
        let file = try directory.make("a.seg", text("hello"))
        let other = try directory.make("b.seg", text("hello"))
        disk.failOperation(kind: .write, namePrefix: "a", match: 2, with: .inputOutput)
        disk.failOperation(with: .inputOutput) { _, operation in operation.target == "c.seg" }

        try other.put(text("1"))
        try other.put(text("2"))
        try file.put(text("1"))
        expectError(.inputOutput) { try file.put(text("2")) }
        try file.put(text("3"))
        try directory.rename("a.seg", to: "d.seg")
        expectError(.inputOutput) { try directory.rename("d.seg", to: "c.seg") }
        #expect(disk.metFaultCount == 2)
    }

    @Test
    func `is the same for the same seed`() throws {
        func counts() throws -> [Int] {
            try (0..<50).map { seed in
                let disk = SimulatedDisk(seed: UInt64(seed))
                let directory = try disk.openDirectory("/s", creating: true)
                let file = try directory.open("a", .creating)
                disk.failOperation(3, with: .shortTransfer)
                return try file.putOnce([UInt8](repeating: 0, count: 1_000))
            }
        }

        #expect(try counts() == counts())
        #expect(try Set(counts()).count > 10)
    }
}
