import Foundation
import LogEngine
import MeasuredWork
import SegmentFormat
import Synchronization

/// What it takes to hand a small write to the log and have it acknowledged as durable, with a disk
/// that costs nothing.
struct CommitLeaves {
    private static let taskCounts = [1, 16, 64, 256]
    private static let value = [UInt8](repeating: UInt8(ascii: "x"), count: 64)

    func measure(_ meter: inout Meter) async throws {
        let blocking = "commit-blocking"
        if meter.isChosen(blocking) {
            let bench = try await Bench()
            try meter.measure(blocking) { count in
                for number in bench.take(count) {
                    blackHole(try bench.log.writeBlocking(bench.key(number), Self.value))
                }
            }
            try bench.finish()
        }
        for taskCount in Self.taskCounts {
            let name = "commit-async-\(taskCount)"
            guard meter.isChosen(name) else { continue }
            let bench = try await Bench()
            try await meter.measure(name) { count in
                // As many writes as are asked for, or a few more.
                try await bench.write((count + taskCount - 1) / taskCount, tasks: taskCount)
            }
            try bench.finish()
        }
    }

    /// A log, and keys that it does not have.
    private final class Bench: Sendable {
        let log: SegmentLog
        private let directory: URL
        private let taken = Atomic(0)

        init() async throws {
            directory = FileManager.default.temporaryDirectory
                .appending(path: "session-micro-\(UUID().uuidString)")
            try FileManager.default.createDirectory(
                at: directory,
                withIntermediateDirectories: true
            )
            let disk = ForgetfulDisk()
            var options = LogOptions()
            options.maintenance = .manual
            log = try await SegmentLog.open(
                directory.appending(path: "store").path,
                on: disk,
                options: options
            )
            disk.forget()
        }

        /// Writes `share` values with each of so many tasks.
        func write(_ share: Int, tasks taskCount: Int) async throws {
            try await withThrowingTaskGroup { group in
                for _ in 0..<taskCount {
                    group.addTask {
                        for number in self.take(share) {
                            blackHole(try await self.log.write(self.key(number), value))
                        }
                    }
                }
                try await group.waitForAll()
            }
        }

        /// Returns so many numbers of keys, which nobody else gets.
        func take(_ count: Int) -> Range<Int> {
            let end = taken.add(count, ordering: .relaxed).newValue
            return end - count..<end
        }

        /// A key as long as most.
        func key(_ number: Int) -> [UInt8] {
            var key = [UInt8](repeating: UInt8(ascii: "k"), count: 27)
            key.store(UInt64(number), at: 0)
            return key
        }

        /// Lets the log and its folder go; closing it has nothing to write to.
        func finish() throws {
            try log.closeBlocking()
            try FileManager.default.removeItem(at: directory)
        }
    }
}
