/// Proof that this program makes the records that WORKLOAD.md describes; without it no number of
/// one machine says anything about another's.
enum WorkloadCheck {
    /// - Throws: What differs.
    static func run() throws {
        try require(hash(version: 0), 0xf7e7_7f1c_09a1_c037, "hash of version 0")
        try require(hash(version: 1), 0x9b39_69ac_7e97_56b0, "hash of version 1")
        let shuffled = Workload.permutation(salt: 1, 1_000_000).prefix(5).map { UInt64($0) }
        try require(shuffled, [513_524, 949_725, 833_182, 361_243, 728_439], "permutation")
        var stream = Stream(salt: 2)
        let zipf = Zipf(1_000_000)
        let drawn = (0..<5).map { _ in UInt64(stream.next(zipf)) }
        try require(drawn, [311_222, 94_794, 655_635, 364_078, 363_310], "zipf")
        var workload = Workload()
        try require(workload.key(0), Array("telegram:100000000".utf8), "first key")
    }

    private static func require<Value: Equatable>(
        _ found: Value,
        _ expected: Value,
        _ what: String
    ) throws {
        guard found != expected else { return }
        throw BenchError("The workload's \(what) is \(found), and has to be \(expected).")
    }

    /// FNV-1a over keys and values of the first thousand records.
    private static func hash(version: UInt64) -> UInt64 {
        var workload = Workload()
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        for record in 0..<1_000 as Range<UInt64> {
            workload.withKey(record) { $0.forEach(add) }
            add(UInt8(ascii: "\t"))
            workload.withValue(record, version: version) { $0.forEach(add) }
            add(UInt8(ascii: "\n"))
        }
        return hash
    }
}
