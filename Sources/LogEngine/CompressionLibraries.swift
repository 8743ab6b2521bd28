import CLZ4
import CZstd

/// The compression libraries of the system that this program runs with.
public struct CompressionLibraries: Equatable, Sendable {
    /// The version of liblz4, as in `1.9.4`.
    public var lz4: String

    /// The version of libzstd, as in `1.5.4`.
    public var zstd: String

    /// Asks the libraries that were loaded, which may be newer than those compiled against.
    public static var loaded: CompressionLibraries {
        CompressionLibraries(
            lz4: version(Int(LZ4_versionNumber())),
            zstd: version(Int(ZSTD_versionNumber()))
        )
    }

    /// Both libraries count as 10,000 × major + 100 × minor + patch.
    private static func version(_ number: Int) -> String {
        "\(number / 10_000).\(number / 100 % 100).\(number % 100)"
    }
}
