import DiskIO
import SegmentFormat
import SimulatedDisks
import Testing

@testable import LogEngine

/// What the campaigns found once, each by its symptom.
@Suite struct FaultRegressionTests {
    private let disk = SimulatedDisk(seed: 1)

    @Test func `after a read that failed once, an overwritten value does not come back`() throws {
        var log = try SegmentLog("/store", on: disk)
        _ = try log.writeBlocking(bytes("anna"), bytes("old"))
        for match in 1...4 {
            disk.clearFaults()
            disk.failOperation(
                kind: .read, namePrefix: "0000000001", match: match, with: .inputOutput)
            // Whether the one read that it needs is the one that fails or not.
            _ = try? log.writeBlocking(bytes("anna"), bytes("new \(match)"))
        }
        disk.clearFaults()
        _ = try log.writeBlocking(bytes("anna"), bytes("newest"))
        #expect(try log.read(bytes("anna"))?.value == bytes("newest"))
        #expect(try log.count() == 1)
        try log.closeBlocking()

        log = try SegmentLog("/store", on: disk)
        #expect(try log.read(bytes("anna"))?.value == bytes("newest"))
        #expect(try log.count() == 1)
        #expect(try log.removeBlocking(bytes("anna")))
        #expect(try log.read(bytes("anna")) == nil)
    }

    @Test func `a value read after a failed sync is still there after a power cut`() throws {
        var log = try SegmentLog("/store", on: disk)
        _ = try log.writeBlocking(bytes("anna"), bytes("one"))
        disk.failOperation(
            kind: .sync, namePrefix: "0000000001", with: .syncFailure(thenReading: .new))
        #expect(throws: LogError.self) { try log.writeBlocking(bytes("ben"), bytes("two")) }
        disk.clearFaults()

        let afterFailure = disk.clone()
        log = try SegmentLog("/store", on: afterFailure)
        let seen = try log.read(bytes("ben"))
        _ = try log.writeBlocking(bytes("cleo"), bytes("three"))

        log = try SegmentLog("/store", on: afterFailure.afterPowerCut(.nothing))
        #expect(log.recovery.damages.isEmpty)
        #expect(try log.read(bytes("anna"))?.value == bytes("one"))
        #expect(try log.read(bytes("ben")) == seen)
        #expect(try log.read(bytes("cleo"))?.value == bytes("three"))
    }

    @Test func `a touch of a value that failed to be written in the same batch touches nothing`()
        throws
    {
        var options = LogOptions()
        options.segmentByteCountMax = 400
        let log = try SegmentLog("/store", on: disk, options: options)
        _ = try log.writeBlocking(bytes("anna"), bytes("one"))
        let value = [UInt8](repeating: 1, count: 200)
        disk.failOperation(kind: .write, namePrefix: "0000000001", with: .inputOutput)
        let results = log.withWriter { writer in
            writer.run([
                .put(
                    Put(
                        key: bytes("ben"),
                        value: value,
                        activity: nil,
                        lifetime: .standard,
                        condition: .none
                    )
                ),
                .touch(key: bytes("ben"), activity: nil, condition: .none),
                .destroy(key: bytes("ben"), condition: .none),
            ])
        }
        let answers = try #require(results)
        #expect(throws: LogError.self) { try answers[0].get() }
        for answer in answers[1...] {
            guard case .success(.done(false)) = answer else {
                Issue.record("answered \(answer)")
                continue
            }
        }
        #expect(try log.read(bytes("ben")) == nil)
        #expect(try log.count() == 1)
    }

    @Test func `a segment that may not be opened is unavailable to readers, not read-only`() throws
    {
        var options = LogOptions()
        options.segmentByteCountMax = 400
        var log = try SegmentLog("/store", on: disk, options: options)
        for key in 0..<20 { _ = try log.writeBlocking(bytes("key\(key)"), bytes("value")) }
        try log.closeBlocking()
        options.openFileCountMax = 2
        log = try SegmentLog("/store", on: disk, options: options)
        disk.failOperation(kind: .open, with: .accessDenied, lasting: true)
        var failureCount = 0
        for key in 0..<20 {
            do throws(LogError) {
                _ = try log.read(bytes("key\(key)"))
            } catch {
                guard case .unavailable = error else { throw error }
                failureCount += 1
            }
        }
        #expect(failureCount > 0)
    }
}
