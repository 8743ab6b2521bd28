import BenchReport
import Testing

@Suite struct MediansTests {
    @Test func `of three rounds the middle one counts, figure by figure`() throws {
        let rounds = [
            sample("durable", "lmdb", round: 1, rate: 300, p50: 10, p99: 900),
            sample("durable", "lmdb", round: 2, rate: 100, p50: 30, p99: 700),
            sample("durable", "lmdb", round: 3, rate: 200, p50: 20, p99: 800),
        ]
        let medians = Results(rounds).medians()
        #expect(medians.count == 1)
        let median = try #require(medians.first)
        #expect(median.operationsPerSecond == 200)
        #expect(median.seconds == 5)
        #expect(median.p50 == 20)
        #expect(median.p99 == 800)
        #expect(median.round == 3)
        #expect(median.more?["ops_per_s_min"] == 100)
        #expect(median.more?["ops_per_s_max"] == 300)
    }

    @Test func `of two rounds it is the middle between them`() throws {
        let rounds = [
            sample("load", "lmdb", round: 1, rate: 100, p50: 4, more: ["read_ns": 1]),
            sample("load", "lmdb", round: 2, rate: 400, p50: 9, more: ["read_ns": 2]),
        ]
        let median = try #require(Results(rounds).medians().first)
        #expect(median.operationsPerSecond == 250)
        #expect(median.p50 == 6)
        #expect(median.more?["read_ns"] == 1.5)
    }

    @Test func `what a round lacks is left to the others`() throws {
        var first = sample("memory", "lmdb", round: 1)
        first.anonymousMemory = 5
        first.disk = nil
        var second = sample("memory", "lmdb", round: 2, p999: 7)
        second.anonymousMemory = 9
        second.more = ["other_bytes": 3]
        var third = sample("memory", "lmdb", round: 3)
        third.anonymousMemory = 6
        let median = try #require(Results([first, second, third]).medians().first)
        #expect(median.anonymousMemory == 6)
        #expect(median.p999 == 7)
        #expect(median.disk == nil)
        #expect(median.more?["other_bytes"] == 3)
    }

    @Test func `only rounds of the same are put together, in the order they came`() {
        let medians = Results([
            sample("durable", "sqlite", workers: 16), sample("durable", "lmdb", workers: 16),
            sample("durable", "lmdb", workers: 64), sample("load", "lmdb", workers: 16),
            sample("durable", "lmdb", workers: 16, records: 10),
            sample("durable", "sqlite", workers: 16, round: 2),
        ]).medians()
        #expect(medians.map(\.engine) == ["sqlite", "lmdb", "lmdb", "lmdb", "lmdb"])
        #expect(medians.map(\.round) == [2, 1, 1, 1, 1])
        #expect(medians.map(\.workers) == [16, 16, 64, 16, 16])
    }

    @Test func `medians of medians are the same`() {
        let rounds = [10.0, 30, 20, 70].enumerated().map { index, rate in
            sample("load", "lmdb", round: index + 1, rate: rate)
        }
        let medians = Results(rounds).medians()
        #expect(Results(medians).medians() == medians)
        #expect(medians.first?.round == 4)
    }

    @Test func `what is not a number does not count, and the largest numbers are no trap`() throws {
        let rounds = [
            sample("load", "lmdb", round: 1, max: .max, more: ["x": .nan]),
            sample("load", "lmdb", round: 2, max: .max - 2, more: ["x": 5]),
        ]
        let median = try #require(Results(rounds).medians().first)
        #expect(median.max == .max - 1)
        #expect(median.more?["x"] == 5)
    }

    @Test func `nothing has no medians`() {
        #expect(Results([]).medians() == [])
    }
}
