import LogEngine

/// Passes on what a log tells.
struct ObserverGroup: LogObserver {
    private let members: [any LogObserver]

    private init(_ members: [any LogObserver]) {
        self.members = members
    }

    /// Returns the only one as it is, and nil when there is none.
    static func of(_ members: [any LogObserver]) -> (any LogObserver)? {
        members.count > 1 ? ObserverGroup(members) : members.first
    }

    func didOpen(_ report: RecoveryReport) { for member in members { member.didOpen(report) } }

    func didCommit(recordCount: Int, byteCount: Int, syncNanoseconds: UInt64?) {
        for member in members {
            member.didCommit(
                recordCount: recordCount,
                byteCount: byteCount,
                syncNanoseconds: syncNanoseconds
            )
        }
    }

    func didSync(nanoseconds: UInt64) {
        for member in members { member.didSync(nanoseconds: nanoseconds) }
    }

    func didSeal(file: String, byteCount: Int, recordCount: Int) {
        for member in members {
            member.didSeal(file: file, byteCount: byteCount, recordCount: recordCount)
        }
    }

    func didWriteCheckpoint(slotCount: Int) {
        for member in members { member.didWriteCheckpoint(slotCount: slotCount) }
    }

    func didCompact(_ report: CompactionReport) {
        for member in members { member.didCompact(report) }
    }

    func didTakeBackPins(count: Int) {
        for member in members { member.didTakeBackPins(count: count) }
    }

    func didMeasure(_ statistics: LogStatistics) {
        for member in members { member.didMeasure(statistics) }
    }

    func didFindDamage(_ damage: LogDamage) {
        for member in members { member.didFindDamage(damage) }
    }

    func didPoison(_ fault: LogFault) { for member in members { member.didPoison(fault) } }

    func didChangeDiskSpace(isFull: Bool) {
        for member in members { member.didChangeDiskSpace(isFull: isFull) }
    }

    func didFail(_ error: LogError) { for member in members { member.didFail(error) } }
}
