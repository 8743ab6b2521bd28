/// How the records of a segment are laid out.
package enum RecordLayout: Equatable, Sendable {
    /// Heads of 40 bytes and footer entries of 36: what is appended to, and may be torn.
    case plain

    /// As few bytes as it takes, numbers and times relative to these: what a compaction has
    /// written, whole before anything names it.
    case packed(liveAsOf: UInt64, activity: UInt64)

    /// The least bytes of a head.
    package var headByteCountMin: Int { self == .plain ? RecordHead.byteCount : 13 }

    /// The most bytes of a head.
    package var headByteCountMax: Int { self == .plain ? RecordHead.byteCount : 49 }
}
