#if Metrics
    import LogEngine
    public import Metrics

    import struct Synchronization.Atomic

    extension FileSessionOptions {
        /// Has the store count with the metrics of `factory`; <doc:Observing> lists them.
        ///
        /// - Parameters:
        ///   - factory: Makes the metrics, now.
        ///   - name: Tells this store from others, as the value of the dimension `store`; nil is
        ///     the directory as it was given.
        public mutating func measure(with factory: any MetricsFactory, as name: String? = nil) {
            instruments.append(FileSessionMetrics(factory, store: name ?? dirname))
        }
    }

    /// Turns what the log does into metrics; nothing else in this module does.
    ///
    /// A write that is not synced costs two additions: the counters are brought up to date by the
    /// next sync, the gauges when the log has looked at what it holds.
    final class FileSessionMetrics: LogObserver {
        private let instruments: Instruments
        /// Written, and not yet in the counters.
        private let pendingRecordCount = Atomic(0)
        private let pendingByteCount = Atomic(0)

        init(_ factory: any MetricsFactory, store: String) {
            instruments = Instruments(factory, store: store)
        }

        func didOpen(_ report: RecoveryReport) {
            instruments.openings.increment()
            instruments.recovery.recordNanoseconds(report.nanoseconds)
            instruments.replayedRecords.increment(by: report.replayedRecordCount)
            instruments.cutBytes.increment(by: report.tornTail?.byteCount ?? 0)
            instruments.damages.increment(by: report.damages.count)
        }

        func didCommit(recordCount: Int, byteCount: Int, syncNanoseconds: UInt64?) {
            pendingRecordCount.add(recordCount, ordering: .relaxed)
            pendingByteCount.add(byteCount, ordering: .relaxed)
            if let syncNanoseconds { didSync(nanoseconds: syncNanoseconds) }
        }

        func didSync(nanoseconds: UInt64) {
            let recordCount = pendingRecordCount.exchange(0, ordering: .relaxed)
            instruments.sync.recordNanoseconds(nanoseconds)
            guard recordCount > 0 else { return }
            instruments.syncedRecords.record(recordCount)
            instruments.writtenRecords.increment(by: recordCount)
            let byteCount = pendingByteCount.exchange(0, ordering: .relaxed)
            instruments.writtenBytes.increment(by: byteCount)
        }

        func didSeal(file: String, byteCount: Int, recordCount: Int) {
            instruments.seals.increment()
        }

        func didWriteCheckpoint(slotCount: Int) { instruments.checkpoints.increment() }

        func didCompact(_ report: CompactionReport) {
            instruments.compactions.increment()
            instruments.compaction.recordNanoseconds(report.nanoseconds)
            instruments.compactedBytes.increment(by: report.inputByteCount)
            instruments.copiedBytes.increment(by: report.outputByteCount)
            instruments.movedRecords.increment(by: report.movedRecordCount)
            instruments.expiredRecords.increment(by: report.expiredRecordCount)
            instruments.keptTombstonesTotal.increment(by: report.keptTombstoneCount)
        }

        func didTakeBackPins(count: Int) { instruments.takenBackPins.increment(by: count) }

        func didFindDamage(_ damage: LogDamage) { instruments.damages.increment() }

        func didPoison(_ fault: LogFault) { instruments.poisonings.increment() }

        func didChangeDiskSpace(isFull: Bool) { instruments.diskFull.set(isFull ? 1 : 0) }

        func didFail(_ error: LogError) { instruments.failures.increment() }

        func didMeasure(_ statistics: LogStatistics) {
            instruments.sessions.set(statistics.keyCount)
            instruments.liveBytes.set(statistics.liveByteCount)
            instruments.expiredBytes.set(statistics.expiredByteCount)
            instruments.deadBytes.set(statistics.deadByteCount)
            instruments.fileBytes.set(statistics.fileByteCount)
            instruments.pinnedBytes.set(statistics.pinnedByteCount)
            instruments.indexBytes.set(statistics.indexByteCount)
            instruments.segments.set(statistics.segments.count)
            instruments.keptTombstones.set(statistics.keptTombstoneCount)
            instruments.keptTombstoneBytes.set(statistics.keptTombstoneByteCount)
            if let space = statistics.spaceAmplification {
                instruments.spaceAmplification.set(space)
            }
            if let writes = statistics.writeAmplification {
                instruments.writeAmplification.set(writes)
            }
        }
    }

    /// The metrics of one store, made once.
    private struct Instruments: Sendable {
        let openings: Counter
        let recovery: Timer
        let replayedRecords: Counter
        let cutBytes: Counter
        let writtenRecords: Counter
        let writtenBytes: Counter
        let sync: Timer
        let syncedRecords: Recorder
        let seals: Counter
        let checkpoints: Counter
        let compactions: Counter
        let compaction: Timer
        let compactedBytes: Counter
        let copiedBytes: Counter
        let movedRecords: Counter
        let expiredRecords: Counter
        let keptTombstonesTotal: Counter
        let takenBackPins: Counter
        let damages: Counter
        let failures: Counter
        let poisonings: Counter
        let diskFull: Meter
        let sessions: Meter
        let liveBytes: Meter
        let expiredBytes: Meter
        let deadBytes: Meter
        let fileBytes: Meter
        let pinnedBytes: Meter
        let indexBytes: Meter
        let segments: Meter
        let keptTombstones: Meter
        let keptTombstoneBytes: Meter
        let spaceAmplification: Meter
        let writeAmplification: Meter

        init(_ factory: any MetricsFactory, store: String) {
            let dimensions = [("store", store)]
            func counter(_ name: String) -> Counter {
                Counter(label: "session_\(name)_total", dimensions: dimensions, factory: factory)
            }
            func timer(_ name: String) -> Timer {
                Timer(label: "session_\(name)_seconds", dimensions: dimensions, factory: factory)
            }
            func meter(_ name: String) -> Meter {
                Meter(label: "session_\(name)", dimensions: dimensions, factory: factory)
            }
            openings = counter("openings")
            recovery = timer("recovery")
            replayedRecords = counter("replayed_records")
            cutBytes = counter("cut_bytes")
            writtenRecords = counter("written_records")
            writtenBytes = counter("written_bytes")
            sync = timer("sync")
            syncedRecords = Recorder(
                label: "session_sync_records",
                dimensions: dimensions,
                aggregate: true,
                factory: factory
            )
            seals = counter("seals")
            checkpoints = counter("checkpoints")
            compactions = counter("compactions")
            compaction = timer("compaction")
            compactedBytes = counter("compacted_bytes")
            copiedBytes = counter("copied_bytes")
            movedRecords = counter("moved_records")
            expiredRecords = counter("expired_records")
            keptTombstonesTotal = counter("kept_tombstones")
            takenBackPins = counter("taken_back_pins")
            damages = counter("damages")
            failures = counter("failures")
            poisonings = counter("poisonings")
            diskFull = meter("disk_full")
            sessions = meter("sessions")
            liveBytes = meter("live_bytes")
            expiredBytes = meter("expired_bytes")
            deadBytes = meter("dead_bytes")
            fileBytes = meter("file_bytes")
            pinnedBytes = meter("pinned_bytes")
            indexBytes = meter("index_bytes")
            segments = meter("segments")
            keptTombstones = meter("kept_tombstones")
            keptTombstoneBytes = meter("kept_tombstone_bytes")
            spaceAmplification = meter("space_amplification")
            writeAmplification = meter("write_amplification")
        }
    }
#endif
