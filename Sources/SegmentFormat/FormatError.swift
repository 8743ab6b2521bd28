/// Why bytes are not what they should be.
package enum FormatError: Error, Equatable, Sendable {
    /// There are fewer bytes than the structure needs, or more than it may have.
    case wrongLength(expected: Int, found: Int)

    /// The bytes do not begin as one of our files does.
    case foreign

    /// A newer version of the format, or feature bits we do not know.
    case unsupported(version: UInt16, features: UInt32)

    /// A checksum does not match what it covers.
    case checksumMismatch

    /// Checksums match, but a field has a value that was never written.
    case impossible(field: String)
}
