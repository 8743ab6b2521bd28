// swift-tools-version: 6.2

import PackageDescription

// A package of its own, so that nobody who uses the library resolves or builds what it is compared
// with. `Benchmarks/run` installs the peers' development packages and starts `session-bench`.
let package = Package(
    name: "session-benchmarks",
    dependencies: [
        .package(name: "swift-session-store", path: ".."),
        // Subcommands and their options.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        // Percentiles of latencies that span five orders of magnitude, in bounded memory.
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        // The engines we are compared with, as Debian packages them, behind one interface in C.
        .target(
            name: "CPeers",
            linkerSettings: [
                .linkedLibrary("rocksdb"), .linkedLibrary("leveldb"), .linkedLibrary("lmdb"),
                .linkedLibrary("sqlite3"), .linkedLibrary("hiredis"), .linkedLibrary("zstd"),
            ]
        ),
        .target(name: "BenchReport"),
        .executableTarget(
            name: "session-bench",
            dependencies: [
                "CPeers", "BenchReport", "CWorkload",
                .product(name: "LogEngine", package: "swift-session-store"),
                .product(name: "FileSessions", package: "swift-session-store"),
                .product(name: "SessionCore", package: "swift-session-store"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ]
        ),
        // The benchmark workload; the library's own tests have the same, through the same files.
        .target(name: "CWorkload"),
        .testTarget(name: "BenchReportTests", dependencies: ["BenchReport"]),
    ]
)

for target in package.targets where !target.name.hasPrefix("C") {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}
