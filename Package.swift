// swift-tools-version: 6.2

import PackageDescription

// The floors of the library are modules, so that this manifest is the architecture: a module
// imports only modules below it, and the build refuses any other import
// (`--explicit-target-dependency-import-check error`).
//
//   sessionctl · session-bot        the tool and the demonstration bot   (trait Tools)
//   FileSessions                    the file driver
//   LogEngine                       keys and bytes on disk
//   SegmentFormat · DiskIO · SessionCore
//   Locks                           a mutex that the thread sanitizer understands

let package = Package(
    name: "swift-session-store",
    products: [
        .library(name: "SessionCore", targets: ["SessionCore"]),
        .library(name: "FileSessions", targets: ["FileSessions"]),
        .library(name: "LogEngine", targets: ["LogEngine"]),
        .executable(name: "sessionctl", targets: ["sessionctl"]),
        .executable(name: "session-bot", targets: ["session-bot"]),
    ],
    traits: [
        // Off by default: an application that links a driver resolves and builds no package at all.
        .trait(name: "Tools", description: "The executables sessionctl and session-bot."),
        .default(enabledTraits: []),
    ],
    dependencies: [
        // Command lines of the two executables: help, validation and completions that we would only
        // write worse. Nothing in a library product uses it.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
    ],
    targets: [
        // MARK: Bytes and system calls

        .target(name: "CChecksum"),
        .systemLibrary(
            name: "CLZ4",
            pkgConfig: "liblz4",
            providers: [.apt(["liblz4-dev"]), .brew(["lz4"])]
        ),
        .systemLibrary(
            name: "CZstd",
            pkgConfig: "libzstd",
            providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]
        ),
        .target(name: "SegmentFormat", dependencies: ["CChecksum"]),
        .target(name: "Locks"),
        .target(name: "DiskIO", dependencies: ["Locks"]),

        // MARK: The engine

        .target(
            name: "LogEngine", dependencies: ["SegmentFormat", "DiskIO", "Locks", "CLZ4", "CZstd"]),

        // MARK: Sessions

        .target(name: "SessionCore", dependencies: ["Locks"]),
        .target(
            name: "FileSessions", dependencies: ["SessionCore", "LogEngine", "DiskIO", "Locks"]),

        // MARK: Tools

        .executableTarget(
            name: "session-bot",
            dependencies: [
                "SessionCore",
                "FileSessions",
                .product(
                    name: "ArgumentParser",
                    package: "swift-argument-parser",
                    condition: .when(traits: ["Tools"])
                ),
            ]
        ),
        .executableTarget(
            name: "sessionctl",
            dependencies: [
                "SessionCore",
                "FileSessions",
                "LogEngine",
                .product(
                    name: "ArgumentParser",
                    package: "swift-argument-parser",
                    condition: .when(traits: ["Tools"])
                ),
            ]
        ),

        // MARK: Tests

        .target(
            name: "SimulatedDisks", dependencies: ["DiskIO", "Locks"], path: "Tests/SimulatedDisks"),
        .target(name: "CWorkload", path: "Tests/CWorkload"),
        .testTarget(name: "SegmentFormatTests", dependencies: ["SegmentFormat"]),
        .testTarget(name: "DiskIOTests", dependencies: ["DiskIO", "Locks", "SimulatedDisks"]),
        .testTarget(
            name: "LogEngineTests",
            dependencies: [
                "LogEngine", "SegmentFormat", "DiskIO", "Locks", "SimulatedDisks", "CWorkload",
            ]
        ),
        .testTarget(name: "SessionCoreTests", dependencies: ["SessionCore", "Locks"]),
        .testTarget(
            name: "FileSessionsTests",
            dependencies: ["FileSessions", "SessionCore", "LogEngine", "DiskIO", "SimulatedDisks"]
        ),
        .testTarget(
            name: "ToolTests",
            dependencies: [
                "session-bot", "sessionctl", "FileSessions", "SessionCore", "LogEngine",
            ]
        ),
        .testTarget(name: "TidyTests"),
    ]
)

for target in package.targets where target.type != .system && !target.name.hasPrefix("C") {
    let houseSettings: [SwiftSetting] = [
        .swiftLanguageMode(.v6),
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
    target.swiftSettings = (target.swiftSettings ?? []) + houseSettings
    // Tests slice bytes freely; what ships says `unsafe` wherever it means it.
    if target.path == nil, target.type == .regular || target.type == .executable {
        target.swiftSettings?.append(.strictMemorySafety())
    }
}
