package import DiskIO
import SegmentFormat

// The file of this module that turns arrays, and the bytes of a mapped file, into spans: the spans
// live no longer than the call they are made for.

extension DiskFile {
    /// Returns up to `byteCount` bytes at `byteOffset`; fewer only at the end of the file.
    package func bytes(
        at byteOffset: Int,
        count byteCount: Int
    ) throws(DiskError) -> [UInt8] {
        // An array without space shares its storage with all others, and would be written to.
        guard byteCount > 0 else { return [] }
        var failure: DiskError?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            // The disk fills the span from its front, and says how far.
            var span = unsafe MutableRawSpan(_unsafeBytes: UnsafeMutableRawBufferPointer(buffer))
            do throws(DiskError) {
                count = try read(into: &span, at: UInt64(byteOffset))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Fills `buffer` from `byteOffset`; returns how many bytes came, fewer only at the end.
    func read(into buffer: inout [UInt8], at byteOffset: Int) throws(DiskError) -> Int {
        var span = buffer.mutableSpan
        var bytes = unsafe span.mutableBytes
        return try read(into: &bytes, at: UInt64(byteOffset))
    }

    /// Writes all of `buffer` at `byteOffset`.
    func write(_ buffer: [UInt8], at byteOffset: Int) throws(DiskError) {
        try write(unsafe buffer.span.bytes, at: UInt64(byteOffset))
    }
}

extension DiskFile {
    /// Same as `bytes(at:count:)`, with the log's error.
    func bytes(
        at byteOffset: Int,
        count byteCount: Int,
        doing: String
    ) throws(LogError) -> [UInt8] {
        do throws(DiskError) {
            return try bytes(at: byteOffset, count: byteCount)
        } catch {
            throw LogError(error, doing: doing)
        }
    }

    /// Its length, with the log's error.
    func length(doing: String) throws(LogError) -> Int {
        do throws(DiskError) {
            return Int(clamping: try byteCount())
        } catch {
            throw LogError(error, doing: doing)
        }
    }
}

extension OpenSegment {
    /// Returns what the record of `slot` says, of which every byte was checked; nil when it is not
    /// the key's, can't be had with a single call to the disk, or there is any doubt about it.
    ///
    /// Unless it is in memory already, it is read onto the stack where it fits: the value is then
    /// copied once, out of bytes that are in the processor's cache, into an array of just its size.
    func record(of slot: IndexSlot, key: [UInt8], for core: LogCore) -> LogRecord? {
        let byteCount = slot.recordByteCount
        let byteOffset = slot.byteOffset
        if byteCount < IndexSlot.recordByteCountMax, isMapped(upTo: byteOffset + byteCount),
            let start = unsafe UnsafePointer<UInt8>(
                bitPattern: mappedAddress + UInt(byteOffset)
            )
        {
            // This object holds the mapping until the value is copied.
            return withExtendedLifetime(self) {
                let bytes = unsafe UnsafeBufferPointer(start: start, count: byteCount).span
                return record(in: bytes, of: slot, at: byteOffset, key: key, for: core)
            }
        }
        // For more, it would be asked how large the stack is, which takes longer than an
        // allocation.
        guard byteCount <= 1_024 else {
            guard byteCount < IndexSlot.recordByteCountMax,
                let bytes = try? file.bytes(at: byteOffset, count: byteCount),
                bytes.count == byteCount
            else { return nil }
            return record(in: bytes.span, of: slot, at: byteOffset, key: key, for: core)
        }
        return unsafe withUnsafeTemporaryAllocation(
            of: UInt8.self,
            capacity: byteCount
        ) { buffer in
            var span = unsafe MutableRawSpan(_unsafeBytes: UnsafeMutableRawBufferPointer(buffer))
            guard let count = try? file.readOnce(into: &span, at: UInt64(byteOffset)),
                count == byteCount
            else { return nil }
            let bytes = unsafe UnsafeBufferPointer(buffer).span
            return record(in: bytes, of: slot, at: byteOffset, key: key, for: core)
        }
    }
}
