import DiskIO
import SegmentFormat

/// Looks at what a log holds and takes.
struct LogMeasurement {
    let core: LogCore
    /// Nil when opened for reading.
    let queue: WriteQueue?

    /// Tells the observer, unless nobody watches.
    func tell() {
        guard !(core.observer is SilentObserver) else { return }
        do throws(LogError) {
            try core.requireOpen()
            core.observer.didMeasure(try statistics())
        } catch {
            if case .closed = error { return }
            core.observer.didFail(error)
        }
    }

    func statistics() throws(LogError) -> LogStatistics {
        var result = LogStatistics()
        let memory = core.index.memoryUse
        result.keyCount = memory.keyCount
        result.indexByteCount = memory.byteCount
        result.indexBytesPerKeyMax = memory.bytesPerKeyMax > 0 ? memory.bytesPerKeyMax : nil
        let now = core.clock.now()
        for shard in 0..<LogIndex.shardCount {
            for slot in core.index.snapshot(of: shard).slots
            where core.life(of: slot, at: now) == .expired {
                result.expiredKeyCount += 1
                result.expiredByteCount += UInt64(slot.recordByteCount)
            }
        }
        try addSegments(to: &result)
        let pinned = core.segments.pinned
        result.pinnedByteCount = pinned.byteCount
        result.oldestPinNanoseconds = pinned.oldest.map { oldest in
            core.clock.monotonicNanoseconds() - oldest
        }
        try addWriterNumbers(to: &result)
        result.fileByteCount = try fileByteCount()
        return result
    }

    private func addSegments(to result: inout LogStatistics) throws(LogError) {
        let (horizon, segments) = core.tombstoneHorizon
        for (position, segment) in segments.enumerated() {
            let counts = segment.counts
            let tombstones = try core.tombstones(of: segment).map { tally in
                let keeper = tally.sequences.flatMap { sequences in
                    horizon.keeper(of: sequences.upperBound, besides: position)
                }
                return LogStatistics.Tombstones(
                    count: tally.count,
                    byteCount: tally.byteCount,
                    heldBy: keeper.map { keeper in
                        LogStatistics.Holder(
                            file: segments[keeper.position].fileName,
                            sequenceMin: keeper.lowestKept
                        )
                    }
                )
            }
            result.count(tombstones)
            let byteCount = UInt64(max(0, counts.dataEnd - SegmentHeader.byteCount))
            result.segments.append(
                LogStatistics.Segment(
                    file: segment.fileName,
                    recordByteCount: byteCount,
                    recordCount: counts.records,
                    liveRecordCount: counts.live,
                    liveByteCount: counts.liveBytes,
                    tombstones: tombstones
                )
            )
            result.liveByteCount += counts.liveBytes
            result.deadByteCount += byteCount - min(byteCount, counts.liveBytes)
        }
    }

    private func addWriterNumbers(to result: inout LogStatistics) throws(LogError) {
        guard let queue else {
            let manifest = try ManifestFile.load(from: core.directory, isWriting: false)
            result.manifestEdition = manifest?.edition ?? 0
            return
        }
        result.writeByteRateMax = queue.brake.rate
        let numbers = queue.withWriter { writer in
            (writer.manifest.edition, writer.writtenByteCount, writer.copiedByteCount)
        }
        (result.manifestEdition, result.writtenByteCount, result.copiedByteCount) = numbers
    }

    private func fileByteCount() throws(LogError) -> UInt64 {
        do throws(DiskError) {
            var sum: UInt64 = 0
            for name in try core.directory.names() where FileName(name) != nil {
                sum += try byteCount(of: name)
            }
            return sum
        } catch {
            throw LogError(error, doing: "measure")
        }
    }

    /// A file that has gone since it was listed counts nothing.
    private func byteCount(of name: String) throws(DiskError) -> UInt64 {
        do throws(DiskError) {
            return try core.directory.open(name, .reading).byteCount()
        } catch {
            guard error.kind == .notFound else { throw error }
            return 0
        }
    }
}

extension LogStatistics {
    fileprivate mutating func count(_ tombstones: Tombstones?) {
        guard let tombstones else { return }
        tombstoneCount += tombstones.count
        tombstoneByteCount += tombstones.byteCount
        guard tombstones.heldBy != nil else { return }
        keptTombstoneCount += tombstones.count
        keptTombstoneByteCount += tombstones.byteCount
    }
}
