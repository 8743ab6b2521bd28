#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The bytes of a file in the memory of the process, for reading, as long as this lives.
///
/// It says `unsafe` because it owns memory that Swift knows nothing of, which is unmapped with the
/// last reference and not before. Where that is it tells as a number, which whoever makes a pointer
/// of it must keep within the length, and this alive.
///
/// What the bytes are is another matter: they change when the file is written to, and past the end
/// of the file, or where its device fails, touching them ends the process with the signal SIGBUS.
/// So who reads them knows how long the file is, and that what he reads has been written and stays
/// as it is.
package final class FileMapping: Sendable {
    package let address: UInt
    package let byteCount: Int

    /// Takes over what was mapped.
    @unsafe init(owning start: UnsafeMutableRawPointer, byteCount: Int) {
        address = UInt(bitPattern: start)
        self.byteCount = byteCount
    }

    deinit {
        _ = unsafe munmap(UnsafeMutableRawPointer(bitPattern: address), byteCount)
    }
}
