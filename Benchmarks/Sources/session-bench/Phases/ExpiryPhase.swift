import BenchReport
import CPeers
import Foundation
import LogEngine

/// Half of the sessions have expired: the space that they take is given back.
///
/// Those that have are written first, since a session expires so long after its last activity, and
/// activity is a write: what is old in a store is what was written long ago.
extension Bench {
    func expire() {
        eachRound(of: "expiry", subjects(in: .expiry)) { subject, round in
            let directory = try directories.empty("expiry")
            defer { try? directories.remove("expiry") }
            let records = records(subject)
            switch subject {
            case .store, .storeBlocking, .storeMapped, .storeUncached:
                try expire(ours: directory, records, round)
            case .peer(let name):
                try expire(name, directory, records, round)
            case .combining, .raw: return
            }
        }
    }

    private func expire(ours directory: String, _ records: Int, _ round: Int) throws {
        let engine = try LogBench(directory, .buffered, maintenance: .manual)
        let log = engine.log
        let (old, young) = parts(records)
        // An hour ago they had had an hour.
        let activity = log.now() - 7_200_000
        try writing(old, version: 0) { (operands: LoadOperands<ByteArrays>, index) in
            _ = try log.writeBlocking(
                operands.keys.items[index],
                operands.values.items[index],
                activity: activity,
                lifetime: .milliseconds(3_600_000)
            )
        }
        try writing(young, version: 1) { (operands: LoadOperands<ByteArrays>, index) in
            _ = try log.writeBlocking(
                operands.keys.items[index],
                operands.values.items[index],
                lifetime: .endless
            )
        }
        try log.syncBlocking()
        let measurement = try expiring(Subject.store.name, directory, records, round, 0) {
            // What the log does by itself, at once and to the end.
            _ = try log.compactDueBlocking()
            _ = try log.sweepBlocking()
            _ = try log.compactDueBlocking()
            try log.syncBlocking()
        }
        let count = try log.count()
        guard count == young.count else {
            throw BenchError("\(count) sessions are left, and not \(young.count).")
        }
        try engine.close()
        try record(measurement)
    }

    private func expire(
        _ name: String,
        _ directory: String,
        _ records: Int,
        _ round: Int
    ) throws {
        let peer = try PeerBench(name, directory, .buffered)
        let user = try peer.attach()
        let (old, young) = parts(records)
        // A server removes by its own clock what has expired, and must not before all is loaded.
        let patience = UInt64(peer.process == 0 ? 0 : 5_000 + records / 4)
        let deadline = Self.milliseconds() - (peer.process == 0 ? 3_600_000 : 0) + patience
        try writing(old, version: 0) { (operands: LoadOperands<ByteBlock>, index) in
            try peer.put(operands, index, deadline: deadline, with: user)
        }
        try writing(young, version: 1) { (operands: LoadOperands<ByteBlock>, index) in
            try peer.put(operands, index, deadline: 0, with: user)
        }
        try peer.sync()
        while Self.milliseconds() <= deadline { Thread.sleep(forTimeInterval: 0.01) }
        var count = 0
        let now = Self.milliseconds()
        let measurement = try expiring(name, directory, records, round, peer.process) {
            count = try peer.expire(at: now, with: user)
            try peer.sync()
        }
        peer.detach(user)
        try peer.close()
        guard count == old.count else {
            throw BenchError("\(count) sessions are gone, and not \(old.count).")
        }
        try record(measurement)
    }

    /// Measures `body`, which gives space back.
    private func expiring(
        _ engine: String,
        _ directory: String,
        _ records: Int,
        _ round: Int,
        _ process: Int,
        _ body: () throws -> Void
    ) throws -> Measurement {
        let before = Directories.byteCount(directory)
        let meter = Meter(process)
        let started = bench_now()
        try body()
        var measurement = Measurement(
            phase: Phase.expiry.rawValue,
            engine: engine,
            records: records,
            round: round,
            operations: parts(records).old.count,
            seconds: Double(bench_now() - started) / 1e9
        )
        meter.fill(&measurement)
        let after = Directories.byteCount(directory)
        measurement.disk = after
        measurement.add("before_bytes", Double(before))
        measurement.add(Extra.freed, Double(max(0, before - after)))
        return measurement
    }

    private func parts(_ records: Int) -> (old: [UInt32], young: [UInt32]) {
        let order = cached("order \(records)") { Workload.permutation(salt: 1, records) }
        return cached("parts \(records)") {
            Parts(
                old: order.filter { Workload.isOld(UInt64($0)) },
                young: order.filter { !Workload.isOld(UInt64($0)) }
            )
        }.both
    }

    private struct Parts: Sendable {
        var old: [UInt32]
        var young: [UInt32]

        var both: (old: [UInt32], young: [UInt32]) { (old, young) }
    }

    private func writing<List: ByteList>(
        _ order: [UInt32],
        version: UInt64,
        _ write: (LoadOperands<List>, Int) throws -> Void
    ) throws {
        for start in stride(from: 0, to: order.count, by: 100_000) {
            let part = order[start..<min(start + 100_000, order.count)]
            let operands = LoadOperands<List>(part, version: version)
            for index in 0..<part.count { try write(operands, index) }
        }
    }

    private static func milliseconds() -> UInt64 {
        UInt64(Date().timeIntervalSince1970 * 1_000)
    }
}
