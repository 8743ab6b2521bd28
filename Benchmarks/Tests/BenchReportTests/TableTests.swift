import BenchReport
import Testing

@Suite struct TableTests {
    @Test func `columns stand in line, the best first, and empty ones are left out`() {
        let results = Results([
            sample("read-zipf", "lmdb", round: 1, rate: 500_000, p50: 1740, p99: 28_000),
            sample("read-zipf", "lmdb", round: 2, rate: 600_000, p50: 1740, p99: 28_000),
            sample("read-zipf", "session-store", rate: 1_234_567.4, p50: 850, p99: 3_400_000),
            sample("read-zipf", "files", rate: 9.5),
        ])
        let expected = """
            read-zipf: Reads, Zipf, 1 task, 1 000 000 sessions

            engine             ops/s     p50      p99    time  spread  rounds
            -------------  ---------  ------  -------  ------  ------  ------
            session-store  1 234 567  850 ns   3.4 ms  810 us       -       1
            lmdb             550 000  1.7 us  28.0 us  1.8 ms    18 %       2
            files                9.5       -        -   105 s       -       1

            """
        #expect(results.table() == expected)
    }

    @Test func `what is beside is a column, in the unit of its name`() {
        let more = [
            "read_ns": 1500, "freed_bytes": 2.5e6, "first_read_seconds": 0.0421,
            "hit_share": 0.973, "zipf_amplification": 2.25, "things": 12,
        ]
        let lines = Results([sample("new", "lmdb", more: more)]).table().split(separator: "\n")
        let words = lines.map { $0.split(separator: "  ").map { $0.drop { $0 == " " } } }
        #expect(
            words[1].map(String.init) == [
                "engine", "ops/s", "time", "first read", "freed bytes", "hit share", "read",
                "things",
                "zipf amplification", "rounds",
            ])
        #expect(
            words[3].map(String.init) == [
                "lmdb", "1 000", "1.0 s", "42.1 ms", "2.5 MB", "97 %", "1.5 us", "12", "2.25 x",
                "1",
            ])
    }

    @Test func `phases come in the order of a run, with few tasks first`() {
        let results = Results([
            sample("unknown", "a"), sample("durable", "a", workers: 64), sample("other", "a"),
            sample("durable", "a", workers: 1), sample("load", "a"),
            sample("unknown", "a", workers: 2),
        ])
        let titles = results.table().split(separator: "\n").filter { $0.contains(": ") }
        #expect(
            titles == [
                "load: Load, 1 task, 1 000 000 sessions",
                "durable: Durable writes, 1 task, 1 000 000 sessions",
                "durable: Durable writes, 64 tasks, 1 000 000 sessions",
                "unknown: unknown, 1 task, 1 000 000 sessions",
                "unknown: unknown, 2 tasks, 1 000 000 sessions",
                "other: other, 1 task, 1 000 000 sessions",
            ])
    }

    @Test func `a raw loop stands among as many tasks as it has records in a batch`() {
        let results = Results([
            sample("durable", "lmdb", workers: 64), sample("durable", "lmdb"),
            sample("durable", "raw-ahead-64"), sample("durable", "raw-ahead"),
            sample("limits", "raw-memcpy", records: 0),
        ])
        let lines = results.table().split(separator: "\n").filter { !$0.hasPrefix("engine") }
        let words = lines.map { $0.prefix { $0 != " " } }.filter { !$0.hasPrefix("--") }
        #expect(
            words == [
                "durable:", "lmdb", "raw-ahead", "durable:", "lmdb", "raw-ahead-64", "limits:",
                "raw-memcpy",
            ])
        #expect(results.table().contains("limits: Limits of the machine, 1 task\n"))
    }

    @Test func `a number in the name of a limit is no number of tasks`() {
        let results = Results([
            sample("limits", "raw-pread-656", records: 0),
            sample("limits", "raw-index-pread-10000", records: 0),
            sample("limits", "raw-handover-16", workers: 16, records: 0),
            sample("limits", "raw-handover-2-16", workers: 16, records: 0),
        ])
        let titles = results.table().split(separator: "\n").filter { $0.contains(": ") }
        #expect(
            titles == [
                "limits: Limits of the machine, 1 task", "limits: Limits of the machine, 16 tasks",
            ])
    }

    @Test func `sizes are ranked from the smallest, and what is not known comes last`() {
        let rows = [("big", 900), ("none", nil), ("small", 164)].map { name, disk in
            var row = sample("disk", name, records: 1000)
            row.disk = disk.map { $0 * 1000 }
            return row
        }
        let lines = Results(rows).table().split(separator: "\n").dropFirst(3)
        #expect(lines.map { $0.prefix { $0 != " " } } == ["small", "big", "none"])
        #expect(lines.first?.contains("164.0 kB") == false)
        #expect(lines.first?.contains("164 kB") == true)
        #expect(lines.first?.contains("164 B") == true)
    }

    @Test func `where nothing was done there is no rate and no time`() throws {
        var row = Measurement(
            phase: "memory", engine: "lmdb", records: 10, operations: 10, seconds: 0
        )
        row.anonymousMemory = 1500
        let lines = Results([row]).table().split(separator: "\n")
        #expect(lines[1] == "engine  memory  rounds")
        #expect(lines[3] == "lmdb    1.5 kB       1")
    }

    @Test(arguments: [
        (0.0, "0 ns"), (13.6, "13.6 ns"), (999.7, "1.0 us"), (999.4, "999 ns"),
        (1000, "1.0 us"), (99_960, "100 us"), (999_600, "1.0 ms"), (2.5e9, "2.5 s"),
        (7.2e12, "7 200 s"),
    ])
    func `a time has the unit that suits it`(nanoseconds: Double, text: String) throws {
        let row = sample("x", "a", more: ["y_ns": nanoseconds])
        let line = try #require(Results([row]).table().split(separator: "\n").last)
        let cells = line.split(separator: "  ").map { $0.drop { $0 == " " } }
        #expect(cells.contains(text[...]))
    }
}
