/// One of the numbers of a measurement.
public enum Figure: Hashable, Sendable {
    /// Operations a second.
    case operationsPerSecond

    /// The whole time.
    case seconds

    /// The whole time, divided by the operations.
    case secondsPerOperation

    /// The latency that half of the operations kept.
    case p50

    /// The latency that all but one in a hundred kept.
    case p99

    /// The latency that all but one in a thousand kept.
    case p999

    /// The longest latency.
    case max

    /// Bytes that were written to the disk.
    case bytesWritten

    /// Bytes of memory that are no file's.
    case anonymousMemory

    /// Bytes of the directory for each session in it.
    case diskPerSession

    /// What was measured beside, by its name; the end of the name gives the unit.
    case more(String)

    /// Returns the figure of `measurement`, or nil when it was not measured.
    public func value(of measurement: Measurement) -> Double? {
        switch self {
        case .operationsPerSecond:
            measurement.isOfSize ? nil : measurement.operationsPerSecond
        case .seconds:
            measurement.isOfSize ? nil : measurement.seconds
        case .secondsPerOperation:
            measurement.isOfSize
                ? nil : measurement.seconds / Double(Swift.max(measurement.operations, 1))
        case .p50: measurement.p50.map(Double.init)
        case .p99: measurement.p99.map(Double.init)
        case .p999: measurement.p999.map(Double.init)
        case .max: measurement.max.map(Double.init)
        case .bytesWritten: measurement.bytesWritten.map(Double.init)
        case .anonymousMemory: measurement.anonymousMemory.map(Double.init)
        case .diskPerSession:
            measurement.records > 0
                ? measurement.disk.map { Double($0) / Double(measurement.records) } : nil
        case .more(let name): measurement.more?[name]
        }
    }

    /// What it is counted in.
    var unit: Unit {
        switch self {
        case .operationsPerSecond: .perSecond
        case .seconds, .secondsPerOperation: .seconds
        case .p50, .p99, .p999, .max: .nanoseconds
        case .bytesWritten, .anonymousMemory: .bytes
        case .diskPerSession: .bytesEach
        case .more(let name): Self.suffixes.first { name.hasSuffix($0.suffix) }?.unit ?? .number
        }
    }

    /// Whether more of it is better; of all else, less is.
    public var isBetterHigher: Bool {
        switch self {
        case .operationsPerSecond: true
        case .more: unit == .perSecond
        default: false
        }
    }

    /// What it is called at the head of a column.
    var heading: String {
        switch self {
        case .operationsPerSecond: "ops/s"
        case .seconds: "time"
        case .secondsPerOperation: "time/op"
        case .p50: "p50"
        case .p99: "p99"
        case .p999: "p99.9"
        case .max: "max"
        case .bytesWritten: "written"
        case .anonymousMemory: "memory"
        case .diskPerSession: "disk/session"
        case .more(let name): Self.heading(name)
        }
    }

    /// What it is called above a chart.
    var label: String {
        switch self {
        case .operationsPerSecond: "operations a second"
        case .seconds: "time"
        case .secondsPerOperation: "time of one"
        case .anonymousMemory: "memory that is no file's"
        case .diskPerSession: "bytes on disk for each session"
        default: heading
        }
    }

    private static func heading(_ name: String) -> String {
        // The text beside a number tells that it is a time or a rate, not what is counted.
        let suffix = suffixes.first { name.hasSuffix($0.suffix) && $0.isTold }
        let stem = name.dropLast(suffix?.suffix.count ?? 0)
        return String(stem.map { $0 == "_" ? " " : $0 })
    }

    private static let suffixes: [(suffix: String, unit: Unit, isTold: Bool)] = [
        ("_ns", .nanoseconds, true), ("_seconds", .seconds, true), ("_per_s", .perSecond, false),
        ("_per_session", .bytesEach, false), ("_bytes", .bytes, false), ("_share", .percent, false),
        ("_amplification", .times, false),
    ]
}

extension Measurement {
    /// Whether only memory or disk was measured, and nothing done that takes time.
    fileprivate var isOfSize: Bool { seconds == 0 && operationsPerSecond == 0 }
}
