import DiskIO
import SegmentFormat

// The one place where the errors of the floors below become the log's.

extension LogError {
    /// Translates a failed disk call made while `doing` something.
    init(_ error: DiskError, doing: String) {
        let code = error.code == 0 ? "" : " (errno \(error.code))"
        let reason = error.detail.isEmpty ? "\(error.kind)" : error.detail
        let fault = LogFault(
            doing,
            file: error.name,
            detail: "\(error.operation.rawValue) failed: \(reason)\(code)"
        )
        switch error.kind {
        case .notFound: self = .notFound(fault)
        case .notAFile: self = .foreign(fault)
        case .readOnly, .accessDenied: self = .readOnly(fault)
        case .diskFull: self = .diskFull(fault)
        case .locked:
            self = .locked(LogFault(doing, file: error.name, detail: error.detail))
        case .unsupported: self = .rejected(fault)
        case .alreadyExists, .tooManyOpenFiles, .interrupted, .inputOutput:
            self = .unavailable(fault)
        }
    }

    /// Translates bytes that are not what they should be.
    init(_ error: FormatError, file: String, byteOffset: Int = 0, byteCount: Int? = nil) {
        let offset = UInt64(byteOffset)
        switch error {
        case .foreign:
            self = .foreign(
                LogFault("open", file: file, byteOffset: offset, detail: "not one of our files")
            )
        case .unsupported(let version, let features):
            self = .unsupported(
                LogFault(
                    "open",
                    file: file,
                    byteOffset: offset,
                    detail: "format version \(version), features \(features); this program reads"
                        + " version \(FormatLimits.version) and no features"
                )
            )
        case .wrongLength, .checksumMismatch, .impossible:
            self = .corrupted(
                LogDamage(
                    file: file,
                    byteOffset: offset,
                    byteCount: byteCount.map(UInt64.init),
                    detail: error.text
                )
            )
        }
    }
}

extension FormatError {
    /// What is wrong, for people.
    var text: String {
        switch self {
        case .wrongLength(let expected, let found): "\(found) bytes where \(expected) belong"
        case .foreign: "does not begin as one of our files does"
        case .unsupported(let version, _): "format version \(version)"
        case .checksumMismatch: "checksum mismatch"
        case .impossible(let field): "impossible \(field)"
        }
    }
}
