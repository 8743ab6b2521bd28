import DiskIO
import Foundation
import SimulatedDisks
import Testing

/// The disks the contract is checked on.
enum DiskUnderTest: String, CaseIterable, CustomTestStringConvertible {
    case posix
    case simulated

    var testDescription: String { rawValue }

    func bench() throws -> any Bench {
        switch self {
        case .posix: try PosixBench()
        case .simulated: SimulatedBench()
        }
    }
}

/// A disk with an empty place on it, and ways to put there what the disk itself cannot make.
protocol Bench: AnyObject {
    var disk: any Disk { get }

    /// A directory that exists and is empty.
    var path: String { get }

    func makeDirectory(_ path: String) throws
    func makeSymbolicLink(_ path: String) throws
}

extension Bench {
    func directory() throws -> any DiskDirectory {
        try disk.openDirectory(path, creating: false)
    }
}

final class PosixBench: Bench, Sendable {
    let disk: any Disk = PosixDisk()
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "disk-tests-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false)
    }

    deinit {
        // What cannot be removed is left to the temporary directory's own upkeep.
        try? FileManager.default.removeItem(atPath: path)
    }

    func makeDirectory(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false)
    }

    func makeSymbolicLink(_ path: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: path, withDestinationPath: "/etc/hostname")
    }
}

final class SimulatedBench: Bench {
    let simulated = SimulatedDisk()
    let path = "/place"

    var disk: any Disk { simulated }

    init() {
        do {
            try simulated.makeDirectory(path)
        } catch {
            Issue.record(error)
        }
    }

    func makeDirectory(_ path: String) throws {
        try simulated.makeDirectory(path)
    }

    func makeSymbolicLink(_ path: String) throws {
        try simulated.makeSymbolicLink(path)
    }
}

// MARK: Bytes in and out

extension DiskFile {
    func put(_ bytes: [UInt8], at byteOffset: UInt64 = 0) throws(DiskError) {
        try write(bytes.span.bytes, at: byteOffset)
    }

    func putOnce(_ bytes: [UInt8], at byteOffset: UInt64 = 0) throws(DiskError) -> Int {
        try writeOnce(bytes.span.bytes, at: byteOffset)
    }

    /// Returns up to `byteCount` bytes, with as many calls as it takes.
    func get(_ byteCount: Int = 100_000, at byteOffset: UInt64 = 0) throws(DiskError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0xEE, count: byteCount)
        var span = bytes.mutableSpan
        var rawSpan = span.mutableBytes
        let count = try read(into: &rawSpan, at: byteOffset)
        return Array(bytes.prefix(count))
    }

    /// Returns what a single call brings.
    func getOnce(_ byteCount: Int, at byteOffset: UInt64 = 0) throws(DiskError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0xEE, count: byteCount)
        var span = bytes.mutableSpan
        var rawSpan = span.mutableBytes
        let count = try readOnce(into: &rawSpan, at: byteOffset)
        return Array(bytes.prefix(count))
    }
}

extension DiskDirectory {
    /// Makes a file with this content; nothing of it is synced.
    @discardableResult
    func make(_ name: String, _ bytes: [UInt8]) throws(DiskError) -> any DiskFile {
        let file = try open(name, .creating)
        try file.put(bytes)
        return file
    }
}

func text(_ string: String) -> [UInt8] {
    Array(string.utf8)
}

/// Checks that `body` throws a disk error of this kind, and returns it.
@discardableResult
func expectError(
    _ kind: DiskError.Kind,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () throws -> Void
) -> DiskError? {
    do {
        try body()
        Issue.record("nothing was thrown instead of \(kind)", sourceLocation: sourceLocation)
    } catch let error as DiskError {
        #expect(error.kind == kind, "\(error)", sourceLocation: sourceLocation)
        return error
    } catch {
        Issue.record(error, sourceLocation: sourceLocation)
    }
    return nil
}
