/// What one engine did in one phase of one round.
///
/// One line of the results, in JSON, with the names that its coding keys give.
public struct Measurement: Codable, Equatable, Sendable {
    /// What was done: `load`, `durable`, `read-uniform`, ...
    public var phase: String
    /// Who did it: `session-store`, `rocksdb`, ...; with its variant: `session-store blocking`.
    public var engine: String
    /// Records in the store.
    public var records: Int
    /// Tasks or threads that worked at once.
    public var workers: Int
    /// Which repetition, from 1.
    public var round: Int
    /// Operations that were counted.
    public var operations: Int
    /// How long they took together.
    public var seconds: Double
    /// Operations a second.
    public var operationsPerSecond: Double
    /// Nanoseconds of one operation, half of them at most this; nil where single ones were not
    /// timed.
    public var p50: Int?
    /// Same for all but one in a hundred.
    public var p99: Int?
    /// Same for all but one in a thousand.
    public var p999: Int?
    /// The longest of them.
    public var max: Int?
    /// What the processes of the engine wrote to the disk meanwhile, as the kernel counts it.
    public var bytesWritten: Int?
    /// Memory of its own, not of files, after the phase, in bytes.
    public var anonymousMemory: Int?
    /// Bytes its directory takes after the phase.
    public var disk: Int?
    /// Anything else that was measured, by name.
    public var more: [String: Double]?

    enum CodingKeys: String, CodingKey {
        case phase, engine, records, workers, round, seconds, disk, more
        case operations = "ops"
        case operationsPerSecond = "ops_per_s"
        case p50 = "p50_ns"
        case p99 = "p99_ns"
        case p999 = "p999_ns"
        case max = "max_ns"
        case bytesWritten = "bytes_written"
        case anonymousMemory = "rss_anon"
    }

    /// Creates a measurement of what took `seconds`.
    public init(
        phase: String,
        engine: String,
        records: Int,
        workers: Int = 1,
        round: Int = 1,
        operations: Int,
        seconds: Double
    ) {
        self.phase = phase
        self.engine = engine
        self.records = records
        self.workers = workers
        self.round = round
        self.operations = operations
        self.seconds = seconds
        operationsPerSecond = seconds > 0 ? Double(operations) / seconds : 0
    }
}
