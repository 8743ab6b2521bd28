import SegmentFormat

/// What a returned write is worth after which crash.
public enum Durability: Equatable, Sendable {
    /// Acknowledged once it is synced, together with whoever else was waiting; survives power loss.
    case durable

    /// Acknowledged once the kernel has it, and synced at least this often.
    ///
    /// Survives the end of the process, `kill -9` included; a power loss may take what was written
    /// since the last sync. At least 1 ms.
    case interval(Duration)
}

/// How a log stores values where they are first written; what does not become a tenth smaller is
/// stored as it is.
public enum WriteCompression: Equatable, Sendable {
    /// As they are.
    case none
    /// With LZ4: a fifth smaller, for 2 µs a session.
    case lz4
}

/// How compaction stores the values that it copies; what does not become a tenth smaller is stored
/// as it is.
public enum CompactedCompression: Equatable, Sendable {
    /// As they are.
    case none
    /// With LZ4.
    case lz4
    /// With Zstandard, and a dictionary of what they have in common, which stands in each segment.
    ///
    /// From level 1, fast, to 19, small: with the default a session of 624 bytes takes 118, with
    /// level 3 it takes 133 in half the time.
    case zstandard(level: Int = 12)
}

/// How a log reads values from its files; either way every byte is checked each time.
public enum ReadMode: Equatable, Sendable {
    /// With a system call, which copies them.
    ///
    /// Whatever happens to the files or the device, a read then throws an error.
    case copied

    /// Out of files that are mapped into the memory of the process: about half the time of a read
    /// that the page cache answers.
    ///
    /// At a price, which is why it is not the default: when somebody else cuts a segment short
    /// while it is mapped, or the device fails to read a page of it, the process is ended by the
    /// signal SIGBUS, where a copied read throws `corrupted` or `unavailable`. And a read that has
    /// to wait for the device holds its thread up in the same way, but no tool shows it as a call.
    /// For a local disk that is known to be sound, and a directory that nobody else writes to.
    ///
    /// A mapping takes addresses and no memory of its own, up to a segment's length for each of
    /// ``LogOptions/openFileCountMax`` open files. A disk that can't map is read with calls, and so
    /// is a store that was opened for reading only: the one who writes it cuts files.
    case mapped
}

/// When a log gives space back and lets expired values go.
public enum MaintenanceMode: Equatable, Sendable {
    /// By itself, on a thread of its own, gently, from a minute after opening on.
    case automatic
    /// Only when it is asked to.
    case manual
}

/// Limits and settings of a log; none of them changes the format.
public struct LogOptions: Equatable, Sendable {
    /// What a returned write is worth.
    public var durability = Durability.durable

    /// How long a value without a lifetime of its own may stay without activity, in milliseconds;
    /// nil is for ever.
    ///
    /// Applies to what is stored already, at once.
    public var lifetimeMilliseconds: UInt64?

    /// A segment is sealed before it grows past this many bytes, unless one record alone is larger.
    public var segmentByteCountMax = 64 * 1_024 * 1_024

    /// Longest key, in bytes.
    public var keyByteCountMax = 1_024

    /// Largest value, in bytes.
    public var valueByteCountMax = 16 * 1_024 * 1_024

    /// Most bytes that may wait to be written; a call past it is `unavailable`.
    public var queuedByteCountMax = 256 * 1_024 * 1_024

    /// Most bytes that one sync makes durable together.
    public var batchByteCountMax = 1_024 * 1_024

    /// Most bytes of values that are kept in memory for being read again and again; 0, or less than
    /// 128 KiB, for none.
    ///
    /// A value that is found there is one that was read from the log and checked, or written
    /// through it, and is still the key's. What is read once takes no room.
    public var cacheByteCountMax = 8 * 1_024 * 1_024

    /// How values are read from the files.
    public var reading = ReadMode.copied

    /// Most segment files held open, and mapped if they are, at once; at least 2.
    ///
    /// A read in one that is not open opens it: with 64 files open of 110, ten million sessions
    /// take 5.2 µs a read in place of 3.2. Systems usually let a process have 1,024, which all of
    /// its logs and sockets share; a read or a new segment that is refused one gives others back.
    public var openFileCountMax = 256

    /// The index is written to disk after this many bytes of log, or 44 a key when that is more, so
    /// that reopening after a crash has little to replay.
    ///
    /// Nobody waits for it unless ``maintenance`` is manual.
    public var checkpointByteCount = 256 * 1_024 * 1_024

    /// How many bytes of compacted segments stay on disk at most for iterations that are not done.
    public var pinnedByteCountMax = 256 * 1_024 * 1_024

    /// How values are stored where they are first written.
    public var compression = WriteCompression.none

    /// How compaction stores the values that it copies.
    public var compactedCompression = CompactedCompression.zstandard()

    /// When the log gives space back and lets expired values go.
    public var maintenance = MaintenanceMode.automatic

    /// How long after opening it begins with that, in nanoseconds.
    package var maintenanceDelayNanoseconds: UInt64 = 60_000_000_000

    /// How long a value must have been expired before it is removed for good, in milliseconds:
    /// what a clock may be wrong by.
    package var expiryGraceMilliseconds: UInt64 = 60_000

    /// What compaction compresses with, in place of a dictionary that it makes: for tests, whose
    /// segments are too small for one of their own.
    package var fixedDictionary: [UInt8]?

    /// What one write of a compaction hands to the disk at most, unless one record alone is longer:
    /// between two there is time for whoever waits.
    package var compactionStepByteCount = 1_024 * 1_024

    /// How many sequence numbers one manifest edit reserves.
    package var sequenceReservation: UInt64 = 1 << 20

    /// How many segments the log may have.
    package var segmentCountMax = FormatLimits.segmentCountMax

    /// Creates the default options.
    public init() {}

    /// How much is zero-filled ahead of the end of the active segment, at most.
    ///
    /// A sync of bytes that were allocated and written before costs less than half of one that also
    /// has to record a new file length: 134 µs against 300 for a batch of 64. Who waits for the
    /// sync waits for the zeros, too: with 4 MiB at a time, p99 of 64 tasks was 5.5 ms, with this
    /// 2.0 ms, at the same rate. With an interval between syncs nobody waits, and nothing is
    /// filled.
    func zoneByteCount(for batchByteCount: Int) -> Int {
        // Where one write in a hundred has to wait for zeros anyway, it waits for few: p99 of 64
        // tasks was 1.5 ms with 512 KiB, and is 0.9 with this, at the same rate.
        let isRare = batchByteCount <= zoneByteCount / 128
        return isRare || durability != .durable ? zoneByteCount : min(zoneByteCount, 64 * 1_024)
    }

    /// The same for small batches.
    var zoneByteCount: Int {
        let limit = durability == .durable ? 512 * 1_024 : 4 * 1_024 * 1_024
        return min(limit, max(1_024, segmentByteCountMax / 16))
    }

    /// How much of the zone only removals may use, so that a full disk can still be emptied: of the
    /// longest key at least.
    var reserveByteCount: Int {
        let share = min(256 * 1_024, segmentByteCountMax / 256)
        return max(share, FormatLimits.aligned(RecordHead.byteCount + keyByteCountMax))
    }

    /// What the reserve file holds: a manifest, a few tombstones, and what a file system needs for
    /// both.
    var reserveFileByteCount: Int { min(256 * 1_024, zoneByteCount) }

    /// Most records of one segment: the list of them is in memory until it is sealed, 56 bytes
    /// each, and while its footer is written 92 more.
    var segmentRecordCountMax: Int { 200_000 }

    func validate() throws(LogError) {
        func require(
            _ holds: Bool,
            _ setting: String,
            _ range: String
        ) throws(LogError) {
            guard !holds else { return }
            throw .rejected(LogFault("open", file: setting, detail: "must be \(range)"))
        }
        let segmentMax = FormatLimits.segmentByteCountMax
        try require(
            (256...segmentMax).contains(segmentByteCountMax),
            "segmentByteCountMax",
            "256 to \(segmentMax)"
        )
        let keyMax = FormatLimits.keyByteCountMax
        try require((1...keyMax).contains(keyByteCountMax), "keyByteCountMax", "1 to \(keyMax)")
        let valueMax = 16 * 1_024 * 1_024
        try require(
            (1...valueMax).contains(valueByteCountMax),
            "valueByteCountMax",
            "1 to \(valueMax)"
        )
        try require(queuedByteCountMax >= 1, "queuedByteCountMax", "at least 1")
        try require(batchByteCountMax >= 1, "batchByteCountMax", "at least 1")
        try require(cacheByteCountMax >= 0, "cacheByteCountMax", "at least 0")
        try require(openFileCountMax >= 2, "openFileCountMax", "at least 2")
        try require(checkpointByteCount >= 1, "checkpointByteCount", "at least 1")
        if case .zstandard(let level) = compactedCompression {
            try require((1...19).contains(level), "compactedCompression", "of level 1 to 19")
        }
        try require(pinnedByteCountMax >= 0, "pinnedByteCountMax", "at least 0")
        let lifetimeMax = Lifetime.millisecondsMax
        try require(
            (1...lifetimeMax).contains(lifetimeMilliseconds ?? 1),
            "lifetimeMilliseconds",
            "1 to \(lifetimeMax), or nil"
        )
        if case .interval(let interval) = durability {
            try require(interval >= .milliseconds(1), "durability", "an interval of at least 1 ms")
        }
    }
}
