import Testing

/// Reads the sources, and holds them to what their readers rely on.
@Suite struct TidyTests {
    @Test(arguments: Rule.all)
    func `the sources keep the rules`(rule: Rule) throws {
        for file in try Repository().sources() where file.path != "Tests/TidyTests/TidyTests.swift"
        {
            let lines = rule.brokenLines(file)
            #expect(lines.isEmpty, "\(file.path): \(lines)")
        }
    }

    @Test func `there are sources to hold to the rules`() throws {
        let paths = try Repository().sources().map(\.path)
        #expect(paths.contains("Sources/SegmentFormat/Bytes.swift"))
        #expect(paths.contains("Sources/SegmentFormat/SegmentFormat.docc/FileFormat.md"))
        #expect(paths.contains("Sources/CChecksum/crc32c.c"))
        #expect(paths.contains("Tests/TidyTests/TidyTests.swift"))
    }

    @Test func `the top of the repository holds what was planned`() throws {
        #expect(Repository.strangers(among: try Repository().paths) == [])
    }

    @Test func `nothing that a build makes is tracked`() throws {
        #expect(Repository.products(among: try Repository().paths) == [])
    }

    @Test func `one file of the core uses Foundation's essentials at most`() throws {
        let users = Repository.essentialsUsers(among: try Repository().sources())
        #expect(users.count <= 1, "\(users)")
    }

    // MARK: The rules bite

    /// For each rule: where it holds, what breaks it, and what looks alike and does not.
    static let samples: [(rule: Rule, path: String, broken: [String], kept: [String])] = [
        (
            .fileLength, "Sources/LogEngine/Log.swift",
            [String(repeating: "let x = 1\n", count: 501)],
            [String(repeating: "let x = 1\n", count: 500)]
        ),
        (
            .fileLength, "Tests/LogEngineTests/LogTests.swift",
            [String(repeating: "let x = 1\n", count: 701)],
            [String(repeating: "let x = 1\n", count: 700)]
        ),
        (
            .lineWidth, "Tests/LogEngineTests/LogTests.swift",
            [String(repeating: "é", count: 101)], [String(repeating: "é", count: 100)]
        ),
        (
            .noForce, "Sources/sessionctl/Main.swift",
            ["fatalError()", "  try! run()", "x = \"\\\"\"; try! run()", "/* */ fatalError(\"\")"],
            ["// fatalError()", "\"try!\"", "try run()", "/* try! */", "let notFatalErrors = 1"]
        ),
        (
            .noPrinting, "Sources/DiskIO/Disk.swift",
            ["print(1)", "{ print(\"x\") }", "dump(x)", "debugPrint(x)"],
            ["fingerprint(1)", "#\"a \"print(1)\"#", "/// print(1)", "\"\"\"\nprint(1)\n\"\"\""]
        ),
        (.noPrinting, "Sources/session-bot/Main.swift", [], ["print(1)"]),
        (
            .noTasks, "Sources/LogEngine/Log.swift",
            [
                "Task { }", "Task.detached { }", "Task(priority: .high) { }", "Task.immediate{ }",
                "Task<Void, Never> { }",
            ],
            ["BackgroundTask { }", "// Task { }", "Task.yield()", "try Task.checkCancellation()"]
        ),
        (.noTasks, "Sources/FileSessions/Store.swift", [], ["Task { }"]),
        (
            .noFoundation, "Sources/SegmentFormat/Bytes.swift",
            [
                "import Foundation", "internal import FoundationEssentials",
                "import struct Foundation.Date", "public import FoundationNetworking",
            ], ["// import Foundation", "import Foundry"]
        ),
        (
            .noFoundation, "Sources/SessionCore/JSON.swift",
            ["import Foundation"], ["internal import FoundationEssentials"]
        ),
        (.noFoundation, "Sources/FileSessions/Store.swift", [], ["import Foundation"]),
        (
            .noMarks, "Tests/LogEngineTests/LogTests.swift",
            ["// TODO: later", "// FIXME", "let x = 1  // XXX"], ["TODOS", "mastodon"]
        ),
        (
            .guardedSendable, "Sources/LogEngine/Log.swift",
            [
                "final class A: @unchecked Sendable {}",
                "// A class.\nclass A: @unchecked Sendable",
                "// The lock guards it.\n\nclass A: @unchecked Sendable",
                "nonisolated(unsafe) var x = 1", "let lock = 1\nclass A: @unchecked Sendable",
            ],
            [
                "/// Guarded by `mutex`.\nfinal class A: @unchecked Sendable {}",
                "// The shard's lock.\n@usableFromInline\nfinal class A: @unchecked Sendable {}",
                "// @unchecked Sendable", "struct A: Sendable {}",
            ]
        ),
        (
            .unsafeFiles, "Sources/LogEngine/Log.swift",
            ["unsafe x.load()", "return unsafe y"], ["// unsafe", "let unsafety = 1"]
        ),
        (
            .unsafeFiles, "Sources/SegmentFormat/Bytes.swift",
            ["let safe = 1", "// unsafe"], ["unsafe x.load()"]
        ),
        (
            .noMachinePaths, "Sources/SegmentFormat/SegmentFormat.docc/A.md",
            ["in /tmp/x", "/home/anna/x", "`/work/x`", "/root/x", "see (/Users/a)"],
            ["a/tmp/x", "/temporary/x", "work/x", "/var/lib/x"]
        ),
        (.noMachinePaths, "README.md", ["/tmp/x"], ["./tmp/x"]),
        (.noMachinePaths, "Tests/DiskIOTests/ATests.swift", [], ["/tmp/x"]),
    ]

    @Test(arguments: samples.indices)
    func `a rule sees what breaks it, and nothing else`(index: Int) {
        let (rule, path, broken, kept) = Self.samples[index]
        for text in broken {
            #expect(!rule.brokenLines(SourceFile(path, text)).isEmpty, "\(rule.name): \(text)")
        }
        for text in kept {
            #expect(rule.brokenLines(SourceFile(path, text)).isEmpty, "\(rule.name): \(text)")
        }
    }

    @Test func `every rule has a sample that breaks it`() {
        let shown = Set(Self.samples.filter { !$0.broken.isEmpty }.map(\.rule.name))
        #expect(shown == Set(Rule.all.map(\.name)))
    }

    @Test func `a broken rule is told by its line`() {
        let file = SourceFile("Sources/DiskIO/Disk.swift", "let x = 1\n/*\n*/ print(x)\n")
        #expect(Rule.noPrinting.brokenLines(file) == [3])
        #expect(file.lines.count == 3)
    }

    @Test func `strangers and products are seen`() {
        let paths = [
            "Package.swift", "Sources/A/B.swift", ".gitignore", "LICENSE", "LICENSE.txt",
            "NOTES.md", "docs/x", "Sources/A/.build/x", "Fuzz/Package.resolved", "LICENSES",
        ]
        #expect(Repository.strangers(among: paths) == ["NOTES.md", "docs", "LICENSES"])
        #expect(
            Repository.products(among: paths) == ["Sources/A/.build/x", "Fuzz/Package.resolved"])
    }

    @Test func `a second user of Foundation's essentials is seen`() {
        let files = [
            "Sources/SessionCore/A.swift", "Sources/SessionCore/B/C.swift", "Sources/D/E.swift",
        ]
        .map { SourceFile($0, "internal import FoundationEssentials") }
        #expect(Repository.essentialsUsers(among: files) == files.prefix(2).map(\.path))
    }
}
