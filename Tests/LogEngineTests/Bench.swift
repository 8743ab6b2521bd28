import DiskIO
import Foundation
import Locks
import SegmentFormat
import SimulatedDisks
import Testing

@testable import LogEngine

/// A simulated disk with a store in `/store`, and short words for what tests do with them.
struct Bench {
    var disk: SimulatedDisk
    var options = LogOptions()

    /// Small segments, so that a few records make several of them; nothing happens that the test
    /// does not ask for, however long it takes.
    init(seed: UInt64 = 1, segmentByteCountMax: Int = 1_000) {
        disk = SimulatedDisk(seed: seed)
        options.segmentByteCountMax = segmentByteCountMax
        options.maintenance = .manual
    }

    func open(_ observer: (any LogObserver)? = nil) throws(LogError) -> SegmentLog {
        try SegmentLog("/store", on: disk, options: options, observer: observer)
    }

    func openReading() throws(LogError) -> SegmentLog {
        try SegmentLog(reading: "/store", on: disk, options: options)
    }

    func verify() throws(LogError) -> VerificationReport {
        try SegmentLog.verify("/store", on: disk)
    }

    /// The store as a killed process leaves it.
    func killed() -> Bench {
        var copy = self
        copy.disk = disk.clone()
        return copy
    }

    /// A writer without a queue, so that a test decides what comes into one round.
    func makeWriter(
        _ observer: any LogObserver = SilentObserver()
    ) throws(LogError) -> LogWriter {
        let opened = try StoreDirectory.openForWriting("/store", on: disk)
        return LogWriter(
            try Recovery.run(
                disk: disk,
                directory: opened.directory,
                manifest: opened.manifest,
                options: options,
                observer: observer,
                isWriting: true
            )
        )
    }

    var files: [String] {
        get throws { try disk.fileNames(in: "/store") }
    }

    var segments: [String] {
        get throws { try files.filter { $0.hasSuffix(".segment") } }
    }

    func contents(_ name: String) throws -> [UInt8] {
        try disk.contents(of: "/store/\(name)")
    }

    func manifest() throws -> Manifest {
        try Manifest(decoding: contents("MANIFEST"), isWriting: true)
    }
}

/// Remembers what it is told.
final class Witness: LogObserver {
    struct Story {
        var openings: [RecoveryReport] = []
        var commits: [(records: Int, bytes: Int, isSynced: Bool)] = []
        var syncCount = 0
        /// Whether all that was committed is.
        var isSynced = false
        var takenBackPinCount = 0
        var measurements: [LogStatistics] = []
        var seals: [(file: String, bytes: Int, records: Int)] = []
        var checkpoints: [Int] = []
        var compactions: [CompactionReport] = []
        var damages: [LogDamage] = []
        var poisons: [LogFault] = []
        var fullness: [Bool] = []
        var failures: [LogError] = []
    }

    private let story = Mutex(Story())
    var told: Story { story.withLock { $0 } }

    func didOpen(_ report: RecoveryReport) { story.withLock { $0.openings.append(report) } }
    func didCommit(recordCount: Int, byteCount: Int, syncNanoseconds: UInt64?) {
        story.withLock { story in
            story.commits.append((recordCount, byteCount, syncNanoseconds != nil))
            story.isSynced = syncNanoseconds != nil
        }
    }
    func didSync(nanoseconds: UInt64) {
        story.withLock { story in
            story.syncCount += 1
            story.isSynced = true
        }
    }
    func didTakeBackPins(count: Int) { story.withLock { $0.takenBackPinCount += count } }
    func didMeasure(_ statistics: LogStatistics) {
        story.withLock { $0.measurements.append(statistics) }
    }
    func didSeal(file: String, byteCount: Int, recordCount: Int) {
        story.withLock { $0.seals.append((file, byteCount, recordCount)) }
    }
    func didWriteCheckpoint(slotCount: Int) { story.withLock { $0.checkpoints.append(slotCount) } }
    func didCompact(_ report: CompactionReport) { story.withLock { $0.compactions.append(report) } }
    func didFindDamage(_ damage: LogDamage) { story.withLock { $0.damages.append(damage) } }
    func didPoison(_ fault: LogFault) { story.withLock { $0.poisons.append(fault) } }
    func didChangeDiskSpace(isFull: Bool) { story.withLock { $0.fullness.append(isFull) } }
    func didFail(_ error: LogError) { story.withLock { $0.failures.append(error) } }
}

/// Gives up on what would hang, with a failed test instead of a stuck one.
func withinSeconds(
    _ limit: Int = 60,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ holds: () throws -> Bool
) rethrows {
    for _ in 0..<limit * 1_000 {
        if try holds() { return }
        Thread.sleep(forTimeInterval: 0.001)
    }
    Issue.record("waited for \(limit) s in vain", sourceLocation: sourceLocation)
}

/// Tells apart the cases of an error whose story does not matter.
enum Case: Equatable {
    case rejected
    case conflict(UInt64?)
    case diskFull, unavailable, corrupted, poisoned, locked, notFound
    case foreign, unsupported, readOnly, closed, none

    init(_ error: LogError) {
        self =
            switch error {
            case .rejected: .rejected
            case .conflict(let revision): .conflict(revision)
            case .diskFull: .diskFull
            case .unavailable: .unavailable
            case .corrupted: .corrupted
            case .poisoned: .poisoned
            case .locked: .locked
            case .notFound: .notFound
            case .foreign: .foreign
            case .unsupported: .unsupported
            case .readOnly: .readOnly
            case .closed: .closed
            }
    }
}

/// Returns how `body` failed.
func failure(_ body: () throws(LogError) -> Void) -> Case {
    do throws(LogError) {
        try body()
        return .none
    } catch {
        return Case(error)
    }
}

extension WriteResult {
    var failureCase: Case {
        switch self {
        case .success: .none
        case .failure(let error): Case(error)
        }
    }

    /// The revision written, or 1 and 0 for whether it was done.
    var number: UInt64? {
        switch self {
        case .success(.written(let revision)): revision
        case .success(.done(let isDone)): isDone ? 1 : 0
        case .success(.swept(let keys)): UInt64(keys.count)
        case .success(.checkpoint(let pending, let isNew)): pending.finish() && isNew ? 1 : 0
        case .failure: nil
        }
    }
}

extension WriteRequest {
    static func put(
        _ key: String,
        _ value: String,
        _ condition: WriteCondition = .none
    ) -> WriteRequest {
        .put(
            Put(
                key: bytes(key),
                value: bytes(value),
                activity: nil,
                lifetime: .standard,
                condition: condition
            )
        )
    }

    static func destroy(_ key: String, _ condition: WriteCondition = .none) -> WriteRequest {
        .destroy(key: bytes(key), condition: condition)
    }

    static func touch(_ key: String, _ condition: WriteCondition = .none) -> WriteRequest {
        .touch(key: bytes(key), activity: nil, condition: condition)
    }
}

extension SegmentLog {
    @discardableResult
    func put(_ key: String, _ value: String) throws(LogError) -> UInt64 {
        try writeBlocking(bytes(key), bytes(value))
    }

    func text(_ key: String) throws(LogError) -> String? {
        try read(bytes(key)).map { String(decoding: $0.value, as: UTF8.self) }
    }

    /// Everything that is alive, by key; damage ends it.
    func all() throws(LogError) -> [String: String] {
        var result: [String: String] = [:]
        for record in records() {
            let record = try record.get()
            let key = String(decoding: record.key, as: UTF8.self)
            // Every key comes once.
            precondition(result[key] == nil)
            result[key] = String(decoding: record.value, as: UTF8.self)
        }
        return result
    }
}
