/// The names in a measurement's `more` that targets and charts look for.
///
/// Any other name is shown in the tables as well; its end gives the unit: `_ns`, `_seconds`,
/// `_per_s`, `_bytes`, `_per_session` (bytes), `_share` (a part of 1), `_amplification`.
public enum Extra {
    /// In `growth`: what a read takes on average.
    public static let read = "read_ns"

    /// In `growth`: what a write takes on average.
    public static let write = "write_ns"

    /// In `read-during-compaction`: the p99.9 of the same reads while nothing is compacted.
    public static let aloneP999 = "alone_p999_ns"

    /// In `memory`: what the index takes for each session at its worst moment.
    public static let indexPerSession = "index_bytes_per_session"

    /// In `memory`: what all else takes.
    public static let otherMemory = "other_bytes"

    /// In `reopen-clean`: from the start of opening to the answer of the first read.
    public static let firstRead = "first_read_seconds"

    /// In `overwrite`: bytes written to the disk for each that was given, keys by Zipf.
    public static let zipfAmplification = "zipf_amplification"

    /// In `overwrite`: the same for conversations that come and go.
    public static let chatAmplification = "chat_amplification"

    /// In `expiry`: bytes that were given back.
    public static let freed = "freed_bytes"

    /// In `session`: what a read and a write through the session store take longer than those of
    /// the engine.
    public static let added = "added_ns"

    /// In `session`: what decoding and encoding a session take by themselves.
    public static let coding = "coding_ns"
}
