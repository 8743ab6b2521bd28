#if Logging
    import LogEngine
    public import Logging

    extension FileSessionOptions {
        /// Has the store log to `logger`; <doc:Observing> lists what, and at which level.
        ///
        /// - Parameter logger: Gets the directory as metadata of each line, `session.store`.
        public mutating func log(to logger: Logger) {
            var logger = logger
            logger[metadataKey: "session.store"] = "\(dirname)"
            instruments.append(FileSessionLogging(logger: logger))
        }
    }

    /// Turns what the log does into lines; nothing else in this module does.
    ///
    /// What the caller is told by an error is not repeated. No line has an id or a value in it.
    struct FileSessionLogging: LogObserver {
        let logger: Logger

        func didOpen(_ report: RecoveryReport) {
            logger.debug(
                "Opened the store",
                metadata: [
                    "session.count": "\(report.keyCount)",
                    "recovery.index": "\(report.indexSource.rawValue)",
                    "recovery.replayed": "\(report.replayedRecordCount)",
                    "recovery.removed": "\(report.removedFiles.count)",
                    "recovery.closed": "\(report.wasClosed)",
                    "recovery.nanoseconds": "\(report.nanoseconds)",
                ]
            )
            if let tail = report.tornTail {
                logger.info(
                    "Cut the unfinished end that a crash left",
                    metadata: [
                        "file": "\(tail.file)",
                        "offset": "\(tail.byteOffset)",
                        "bytes": "\(tail.byteCount)",
                        "kept": "\(tail.keptFile ?? "-")",
                    ]
                )
            }
            if let reason = report.discardedCheckpoint {
                logger.info(
                    "Built the index anew, since that on disk was of no use",
                    metadata: ["reason": "\(reason)"]
                )
            }
            for damage in report.damages { didFindDamage(damage) }
        }

        func didCommit(recordCount: Int, byteCount: Int, syncNanoseconds: UInt64?) {
            logger.trace(
                "Committed",
                metadata: [
                    "records": "\(recordCount)",
                    "bytes": "\(byteCount)",
                    "sync.nanoseconds": "\(syncNanoseconds.map { "\($0)" } ?? "-")",
                ]
            )
        }

        func didSync(nanoseconds: UInt64) {
            logger.trace("Synced", metadata: ["sync.nanoseconds": "\(nanoseconds)"])
        }

        func didSeal(file: String, byteCount: Int, recordCount: Int) {
            logger.debug(
                "Sealed a segment",
                metadata: [
                    "file": "\(file)", "bytes": "\(byteCount)", "records": "\(recordCount)",
                ]
            )
        }

        func didWriteCheckpoint(slotCount: Int) {
            logger.debug("Wrote the index to disk", metadata: ["session.count": "\(slotCount)"])
        }

        func didCompact(_ report: CompactionReport) {
            logger.debug(
                "Compacted",
                metadata: [
                    "input.segments": "\(report.inputSegmentCount)",
                    "input.bytes": "\(report.inputByteCount)",
                    "output.segments": "\(report.outputSegmentCount)",
                    "output.bytes": "\(report.outputByteCount)",
                    "moved": "\(report.movedRecordCount)",
                    "expired": "\(report.expiredRecordCount)",
                    "tombstones.kept": "\(report.keptTombstoneCount)",
                    "nanoseconds": "\(report.nanoseconds)",
                ]
            )
        }

        func didTakeBackPins(count: Int) {
            logger.info(
                "Ended listings that nobody went on with, to give their space back",
                metadata: ["count": "\(count)"]
            )
        }

        func didFindDamage(_ damage: LogDamage) {
            logger.info(
                "Found damage",
                metadata: [
                    "file": "\(damage.file)",
                    "offset": "\(damage.byteOffset)",
                    "bytes": "\(damage.byteCount.map { "\($0)" } ?? "-")",
                    "detail": "\(damage.detail)",
                ]
            )
        }

        func didPoison(_ fault: LogFault) {
            logger.info(
                "Stopped writing until the store is reopened, since a sync failed",
                metadata: ["file": "\(fault.file)", "detail": "\(fault.detail)"]
            )
        }

        func didChangeDiskSpace(isFull: Bool) {
            if isFull {
                logger.info("The disk is full")
            } else {
                logger.info("The disk has space again")
            }
        }

        func didFail(_ error: LogError) {
            logger.info("Put off what failed", metadata: ["detail": "\(error)"])
        }
    }
#endif
