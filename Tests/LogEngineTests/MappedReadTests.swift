import DiskIO
import Foundation
import Locks
import SegmentFormat
import Testing

import struct Synchronization.Atomic

@testable import LogEngine

/// Reads out of mapped files, on the machine's disk: a simulated one has none.
@Suite(.serialized) struct MappedReadTests {
    private let directory = FileManager.default.temporaryDirectory
        .appendingPathComponent("mapped-\(UUID().uuidString)").path

    private static func options(
        _ reading: ReadMode,
        segmentByteCountMax: Int = 64 * 1_024 * 1_024
    ) -> LogOptions {
        var options = LogOptions()
        options.durability = .interval(.seconds(100))
        options.maintenance = .manual
        options.cacheByteCountMax = 0
        options.segmentByteCountMax = segmentByteCountMax
        options.reading = reading
        return options
    }

    private func withLog(
        _ options: LogOptions,
        on disk: any Disk = PosixDisk(),
        _ body: (SegmentLog) throws -> Void
    ) throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let log = try SegmentLog(directory, on: disk, options: options)
        try body(log)
        try log.closeBlocking()
        #expect(try mappedCount() == 0)
    }

    /// How many of this store's files the process has mapped.
    ///
    /// While others map and unmap, the list may have one twice, or not at all.
    private func mappedCount() throws -> Int {
        // It has no length, so that reading the file as a whole would end where one call does.
        let file = try #require(FileHandle(forReadingAtPath: "/proc/self/maps"))
        defer { try? file.close() }
        var bytes = Data()
        while let part = try file.read(upToCount: 65_536), !part.isEmpty { bytes += part }
        let maps = String(decoding: bytes, as: UTF8.self)
        try #require(maps.contains("[stack]"))
        let names = maps.split(separator: "\n").compactMap { line in
            line.firstRange(of: directory).map { line[$0.upperBound...] }
        }
        return Set(names).count
    }

    private static func value(_ number: Int, _ version: Int = 0) -> [UInt8] {
        [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 20 + number % 1_500)
            + bytes("\(number), \(version)")
    }

    private static func key(_ number: Int) -> [UInt8] { bytes("key:\(number)") }

    // MARK: What is read

    @Test func `a mapped value is read without a call, before and after it is sealed`() throws {
        let disk = CountingDisk()
        try withLog(Self.options(.mapped, segmentByteCountMax: 100_000), on: disk) { log in
            var lengths: [Int] = []
            for number in 0..<600 {
                _ = try log.writeBlocking(Self.key(number), Self.value(number))
                // In the segment that is being appended to, which grows under its mapping.
                #expect(try log.read(Self.key(number))?.value == Self.value(number))
                lengths.append(disk.readByteCounts.values.reduce(0, +))
            }
            #expect(Set(lengths).count == 1)
            #expect(log.core.segments.all.count > 2)
            for number in 0..<600 {
                #expect(try log.read(Self.key(number))?.value == Self.value(number))
            }
            #expect(disk.readByteCounts.values.reduce(0, +) == lengths[0])
            // Whichever they are that have records.
            let indices = (0..<600).map { number in
                log.core.index.candidates(for: log.core.hash(Self.key(number)))[0].segmentIndex
            }
            let (count, mapped) = (Set(indices).count, try mappedCount())
            #expect(mapped == count, "of \(log.core.segments.all.count)")
        }
    }

    @Test func `a record longer than a segment is read all the same`() throws {
        try withLog(Self.options(.mapped, segmentByteCountMax: 4_096)) { log in
            for number in 0..<5 {
                let value = [UInt8](repeating: UInt8(number), count: 100_000)
                _ = try log.writeBlocking(Self.key(number), bytes("first"))
                #expect(try log.read(Self.key(number))?.value == bytes("first"))
                _ = try log.writeBlocking(Self.key(number), value)
                #expect(try log.read(Self.key(number))?.value == value)
            }
            for number in 0..<5 {
                #expect(try log.read(Self.key(number))?.value.count == 100_000)
            }
        }
    }

    @Test func `a log that only reads maps nothing, since its writer cuts files`() throws {
        let options = Self.options(.mapped)
        try withLog(options) { log in
            _ = try log.writeBlocking(Self.key(1), Self.value(1))
            let reader = try SegmentLog(reading: directory, on: PosixDisk(), options: options)
            #expect(try reader.read(Self.key(1))?.value == Self.value(1))
            #expect(try mappedCount() == 0)
            try reader.closeBlocking()
            #expect(try log.read(Self.key(1))?.value == Self.value(1))
            #expect(try mappedCount() == 1)
        }
    }

    @Test func `a disk that can't map is read with calls`() throws {
        var bench = Bench()
        bench.options.reading = .mapped
        let log = try bench.open()
        for number in 0..<40 { try log.put("key\(number)", "value \(number)") }
        for number in 0..<40 { #expect(try log.text("key\(number)") == "value \(number)") }
        try log.closeBlocking()
    }

    @Test(arguments: [ReadMode.copied, .mapped])
    func `a flipped bit in any byte of a record is found`(reading: ReadMode) throws {
        try withLog(Self.options(reading)) { log in
            _ = try log.writeBlocking(Self.key(1), Self.value(1))
            _ = try log.writeBlocking(Self.key(2), Self.value(2))
            #expect(try log.read(Self.key(1))?.value == Self.value(1))
            let slot = log.core.index.candidates(for: log.core.hash(Self.key(1)))[0]
            let segment = try #require(log.core.segments.segment(of: slot))
            let file = try PosixDisk().openDirectory(directory, creating: false)
                .open(segment.fileName, .writing)
            for byte in slot.byteOffset..<slot.byteOffset + slot.recordByteCount {
                let old = try file.bytes(at: byte, count: 1)
                try file.write([old[0] ^ 1 << UInt8(byte % 8)], at: byte)
                let found = failure { () throws(LogError) in _ = try log.read(Self.key(1)) }
                #expect(found == .corrupted, "byte \(byte - slot.byteOffset)")
                try file.write(old, at: byte)
            }
            #expect(try log.read(Self.key(1))?.value == Self.value(1))
        }
    }

    @Test(arguments: [ReadMode.copied, .mapped])
    func `a file that was cut before it was opened is damage`(reading: ReadMode) throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let options = Self.options(reading, segmentByteCountMax: 2_000)
        let log = try SegmentLog(directory, on: PosixDisk(), options: options)
        for number in 0..<40 { _ = try log.writeBlocking(Self.key(number), Self.value(number)) }
        try log.closeBlocking()
        let again = try SegmentLog(directory, on: PosixDisk(), options: options)
        let slot = again.core.index.candidates(for: again.core.hash(Self.key(0)))[0]
        let segment = try #require(again.core.segments.segment(of: slot))
        try PosixDisk().openDirectory(directory, creating: false)
            .open(segment.fileName, .writing).truncate(to: UInt64(slot.byteOffset + 8))
        #expect(failure { () throws(LogError) in _ = try again.read(Self.key(0)) } == .corrupted)
        #expect(try again.read(Self.key(39))?.value == Self.value(39))
        try again.closeBlocking()
    }

    // MARK: While other things happen

    @Test(arguments: [ReadMode.copied, .mapped])
    func `readers see only what was written while segments come and go`(
        reading: ReadMode
    ) async throws {
        var options = Self.options(reading, segmentByteCountMax: 60_000)
        options.openFileCountMax = 4
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let log = try SegmentLog(directory, on: PosixDisk(), options: options)
        for number in 0..<200 { _ = try log.writeBlocking(Self.key(number), Self.value(number)) }
        let flag = Flag()
        try await withThrowingTaskGroup(of: Int.self) { group in
            for seed in 0..<3 {
                group.addTask {
                    var (count, number) = (0, seed)
                    while !flag.isSet.load(ordering: .relaxed) || count < 1_000 {
                        // There are as many threads for tasks as processors.
                        await Task.yield()
                        number = (number * 31 + 7) % 200
                        let value = try log.read(Self.key(number))?.value ?? []
                        let isRight = (0...20).contains { value == Self.value(number, $0) }
                        #expect(isRight, "key \(number)")
                        count += 1
                    }
                    return count
                }
            }
            for version in 1...12 {
                for number in 0..<200 where number % (version % 3 + 1) == 0 {
                    _ = try await log.write(Self.key(number), Self.value(number, version))
                }
                _ = try await log.compact()
            }
            flag.isSet.store(true, ordering: .relaxed)
            for try await count in group { #expect(count >= 1_000) }
        }
        #expect(try reading == .mapped || mappedCount() == 0)
        // What is open is what is mapped, and the bound holds for both.
        #expect(try mappedCount() <= 4)
        try await log.close()
        #expect(try mappedCount() == 0)
        #expect(try openCount() == 0)
    }

    @Test func `closing under readers leaves nothing mapped and nothing open`() async throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let options = Self.options(.mapped, segmentByteCountMax: 30_000)
        for _ in 0..<5 {
            let log = try SegmentLog(directory, on: PosixDisk(), options: options)
            for number in 0..<100 {
                _ = try log.writeBlocking(Self.key(number), Self.value(number))
            }
            await withTaskGroup { group in
                for seed in 0..<3 {
                    group.addTask {
                        var number = seed
                        while true {
                            await Task.yield()
                            number = (number * 31 + 7) % 100
                            do throws(LogError) {
                                let value = try log.read(Self.key(number))?.value
                                #expect(value == Self.value(number))
                            } catch {
                                #expect(Case(error) == .closed)
                                return
                            }
                        }
                    }
                }
                group.addTask {
                    try? await Task.sleep(for: .milliseconds(5))
                    do { try await log.close() } catch { Issue.record("\(error)") }
                }
            }
            #expect(try mappedCount() == 0)
            #expect(try openCount() == 0)
        }
    }

    /// How many of this store's files the process has open.
    private func openCount() throws -> Int {
        let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        return descriptors.count { number in
            let target = try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/self/fd/\(number)")
            return target?.hasPrefix(directory + "/") == true
        }
    }

    // MARK: The price

    /// Reads a value, cuts its file short behind the log's back, and reads it again.
    private static func readCutFile(_ reading: ReadMode) throws -> Case {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("cut-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let log = try SegmentLog(directory, on: PosixDisk(), options: options(reading))
        _ = try log.writeBlocking(key(1), value(1))
        _ = try log.read(key(1))
        try PosixDisk().openDirectory(directory, creating: false)
            .open(log.core.segments.all[0].fileName, .writing).truncate(to: 0)
        // The process may end here, and leave nothing behind: the open files hold its content.
        if reading == .mapped { try FileManager.default.removeItem(atPath: directory) }
        return failure { () throws(LogError) in _ = try log.read(key(1)) }
    }

    @Test func `a copied read of a file that was cut under the log is an error`() throws {
        #expect(try Self.readCutFile(.copied) == .corrupted)
    }

    @Test func `a mapped read of a file that was cut under the log ends the process`() async {
        await #expect(processExitsWith: .signal(SIGBUS)) {
            _ = try Self.readCutFile(.mapped)
        }
    }
}

private final class Flag: Sendable {
    let isSet = Atomic(false)
}
