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
        return image
    }

    private func mismatch(_ front: Checkpoint, _ manifest: Manifest) -> String? {
        if front.storeID != manifest.storeID { return "it belongs to another store" }
        if front.edition > manifest.edition { return "it is newer than the manifest" }
        if front.shardCount != LogIndex.shardCount { return "it has \(front.shardCount) shards" }
        if front.nextSequence > manifest.sequenceFloor { return "its sequence is too high" }
        let named = Set(manifest.segments.map(\.id))
        for segment in front.segments where !named.contains(segment.id) {
            return "segment \(segment.id) is gone"
        }
        let covered = Set(front.segments.map(\.id))
        for segment in manifest.segments where !covered.contains(segment.id) {
            if let sequences = segment.sequences, sequences.lowerBound < front.nextSequence {
                return "segment \(segment.id) is not in it"
            }
        }
        if let end = front.logEnd,
            let segment = manifest.segments.first(where: { $0.id == end.segment }),
            segment.state != .active, segment.dataEnd < end.byteOffset
        {
            return "segment \(segment.id) is shorter than it says"
        }
        return nil
    }
}
