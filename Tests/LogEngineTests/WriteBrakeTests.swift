import SimulatedDisks
import Testing

@testable import LogEngine

@Suite struct WriteBrakeTests {
    @Test func `writers are free until the store is well on its way to its limit`() {
        for pressure in [-1, 0, 0.1, WriteBrake.freePressure] {
            #expect(WriteBrake.rate(at: pressure) == nil)
        }
    }

    @Test func `the nearer the limit, the slower, and never a standstill`() throws {
        var last = WriteBrake.rateMax * 1.01
        for step in 26...100 {
            let rate = try #require(WriteBrake.rate(at: Double(step) / 100))
            #expect(rate <= last)
            last = rate
        }
        #expect(last == WriteBrake.rateMin)
        #expect(WriteBrake.rate(at: 7) == WriteBrake.rateMin)
    }

    @Test func `what was set holds until it is released`() throws {
        let brake = WriteBrake()
        #expect(brake.rate == nil)
        brake.set(pressure: 0.5)
        let rate = try #require(brake.rate)
        let expected = try #require(WriteBrake.rate(at: 0.5))
        #expect(abs(Double(rate) - expected) < expected / 100)
        brake.set(pressure: 0.1)
        #expect(brake.rate == nil)
        brake.set(pressure: 2)
        #expect(brake.rate != nil)
        brake.release()
        #expect(brake.rate == nil)
    }

    @Test func `a slowed round waits for what it wrote, and half a second at most`() throws {
        let clock = ContinuousClock()
        let brake = WriteBrake()
        // The best of some, since others may have the processor for as long.
        let unbraked = (0..<20).map { _ in clock.measure { brake.wait(for: 1 << 30) } }.min()
        #expect(try #require(unbraked) < .milliseconds(500))
        brake.set(pressure: 1)
        // 25.6 KiB at 256 KiB a second.
        #expect(clock.measure { brake.wait(for: 26_214) } >= .milliseconds(100))
        #expect(clock.measure { brake.wait(for: 1 << 30) } >= .milliseconds(500))
    }

    @Test func `a store that outgrows its space presses until it is compacted`() throws {
        let bench = Bench()
        let log = try bench.open()
        let compactor = try #require(log.compactor)
        for number in 0..<40 { try log.put("key\(number)", "value \(number)") }
        _ = compactor.measure()
        #expect(compactor.pressure <= 0)
        for round in 0..<10 {
            for number in 0..<40 { try log.put("key\(number)", "value \(number) of \(round)") }
        }
        _ = compactor.measure()
        #expect(compactor.pressure > 1)
        _ = try log.compactDueBlocking()
        #expect(compactor.pressure <= 0)
    }

    @Test func `what expires between two sweeps is no part of what the store may take`() throws {
        let bench = Bench()
        let log = try bench.open()
        let compactor = try #require(log.compactor)
        func put(_ count: Int) throws {
            for number in 0..<count {
                let key = bytes("key\(number)")
                _ = try log.writeBlocking(key, key, lifetime: .milliseconds(1_000))
            }
        }
        try put(40)
        compactor.recount()
        let alive = compactor.measure().liveByteCount
        #expect(alive > 0)
        bench.disk.advance(milliseconds: 120_000)
        // Nothing was written since, and the sweep will see to it.
        compactor.recount()
        #expect(compactor.measure().liveByteCount == alive)
        try put(1)
        compactor.recount()
        let rest = compactor.measure().liveByteCount
        #expect(rest > 0 && rest * 20 < alive)
    }

    @Test func `who looks at the log sees what writers are held to`() throws {
        let log = try Bench().open()
        #expect(try log.statistics().writeByteRateMax == nil)
        let queue = try #require(log.queue)
        queue.brake.set(pressure: 1)
        let rate = try #require(try log.statistics().writeByteRateMax)
        #expect(abs(Double(rate) - WriteBrake.rateMin) < WriteBrake.rateMin / 100)
    }

    @Test func `compaction gets faster while the store grows, and slower once there is room`() {
        var pacer = Pacer()
        let calm = pacer.rate
        for _ in 0..<3 { pacer.tune(pressure: 0.5) }
        #expect(pacer.rate == calm * 8)
        pacer.tune(pressure: 0.05)
        #expect(pacer.rate == calm * 8)
        for _ in 0..<10 { pacer.tune(pressure: 0) }
        #expect(pacer.rate == calm)
        for _ in 0..<99 { pacer.tune(pressure: 1) }
        #expect(pacer.rate == Pacer.rateMax)
    }
}
