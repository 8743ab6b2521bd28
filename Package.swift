// swift-tools-version: 6.2

import PackageDescription

// The floors of the library are modules, so that this manifest is the architecture: a module
// imports only modules below it, and the build refuses any other import
// (`--explicit-target-dependency-import-check error`).
//
//   sessionctl · session-bot        the tool and the demonstration bot   (trait Tools)
//   Sessions                        from settings to a store             (trait Configuration)
//   FileSessions                    the file driver
//   RedisSessions                   the Redis driver                     (trait Redis)
//   MongoSessions                   the MongoDB driver                   (trait Mongo)
//   SessionConformance              what every driver is held to
//   LogEngine                       keys and bytes on disk
//   SegmentFormat · DiskIO · SessionCore
//   Locks                           a mutex that the thread sanitizer understands

let package = Package(
    name: "swift-session-store",
    products: [
        .library(name: "Sessions", targets: ["Sessions"]),
        .library(name: "SessionCore", targets: ["SessionCore"]),
        .library(name: "FileSessions", targets: ["FileSessions"]),
        .library(name: "RedisSessions", targets: ["RedisSessions"]),
        .library(name: "MongoSessions", targets: ["MongoSessions"]),
        .library(name: "LogEngine", targets: ["LogEngine"]),
        .library(name: "SessionConformance", targets: ["SessionConformance"]),
        .executable(name: "sessionctl", targets: ["sessionctl"]),
        .executable(name: "session-bot", targets: ["session-bot"]),
    ],
    traits: [
        // Off by default: an application that links a driver resolves and builds no package at all.
        .trait(name: "Tools", description: "The executables sessionctl and session-bot."),
        .trait(name: "Redis", description: "The Redis driver, RedisSessions."),
        .trait(
            name: "Mongo",
            description: "The MongoDB driver, MongoSessions, which needs libmongoc on the system."
        ),
        // One for each package, under the name of the module that an application imports anyway: it
        // turns on what it uses, and gets nothing of the others.
        .trait(name: "Logging", description: "The file driver logs to a Logger of swift-log."),
        .trait(name: "Metrics", description: "The file driver counts with swift-metrics."),
        .trait(
            name: "ServiceLifecycle",
            description: "The file driver is a Service of swift-service-lifecycle."
        ),
        .trait(
            name: "Configuration",
            description: "Sessions makes a store from settings in JSON files and the environment."
        ),
        .trait(
            name: "YAML",
            description: "Sessions reads settings from YAML files as well.",
            enabledTraits: ["Configuration"]
        ),
        .default(enabledTraits: []),
    ],
    dependencies: [
        // Command lines of the two executables: help, validation and completions that we would only
        // write worse. Nothing in a library product uses it.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        // What applications watch their parts with; the file driver speaks to the one that is asked
        // for, and to none by default.
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // Connections and their encryption for the Redis driver. The protocol itself is small, and
        // our own for want of a client that could be had; sockets and TLS are not.
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        // How applications read their settings. Its own parsers are left off: they don't say which
        // keys a file has, and a misspelt one has to be found.
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        // A YAML parser, with libyaml in it, which we would only write worse.
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
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
        .target(name: "SessionConformance", dependencies: ["SessionCore", "Locks"]),
        .target(
            name: "FileSessions",
            dependencies: [
                "SessionCore", "LogEngine", "DiskIO", "Locks",
                .product(
                    name: "Logging",
                    package: "swift-log",
                    condition: .when(traits: ["Logging"])
                ),
                .product(
                    name: "Metrics",
                    package: "swift-metrics",
                    condition: .when(traits: ["Metrics"])
                ),
                .product(
                    name: "ServiceLifecycle",
                    package: "swift-service-lifecycle",
                    condition: .when(traits: ["ServiceLifecycle"])
                ),
            ]
        ),

        .target(
            name: "RedisSessions",
            dependencies: [
                "SessionCore", "Locks",
                .product(
                    name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Redis"])),
                .product(
                    name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Redis"])),
                .product(
                    name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["Redis"])),
            ]
        ),
        .target(
            name: "Sessions",
            dependencies: [
                "SessionCore", "FileSessions",
                .target(name: "RedisSessions", condition: .when(traits: ["Redis"])),
                .target(name: "MongoSessions", condition: .when(traits: ["Mongo"])),
                .product(
                    name: "Configuration",
                    package: "swift-configuration",
                    condition: .when(traits: ["Configuration"])
                ),
                .product(name: "Yams", package: "Yams", condition: .when(traits: ["YAML"])),
            ]
        ),

        // MARK: MongoDB

        // The official driver in C, which brings pooling, TLS, authentication, replica sets and
        // sharding. No package: the system has it, and without the trait it need not.
        .systemLibrary(
            name: "CMongoc",
            pkgConfig: "libmongoc-1.0",
            providers: [.apt(["libmongoc-dev"]), .brew(["mongo-c-driver"])]
        ),
        .target(
            name: "CMongoShim",
            dependencies: [.target(name: "CMongoc", condition: .when(traits: ["Mongo"]))],
            cSettings: [.define("MONGO", .when(traits: ["Mongo"]))]
        ),
        .target(
            name: "MongoSessions",
            dependencies: ["SessionCore", "Locks", "CMongoShim"]
        ),

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
                .target(name: "RedisSessions", condition: .when(traits: ["Redis"])),
                .target(name: "MongoSessions", condition: .when(traits: ["Mongo"])),
                "LogEngine",
                "DiskIO",
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
        .target(name: "TestServers", dependencies: ["Locks"], path: "Tests/TestServers"),
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
            name: "ConformanceTests",
            dependencies: [
                "SessionConformance", "FileSessions", "SessionCore", "Locks", "SimulatedDisks",
            ]
        ),
        .testTarget(
            name: "RedisSessionsTests",
            dependencies: [
                "RedisSessions", "SessionConformance", "SessionCore", "Locks", "TestServers",
                .product(
                    name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Redis"])),
                .product(
                    name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Redis"])),
            ]
        ),
        .testTarget(
            name: "FileSessionsTests",
            dependencies: [
                "FileSessions", "SessionCore", "LogEngine", "DiskIO", "Locks", "SimulatedDisks",
                // A group of services takes a logger.
                .product(
                    name: "Logging",
                    package: "swift-log",
                    condition: .when(traits: ["Logging", "ServiceLifecycle"])
                ),
                .product(
                    name: "InMemoryLogging",
                    package: "swift-log",
                    condition: .when(traits: ["Logging"])
                ),
                .product(
                    name: "MetricsTestKit",
                    package: "swift-metrics",
                    condition: .when(traits: ["Metrics"])
                ),
                .product(
                    name: "ServiceLifecycle",
                    package: "swift-service-lifecycle",
                    condition: .when(traits: ["ServiceLifecycle"])
                ),
            ]
        ),
        .testTarget(
            name: "SessionsTests",
            dependencies: [
                "Sessions", "FileSessions", "SessionCore",
                .target(name: "RedisSessions", condition: .when(traits: ["Redis"])),
                .target(name: "MongoSessions", condition: .when(traits: ["Mongo"])),
                .product(
                    name: "Configuration",
                    package: "swift-configuration",
                    condition: .when(traits: ["Configuration"])
                ),
            ]
        ),
        .testTarget(
            name: "MongoSessionsTests",
            dependencies: [
                "MongoSessions", "SessionConformance", "SessionCore", "Locks", "CMongoShim",
            ]
        ),
        .testTarget(
            name: "ToolTests",
            dependencies: [
                "session-bot", "sessionctl", "TestServers", "FileSessions", "SessionCore",
                "LogEngine",
            ]
        ),
        .testTarget(name: "TidyTests"),
    ]
)

// MARK: Measuring

// What is measured is in `package` access, which no other package sees; and nobody who uses the
// library, or tests it, has them. They need valgrind's headers.
if Context.environment["SESSION_BENCHMARKS"] != nil {
    package.targets += [
        .target(name: "CCallgrind", path: "Benchmarks/CCallgrind"),
        .target(
            name: "MeasuredWork",
            dependencies: ["DiskIO", "Locks", "CWorkload"],
            path: "Benchmarks/MeasuredWork"
        ),
        .executableTarget(
            name: "session-instructions",
            dependencies: [
                "MeasuredWork", "CCallgrind", "FileSessions", "SessionCore", "LogEngine", "Locks",
            ],
            path: "Benchmarks/Instructions",
            exclude: ["ceilings.txt"]
        ),
        .executableTarget(
            name: "session-micro",
            dependencies: ["MeasuredWork", "SessionCore", "LogEngine", "SegmentFormat", "DiskIO"],
            path: "Benchmarks/Micro"
        ),
    ]
}

let targetsInC: Set = ["CChecksum", "CWorkload", "CMongoShim", "CCallgrind"]
for target in package.targets where target.type != .system && !targetsInC.contains(target.name) {
    var houseSettings: [SwiftSetting] = [
        .swiftLanguageMode(.v6),
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ]
    // The drivers of others are in modules without it, mostly, where a function type means
    // something else: those of these tests hold the protocol to be written for them, too.
    if target.name != "ConformanceTests" {
        houseSettings.append(.enableUpcomingFeature("NonisolatedNonsendingByDefault"))
    }
    target.swiftSettings = (target.swiftSettings ?? []) + houseSettings
    // Tests slice bytes freely; what ships says `unsafe` wherever it means it.
    if target.path == nil, target.type == .regular || target.type == .executable {
        target.swiftSettings?.append(.strictMemorySafety())
    }
}
