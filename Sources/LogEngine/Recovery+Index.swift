import DiskIO
import SegmentFormat

extension Recovery {
    /// Builds the index: the checkpoint's image and what came after it, or all footers.
    ///
    /// - Returns: Whether the image alone was enough.
    mutating func build(
        _ builder: inout IndexBuilder,
        _ core: LogCore,
        _ manifest: Manifest,
        _ image: CheckpointFile.Image?,
        _ present: Set<SegmentID>
    ) throws(LogError) -> Bool {
        if let image {
            report.indexSource = .checkpoint
            for (shard, table) in image.shards.enumerated() {
                core.index.load(table.slots, capacity: table.capacity, into: shard)
            }
            for segment in image.front.segments {
                core.segments.segment(segment.id)?.setLive(
                    recordCount: segment.liveRecordCount,
                    byteCount: segment.liveByteCount
                )
            }
        } else if !manifest.segments.isEmpty {
            report.indexSource = .footers
        }
        let floor = image?.front.nextSequence ?? 0
        let missing = manifest.segments.filter { segment in
            guard segment.state != .active, present.contains(segment.id) else { return false }
            return segment.sequences.map { $0.upperBound >= floor } ?? false
        }
        for group in Self.groups(missing) {
            try replay(group, from: floor, into: &builder, core)
        }
        return missing.isEmpty
    }

    /// Groups segments whose numbers overlap, in the order of their numbers.
    static func groups(_ segments: [ManifestSegment]) -> [[ManifestSegment]] {
        var groups: [[ManifestSegment]] = []
        var end: UInt64 = 0
        let ordered = segments.sorted {
            ($0.sequences?.lowerBound ?? 0) < ($1.sequences?.lowerBound ?? 0)
        }
        for segment in ordered {
            guard let sequences = segment.sequences else { continue }
            if !groups.isEmpty, sequences.lowerBound <= end {
                groups[groups.count - 1].append(segment)
            } else {
                groups.append([segment])
            }
            end = max(end, sequences.upperBound)
        }
        return groups
    }

    private mutating func replay(
        _ group: [ManifestSegment],
        from floor: UInt64,
        into builder: inout IndexBuilder,
        _ core: LogCore
    ) throws(LogError) {
        var entries: [(entry: FooterEntry, segment: LogSegment, byteCount: Int)] = []
        for named in group {
            guard let segment = core.segments.segment(named.id) else { continue }
            let footer = try footer(of: segment, named, core)
            entries.reserveCapacity(entries.count + footer.entries.count)
            for (index, entry) in footer.entries.enumerated() where entry.sequence >= floor {
                let byteCount = footer.recordEnd(of: index) - entry.byteOffset
                entries.append((entry, segment, byteCount))
            }
        }
        if group.count > 1 { entries.sort { $0.entry.sequence < $1.entry.sequence } }
        for (entry, segment, byteCount) in entries {
            try builder.apply(entry, in: segment, byteCount: byteCount)
        }
    }

    /// Returns the segment's footer, made anew from the records when it is not what was written.
    private mutating func footer(
        of segment: LogSegment,
        _ named: ManifestSegment,
        _ core: LogCore
    ) throws(LogError) -> Footer {
        do throws(LogError) {
            let footer = try FooterFile.load(segment, from: core.segments)
            if footer.summary.dataEnd == named.dataEnd,
                footer.summary.recordCount == named.recordCount
            {
                return footer
            }
            report.damages.append(footerDamage(segment, "the manifest knows another footer"))
        } catch {
            guard case .corrupted(let damage) = error else { throw error }
            report.damages.append(damage)
        }
        return try rebuildFooter(of: segment, named, core)
    }

    private func footerDamage(_ segment: LogSegment, _ detail: String) -> LogDamage {
        LogDamage(file: segment.fileName, byteOffset: 0, detail: detail)
    }

    private mutating func rebuildFooter(
        of segment: LogSegment,
        _ named: ManifestSegment,
        _ core: LogCore
    ) throws(LogError) -> Footer {
        let file = try file(of: segment, core)
        var scan = SegmentScan(
            file,
            salt: segment.salt,
            limit: named.dataEnd,
            trustedEnd: named.dataEnd
        )
        var entries: [FooterEntry] = []
        let result = try scan.run { record in
            let hash = core.hash(record.key)
            entries.append(FooterEntry(record.head, hash: hash, byteOffset: record.byteOffset))
        }
        report.damages += result.damages
        if result.hasUnknownLoss || result.recordCount != named.recordCount {
            try reportOrThrow(
                result.damages.first
                    ?? footerDamage(
                        segment, "\(result.recordCount) records of \(named.recordCount)")
            )
        }
        return Footer(entries, id: segment.id, dataEnd: named.dataEnd, liveAsOf: named.liveAsOf)
    }

    func file(of segment: LogSegment, _ core: LogCore) throws(LogError) -> any DiskFile {
        do throws(DiskError) {
            return try core.segments.file(of: segment)
        } catch {
            throw LogError(error, doing: "open segment")
        }
    }

    /// Completes the report, and the counts that nobody kept.
    mutating func finish(
        _ builder: inout IndexBuilder,
        isCurrent: Bool
    ) {
        report.replayedRecordCount = builder.appliedCount
        // A reader replays the active segment without taking it over.
        if !isCurrent || builder.appliedCount > 0 { builder.recount() }
    }
}
