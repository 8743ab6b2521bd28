import DiskIO
import SimulatedDisks
import Testing

@Suite
struct `Reading and writing all bytes` {
    private let disk = SimulatedDisk()
    private let file: any DiskFile

    init() throws {
        file = try disk.openDirectory("/s", creating: true).make("a", text("hello"))
    }

    @Test
    func `gives up on reads that are interrupted for ever`() throws {
        let before = disk.operationCount
        disk.failOperation(kind: .read, with: .interrupted, lasting: true)

        expectError(.interrupted) { _ = try file.get() }

        #expect(disk.operationCount - before == StuckFile.retryCountMax + 1)
    }

    @Test
    func `gives up on writes that are interrupted for ever`() throws {
        let before = disk.operationCount
        disk.failOperation(kind: .write, with: .interrupted, lasting: true)

        expectError(.interrupted) { try file.put(text("x")) }

        #expect(disk.operationCount - before == StuckFile.retryCountMax + 1)
    }

    @Test
    func `takes any number of interruptions as long as bytes move`() throws {
        // Every other call is interrupted, and the ones between move a byte or few.
        disk.failOperation(with: .interrupted, lasting: true) { number, _ in number % 2 == 0 }
        disk.failOperation(with: .shortTransfer, lasting: true) { _, _ in true }
        let bytes = [UInt8](repeating: 7, count: 5_000)

        try file.put(bytes)

        #expect(try file.get() == bytes)
    }

    @Test
    func `gives up on a disk that takes nothing and reports nothing`() throws {
        let stuck = StuckFile()

        let error = expectError(.inputOutput) { try stuck.put(text("x")) }

        #expect(error?.detail == "no progress")
        #expect(stuck.callCount.count == StuckFile.retryCountMax + 1)
    }

    @Test
    func `takes an empty read for the end`() throws {
        #expect(try StuckFile().get() == [])
    }
}

/// A file that moves no bytes.
private final class StuckFile: DiskFile {
    let name = "stuck"
    let callCount = Counter()

    func byteCount() throws(DiskError) -> UInt64 { 0 }
    func readOnce(into bytes: inout MutableRawSpan, at byteOffset: UInt64) -> Int { 0 }
    func sync() throws(DiskError) {}
    func truncate(to byteCount: UInt64) throws(DiskError) {}

    func writeOnce(_ bytes: RawSpan, at byteOffset: UInt64) -> Int {
        callCount.increment()
        return 0
    }
}
