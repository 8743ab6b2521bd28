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
            for (number, shard) in image.shards.enumerated() {
                core.index.load(shard, into: number)
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
        let ordered = segments.compactMap { segment in
            segment.sequences.map { (segment: segment, sequences: $0) }
        }.sorted { $0.sequences.lowerBound < $1.sequences.lowerBound }
        for (segment, sequences) in ordered {
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
        var entries: [(scanned: ScannedEntry, segment: LogSegment)] = []
        for named in group {
            guard let segment = core.segments.segment(named.id) else { continue }
            for scanned in try self.entries(of: segment, named, core)
            where scanned.entry.sequence >= floor { entries.append((scanned, segment)) }
        }
        // In one pass when they are in order already, as those of a single segment are.
        entries.sort { $0.scanned.entry.isBefore($1.scanned.entry) }
        for (scanned, segment) in entries {
            try builder.apply(scanned.entry, in: segment, byteCount: scanned.byteCount)
        }
    }

    /// Returns what the segment's footer lists; made anew from the records when the footer is not
    /// what was written.
    private mutating func entries(
        of segment: LogSegment,
        _ named: ManifestSegment,
        _ core: LogCore
    ) throws(LogError) -> [ScannedEntry] {
        do throws(LogError) {
            let footer = try FooterFile.load(segment, from: core.segments)
            if footer.summary.isOf(named) {
                return footer.entries.indices.map { ScannedEntry(footer, $0) }
            }
            note(damage(segment, "the manifest knows another footer"), of: named)
        } catch {
            switch error {
            case .corrupted(let damage): note(damage, of: named)
            // Half of a footer, whose version is what stood there before.
            case .unsupported where named.state == .sealing: break
            default: throw error
            }
        }
        return try scannedEntries(of: segment, named, core)
    }

    /// A footer that was about to be written is not missed.
    private mutating func note(_ damage: LogDamage, of segment: ManifestSegment) {
        if segment.state != .sealing { report.damages.append(damage) }
    }

    private func damage(_ segment: LogSegment, _ detail: String) -> LogDamage {
        LogDamage(file: segment.fileName, byteOffset: 0, detail: detail)
    }

    private mutating func scannedEntries(
        of segment: LogSegment,
        _ named: ManifestSegment,
        _ core: LogCore
    ) throws(LogError) -> [ScannedEntry] {
        let file = try core.segments.file(of: segment, doing: "open segment")
        let (entries, result) = try core.scannedEntries(
            of: segment,
            in: file,
            limit: named.dataEnd,
            trustedEnd: named.dataEnd
        )
        if result.hasUnknownLoss, isWriting, let damage = result.damages.first {
            throw .corrupted(damage)
        }
        report.damages += result.damages
        if !result.hasUnknownLoss, result.recordCount != named.recordCount {
            let detail = "\(result.recordCount) records of \(named.recordCount)"
            try reportOrThrow(damage(segment, detail))
        }
        return entries
    }

    /// Completes the report, and the counts that nobody kept.
    mutating func finish(
        _ builder: inout IndexBuilder,
        isCurrent: Bool
    ) throws(LogError) {
        report.replayedRecordCount = builder.appliedCount
        if !isCurrent { try builder.recount() }
    }
}

extension FooterSummary {
    /// Whether this is the footer that the manifest knows of.
    func isOf(_ segment: ManifestSegment) -> Bool {
        dataEnd == segment.dataEnd && recordCount == segment.recordCount
            && sequences == segment.sequences && liveAsOf == segment.liveAsOf
            && (liveAsOf == 0 || entriesByteCount == segment.entriesByteCount)
    }
}
