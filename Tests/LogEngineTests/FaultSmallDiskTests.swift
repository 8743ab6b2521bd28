import DiskIO
import Foundation
import Glibc
import SimulatedDisks
import Testing

import struct Synchronization.Atomic

@testable import LogEngine

/// A store on a real file system that somebody else fills while a compaction is at work, before
/// each thing that it asks of the disk; needs the right to mount.
///
/// `CAMPAIGN_ALL=1 swift test -c release --traits Tools --filter FaultSmallDisk` leaves no moment
/// out.
@Suite(.serialized) struct FaultSmallDiskTests {
    enum Kind: String, CaseIterable {
        case memory, ext4

        func mount() throws -> Mount {
            switch self {
            case .memory: try Mount(byteCount: 24 << 20)
            case .ext4: try Mount(imageByteCount: 32 << 20)
            }
        }

        /// Of the moments, one in so many is tried.
        var stride: Int {
            if CampaignSettings.isComplete { return 1 }
            return CampaignSettings.isDebug || self == .ext4 ? 3 : 1
        }
    }

    /// How many bytes are left.
    private static var rooms: [Int] {
        if CampaignSettings.isComplete { return [0, 4_096, 100_000, 900_000, 2_500_000] }
        return CampaignSettings.isDebug ? [0] : [0, 900_000]
    }

    @Test(arguments: Kind.allCases)
    func `a disk that fills up in the middle of a compaction costs nothing`(kind: Kind) throws {
        let mount = try kind.mount()
        let store = try SmallDiskStore(mount)
        defer { store.remove() }
        let momentCount = try store.momentCount()
        var tally = SmallDiskTally()
        for moment in stride(from: 0, to: momentCount, by: kind.stride) {
            for room in Self.rooms {
                try store.fillUp(at: moment, leaving: room, &tally)
            }
        }
        print("\(kind.rawValue): \(momentCount) moments,", tally.text)
        #expect(tally.findings == [])
        // Some leave room enough, and others don't.
        #expect(tally.doneCount > 0)
        #expect(tally.stoppedCount > 0)
        // What was at work when it stopped.
        let stops = Set(tally.stops.keys)
        #expect(stops.count > 2, "\(stops)")
        if kind.stride == 1 {
            #expect(
                stops.isSuperset(of: [
                    "create segment", "create compacted segment", "write compacted segment",
                    "finish compacted segment", "write manifest",
                ])
            )
        }
    }
}

/// What came of the fillings.
private struct SmallDiskTally {
    var stoppedCount = 0
    var doneCount = 0
    /// How often each operation met the full disk.
    var stops: [String: Int] = [:]
    var refusedWriteCount = 0
    var findings: [String] = []

    var text: String {
        let stops = stops.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        return "compactions stopped: \(stoppedCount) (\(stops.joined(separator: ", "))),"
            + " done all the same: \(doneCount), writes refused meanwhile: \(refusedWriteCount),"
            + " findings: \(findings.count)"
    }
}

/// A store on a small file system, made once and copied for each case.
private struct SmallDiskStore {
    private let mount: Mount
    private let original: String
    private let directory: String
    private let ballast: String
    private var options = LogOptions()
    /// The round in which each session was written last; none when it was destroyed.
    private var model: [Int: Int] = [:]

    private static let sessionCount = 1_200

    init(_ mount: Mount) throws {
        self.mount = mount
        original = NSTemporaryDirectory() + "small-disk-" + UUID().uuidString
        directory = mount.path + "/store"
        ballast = mount.path + "/ballast"
        options.segmentByteCountMax = 4 << 20
        options.durability = .interval(.seconds(1))
        options.maintenance = .manual
        // The values are as long afterwards: it is known how much room a compaction needs.
        options.compactedCompression = .none
        let log = try SegmentLog(original, options: options)
        for round in 0..<2 {
            for number in 0..<Self.sessionCount where round == 0 || number % 3 > 0 {
                try put(number, round, in: log)
                model[number] = round
            }
            for number in stride(from: round, to: Self.sessionCount, by: 10) {
                _ = try log.removeBlocking(key(number))
                model[number] = nil
            }
        }
        try log.closeBlocking()
    }

    func remove() { try? FileManager.default.removeItem(atPath: original) }

    private func key(_ number: Int) -> [UInt8] { bytes("web:U\(number)") }

    private func value(_ number: Int, _ round: Int) -> [UInt8] {
        bytes("round \(round) of \(number)")
            + [UInt8](repeating: UInt8(truncatingIfNeeded: number + round), count: 4_000)
    }

    private func put(_ number: Int, _ round: Int, in log: SegmentLog) throws(LogError) {
        _ = try log.writeBlocking(key(number), value(number, round))
    }

    /// How many changes a compaction asks of the disk when there is room.
    func momentCount() throws -> Int {
        let disk = CountingDisk()
        let log = try open(on: disk)
        disk.forgetCounts()
        let report = try log.compactBlocking()
        let count = disk.changeCount
        try #require(report.outputSegmentCount > 1)
        try log.closeBlocking()
        return count
    }

    private func open(on disk: CountingDisk) throws -> SegmentLog {
        try? FileManager.default.removeItem(atPath: ballast)
        try? FileManager.default.removeItem(atPath: directory)
        try FileManager.default.copyItem(atPath: original, toPath: directory)
        return try SegmentLog(directory, on: disk, options: options)
    }

    // MARK: One case

    /// Compacts a copy, with a disk that is full but for `room` bytes from the change `moment` on.
    func fillUp(at moment: Int, leaving room: Int, _ tally: inout SmallDiskTally) throws {
        let disk = CountingDisk()
        var log = try open(on: disk)
        var model = model
        let name = "moment \(moment), \(room) bytes left"
        let isFilled = Atomic(false)
        disk.forgetCounts()
        disk.watchChanges { [ballast] number in
            guard number == moment else { return }
            isFilled.store(Self.fill(ballast, leaving: room), ordering: .relaxed)
        }
        do throws(LogError) {
            _ = try log.compactBlocking()
            tally.doneCount += 1
        } catch {
            guard case .diskFull(let fault) = error else { throw error }
            tally.stoppedCount += 1
            tally.stops[fault.operation, default: 0] += 1
        }
        disk.watchChanges(nil)
        if !isFilled.load(ordering: .relaxed) || !Self.fill(ballast, leaving: 0) {
            tally.findings.append("\(name): the disk was not filled")
        }
        try expect(model, in: log, "\(name), full", &tally)

        // On the full disk: whoever destroys may, whoever writes is told.
        if moment % 2 == 1 {
            try reopen(&log, on: disk)
            try expect(model, in: log, "\(name), reopened while full", &tally)
        }
        for number in model.keys.sorted().prefix(5) {
            if try !log.removeBlocking(key(number)) {
                tally.findings.append("\(name): \(number) can't be destroyed")
            }
            model[number] = nil
        }
        try writeUntilFull(log, &model, &tally)
        try expect(model, in: log, "\(name), used while full", &tally)

        try FileManager.default.removeItem(atPath: ballast)
        _ = try log.compactBlocking()
        for number in 0..<10 {
            try put(number, 8, in: log)
            model[number] = 8
        }
        try expect(model, in: log, "\(name), with room again", &tally)
        try log.closeBlocking()
        try reopen(&log, on: disk)
        if log.recovery.removedFiles != [] {
            tally.findings.append("\(name): left \(log.recovery.removedFiles)")
        }
        try expect(model, in: log, "\(name), reopened", &tally)
        try log.closeBlocking()
    }

    /// Drops the log, with which its lock goes, and opens the store again.
    private func reopen(_ log: inout SegmentLog, on disk: CountingDisk) throws {
        // Nothing but this has a lock on a disk in memory.
        log = try SegmentLog("/none", on: SimulatedDisk(seed: 1), options: options)
        log = try SegmentLog(directory, on: disk, options: options)
    }

    private func writeUntilFull(
        _ log: SegmentLog,
        _ model: inout [Int: Int],
        _ tally: inout SmallDiskTally
    ) throws {
        // A compaction that was done all the same has made room for some thousand.
        for count in 0..<8_000 {
            let number = count % 200
            do throws(LogError) {
                try put(number, 7, in: log)
                model[number] = 7
            } catch {
                guard case .diskFull = error else { throw error }
                tally.refusedWriteCount += 1
                return
            }
        }
        tally.findings.append("a full disk takes 8,000 writes")
    }

    /// Expects the store to be what the model says, sound, and without a file too many.
    private func expect(
        _ model: [Int: Int],
        in log: SegmentLog,
        _ name: String,
        _ tally: inout SmallDiskTally
    ) throws {
        for number in 0..<Self.sessionCount {
            let expected = model[number].map { value(number, $0) }
            if try log.read(key(number))?.value != expected {
                tally.findings.append("\(name): session \(number) is wrong")
            }
        }
        if try log.count() != model.count { tally.findings.append("\(name): wrong count") }
        let report = try SegmentLog.verify(directory)
        if !report.isSound { tally.findings.append("\(name): \(report.damages)") }
        let leftovers = try SegmentLog.inspect(directory).leftoverFiles
        if !leftovers.isEmpty { tally.findings.append("\(name): \(leftovers.map(\.name)) left") }
    }

    // MARK: Filling

    /// Lets a file take the whole disk but for `room` bytes; says whether it does.
    private static func fill(_ path: String, leaving room: Int) -> Bool {
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        // So full that not even a name has room.
        guard descriptor >= 0 else { return errno == ENOSPC && room == 0 }
        defer { close(descriptor) }
        for step in [256 << 10, 4 << 10] {
            let zeros = [UInt8](repeating: 0, count: step)
            while Glibc.write(descriptor, zeros, step) > 0 {}
            guard errno == ENOSPC else { return false }
        }
        guard room > 0 else { return true }
        return ftruncate(descriptor, max(0, lseek(descriptor, 0, SEEK_END) - room)) == 0
    }
}
