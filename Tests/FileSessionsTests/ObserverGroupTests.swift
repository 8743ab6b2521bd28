import Locks
import SessionCore
import SimulatedDisks
import Testing

@testable import FileSessions
@testable import LogEngine

/// Remembers what it is told, by name.
final class Listener: LogObserver {
    private let names = Mutex<[String]>([])
    var told: [String] { names.withLock { $0 } }
    var commitCount: Int { told.count { $0 == "commit" } }

    private func note(_ name: String) { names.withLock { $0.append(name) } }

    func didOpen(_ report: RecoveryReport) { note("open") }
    func didCommit(recordCount: Int, byteCount: Int, syncNanoseconds: UInt64?) { note("commit") }
    func didSync(nanoseconds: UInt64) { note("sync") }
    func didSeal(file: String, byteCount: Int, recordCount: Int) { note("seal") }
    func didWriteCheckpoint(slotCount: Int) { note("checkpoint") }
    func didCompact(_ report: CompactionReport) { note("compact") }
    func didTakeBackPins(count: Int) { note("pins") }
    func didMeasure(_ statistics: LogStatistics) { note("measure") }
    func didFindDamage(_ damage: LogDamage) { note("damage") }
    func didPoison(_ fault: LogFault) { note("poison") }
    func didChangeDiskSpace(isFull: Bool) { note("space") }
    func didFail(_ error: LogError) { note("fail") }
}

/// Does not listen.
private struct Deaf: LogObserver {}

@Suite struct ObserverGroupTests {
    @Test func `each member is told everything`() throws {
        let members = [Listener(), Listener()]
        let group = try #require(ObserverGroup.of(members + [Deaf()]))
        group.didOpen(RecoveryReport())
        group.didCommit(recordCount: 1, byteCount: 1, syncNanoseconds: nil)
        group.didSync(nanoseconds: 1)
        group.didSeal(file: "f", byteCount: 1, recordCount: 1)
        group.didWriteCheckpoint(slotCount: 1)
        group.didCompact(CompactionReport())
        group.didTakeBackPins(count: 1)
        group.didMeasure(LogStatistics())
        group.didFindDamage(LogDamage(file: "f", byteOffset: 0, detail: "d"))
        group.didPoison(LogFault("sync", file: "f", detail: "d"))
        group.didChangeDiskSpace(isFull: true)
        group.didFail(.closed)
        let all = [
            "open", "commit", "sync", "seal", "checkpoint", "compact", "pins", "measure", "damage",
            "poison", "space", "fail",
        ]
        for member in members { #expect(member.told == all) }
    }

    @Test func `one observer stands for itself, and none for nobody`() {
        let only = Listener()
        #expect(ObserverGroup.of([only]) is Listener)
        #expect(ObserverGroup.of([]) == nil)
    }
}
