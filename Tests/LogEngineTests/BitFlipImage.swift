import SegmentFormat
import SimulatedDisks

@testable import LogEngine

/// A small store as it lies on a disk, with all that was ever written to it.
struct BitFlipImage: Sendable {
    let name: String
    let disk: SimulatedDisk
    let options: LogOptions
    /// What every key has.
    let truth: CampaignState
    /// Every state the store ever had, oldest first.
    let states: [CampaignState]
    /// The disk at earlier moments.
    let earlier: [SimulatedDisk]
    /// The file whose end may be missing without a trace, since nothing had been written behind it.
    let activeFile: String?
    let hasCheckpoint: Bool

    /// Lives a life and leaves it closed or killed, with a checkpoint or without.
    init(name: String, seed: UInt64, stepCount: Int, hasCheckpoint: Bool = false, isClosed: Bool)
        throws
    {
        var options = LogOptions()
        options.segmentByteCountMax = 1_400
        options.checkpointByteCount = hasCheckpoint ? 2_000 : 1_000_000
        options.maintenance = .manual
        let kinds = CampaignScript(seed: seed, stepCount: stepCount, isDurable: true).steps
        let steps = kinds.filter { step in
            switch step {
            case .reopen, .checkpoint: hasCheckpoint
            case .advance, .stepClock, .configure: false
            default: true
            }
        }
        let script = CampaignScript(
            seed: seed,
            options: options,
            steps: steps + (isClosed ? [.reopen] : [])
        )
        let disk = SimulatedDisk(seed: seed, recordsOperations: false)
        let life = CampaignRun(script, on: disk)
        var earlier: [SimulatedDisk] = []
        try life.run { number in
            if number % 7 == 3 { earlier.append(disk.clone()) }
        }
        let image = disk.clone()
        image.settle()
        let checkpoint = "\(CampaignRun.path)/CHECKPOINT"
        if isClosed, !hasCheckpoint { try image.removeFile(checkpoint) }
        self.hasCheckpoint = hasCheckpoint
        self.name = name
        self.disk = image
        self.options = options
        self.truth = life.model.state
        self.states = life.states
        self.earlier = earlier
        let bytes = try image.contents(of: "\(CampaignRun.path)/MANIFEST")
        // Not always the last: what a compaction began later has a higher number.
        let active = try Manifest(decoding: bytes, isWriting: false).segments.first {
            $0.state == .active
        }
        activeFile = active.map { FileName.segment($0.id).text }
    }

    var fileNames: [String] {
        get throws { try disk.fileNames(in: CampaignRun.path).filter { $0 != "LOCK" } }
    }

    func path(_ fileName: String) -> String { "\(CampaignRun.path)/\(fileName)" }

    /// Every value that a key ever had.
    func hasBeen(_ entry: CampaignEntry, of key: Int) -> Bool {
        states.contains { $0[key]?.value == entry.value }
    }
}

/// Looks at a damaged store in every way there is.
struct BitFlipCheck {
    let image: BitFlipImage
    let tally: CampaignTally
    /// Whether a prefix of what was written, and no word about it, is all that can be asked.
    var mayEndEarly = false

    /// What came of one way to look at it.
    private struct Finding {
        var isReported = false
        var isDifferent = false
        var state: CampaignState = [:]
    }

    func run(_ label: String, isRead: Bool = true, _ damage: (SimulatedDisk) throws -> Void) {
        CampaignSettings.trace("\(image.name): \(label)")
        do {
            let disk = image.disk.clone()
            try damage(disk)
            // For reading first, since that changes nothing.
            let isReadReported = try isRead && look(disk, isWriting: false).isReported
            let isWriteReported = try look(disk, isWriting: true).isReported
            tally.count("damages")
            let isNoticed = isReadReported || isWriteReported
            tally.count(isNoticed ? "noticed" : "harmless")
        } catch {
            tally.violate("\(image.name): \(label): \(error)")
        }
    }

    private func look(_ disk: SimulatedDisk, isWriting: Bool) throws -> Finding {
        let way = isWriting ? "for writing" : "for reading"
        var finding = Finding()
        let log: SegmentLog
        do throws(LogError) {
            log =
                isWriting
                ? try SegmentLog(CampaignRun.path, on: disk, options: image.options)
                : try SegmentLog(reading: CampaignRun.path, on: disk, options: image.options)
        } catch {
            finding.isReported = true
            return finding
        }
        let report = log.recovery
        finding.isReported =
            !report.damages.isEmpty || report.tornTail != nil || report.discardedCheckpoint != nil
        do {
            try readAll(log, &finding)
            try list(log, &finding)
        } catch {
            throw CampaignViolation("\(way): \(error)")
        }
        let isPrefix = image.states.contains { CampaignRun.isRead(finding.state, as: $0) }
        guard finding.isReported || !finding.isDifferent || mayEndEarly && isPrefix else {
            throw CampaignViolation(
                "\(way), without a word: " + CampaignRun.difference(finding.state, image.truth)
            )
        }
        return finding
    }

    private func readAll(_ log: SegmentLog, _ finding: inout Finding) throws {
        for key in 0..<CampaignScript.keyCount {
            do throws(LogError) {
                let record = try log.readIncludingExpired(CampaignScript.key(key))
                finding.state[key] = record.map(CampaignEntry.init)
            } catch {
                try requireTyped(error)
                finding.isReported = true
                finding.state[key] = image.truth[key]
                continue
            }
            guard let found = finding.state[key] else {
                if image.truth[key] != nil { finding.isDifferent = true }
                continue
            }
            guard image.hasBeen(found, of: key) else {
                throw CampaignViolation("key \(key) has a value that was never written")
            }
            if image.truth[key] != found { finding.isDifferent = true }
        }
    }

    private func list(_ log: SegmentLog, _ finding: inout Finding) throws {
        var listed: Set<[UInt8]> = []
        for result in log.records() {
            switch result {
            case .success(let record):
                guard let key = CampaignScript.number(of: record.key),
                    image.hasBeen(CampaignEntry(record), of: key)
                else {
                    throw CampaignViolation("a value is listed that was never written")
                }
                listed.insert(record.key)
            case .failure(let error):
                try requireTyped(error)
                finding.isReported = true
            }
        }
        do throws(LogError) {
            let count = try log.count()
            guard count != listed.count else { return }
            finding.isDifferent = true
        } catch {
            try requireTyped(error)
            finding.isReported = true
        }
    }

    private func requireTyped(_ error: LogError) throws {
        switch error {
        case .corrupted, .unsupported, .foreign: return
        default: throw CampaignViolation("damage was called \(error)")
        }
    }
}
