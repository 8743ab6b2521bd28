import DiskIO
import SegmentFormat

/// Reads the footers of ended segments.
enum FooterFile {
    /// Reads the footer at the end of `segment`; `corrupted` names what is wrong with it.
    static func load(
        _ segment: LogSegment,
        from segments: SegmentTable
    ) throws(LogError) -> Footer {
        let file = try segments.file(of: segment, doing: "read footer")
        return try load(file, id: segment.id, salt: segment.salt)
    }

    /// Reads the footer at the end of `file`.
    static func load(
        _ file: any DiskFile,
        id: SegmentID,
        salt: UInt64
    ) throws(LogError) -> Footer {
        let end = try file.length(doing: "read footer")
        let start = max(0, end - FooterSummary.byteCount)
        let bytes = try file.bytes(at: start, count: end - start, doing: "read footer")
        let summary: FooterSummary
        do throws(FormatError) {
            summary = try FooterSummary(decoding: bytes, salt: salt)
            let count = summary.entriesByteCount
            guard summary.id == id, summary.dataEnd >= SegmentHeader.byteCount,
                summary.dataEnd + count + FooterSummary.byteCount == end
            else { throw .impossible(field: "footer's place") }
        } catch {
            throw Self.damage(error, file, start..<end)
        }
        let range = summary.dataEnd..<start
        let entries = try file.bytes(at: range.lowerBound, count: range.count, doing: "read footer")
        do throws(FormatError) {
            return try Footer(decoding: entries, summary: summary, salt: salt)
        } catch {
            throw Self.damage(error, file, range)
        }
    }

    private static func damage(
        _ error: FormatError,
        _ file: any DiskFile,
        _ range: Range<Int>
    ) -> LogError {
        if case .unsupported = error { return LogError(error, file: file.name) }
        return .corrupted(
            LogDamage(
                file: file.name,
                byteOffset: UInt64(range.lowerBound),
                byteCount: UInt64(range.count),
                detail: "footer: \(error.text)"
            )
        )
    }
}
