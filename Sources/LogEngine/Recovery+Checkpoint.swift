import SegmentFormat

extension Recovery {
    mutating func loadCheckpoint(
        _ manifest: Manifest
    ) throws(LogError) -> CheckpointFile.Image? {
        let image: CheckpointFile.Image?
        do throws(LogError) {
            image = try CheckpointFile.load(from: directory)
        } catch {
            // It is never the only truth: whatever is wrong with it, the footers know better.
            report.discardedCheckpoint = "\(error)"
            return nil
        }
        guard let image else { return nil }
        if let reason = mismatch(image.front, manifest) {
            report.discardedCheckpoint = reason
            return nil
        }
        // As it must be after a compaction, until the next checkpoint.
        guard hasSegments(of: manifest, image.front) else { return nil }
        return image
    }

    /// Whether the image points at segments that are there, and at all that it should.
    private func hasSegments(of manifest: Manifest, _ front: Checkpoint) -> Bool {
        let named = Set(manifest.segments.map(\.id))
        let covered = Set(front.segments.map(\.id))
        return front.segments.allSatisfy { $0.isVacant || named.contains($0.id) }
            && manifest.segments.allSatisfy { segment in
                guard !covered.contains(segment.id), let sequences = segment.sequences else {
                    return true
                }
                return sequences.lowerBound >= front.nextSequence
            }
    }

    private func mismatch(_ front: Checkpoint, _ manifest: Manifest) -> String? {
        if front.storeID != manifest.storeID { return "it belongs to another store" }
        if front.edition > manifest.edition { return "it is newer than the manifest" }
        if front.shardCount != LogIndex.shardCount { return "it has \(front.shardCount) shards" }
        if front.nextSequence > manifest.sequenceFloor { return "its sequence is too high" }
        if let end = front.logEnd,
            let segment = manifest.segments.first(where: { $0.id == end.segment }),
            segment.state != .active, segment.dataEnd < end.byteOffset
        {
            return "segment \(segment.id) is shorter than it says"
        }
        return nil
    }
}
