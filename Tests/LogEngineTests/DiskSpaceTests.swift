import DiskIO
import SegmentFormat
import SimulatedDisks
import Testing

@testable import LogEngine

/// Every step of beginning, sealing and closing finds the disk full, or failing, and then better.
@Suite struct DiskSpaceTests {
    private func makeBench() -> Bench {
        var bench = Bench(segmentByteCountMax: 700)
        bench.options.sequenceReservation = 4
        bench.options.checkpointByteCount = 900
        return bench
    }

    @Test(arguments: [Fault.diskFull, .inputOutput, .tooManyOpenFiles, .readOnly])
    func `a step that fails once leaves everything consistent`(fault: Fault) throws {
        let kinds: [DiskError.Operation] = [.open, .write, .truncate, .rename, .remove]
        var metCount = 0
        for kind in kinds {
            for match in 1...40 {
                let bench = makeBench()
                var log = try bench.open()
                var model: [String: String] = [:]
                for number in 0..<8 {
                    try log.put("key\(number)", "first")
                    model["key\(number)"] = "first"
                }
                try log.closeBlocking()
                log = try bench.open()
                bench.disk.failOperation(kind: kind, match: match, with: fault)
                for number in 0..<24 {
                    let key = "key\(number % 10)"
                    let isRemoval = number % 5 == 4
                    let answer = failure { () throws(LogError) in
                        if isRemoval {
                            _ = try log.removeBlocking(bytes(key))
                        } else {
                            try log.put(key, "second \(number)")
                        }
                    }
                    if answer == .none {
                        model[key] = isRemoval ? nil : "second \(number)"
                    } else {
                        #expect([.diskFull, .unavailable, .readOnly, .poisoned].contains(answer))
                    }
                    #expect(try log.all() == model, "\(kind) \(match) \(number)")
                }
                if bench.disk.faultWasMet { metCount += 1 }
                try? log.closeBlocking()
                bench.disk.clearFaults()
                log = try bench.open()
                let all = try log.all()
                // What failed may or may not have come to be; what was acknowledged has.
                if fault != .inputOutput { #expect(all == model, "\(kind) \(match)") }
                try log.put("after", "1")
                try log.closeBlocking()
                #expect(try bench.verify().damages == [], "\(kind) \(match)")
            }
        }
        #expect(metCount > 10)
    }

    @Test func `a checkpoint that finds no space leaves none of it taken`() throws {
        let bench = makeBench()
        let witness = Witness()
        let log = try bench.open(witness)
        for number in 0..<5 { try log.put("key\(number)", "v") }
        bench.disk.failOperation(kind: .write, namePrefix: "CHECKPOINT.new", with: .diskFull)
        #expect(try !log.checkpointBlocking())
        #expect(try !bench.files.contains("CHECKPOINT.new"))
        #expect(witness.told.failures.map { Case($0) } == [.diskFull])
        #expect(witness.told.checkpoints == [])
        bench.disk.clearFaults()
        #expect(try log.checkpointBlocking())
        #expect(try log.checkpointBlocking())
        #expect(witness.told.checkpoints == [5, 5])
        try log.closeBlocking()
    }

    @Test func `a full disk is told once, and so is space that is back`() throws {
        let bench = makeBench()
        let witness = Witness()
        let log = try bench.open(witness)
        try log.put("a", "1")
        bench.disk.capacity = bench.disk.usedByteCount
        var failedCount = 0
        for number in 0..<40 {
            let answer = failure { () throws(LogError) in try log.put("k\(number)", "value") }
            if answer == .diskFull { failedCount += 1 }
        }
        #expect(failedCount > 5)
        #expect(witness.told.fullness == [true])
        #expect(try log.text("a") == "1")
        bench.disk.capacity = nil
        for number in 0..<40 { try log.put("k\(number)", "value") }
        #expect(witness.told.fullness == [true, false])
        try log.closeBlocking()
        #expect(try bench.verify().damages == [])
    }

    @Test func `a log is closed on a full disk, and opened again`() throws {
        let bench = makeBench()
        var log = try bench.open()
        for number in 0..<9 { try log.put("k\(number)", "value") }
        bench.disk.capacity = bench.disk.usedByteCount
        try log.closeBlocking()
        // Closing cut off what was allocated ahead, and somebody else has taken it.
        bench.disk.capacity = bench.disk.usedByteCount
        log = try bench.open()
        #expect(try log.count() == 9)
        #expect(failure { () throws(LogError) in try log.put("x", "y") } == .diskFull)
        bench.disk.capacity = nil
        try log.put("x", "y")
        #expect(try log.count() == 10)
        try log.closeBlocking()
        #expect(try bench.verify().damages == [])
    }

    @Test(arguments: [DiskError.Operation.sync, .syncDirectory, .rename])
    func `a sync that fails ends writing, whichever it is`(kind: DiskError.Operation) throws {
        var poisonedCount = 0
        for match in 1...30 {
            let bench = makeBench()
            let witness = Witness()
            let log = try bench.open(witness)
            bench.disk.failOperation(kind: kind, match: match, with: .inputOutput)
            var model: [String: String] = [:]
            var isPoisoned = false
            for number in 0..<30 {
                let answer = failure { () throws(LogError) in try log.put("k\(number)", "v") }
                #expect(answer == .none || answer == .poisoned)
                // Never again after the first.
                if isPoisoned { #expect(answer == .poisoned) }
                if answer == .none { model["k\(number)"] = "v" } else { isPoisoned = true }
                #expect(try log.all() == model)
            }
            if isPoisoned {
                poisonedCount += 1
                #expect(witness.told.poisons.count == 1)
                #expect(
                    failure { () throws(LogError) in
                        _ = try log.removeBlocking(bytes("k0"))
                    } == .poisoned)
                #expect(failure { () throws(LogError) in try log.closeBlocking() } == .poisoned)
            } else {
                try? log.closeBlocking()
            }
            bench.disk.clearFaults()
            let other = try bench.open()
            for key in model.keys { #expect(try other.text(key) == "v") }
            try other.closeBlocking()
        }
        #expect(poisonedCount > 5)
    }
}
