import DiskIO
import SegmentFormat
import SimulatedDisks
import Testing

@testable import LogEngine

@Suite struct LogErrorTests {
    static let fault = LogFault("read", file: "a.segment", byteOffset: 72, detail: "it broke")
    static let damage = LogDamage(file: "a.segment", byteOffset: 64, byteCount: 48, detail: "bits")

    static let descriptions: [(error: LogError, text: String)] = [
        (.rejected(fault), "rejected: read a.segment at byte 72: it broke"),
        (.conflict(revision: 7), "conflict: the current revision is 7"),
        (.conflict(revision: nil), "conflict: the current revision is none"),
        (.diskFull(fault), "disk full: read a.segment at byte 72: it broke"),
        (.unavailable(fault), "unavailable: read a.segment at byte 72: it broke"),
        (.corrupted(damage), "damaged: a.segment at byte 64, 48 bytes: bits"),
        (
            .corrupted(LogDamage(file: "b", byteOffset: 0, detail: "gone")),
            "damaged: b at byte 0: gone"
        ),
        (
            .poisoned(LogFault("sync", file: "b", detail: "no")),
            "poisoned by a failed sync, reopen the store: sync b: no"
        ),
        (.locked(fault), "locked: read a.segment at byte 72: it broke"),
        (.notFound(fault), "not found: read a.segment at byte 72: it broke"),
        (.foreign(fault), "not a session store: read a.segment at byte 72: it broke"),
        (.unsupported(fault), "written by a newer version: read a.segment at byte 72: it broke"),
        (.readOnly(fault), "read-only: read a.segment at byte 72: it broke"),
        (.closed, "the log is closed"),
    ]

    @Test(arguments: descriptions.indices)
    func `an error says what happened in one line`(index: Int) {
        let (error, text) = Self.descriptions[index]
        #expect("\(error)" == text)
    }

    static let kinds: [(kind: DiskError.Kind, answer: Case)] = [
        (.notFound, .notFound), (.alreadyExists, .unavailable), (.notAFile, .foreign),
        (.accessDenied, .readOnly), (.readOnly, .readOnly), (.diskFull, .diskFull),
        (.tooManyOpenFiles, .unavailable), (.locked, .locked), (.interrupted, .unavailable),
        (.unsupported, .rejected), (.inputOutput, .unavailable),
    ]

    @Test(arguments: kinds.indices)
    func `a disk's error becomes the one a caller can act on`(index: Int) {
        let (kind, answer) = Self.kinds[index]
        let error = LogError(DiskError(kind, .read, "a", code: 5, detail: "why"), doing: "look")
        #expect(Case(error) == answer)
        #expect("\(error)".contains("why"))
        let silent = LogError(DiskError(kind, .read, "a"), doing: "look")
        #expect(kind == .locked || "\(silent)".contains("\(kind)"))
    }

    static let formats: [(error: FormatError, answer: Case, text: String)] = [
        (.wrongLength(expected: 8, found: 3), .corrupted, "3 bytes where 8 belong"),
        (.foreign, .foreign, "does not begin as one of our files does"),
        (.unsupported(version: 9, features: 2), .unsupported, "format version 9"),
        (.checksumMismatch, .corrupted, "checksum mismatch"),
        (.impossible(field: "kind"), .corrupted, "impossible kind"),
    ]

    @Test(arguments: formats.indices)
    func `bytes that are not what they should be are told apart`(index: Int) {
        let (error, answer, text) = Self.formats[index]
        let translated = LogError(error, file: "a", byteOffset: 8, byteCount: 16)
        #expect(Case(translated) == answer)
        #expect(error.text == text)
    }

    // MARK: The observer

    private struct Deaf: LogObserver {}

    @Test func `an observer that hears nothing is as good as none`() throws {
        let bench = Bench(segmentByteCountMax: 300)
        let log = try bench.open(Deaf())
        for number in 0..<10 { try log.put("k\(number)", "v") }
        let deaf = Deaf()
        deaf.didFindDamage(Self.damage)
        deaf.didPoison(Self.fault)
        deaf.didChangeDiskSpace(isFull: true)
        deaf.didFail(.closed)
        try log.closeBlocking()
    }

    @Test func `an observer is told of commits, seals and checkpoints`() throws {
        var bench = Bench(segmentByteCountMax: 300)
        bench.options.checkpointByteCount = 400
        let witness = Witness()
        let log = try bench.open(witness)
        for number in 0..<12 { try log.put("k\(number)", "v") }
        try log.closeBlocking()
        let told = witness.told
        #expect(told.openings.count == 1)
        #expect(told.commits.count == 12)
        #expect(told.commits.allSatisfy { $0.records == 1 && $0.bytes == 48 && $0.isSynced })
        #expect(told.seals.map(\.records) == [4, 4, 4])
        #expect(told.seals.map(\.file).first == "0000000001.segment")
        #expect(told.seals.allSatisfy { $0.bytes == 64 + 4 * 48 })
        #expect(told.checkpoints == [12])
        #expect(told.failures == [] && told.damages == [] && told.poisons == [])
    }

    @Test func `statistics of an empty log have no ratios`() throws {
        let log = try Bench().open()
        var statistics = try log.statistics()
        #expect(statistics.spaceAmplification == nil)
        #expect(statistics.indexBytesPerKey == nil)
        #expect(statistics.indexBytesPerKeyMax == nil)
        try log.put("a", "1")
        try log.put("a", "2")
        statistics = try log.statistics()
        #expect(statistics.spaceAmplification == 2)
        #expect(statistics.indexBytesPerKey.map { $0 > 16 } == true)
        #expect(statistics.manifestEdition > 0)
        #expect(statistics.fileByteCount > 0)
        try log.closeBlocking()
    }

    @Test func `statistics fail when the directory does not answer`() throws {
        let bench = Bench()
        let log = try bench.open()
        try log.put("a", "1")
        bench.disk.failOperation(kind: .names, with: .inputOutput)
        #expect(failure { () throws(LogError) in _ = try log.statistics() } == .unavailable)
        bench.disk.failOperation(kind: .open, namePrefix: "MANIFEST", with: .inputOutput)
        #expect(failure { () throws(LogError) in _ = try log.statistics() } == .unavailable)
        // A file that goes between listing and looking counts nothing.
        bench.disk.clearFaults()
        try bench.disk.setContents(of: "/store/CHECKPOINT.new", to: [1])
        bench.disk.onOperation { _, operation in
            guard operation.kind == .open, operation.name == "CHECKPOINT.new" else { return }
            try? bench.disk.removeFile("/store/CHECKPOINT.new")
        }
        #expect(try log.statistics().fileByteCount > 0)
        bench.disk.onOperation(nil)
        try log.closeBlocking()
    }

    @Test func `an iteration tells damage and goes on`() throws {
        let bench = Bench(segmentByteCountMax: 1 << 16)
        let witness = Witness()
        let log = try bench.open(witness)
        for number in 0..<10 { try log.put("k\(number)", "some value") }
        try bench.disk.flipBit((64 + 45) * 8, of: "/store/0000000001.segment")
        let results = Array(log.records())
        #expect(results.count == 10)
        #expect(results.count { if case .failure = $0 { true } else { false } } == 1)
        #expect(witness.told.damages.map(\.key) == [bytes("k0")])
        bench.disk.failOperation(kind: .read, with: .inputOutput)
        let more = Array(log.records())
        #expect(more.count { if case .failure = $0 { true } else { false } } >= 1)
        try log.closeBlocking()
    }

    @Test func `counting near a deadline needs the record, and says when it cannot have it`() throws
    {
        var bench = Bench(segmentByteCountMax: 1 << 16)
        bench.options.lifetimeMilliseconds = 10_000
        let log = try bench.open()
        try log.put("a", "1")
        bench.disk.advance(milliseconds: 9_500)
        #expect(try log.count() == 1)
        bench.disk.failOperation(kind: .read, with: .inputOutput)
        #expect(failure { () throws(LogError) in _ = try log.count() } == .unavailable)
        try log.closeBlocking()
    }
}
