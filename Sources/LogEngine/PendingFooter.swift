import DiskIO
import Locks
import SegmentFormat

import struct Synchronization.Atomic

/// The end of a segment that gets no more records: its footer, while the log goes on.
///
/// A footer is 3.4 MB, and with its sync was 12 ms in which no other was served.
final class PendingFooter: Sendable {
    /// How the manifest names the segment until its footer is there; its records are durable.
    let named: ManifestSegment

    /// Whether observers are told as soon as it is there; else by who names it in the manifest, so
    /// that what they are told has a manifest of that time behind it.
    let isToldAtOnce: Bool

    private let segment: LogSegment
    private let core: LogCore
    private let didSeal: (@Sendable () -> Void)?
    private let work: Mutex<Work>
    // What has become of it, for who must not wait.
    private let hasFooter = Atomic(false)
    private let hasFault = Atomic(false)

    private struct Work {
        /// Nobody needs it any more once the footer is on disk.
        var material: Material?
        var fault: LogFault?
    }

    /// What it is made of, and where to.
    private struct Material {
        var entries: EntryList
        var file: any DiskFile
        var turn: SyncTurn
    }

    init(
        _ active: ActiveSegment,
        _ core: LogCore,
        isToldAtOnce: Bool = false,
        didSeal: (@Sendable () -> Void)?
    ) {
        self.isToldAtOnce = isToldAtOnce
        named = active.manifestSegment(.sealing)
        segment = active.segment
        work = Mutex(
            Work(
                material: Material(
                    entries: active.entries,
                    file: active.file,
                    turn: active.turn
                )
            )
        )
        self.core = core
        self.didSeal = didSeal
    }

    /// Whether the footer is durable.
    var isWritten: Bool { hasFooter.load(ordering: .acquiring) }

    /// Why its sync has failed, which ends writing for good.
    var fault: LogFault? {
        guard hasFault.load(ordering: .acquiring) else { return nil }
        return work.withLock { $0.fault }
    }

    /// Writes it, or waits for who does.
    ///
    /// - Throws: `poisoned` when its sync has failed; else why it could not be written, and then it
    ///   can be tried again.
    func finish() throws(LogError) {
        try work.withLock { (work) throws(LogError) in
            if let fault = work.fault { throw .poisoned(fault) }
            guard let material = work.material else { return }
            do throws(LogError) {
                try write(material)
                work.material = nil
            } catch {
                if case .poisoned(let fault) = error {
                    work.fault = fault
                    hasFault.store(true, ordering: .releasing)
                }
                throw error
            }
        }
    }

    /// Same, for whom nobody waits; a sync that has failed is told of once.
    func finishAndTell() {
        guard !hasFault.load(ordering: .acquiring) else { return }
        do throws(LogError) {
            try finish()
        } catch {
            core.observer.didFail(error)
        }
    }

    private func write(_ material: Material) throws(LogError) {
        var footer = Footer(
            material.entries.all,
            id: named.id,
            dataEnd: named.dataEnd,
            liveAsOf: 0
        )
        let bytes = footer.encoded(salt: named.salt)
        do throws(DiskError) {
            try material.file.write(bytes, at: named.dataEnd)
            try material.file.truncate(to: UInt64(named.dataEnd + bytes.count))
        } catch {
            throw LogError(error, doing: "seal segment")
        }
        // No sync to tell observers of: it makes nothing durable that was acknowledged.
        if let fault = material.turn.sync() { throw .poisoned(fault) }
        // First, since compaction may take it as soon as its numbers are known.
        hasFooter.store(true, ordering: .releasing)
        core.segments.unpin(segment)
        let sequences = named.sequences
        segment.withState { $0.sequences = sequences }
        didSeal?()
        if isToldAtOnce { tell() }
    }

    /// Tells observers that it is there.
    func tell() {
        core.observer.didSeal(
            file: segment.fileName,
            byteCount: named.dataEnd,
            recordCount: named.recordCount
        )
    }
}

extension LogWriter {
    /// Has the footer of the segment before written, beside whoever writes, or at once when the
    /// log is to do nothing by itself.
    func startSealing() {
        guard let sealing else { return }
        guard core.options.maintenance == .automatic,
            (try? LogThread.start { sealing.finishAndTell() }) != nil
        else {
            sealing.finishAndTell()
            return
        }
    }

    /// Waits until the segment before has its footer.
    func finishSealing() throws(LogError) {
        try prepareSealing()
        guard let sealing else { return }
        do throws(LogError) {
            try sealing.finish()
        } catch {
            switch error {
            case .poisoned(let fault): throw poisoned(fault)
            case .diskFull: noteDiskSpace(isFull: true)
            default: break
            }
            throw error
        }
    }

    /// Goes on with a footer that a crash came before, if there is one.
    ///
    /// Nothing of that is needed for records to be written, so whatever fails is only told of. It
    /// is tried again before the next segment is sealed.
    func resumeSealing() {
        do throws(LogError) {
            try prepareSealing()
        } catch {
            core.observer.didFail(error)
        }
        sealing?.finishAndTell()
    }

    /// Gathers what the footer of the segment lists that the manifest says is being sealed, when
    /// that was before this opening.
    private func prepareSealing() throws(LogError) {
        guard sealing == nil, let named = manifest.sealing else { return }
        guard let segment = core.segments.segment(named.id) else { throw .closed }
        guard let entries = try sealingEntries(segment, named) else {
            // What is wrong with its records stays where it can be looked at.
            var sealed = named
            sealed.state = .sealed
            try commit([.end(sealed)])
            return
        }
        let file: any DiskFile
        do throws(DiskError) {
            file = try openToWrite(segment)
        } catch {
            throw failure(error, doing: "seal segment")
        }
        core.segments.pin(file, for: segment)
        let ended = ActiveSegment(
            segment: segment,
            file: file,
            tail: named.dataEnd,
            zoneEnd: named.dataEnd,
            entries: entries
        )
        sealing = PendingFooter(ended, core, didSeal: didSeal)
    }

    /// Returns what the footer has to list; nil when not all of it can be known, which is told.
    ///
    /// A footer that is there says it, and is written again all the same: nobody knows whether it
    /// was synced.
    private func sealingEntries(
        _ segment: LogSegment,
        _ named: ManifestSegment
    ) throws(LogError) -> [FooterEntry]? {
        let file = try core.segments.file(of: segment, doing: "seal segment")
        if let footer = try? FooterFile.load(file, id: segment.id, salt: segment.salt),
            footer.summary.isOf(named)
        {
            return footer.entries
        }
        let (entries, result) = try core.scannedEntries(
            of: segment,
            in: file,
            limit: named.dataEnd,
            trustedEnd: named.dataEnd
        )
        guard result.hasUnknownLoss || entries.count != named.recordCount else {
            return entries.map(\.entry)
        }
        for damage in result.damages { core.observer.didFindDamage(damage) }
        return nil
    }
}
