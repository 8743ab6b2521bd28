extension Target {
    /// What the design asks of speed and size, as far as measurements can answer.
    ///
    /// In the order of the design's table; a row of it that asks for several things is several
    /// targets.
    public static let design =
        durableWrites + manyDurableWrites + loads + reads + changes + stalls + sizes + reopening
        + upkeep + growth + sessions

    private static let durableWrites = [
        Target(
            "durable write, 1 task", phase: "durable",
            basis: .engine("raw-ahead"), reach: .atLeast(0.75), stretch: .atLeast(0.9)
        ),
        Target(
            "durable write, 1 task, blocking", phase: "durable", ours: "session-store blocking",
            basis: .engine("raw-ahead"), reach: .atLeast(0.9), stretch: .atLeast(0.97)
        ),
        Target(
            "durable write, 1 task, beside peers", phase: "durable",
            basis: .bestPeer, reach: .atLeast(1.1)
        ),
        Target(
            "durable write, 64 tasks, beside peers", phase: "durable", workers: 64,
            basis: .bestPeer, reach: .atLeast(4)
        ),
        Target(
            "durable write, 64 tasks, beside raw batches", phase: "durable", workers: 64,
            basis: .engine("raw-ahead-64"), reach: .atLeast(0.45), stretch: .atLeast(0.6)
        ),
        // Once the disk's bandwidth is reached a step gains nothing, and noise may make it a loss.
        Target(
            "durable write, more tasks: smallest step", phase: "durable", workers: 1024,
            basis: .fewerWorkers, reach: .atLeast(0.95)
        ),
    ]

    /// A sync is one of as many records as there are tasks, or of the next fewer that was measured.
    private static let manyDurableWrites = [1, 16, 64, 256, 1024].map { workers in
        let batches = [1024, 256, 64, 16].filter { $0 <= workers }.map { "raw-ahead-\($0)" }
        return Target(
            "durable write, p99 in syncs, \(workers == 1 ? "1 task" : "\(workers) tasks")",
            phase: "durable", workers: workers, figure: .p99,
            basis: .first((batches + ["raw-ahead"]).map { .engine($0, figure: .p50) }),
            reach: .atMost(4)
        )
    }

    private static let loads = [
        Target(
            "load, beside embedded peers", phase: "load",
            basis: .bestEmbeddedPeer, reach: .atLeast(1.5)
        ),
        Target(
            "load, beside a raw append", phase: "load",
            basis: .first([.engine("raw-append"), .engine("raw-growing")]),
            stretch: .atLeast(0.7)
        ),
    ]

    private static let reads =
        [1, 2].flatMap { workers in
            let tasks = workers == 1 ? "1 task" : "\(workers) tasks"
            return [
                Target(
                    "read, uniform, \(tasks)", phase: "read-uniform", workers: workers,
                    basis: .engine("lmdb"), reach: .atLeast(1.3), stretch: .atLeast(2)
                ),
                Target(
                    "read, Zipf, \(tasks)", phase: "read-zipf", workers: workers,
                    basis: .engine("lmdb"), reach: .atLeast(1.2), stretch: .atLeast(2)
                ),
                Target(
                    "read of an absent session, \(tasks)", phase: "read-absent",
                    workers: workers, basis: .bestPeer, reach: .atLeast(3)
                ),
            ]
        } + [
            Target(
                "read of a compressed session", phase: "read-compacted",
                basis: .best(["rocksdb-zstd", "rocksdb-zstd-small"]), reach: .atLeast(2)
            ),
            Target(
                "read of a compressed session, p50", phase: "read-compacted", figure: .p50,
                stretch: .atMost(2500)
            ),
        ]

    private static let changes = [("50/50", "rmw-50"), ("95/5", "rmw-95")].flatMap { name, phase in
        [
            Target(
                "read-modify-write, \(name), 1 task", phase: phase,
                basis: .bestPeer, reach: .atLeast(1.1), stretch: .atLeast(1.5)
            ),
            Target(
                "read-modify-write, \(name), 2 tasks", phase: phase, workers: 2,
                basis: .bestPeer, reach: .atLeast(1.5), stretch: .atLeast(2)
            ),
        ]
    }

    private static let stalls = [
        Target(
            "read p99.9 during compaction, beside none", phase: "read-during-compaction",
            figure: .p999,
            basis: .first([.own(.more(Extra.aloneP999)), .own(.p999, phase: "read-uniform")]),
            reach: .atMost(2)
        ),
        Target(
            "read p99.9 during compaction", phase: "read-during-compaction", figure: .p999,
            reach: .atMost(1e6), stretch: .atMost(0.3e6)
        ),
        Target(
            "longest stall, 10 M sessions", phase: "growth", records: 10_000_000,
            figure: .max, reach: .atMost(10e6), stretch: .atMost(2e6)
        ),
    ]

    private static let sizes = [
        Target(
            "index memory per session, worst moment", phase: "memory",
            figure: .more(Extra.indexPerSession), reach: .atMost(24), stretch: .atMost(20)
        ),
        Target(
            "memory beside the index", phase: "memory",
            figure: .more(Extra.otherMemory), reach: .atMost(16e6), stretch: .atMost(8e6)
        ),
        Target(
            "disk per session, compacted", phase: "disk",
            figure: .diskPerSession, reach: .atMost(200), stretch: .atMost(164)
        ),
    ]

    private static let reopening = [
        Target(
            "reopen, clean, 1 M sessions", phase: "reopen-clean", records: 1_000_000,
            figure: .secondsPerOperation, reach: .atMost(0.06)
        ),
        Target(
            "reopen, clean, 10 M sessions", phase: "reopen-clean", records: 10_000_000,
            figure: .secondsPerOperation, reach: .atMost(0.5)
        ),
        Target(
            "first read after opening, 1 M sessions", phase: "reopen-clean", records: 1_000_000,
            figure: .more(Extra.firstRead), stretch: .atMost(0.01)
        ),
        Target(
            "first read after opening, 10 M sessions", phase: "reopen-clean",
            records: 10_000_000, figure: .more(Extra.firstRead), stretch: .atMost(0.01)
        ),
        Target(
            "reopen after SIGKILL, beside clean", phase: "reopen-kill",
            figure: .secondsPerOperation,
            basis: .own(.secondsPerOperation, phase: "reopen-clean"), relation: .difference,
            reach: .atMost(0.3)
        ),
    ]

    private static let upkeep = [
        Target(
            "write amplification, Zipf", phase: "overwrite",
            figure: .more(Extra.zipfAmplification), reach: .atMost(2.3), stretch: .atMost(1.8)
        ),
        Target(
            "write amplification, chat", phase: "overwrite",
            figure: .more(Extra.chatAmplification), reach: .atMost(1.5), stretch: .atMost(1.2)
        ),
        Target(
            "expiry, written for what is freed", phase: "expiry",
            figure: .bytesWritten, basis: .own(.more(Extra.freed)), reach: .atMost(0.02)
        ),
        // The design says "seconds", and ten are few.
        Target("expiry, time", phase: "expiry", figure: .seconds, reach: .atMost(10)),
    ]

    private static let growth = [("read", Extra.read), ("write", Extra.write)].map { name, figure in
        Target(
            "growth to 10 M sessions, cost of a \(name)", phase: "growth", records: 10_000_000,
            figure: .more(figure), basis: .fewestRecords, reach: .atMost(2.5)
        )
    }

    private static let sessions =
        [
            Target(
                "turns of 64 conversations, beside durable writes", phase: "turns", workers: 64,
                basis: .own(.operationsPerSecond, phase: "durable"), reach: .atLeast(0.5)
            )
        ]
        + ["typed", "dynamic"].map { kind in
            Target(
                "session level, \(kind), what it adds, beside coding", phase: "session",
                ours: "session-store \(kind)", figure: .more(Extra.added),
                basis: .own(.more(Extra.coding)), reach: .atMost(1)
            )
        }
}
