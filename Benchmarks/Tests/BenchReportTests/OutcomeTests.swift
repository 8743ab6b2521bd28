import BenchReport
import Testing

@Suite struct OutcomeTests {
    private func outcome(_ target: Target, _ measurements: [Measurement]) throws -> Outcome {
        try #require(Results(measurements).outcomes([target]).first)
    }

    static let ahead = Target(
        "durable", phase: "durable", basis: .engine("raw-ahead"),
        reach: .atLeast(0.75), stretch: .atLeast(0.9)
    )

    @Test(arguments: [
        (749.0, "missed"), (750, "met"), (899, "met"), (900, "met, stretch too"),
    ])
    func `a ratio is held against reach and stretch`(rate: Double, words: String) throws {
        let outcome = try outcome(
            Self.ahead,
            [sample("durable", "session-store", rate: rate), sample("durable", "raw-ahead")]
        )
        #expect(outcome.judged == rate / 1000)
        #expect(outcome.words == words)
    }

    @Test func `without one of the sides nothing is said`() throws {
        let ours = sample("durable", "session-store", rate: 900)
        let raw = sample("durable", "raw-ahead")
        #expect(try outcome(Self.ahead, []).verdict == .notMeasured)
        #expect(try outcome(Self.ahead, [raw]).verdict == .notMeasured)
        let alone = try outcome(Self.ahead, [ours])
        #expect(alone.verdict == .notMeasured)
        #expect(alone.stretch == nil)
        #expect(alone.ours?.value == 900)
        var stopped = raw
        stopped.operationsPerSecond = 0
        #expect(try outcome(Self.ahead, [ours, stopped]).verdict == .notMeasured)
    }

    @Test func `medians are compared, not the luckiest round`() throws {
        let rounds = [700.0, 5000, 710].enumerated().map { index, rate in
            sample("durable", "session-store", round: index + 1, rate: rate)
        }
        let outcome = try outcome(Self.ahead, rounds + [sample("durable", "raw-ahead")])
        #expect(outcome.judged == 0.71)
        #expect(outcome.verdict == .missed)
    }

    @Test func `other tasks, phases, variants and sizes do not count`() throws {
        let target = Target(
            "read", phase: "read-zipf", workers: 2, basis: .engine("lmdb"), reach: .atLeast(1)
        )
        let ours = sample("read-zipf", "session-store", workers: 2)
        let strangers = [
            sample("read-zipf", "lmdb"), sample("read-uniform", "lmdb", workers: 2),
            sample("read-zipf", "lmdb+combiner", workers: 2),
            sample("read-zipf", "lmdb", workers: 2, records: 10),
            sample("read-zipf", "session-store blocking", workers: 2),
        ]
        #expect(try outcome(target, strangers).ours == nil)
        #expect(try outcome(target, strangers + [ours]).verdict == .notMeasured)
        let peer = sample("read-zipf", "lmdb", workers: 2, rate: 500)
        #expect(try outcome(target, strangers + [ours, peer]).judged == 2)
    }

    @Test func `the best peer is no engine of ours and no raw loop`() throws {
        let target = Target("x", phase: "load", basis: .bestPeer, reach: .atLeast(1.5))
        let embedded = Target("x", phase: "load", basis: .bestEmbeddedPeer, reach: .atLeast(1.5))
        let rows = [
            sample("load", "session-store", rate: 3000),
            sample("load", "session-store blocking", rate: 9000),
            sample("load", "raw-growing", rate: 8000), sample("load", "lmdb", rate: 1000),
            sample("load", "redis-unix", rate: 2500), sample("load", "leveldb", rate: 1500),
        ]
        let any = try outcome(target, rows)
        #expect(any.basis?.name == "redis-unix")
        #expect(any.verdict == .missed)
        let best = try outcome(embedded, rows)
        #expect(best.basis?.name == "leveldb")
        #expect(best.judged == 2)
        #expect(best.verdict == .met)
    }

    @Test func `of latencies and sizes the best peer has the least`() throws {
        let target = Target(
            "x", phase: "load", figure: .p99, basis: .bestPeer, reach: .atMost(1)
        )
        let outcome = try outcome(
            target,
            [
                sample("load", "session-store", p99: 20), sample("load", "lmdb", p99: 10),
                sample("load", "sqlite", p99: 40), sample("load", "files"),
            ]
        )
        #expect(outcome.basis?.name == "lmdb")
        #expect(outcome.judged == 2)
        #expect(outcome.verdict == .missed)
    }

    @Test func `a raw loop counts with any tasks and records, the nearest first`() throws {
        let target = Target(
            "x", phase: "durable", workers: 64, figure: .p99,
            basis: .first([
                .engine("raw-ahead-64", figure: .p50), .engine("raw-ahead", figure: .p50),
            ]),
            reach: .atMost(4)
        )
        let ours = sample("durable", "session-store", workers: 64, p99: 800)
        let raw = sample("durable", "raw-ahead", records: 0, p50: 100)
        let single = try outcome(target, [ours, raw])
        #expect(single.basis?.name == "raw-ahead p50")
        #expect(single.verdict == .missed)
        let batches = [
            sample("durable", "raw-ahead-64", workers: 1, records: 0, p50: 50),
            sample("durable", "raw-ahead-64", workers: 64, records: 0, p50: 200),
        ]
        let batch = try outcome(target, [ours, raw] + batches)
        #expect(batch.basis?.value == 200)
        #expect(batch.verdict == .met)
    }

    @Test func `a figure alone is held against its own bounds`() throws {
        let target = Target(
            "x", phase: "reopen-clean", records: 10_000_000, figure: .more(Extra.firstRead),
            stretch: .atMost(0.01)
        )
        func words(_ seconds: Double, records: Int = 10_000_000) throws -> String {
            let row = sample(
                "reopen-clean", "session-store", records: records,
                more: [Extra.firstRead: seconds]
            )
            return try outcome(target, [row]).words
        }
        #expect(try words(0.01) == "stretch met")
        #expect(try words(0.02) == "stretch missed")
        #expect(try words(0.01, records: 1_000_000) == "not measured")
    }

    @Test func `a difference is what comes on top`() throws {
        let target = Target(
            "x", phase: "reopen-kill", figure: .secondsPerOperation,
            basis: .own(.secondsPerOperation, phase: "reopen-clean"), relation: .difference,
            reach: .atMost(0.3)
        )
        func judged(_ killed: Double) throws -> Outcome {
            var rows = [
                sample("reopen-kill", "session-store"), sample("reopen-clean", "session-store"),
            ]
            rows[0].operations = 1
            rows[0].seconds = killed
            rows[1].operations = 2
            rows[1].seconds = 0.5
            return try outcome(target, rows)
        }
        #expect(try judged(0.5).judged == 0.25)
        #expect(try judged(0.5).verdict == .met)
        #expect(try judged(0.75).verdict == .missed)
    }

    @Test func `the smallest step counts of those to more tasks`() throws {
        let target = Target(
            "x", phase: "durable", workers: 256, basis: .fewerWorkers, reach: .atLeast(0.95)
        )
        func rows(_ rates: [(Int, Double)]) -> [Measurement] {
            rates.map { sample("durable", "session-store", workers: $0.0, rate: $0.1) }
        }
        let falls = try outcome(target, rows([(1, 10), (64, 400), (16, 500), (256, 800)]))
        #expect(falls.judged == 0.8)
        #expect(falls.verdict == .missed)
        #expect(falls.basis?.name == "own, from 16 to 64 tasks")
        let grows = try outcome(target, rows([(1, 10), (64, 400), (256, 396), (1024, 1)]))
        #expect(grows.judged == 0.99)
        #expect(grows.verdict == .met)
        #expect(try outcome(target, rows([(256, 800)])).verdict == .notMeasured)
        #expect(try outcome(target, rows([(1, 10), (64, 400)])).verdict == .notMeasured)
    }

    @Test func `growth compares the largest store with the smallest`() throws {
        let target = Target(
            "x", phase: "growth", records: 10_000_000, figure: .more(Extra.read),
            basis: .fewestRecords, reach: .atMost(2.5)
        )
        let rows = [(10_000, 400.0), (100_000, 100), (10_000_000, 1000)].map { records, cost in
            sample("growth", "session-store", records: records, more: [Extra.read: cost])
        }
        #expect(try outcome(target, rows).judged == 2.5)
        #expect(try outcome(target, rows).verdict == .met)
        #expect(try outcome(target, Array(rows.dropLast())).verdict == .notMeasured)
        #expect(try outcome(target, Array(rows.suffix(1))).verdict == .notMeasured)
    }

    @Test func `a million sessions are meant, else as many as there were`() throws {
        let target = Target("x", phase: "load", reach: .atLeast(1))
        let sizes = [10_000_000, 10_000, 1_000_000]
        let rows = sizes.map { sample("load", "session-store", records: $0, rate: Double($0)) }
        #expect(try outcome(target, rows).ours?.records == 1_000_000)
        #expect(try outcome(target, Array(rows.prefix(2))).ours?.records == 10_000_000)
    }
}
