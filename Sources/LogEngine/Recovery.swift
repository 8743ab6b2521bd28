import DiskIO
import SegmentFormat

/// Brings a log from what the disk holds.
///
/// That is the manifest, the checkpoint or footers, and the records of segments without a footer:
/// the active one, and perhaps the one before. Writing, it also cuts the torn tail and removes the
/// leftovers of a crash; read-only, it changes nothing and goes on past damage.
struct Recovery {
    let disk: any Disk
    let directory: any DiskDirectory
    let options: LogOptions
    let observer: any LogObserver
    let isWriting: Bool
    var report = RecoveryReport()

    /// What recovery leaves to the writer.
    struct Outcome {
        var core: LogCore
        var manifest: Manifest
        /// The active segment that a crash left behind, ready to be appended to.
        var active: ActiveSegment?
        /// Whether the checkpoint on disk is as good as the index.
        var hasFreshCheckpoint: Bool
        var report: RecoveryReport
    }

    private init(
        _ disk: any Disk,
        _ directory: any DiskDirectory,
        _ options: LogOptions,
        _ observer: any LogObserver,
        isWriting: Bool
    ) {
        self.disk = disk
        self.directory = directory
        self.options = options
        self.observer = observer
        self.isWriting = isWriting
    }

    /// Recovers the store in `directory`; a `manifest` of nil makes a new one.
    static func run(
        disk: any Disk,
        directory: any DiskDirectory,
        manifest: Manifest?,
        options: LogOptions,
        observer: any LogObserver,
        isWriting: Bool
    ) throws(LogError) -> Outcome {
        let started = disk.monotonicNanoseconds()
        var recovery = Recovery(disk, directory, options, observer, isWriting: isWriting)
        let manifest = try recovery.storeManifest(manifest)
        var outcome = try recovery.recover(manifest)
        outcome.report.nanoseconds = disk.monotonicNanoseconds() - started
        return outcome
    }

    // MARK: A new store

    private mutating func storeManifest(_ manifest: Manifest?) throws(LogError) -> Manifest {
        if let manifest { return manifest }
        return try makeStore()
    }

    private mutating func makeStore() throws(LogError) -> Manifest {
        report.isNew = true
        let manifest = Manifest(
            storeID: disk.randomBits(),
            secret: HashSecret(low: disk.randomBits(), high: disk.randomBits()),
            timeFloor: UInt64(clamping: disk.wallClockMilliseconds())
        )
        do throws(ManifestFile.Failure) {
            try ManifestFile.commit(manifest, in: directory, creating: directory.create)
        } catch {
            switch error {
            case .unchanged(let error): throw error
            case .unknown(let fault): throw .unavailable(fault)
            }
        }
        return manifest
    }

    // MARK: The steps

    private mutating func recover(_ manifest: Manifest) throws(LogError) -> Outcome {
        let leftovers = try findLeftovers(manifest)
        let image = try loadCheckpoint(manifest)
        let segments = SegmentTable(directory, options: options, isWriting: isWriting)
        fill(segments, manifest, firstInOrderOf: image?.front)
        let timeFloor = max(manifest.timeFloor, image?.front.timeFloor ?? 0)
        let core = LogCore(
            disk: disk,
            directory: SharedDirectory(directory),
            options: options,
            observer: observer,
            secret: manifest.secret,
            segments: segments,
            index: LogIndex(),
            clock: LogClock(disk, floor: timeFloor),
            expiredBefore: manifest.expiredBefore
        )
        let present = try checkSegments(core, manifest)
        var builder = IndexBuilder(core)
        let isCurrent = try build(&builder, core, manifest, image, present)
        let active = try recoverActive(&builder, core, manifest, image)
        try finish(&builder, isCurrent: image != nil && builder.appliedCount == 0)
        try remove(leftovers)
        report.keyCount = core.index.count
        report.wasClosed = !manifest.segments.contains { $0.state == .active }
        return Outcome(
            core: core,
            manifest: manifest,
            active: active,
            hasFreshCheckpoint: isCurrent && active == nil && image != nil,
            report: report
        )
    }

    private func fill(
        _ segments: SegmentTable,
        _ manifest: Manifest,
        firstInOrderOf front: Checkpoint?
    ) {
        let listed = front?.segments ?? []
        segments.append(
            contentsOf: listed.map { listed in manifest.segments.first { $0.id == listed.id } }
        )
        let covered = Set(listed.map(\.id))
        for segment in manifest.segments where !covered.contains(segment.id) {
            _ = segments.add(segment)
        }
    }
}
