import DiskIO
import SegmentFormat

extension Recovery {
    /// Looks at every segment's header; returns those whose file is there.
    mutating func checkSegments(
        _ core: LogCore,
        _ manifest: Manifest
    ) throws(LogError) -> Set<SegmentID> {
        var present: Set<SegmentID> = []
        for segment in core.segments.all {
            guard let bytes = try headerBytes(of: segment, core) else {
                try reportOrThrow(missing(segment))
                continue
            }
            present.insert(segment.id)
            try check(bytes, of: segment, manifest)
        }
        return present
    }

    /// Returns the first bytes of the segment's file, or nil when there is no such file.
    private func headerBytes(
        of segment: LogSegment,
        _ core: LogCore
    ) throws(LogError) -> [UInt8]? {
        do throws(DiskError) {
            return try core.segments.file(of: segment).bytes(at: 0, count: SegmentHeader.byteCount)
        } catch {
            if error.kind == .notFound { return nil }
            throw LogError(error, doing: "open segment")
        }
    }

    private func missing(_ segment: LogSegment) -> LogDamage {
        LogDamage(
            file: segment.fileName,
            byteOffset: 0,
            detail: "the manifest names this segment, and it is not there"
        )
    }

    /// A damaged header costs nothing, since the manifest has what it says; a whole one of another
    /// segment means that the records are another's.
    private mutating func check(
        _ bytes: [UInt8],
        of segment: LogSegment,
        _ manifest: Manifest
    ) throws(LogError) {
        do throws(FormatError) {
            let header = try SegmentHeader(decoding: bytes, isWriting: isWriting)
            let isOurs =
                header.id == segment.id && header.storeID == manifest.storeID
                && header.salt == segment.salt
            guard !isOurs else { return }
        } catch {
            if case .unsupported = error { throw LogError(error, file: segment.fileName) }
            report.damages.append(
                LogDamage(
                    file: segment.fileName,
                    byteOffset: 0,
                    byteCount: UInt64(SegmentHeader.byteCount),
                    detail: "header: \(error.text); its records do not depend on it"
                )
            )
            return
        }
        try reportOrThrow(
            LogDamage(
                file: segment.fileName,
                byteOffset: 0,
                detail: "this file belongs to another store or another segment"
            )
        )
    }

    /// Damage that loses records nobody can name stops a writer, and is reported to a reader.
    mutating func reportOrThrow(_ damage: LogDamage) throws(LogError) {
        guard !isWriting else { throw .corrupted(damage) }
        report.damages.append(damage)
    }
}
