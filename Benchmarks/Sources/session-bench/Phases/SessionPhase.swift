import BenchReport
import CPeers
import FileSessions
import LogEngine
import SessionCore

/// The workload's state, as a bot that knows its shape has it.
struct ChatState: Codable, Sendable {
    var step: String
    var lang: String
    var turns: Int
    var flags: Flags
    var cart: [Item]?
    var history: [Message]

    struct Flags: Codable, Sendable {
        var optIn: Bool
        var muted: Bool
    }

    struct Item: Codable, Sendable {
        var sku: String
        var qty: Int
        var price: Double
    }

    struct Message: Codable, Sendable {
        var t: Int
        var from: String
        var text: String
    }
}

/// How a bot reaches the state.
enum StateAccess: String, CaseIterable, Sendable {
    case dynamic
    case typed

    var engine: String { "session-store \(rawValue)" }

    /// Reads the state, as a bot would to answer.
    func turns(of session: Session) throws -> Int {
        switch self {
        case .dynamic: Int(session.state["turns"]?.int64 ?? 0)
        case .typed: try session.state(as: ChatState.self).turns
        }
    }

    /// Changes a little of the state.
    func advance(_ session: inout Session) throws {
        switch self {
        case .dynamic: session.mergeState(["turns": JSON(try turns(of: session) + 1)])
        case .typed:
            var state = try session.state(as: ChatState.self)
            state.turns += 1
            try session.setState(state)
        }
    }
}

/// Sessions as JSON, through the store that applications use.
extension Bench {
    func measureSessions() {
        guard settings.subjects.contains(where: \.isOurs) else { return }
        eachRound(of: "session", [.store]) { _, round in
            let directory = try loadedCopy(.store)
            defer { try? directories.remove("copy") }
            for access in StateAccess.allCases {
                try record(try sessions(access, directory, round: round))
            }
        }
    }

    /// Updates sessions, and takes apart what a read and a write of one cost.
    private func sessions(
        _ access: StateAccess,
        _ directory: String,
        round: Int
    ) throws -> Measurement {
        let records = settings.records
        let operands = ChangeOperands<ByteArrays>(
            writing: records, worker: 0, count: min(settings.operations, 200_000))
        let keys = operands.keys.items
        let extent = Extent(count: keys.count, seconds: settings.seconds)
        let engine = try engineCost(directory, keys, extent)
        let coding = try codingCost(access, records, extent)
        let (runs, reading, writing) = try Workers.wait {
            let ids = try keys.map { try SessionID(String(decoding: $0, as: UTF8.self)) }
            let store = Self.store(directory, .buffered)
            let reads = try await TimedRun.timing(extent) { index in
                guard let session = try await store.read(ids[index]) else { throw absent }
                _ = try access.turns(of: session)
            }
            var sessions: [Session] = []
            for id in ids {
                guard let session = try await store.read(id) else { throw absent }
                sessions.append(session)
            }
            let writes = try await TimedRun.timing(extent) { index in
                var session = sessions[index]
                try access.advance(&session)
                _ = try await store.write(session)
            }
            let updates = try await TimedRun.timing(extent) { index in
                try await store.update(ids[index]) { session in
                    guard var changed = session else { throw absent }
                    try access.advance(&changed)
                    session = changed
                }
            }
            try await store.close()
            return ([updates], reads.nanoseconds, writes.nanoseconds)
        }
        var measurement = Latencies(together: runs).measurement(
            of: Phase.session.rawValue, access.engine, records: records, workers: 1, round: round)
        measurement.add("read_ns", reading)
        measurement.add("write_ns", writing)
        measurement.add("engine_read_ns", engine.read)
        measurement.add("engine_write_ns", engine.write)
        measurement.add("decode_ns", coding.decode)
        measurement.add("encode_ns", coding.encode)
        measurement.add(Extra.added, reading - engine.read + writing - engine.write)
        measurement.add(Extra.coding, coding.decode + coding.encode)
        return measurement
    }

    /// What the same read and write take without JSON.
    private func engineCost(
        _ directory: String,
        _ keys: [[UInt8]],
        _ extent: Extent
    ) throws -> (read: Double, write: Double) {
        let engine = try LogBench(directory, .buffered)
        let log = engine.log
        let costs = try Workers.wait {
            // Each keeps a document of its own, or it could not be read as a session later.
            let values = try keys.map { try log.read($0)?.value ?? [] }
            let reads = try TimedRun.timing(extent) { _ = try log.read(keys[$0]) }
            let writes = try await TimedRun.timing(extent) { index in
                _ = try await log.write(keys[index], values[index])
            }
            return (reads.nanoseconds, writes.nanoseconds)
        }
        try engine.close()
        return costs
    }

    /// What decoding a session and its state, and encoding both, take by themselves.
    private func codingCost(
        _ access: StateAccess,
        _ records: Int,
        _ extent: Extent
    ) throws -> (decode: Double, encode: Double) {
        var workload = Workload()
        let documents = (0..<UInt64(min(records, 10_000))).map { workload.value($0, version: 0) }
        let decoding = try TimedRun.timing(extent) { index in
            let session = try Session(decoding: documents[index % documents.count])
            _ = try access.turns(of: session)
        }
        let sessions = try documents.map { try Session(decoding: $0) }
        let encoding = try TimedRun.timing(extent) { index in
            var session = sessions[index % sessions.count]
            try access.advance(&session)
            _ = try session.encoded()
        }
        return (decoding.nanoseconds, encoding.nanoseconds)
    }

    /// Returns a store of sessions, not open yet.
    static func store(
        _ directory: String,
        _ acknowledgement: Acknowledgement
    ) -> FileSessionStore {
        let durability: Durability =
            acknowledgement == .durable ? .durable : .interval(.seconds(1))
        return FileSessionStore(FileSessionOptions(dirname: directory, durability: durability))
    }
}

extension TimedRun {
    /// What one operation took on average.
    var nanoseconds: Double { seconds * 1e9 / Double(max(1, samples.count)) }
}

private let absent = BenchError("A session is not there.")
