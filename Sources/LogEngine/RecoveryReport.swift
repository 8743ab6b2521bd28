/// What opening a log found and did.
public struct RecoveryReport: Equatable, Sendable {
    /// A new store was made.
    public var isNew = false

    /// The store had been closed, and nothing had to be scanned.
    public var wasClosed = true

    /// Live keys after opening, expired ones included.
    public var keyCount = 0

    /// Where the index came from.
    public var indexSource = IndexSource.empty

    /// Records read to bring the index up to date.
    public var replayedRecordCount = 0

    /// The unfinished end of the log that was cut, or, read-only, that the next opening will cut.
    public var tornTail: TornTail?

    /// Why the checkpoint was not used, when there was one.
    public var discardedCheckpoint: String?

    /// Damage that cost nothing yet, or only what it names; opening goes on when nothing else is
    /// lost.
    public var damages: [LogDamage] = []

    /// Leftovers of a crash that were removed.
    public var removedFiles: [String] = []

    /// How long it took, in nanoseconds.
    public var nanoseconds: UInt64 = 0

    /// Creates an empty report.
    public init() {}

    /// Where an index came from.
    public enum IndexSource: String, Sendable {
        /// There was nothing to index.
        case empty
        /// The image written at the last checkpoint, and what came after it.
        case checkpoint
        /// The footers, and the records of segments that have none.
        case footers
    }

    /// The unfinished end of a log.
    public struct TornTail: Equatable, Sendable {
        /// The segment file.
        public var file: String
        /// Where the last whole record ends.
        public var byteOffset: UInt64
        /// How many bytes were there beyond, up to the last that is not zero.
        public var byteCount: UInt64
        /// The file that keeps what was cut; nil when it could not be kept, or nothing was cut.
        public var keptFile: String?
    }
}
