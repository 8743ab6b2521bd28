import BenchReport
import Testing

@Suite struct ComparisonTests {
    static let targets = [
        Target(
            "durable", phase: "durable", basis: .engine("raw-ahead"), reach: .atLeast(0.75),
            stretch: .atLeast(0.9)
        ),
        Target("reads", phase: "read-zipf", basis: .engine("lmdb"), reach: .atLeast(1.2)),
        Target("p50", phase: "read-zipf", figure: .p50, stretch: .atMost(2500)),
        Target("peer", phase: "load", basis: .bestPeer, reach: .atLeast(1)),
        Target("nothing", phase: "turns", reach: .atLeast(1)),
    ]

    @Test func `each target is a line with both sides, the ratio and the verdict`() {
        let results = Results([
            sample("durable", "session-store", rate: 7600),
            sample("durable", "raw-ahead", rate: 8000),
            sample("read-zipf", "session-store", rate: 600_000, p50: 1234),
            sample("read-zipf", "lmdb", rate: 570_456),
            sample("load", "session-store", records: 10_000, rate: 90),
        ])
        #expect(results.comparison(Self.targets) == expected)
    }
}

private let expected = """
    target                 ours  compared with        ratio      reach    stretch  verdict
    ----------------  ---------  ------------------  ------  ---------  ---------  ----------------
    durable             7 600/s  raw-ahead: 8 000/s  0.95 x  >= 0.75 x   >= 0.9 x  met, stretch too
    reads             600 000/s  lmdb: 570 456/s     1.05 x   >= 1.2 x          -  missed
    p50                  1.2 us  -                        -          -  <= 2.5 us  stretch met
    peer (at 10 000)       90/s  not measured             -     >= 1 x          -  not measured
    nothing                   -  -                        -       >= 1          -  not measured

    4 targets: 1 met, 1 missed, 2 not measured; 2 of 2 measured stretches met

    """
