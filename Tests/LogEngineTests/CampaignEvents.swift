import SegmentFormat
import SimulatedDisks

@testable import LogEngine

/// What scripts must come to, or a campaign proves less than it says.
enum CampaignEvent: String, CaseIterable, Sendable {
    case segmentWentWhole = "segments gone whole since all in them had expired"
    case valueExpired = "expired values removed by compaction"
    case dictionaryWritten = "dictionaries written"
    case touchFolded = "touches folded"
    case touchRefolded = "touches that came while their value was compacted"
    case clockSteppedBack = "clocks set back"
    case clockSteppedForward = "clocks set forward"
    case lifetimeLoosened = "lifetimes loosened"
    case lifetimeTightened = "lifetimes tightened"
    case read = "reads beside a script"
    case listed = "iterations beside a script"
    case openedForReading = "openings for reading beside a script"
}

extension CampaignTally {
    func count(_ event: CampaignEvent, _ number: Int = 1) { count(event.rawValue, number) }

    /// What scripts came to, a line each.
    var events: String {
        CampaignEvent.allCases.map { "\n    \(self[$0.rawValue].grouped) \($0.rawValue)" }.joined()
    }

    /// What the scripts did not come to.
    var missingEvents: [CampaignEvent] {
        CampaignEvent.allCases.filter { self[$0.rawValue] == 0 }
    }

    /// Counts what a compaction has written; no operation of the disk.
    func countOutputs(on disk: SimulatedDisk, besides old: [String]) throws {
        for name in try disk.fileNames(in: CampaignRun.path)
        where name.hasSuffix(".segment") && !old.contains(name) {
            let bytes = try disk.contents(of: "\(CampaignRun.path)/\(name)")
            let header = try SegmentHeader(decoding: bytes, isWriting: true)
            guard header.liveAsOf > 0 else { continue }
            let end = bytes.count - FooterSummary.byteCount
            let summary = try FooterSummary(decoding: Array(bytes[end...]), salt: header.salt)
            let entries = Array(bytes[summary.dataEnd..<end])
            let footer = try Footer(decoding: entries, summary: summary, salt: header.salt)
            count(.dictionaryWritten, footer.entries.count { $0.kind == .dictionary })
            count(.touchFolded, footer.entries.count { $0.kind == .foldedTouch })
        }
    }
}

/// Notes what the log promises without being asked, and counts what it comes to.
struct CampaignObserver: LogObserver {
    let progress: CampaignProgressBox
    let tally: CampaignTally

    func didSeal(file: String, byteCount: Int, recordCount: Int) { promise() }

    func didCompact(_ report: CompactionReport) {
        promise()
        tally.count(.valueExpired, report.expiredRecordCount)
        guard report.outputSegmentCount == 0, report.expiredRecordCount > 0 else { return }
        tally.count(.segmentWentWhole, report.inputSegmentCount)
    }

    /// The manifest was written: nobody needs to be told again what has expired by now.
    private func promise() {
        progress.change { $0.floors.promise($0.now, $0.lifetime) }
    }
}

extension SegmentLog {
    /// How many values the segment that is written to has together with a touch: those that were
    /// touched while they were compacted.
    var foldedTouchCount: Int {
        let entries = withWriter { $0.active?.entries.all ?? [] } ?? []
        return entries.count { $0.kind == .foldedTouch }
    }
}
