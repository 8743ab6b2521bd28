import BenchReport
import Testing

@Suite struct DesignTests {
    /// Figures that reach every target, and every stretch.
    static var excellent: [Measurement] {
        var rows: [Measurement] = []
        for workers in [1, 16, 64, 256, 1024] {
            let rate = 10_000 * Double(workers)
            rows.append(
                sample("durable", "session-store", workers: workers, rate: rate, p99: 390_000)
            )
        }
        rows.append(sample("durable", "session-store blocking", rate: 10_500))
        rows.append(sample("durable", "raw-ahead", records: 0, rate: 10_600, p50: 100_000))
        rows.append(sample("durable", "raw-ahead-64", records: 0, rate: 900_000, p50: 150_000))
        rows += [1, 64].map { sample("durable", "leveldb", workers: $0, rate: 5000) }
        rows.append(sample("load", "session-store", rate: 500_000))
        rows.append(sample("load", "raw-growing", rate: 600_000))
        rows.append(sample("load", "lmdb", rate: 200_000))
        for workers in [1, 2] {
            for phase in ["read-uniform", "read-zipf", "read-absent", "rmw-50", "rmw-95"] {
                rows.append(
                    sample(phase, "session-store", workers: workers, rate: 4e6, p999: 50_000)
                )
                rows.append(sample(phase, "lmdb", workers: workers, rate: 1e6))
            }
        }
        rows.append(sample("read-compacted", "session-store", rate: 900_000, p50: 1200))
        rows.append(sample("read-compacted", "rocksdb-zstd", rate: 300_000))
        rows.append(sample("read-during-compaction", "session-store", p999: 90_000))
        for (records, seconds) in [(1_000_000, 0.01), (10_000_000, 0.1)] {
            var row = sample("reopen-clean", "session-store", records: records)
            row.operations = 1
            row.seconds = seconds
            row.more = [Extra.firstRead: 0.005]
            rows.append(row)
        }
        var killed = sample("reopen-kill", "session-store")
        killed.operations = 1
        killed.seconds = 0.2
        rows.append(killed)
        rows.append(
            sample(
                "memory", "session-store",
                more: [Extra.indexPerSession: 19, Extra.otherMemory: 7e6]
            )
        )
        var disk = sample("disk", "session-store")
        disk.disk = 150_000_000
        rows.append(disk)
        rows.append(
            sample(
                "overwrite", "session-store",
                more: [Extra.zipfAmplification: 1.7, Extra.chatAmplification: 1.1]
            )
        )
        var expiry = sample("expiry", "session-store", more: [Extra.freed: 1e8])
        expiry.bytesWritten = 1_000_000
        rows.append(expiry)
        for (records, cost) in [(10_000, 500.0), (10_000_000, 1000)] {
            rows.append(
                sample(
                    "growth", "session-store", records: records, max: 1_500_000,
                    more: [Extra.read: cost, Extra.write: cost]
                )
            )
        }
        rows.append(sample("turns", "session-store", workers: 64, rate: 400_000))
        for kind in ["typed", "dynamic"] {
            rows.append(
                sample(
                    "session", "session-store \(kind)",
                    more: [Extra.added: 2000, Extra.coding: 2100]
                )
            )
        }
        return rows
    }

    @Test func `every target can be measured, and met`() {
        for outcome in Results(Self.excellent).outcomes(Target.design) {
            #expect(outcome.verdict == .met, "\(outcome.target.name): \(outcome.words)")
            if outcome.target.stretch != nil {
                #expect(outcome.stretch == .met, "\(outcome.target.name): \(outcome.words)")
            }
        }
    }

    @Test func `no target is met by nothing, and each has a name of its own`() {
        let outcomes = Results([]).outcomes(Target.design)
        #expect(outcomes.allSatisfy { $0.verdict == .notMeasured })
        #expect(Set(Target.design.map(\.name)).count == Target.design.count)
        #expect(Target.design.allSatisfy { $0.reach != nil || $0.stretch != nil })
    }

    /// The bounds of the design's table, written down a second time.
    static let bounds: [(name: String, reach: Bound?, stretch: Bound?)] = [
        ("durable write, 1 task", .atLeast(0.75), .atLeast(0.9)),
        ("durable write, 1 task, blocking", .atLeast(0.9), .atLeast(0.97)),
        ("durable write, 1 task, beside peers", .atLeast(1.1), nil),
        ("durable write, 64 tasks, beside peers", .atLeast(4), nil),
        ("durable write, 64 tasks, beside raw batches", .atLeast(0.45), .atLeast(0.6)),
        ("durable write, p99 in syncs, 1024 tasks", .atMost(4), nil),
        ("load, beside embedded peers", .atLeast(1.5), nil),
        ("load, beside a raw append", nil, .atLeast(0.7)),
        ("read, uniform, 2 tasks", .atLeast(1.3), .atLeast(2)),
        ("read, Zipf, 1 task", .atLeast(1.2), .atLeast(2)),
        ("read of an absent session, 1 task", .atLeast(3), nil),
        ("read of a compressed session", .atLeast(2), nil),
        ("read of a compressed session, p50", nil, .atMost(2500)),
        ("read-modify-write, 50/50, 1 task", .atLeast(1.1), .atLeast(1.5)),
        ("read-modify-write, 95/5, 2 tasks", .atLeast(1.5), .atLeast(2)),
        ("read p99.9 during compaction, beside none", .atMost(2), nil),
        ("read p99.9 during compaction", .atMost(1_000_000), .atMost(300_000)),
        ("longest stall, 10 M sessions", .atMost(10_000_000), .atMost(2_000_000)),
        ("index memory per session, worst moment", .atMost(24), .atMost(20)),
        ("memory beside the index", .atMost(16_000_000), .atMost(8_000_000)),
        ("disk per session, compacted", .atMost(200), .atMost(164)),
        ("reopen, clean, 1 M sessions", .atMost(0.06), nil),
        ("reopen, clean, 10 M sessions", .atMost(0.5), nil),
        ("first read after opening, 10 M sessions", nil, .atMost(0.01)),
        ("reopen after SIGKILL, beside clean", .atMost(0.3), nil),
        ("write amplification, Zipf", .atMost(2.3), .atMost(1.8)),
        ("write amplification, chat", .atMost(1.5), .atMost(1.2)),
        ("expiry, written for what is freed", .atMost(0.02), nil),
        ("growth to 10 M sessions, cost of a read", .atMost(2.5), nil),
        ("turns of 64 conversations, beside durable writes", .atLeast(0.5), nil),
    ]

    @Test(arguments: bounds.indices)
    func `the bounds are those of the design`(index: Int) throws {
        let bounds = Self.bounds[index]
        let target = try #require(Target.design.first { $0.name == bounds.name })
        #expect(target.reach == bounds.reach)
        #expect(target.stretch == bounds.stretch)
    }
}
