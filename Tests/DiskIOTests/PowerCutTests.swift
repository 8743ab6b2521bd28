import DiskIO
import SimulatedDisks
import Testing

/// A disk with a bit of everything that is not yet synced.
private struct Scene {
    let disk = SimulatedDisk()
    let directory: any DiskDirectory

    static let old = [UInt8](repeating: 1, count: 600)
    static let new = [UInt8](repeating: 1, count: 300) + [UInt8](repeating: 2, count: 9_000)

    /// `a` is overwritten and grows; `b` is new, its content synced; `c` is removed; `d` replaces
    /// `e`.
    init() throws {
        directory = try disk.openDirectory("/s", creating: true)
        let a = try directory.make("a", Self.old)
        try a.sync()
        for name in ["c", "d", "e"] { try directory.make(name, text(name)).sync() }
        try directory.sync()

        try a.put(Array(Self.new.dropFirst(300)), at: 300)
        try directory.make("b", text("b")).sync()
        try directory.remove("c")
        try directory.rename("d", to: "e")
    }

    func names(_ pattern: SurvivalPattern, seed: UInt64 = 1) throws -> [String] {
        try disk.afterPowerCut(pattern, seed: seed).fileNames(in: "/s")
    }

    func a(_ pattern: SurvivalPattern, seed: UInt64 = 1) throws -> [UInt8] {
        try disk.afterPowerCut(pattern, seed: seed).contents(of: "/s/a")
    }
}

private let seeds: Range<UInt64> = 0..<200

@Suite
struct `A power cut of the simulated disk` {
    // MARK: Each pattern does what its name says

    @Test
    func `may leave nothing unsynced`() throws {
        let after = try Scene().disk.afterPowerCut(.nothing)

        #expect(try after.fileNames(in: "/s") == ["a", "c", "d", "e"])
        #expect(try after.contents(of: "/s/a") == Scene.old)
        #expect(try after.contents(of: "/s/e") == text("e"))
    }

    @Test
    func `may leave everything`() throws {
        let after = try Scene().disk.afterPowerCut(.everything)

        #expect(try after.fileNames(in: "/s") == ["a", "b", "e"])
        #expect(try after.contents(of: "/s/a") == Scene.new)
        #expect(try after.contents(of: "/s/e") == text("d"))
    }

    @Test
    func `may leave data without entries`() throws {
        let scene = try Scene()

        #expect(try scene.names(.dataWithoutEntries) == ["a", "c", "d", "e"])
        #expect(try scene.a(.dataWithoutEntries) == Scene.new)
    }

    @Test
    func `may leave entries without data`() throws {
        let scene = try Scene()
        try scene.directory.make("unsynced", text("gone"))
        let after = scene.disk.afterPowerCut(.entriesWithoutData)

        #expect(try after.fileNames(in: "/s") == ["a", "b", "e", "unsynced"])
        #expect(try after.contents(of: "/s/a") == Scene.old)
        #expect(try after.contents(of: "/s/b") == text("b"))
        #expect(try after.contents(of: "/s/unsynced") == [])
    }

    @Test
    func `may leave each change by itself`() throws {
        let scene = try Scene()
        let outcomes = try seeds.map { seed in
            let names = try scene.names(.independentChanges, seed: seed)
            let isNew = try scene.a(.independentChanges, seed: seed) == Scene.new
            return [names.contains("b"), names.contains("c"), names.contains("d"), isNew]
        }

        #expect(Set(outcomes).count == 16)
    }

    @Test
    func `may leave all changes up to a moment`() throws {
        let (disk, order) = try appending()
        var counts: Set<Int> = []

        for seed in seeds {
            let after = disk.afterPowerCut(.prefix, seed: seed)
            let survivors = try survivors(on: after, of: order)
            #expect(survivors == Array(0..<survivors.count))
            counts.insert(survivors.count)
        }

        #expect(counts == Set(0...order.count))
    }

    @Test
    func `may stop each file at a moment of its own`() throws {
        let (disk, order) = try appending()
        var isOrderEverBroken = false

        for seed in seeds {
            let after = disk.afterPowerCut(.prefixOfEach, seed: seed)
            let survivors = try survivors(on: after, of: order)
            for name in ["x", "y"] {
                let all = order.indices.filter { order[$0] == name }
                let kept = survivors.filter { order[$0] == name }
                #expect(kept == Array(all.prefix(kept.count)))
            }
            isOrderEverBroken = isOrderEverBroken || survivors != Array(0..<survivors.count)
        }

        #expect(isOrderEverBroken)
    }

    @Test
    func `may leave only the newest change`() throws {
        let (disk, order) = try appending()

        let after = disk.afterPowerCut(.newestOnly)

        #expect(try survivors(on: after, of: order) == [order.count - 1])
    }

    @Test(arguments: [(SurvivalPattern.sectors, 512), (.pages, 4_096)])
    func `may leave aligned pieces`(_ pattern: SurvivalPattern, _ byteCount: Int) throws {
        let scene = try Scene()
        var mixtures: Set<[Bool]> = []

        for seed in seeds {
            let content = try scene.a(pattern, seed: seed)
            var survives: [Bool] = []
            for start in stride(from: 0, to: Scene.new.count, by: byteCount) {
                let end = min(start + byteCount, Scene.new.count)
                let piece = (max(start, 300)..<end).map { $0 < content.count && content[$0] == 2 }
                #expect(Set(piece).count == 1, "seed \(seed): piece at \(start) is torn")
                survives.append(piece[0])
            }
            mixtures.insert(survives)
        }

        #expect(mixtures.count > 4)
    }

    @Test
    func `may tear the newest write`() throws {
        let disk = SimulatedDisk()
        let directory = try disk.openDirectory("/s", creating: true)
        let file = try directory.make("a", [UInt8](repeating: 1, count: 100))
        try file.put([UInt8](repeating: 2, count: 100), at: 100)
        var shapes: Set<[Bool]> = []

        for seed in seeds {
            var content = try disk.afterPowerCut(.tornWrite, seed: seed).contents(of: "/s/a")
            #expect(content.prefix(100).allSatisfy { $0 == 1 })
            content += [UInt8](repeating: 0, count: 200 - content.count)
            let torn = content.dropFirst(100).map { $0 == 2 }
            #expect(torn.contains(true) && torn.contains(false))
            shapes.insert([torn[0], torn[99]])
        }

        // A front, an end, and all but a hole.
        #expect(shapes == [[true, false], [false, true], [true, true]])
    }

    @Test
    func `may leave zeros where a file grew`() throws {
        let content = try Scene().a(.zerosWithinLength)

        #expect(content == Scene.old + [UInt8](repeating: 0, count: 8_700))
    }

    @Test
    func `may leave bytes of other and former files where a file grew`() throws {
        let scene = try Scene()
        let others = [7, 8].map { [UInt8](repeating: $0, count: 20_000) }
        try scene.directory.make("seven", others[0]).sync()
        try scene.directory.make("eight", others[1]).sync()
        try scene.directory.sync()
        try scene.directory.remove("eight")
        try scene.directory.sync()
        var stretches: Set<[UInt8]> = []

        for seed in seeds {
            let content = try scene.a(.garbageWithinLength, seed: seed)
            #expect(content.count == Scene.new.count)
            #expect(content.prefix(600) == Scene.old[...])
            stretches.insert(Array(content.dropFirst(600)))
        }

        // Long enough to hold whole records that were valid where they came from.
        for other in others { #expect(stretches.contains(Array(other.prefix(8_700)))) }
        #expect(stretches.count > 50)
    }

    @Test
    func `may take the length back`() throws {
        #expect(try Scene().a(.lengthGoesBack) == Array(Scene.new.prefix(600)))
    }

    @Test
    func `may bring removed files back`() throws {
        let after = try Scene().disk.afterPowerCut(.removalsUndone)

        #expect(try after.fileNames(in: "/s") == ["a", "b", "c", "e"])
        #expect(try after.contents(of: "/s/c") == text("c"))
        #expect(try after.contents(of: "/s/e") == text("d"))
    }

    @Test
    func `may leave a renamed file under both names`() throws {
        let after = try Scene().disk.afterPowerCut(.renamesHalfDone)

        #expect(try after.fileNames(in: "/s") == ["a", "b", "d", "e"])
        #expect(try after.contents(of: "/s/d") == text("d"))
        #expect(try after.contents(of: "/s/e") == text("d"))
    }

    @Test
    func `may follow a pattern for each file`() throws {
        let scene = try Scene()
        let outcomes = try seeds.map { try scene.a(.random, seed: $0) }

        #expect(outcomes.contains(Scene.old))
        #expect(outcomes.contains(Scene.new))
        #expect(Set(outcomes).count > 50)
    }

    // MARK: What holds for all patterns

    @Test(arguments: SurvivalPattern.all)
    func `keeps what was synced`(_ pattern: SurvivalPattern) throws {
        for seed in seeds {
            let disk = SimulatedDisk(seed: seed)
            let directory = try disk.openDirectory("/s", creating: true)
            let file = try directory.make("kept", text("kept"))
            let renamed = try directory.make("temporary", text("renamed"))
            try renamed.sync()
            try directory.rename("temporary", to: "renamed")
            try directory.make("removed", text("removed")).sync()
            try directory.sync()
            try directory.remove("removed")
            try directory.sync()
            try file.sync()
            try directory.make("pending", text("pending"))

            let after = disk.afterPowerCut(pattern, seed: seed)

            let names = try after.fileNames(in: "/s").filter { $0 != "pending" }
            #expect(names == ["kept", "renamed"])
            #expect(try after.contents(of: "/s/kept") == text("kept"))
            #expect(try after.contents(of: "/s/renamed") == text("renamed"))
        }
    }

    @Test(arguments: SurvivalPattern.all)
    func `is the same for the same seed`(_ pattern: SurvivalPattern) throws {
        let (scene, other) = (try Scene(), try Scene())

        for seed in seeds {
            let first = scene.disk.afterPowerCut(pattern, seed: seed).snapshot()
            #expect(first == scene.disk.afterPowerCut(pattern, seed: seed).snapshot())
            #expect(first == other.disk.afterPowerCut(pattern, seed: seed).snapshot())
        }
    }

    @Test
    func `does not make a file's name durable with its content`() throws {
        let disk = SimulatedDisk()
        let directory = try disk.openDirectory("/s", creating: true)
        let file = try directory.make("a", text("hello"))
        try file.sync()

        #expect(try disk.afterPowerCut(.nothing).fileNames(in: "/s") == [])
        try directory.sync()
        #expect(try disk.afterPowerCut(.nothing).contents(of: "/s/a") == text("hello"))
    }

    @Test
    func `keeps a directory only once opening it has returned`() throws {
        let disk = SimulatedDisk()
        disk.cutPower(atOperation: 1)
        expectError(.inputOutput) { _ = try disk.openDirectory("/s", creating: true) }

        expectError(.notFound) { _ = try disk.afterPowerCut(.nothing).fileNames(in: "/s") }
        let killed = disk.clone()
        #expect(try killed.fileNames(in: "/s") == [])
        expectError(.notFound) { _ = try killed.afterPowerCut(.nothing).fileNames(in: "/s") }
        _ = try killed.openDirectory("/s", creating: true)
        #expect(try killed.afterPowerCut(.nothing).fileNames(in: "/s") == [])
    }

    @Test
    func `strikes at any operation, and ends all others`() throws {
        let whole = SimulatedDisk()
        try workload(on: whole)
        #expect(whole.operationCount == 9)

        for number in 1...whole.operationCount {
            let disk = SimulatedDisk()
            disk.cutPower(atOperation: number)
            let error = expectError(.inputOutput) { try workload(on: disk) }
            #expect(error?.detail == "power cut")
            #expect(disk.operationCount == number)
            #expect(disk.operations == Array(whole.operations.prefix(number)))
            expectError(.inputOutput) { _ = try disk.openDirectory("/s", creating: true) }
            #expect(disk.isPowerCut)
        }
    }

    @Test
    func `leaves the effect of its own operation open`() throws {
        let disk = SimulatedDisk()
        disk.cutPower(atOperation: 7)
        expectError(.inputOutput) { try workload(on: disk) }
        #expect(disk.operations.last?.kind == .write)

        let contents = try seeds.map { seed in
            try disk.afterPowerCut(.random, seed: seed).contents(of: "/s/a")
        }

        #expect(contents.contains(text("one")))
        #expect(contents.contains(text("onetwo")))
        #expect(contents.contains(text("onet")))
    }

    @Test
    func `during a sync leaves open what the sync was for`() throws {
        let disk = SimulatedDisk()
        disk.cutPower(atOperation: 8)
        expectError(.inputOutput) { try workload(on: disk) }
        #expect(disk.operations.last?.kind == .sync)

        #expect(try disk.afterPowerCut(.nothing).contents(of: "/s/a") == text("one"))
        #expect(try disk.afterPowerCut(.everything).contents(of: "/s/a") == text("onetwo"))
    }

    @Test
    func `frees locks and handles, and keeps clocks and limits`() throws {
        let disk = SimulatedDisk()
        let directory = try disk.openDirectory("/s", creating: true)
        let lock = try directory.lock("lock", note: text("me"))
        disk.setWallClock(milliseconds: 5)
        disk.capacity = 1_000
        disk.cutPower()

        let after = disk.afterPowerCut(.everything)

        #expect(after.openFileCount == 0)
        #expect(after.operationCount == 0)
        #expect(after.wallClockMilliseconds() == 5)
        #expect(after.capacity == 1_000)
        try after.openDirectory("/s", creating: false).lock("lock", note: []).release()
        lock.release()
    }

    @Test
    func `can strike again during recovery`() throws {
        let scene = try Scene()
        let first = scene.disk.afterPowerCut(.everything)
        let directory = try first.openDirectory("/s", creating: true)
        try directory.open("a", .writing).truncate(to: 10)
        try directory.remove("b")

        let second = first.afterPowerCut(.nothing)

        #expect(try second.fileNames(in: "/s") == ["a", "b", "e"])
        #expect(try second.contents(of: "/s/a") == Scene.new)
    }

    // MARK: Workloads

    private func workload(on disk: SimulatedDisk) throws {
        let directory = try disk.openDirectory("/s", creating: true)
        let file = try directory.open("a", .creating)
        try file.put(text("one"))
        try file.sync()
        try directory.sync()
        _ = try file.byteCount()
        try file.put(text("two"), at: 3)
        try file.sync()
        _ = try directory.names()
    }

    /// Two synced files `x` and `y` of 16 bytes; then bytes 1 to 16 are set one by one, now in this
    /// file and now in that.
    private func appending() throws -> (SimulatedDisk, order: [String]) {
        let disk = SimulatedDisk()
        let directory = try disk.openDirectory("/s", creating: true)
        let order = (0..<16).map { $0 % 3 == 0 ? "y" : "x" }
        for name in ["x", "y"] {
            try directory.make(name, [UInt8](repeating: 0, count: 16)).sync()
        }
        try directory.sync()
        for (index, name) in order.enumerated() {
            try directory.open(name, .writing).put([1], at: UInt64(index))
        }
        return (disk, order)
    }

    private func survivors(on disk: SimulatedDisk, of order: [String]) throws -> [Int] {
        try order.indices.filter { try disk.contents(of: "/s/\(order[$0])")[$0] == 1 }
    }
}
