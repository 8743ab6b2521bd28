#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The bytes of a file in the memory of the process, for reading, as long as this lives.
///
/// It says `unsafe` because it owns memory that Swift knows nothing of: it is unmapped with the
/// last reference and not before, and nobody gets an address that is not inside of it. What the
/// bytes are is another matter: they change when the file is written to, and where the file has
/// ended, or its device fails, touching them ends the process with the signal SIGBUS. So who reads
/// them knows how long the file is, and that what he reads has been written and stays as it is.
package final class FileMapping: Sendable {
    package let byteCount: Int
    /// As a number, which any thread may have.
    private let address: UInt

    /// Takes over what was mapped.
    @unsafe init(owning start: UnsafeMutableRawPointer, byteCount: Int) {
        address = UInt(bitPattern: start)
        self.byteCount = byteCount
    }

    deinit {
        _ = unsafe munmap(UnsafeMutableRawPointer(bitPattern: address), byteCount)
    }

    /// Returns where `count` bytes at `byteOffset` are; nil when they are not all mapped.
    ///
    /// Good for as long as the mapping is held.
    @unsafe package func start(of count: Int, at byteOffset: Int) -> UnsafeRawPointer? {
        guard count >= 0, byteOffset >= 0, byteOffset <= byteCount, count <= byteCount - byteOffset
        else { return nil }
        return unsafe UnsafeRawPointer(bitPattern: address + UInt(byteOffset))
    }
}
