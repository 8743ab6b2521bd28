import Foundation

/// The files that are tracked, or would be if all were added.
struct Repository {
    var root: URL
    var paths: [String]

    struct Unreadable: Error {
        var detail: String
    }

    init() throws {
        root = URL(filePath: #filePath).appending(path: "../../..").standardized
        let git = Process()
        git.executableURL = URL(filePath: "/usr/bin/env")
        git.arguments = [
            "git", "-c", "safe.directory=*", "-C", root.path, "ls-files", "-z", "--cached",
            "--others", "--exclude-standard",
        ]
        let output = Pipe()
        git.standardOutput = output
        try git.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        git.waitUntilExit()
        guard git.terminationStatus == 0 else {
            throw Unreadable(detail: "git ls-files ended with \(git.terminationStatus)")
        }
        paths = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            .sorted()
    }

    /// What people wrote: sources and articles.
    func sources() throws -> [SourceFile] { try Self.found.get() }

    /// Read once for all rules, since taking comments and literals out takes a while.
    private static let found = Result { try Repository().readSources() }

    private func readSources() throws -> [SourceFile] {
        let extensions: Set = ["swift", "md", "c", "h", "modulemap"]
        return try paths.filter { path in
            let url = root.appending(path: path)
            return extensions.contains(url.pathExtension)
                && FileManager.default.fileExists(atPath: url.path)
        }.map { path in
            SourceFile(path, try String(contentsOf: root.appending(path: path), encoding: .utf8))
        }
    }

    // MARK: Rules of the whole

    static let topLevel: Set = [
        "Package.swift", "Sources", "Tests", "Benchmarks", "Fuzz", "README.md",
    ]

    /// The names at the top that are not planned.
    static func strangers(among paths: [String]) -> Set<String> {
        let names = Set(paths.map { String($0.prefix { $0 != "/" }) })
        return names.filter { name in
            !topLevel.contains(name) && !name.hasPrefix(".") && name != "LICENSE"
                && !name.hasPrefix("LICENSE.")
        }
    }

    /// The paths of what a build makes.
    static func products(among paths: [String]) -> [String] {
        paths.filter { path in
            path.split(separator: "/").contains { $0 == ".build" || $0 == "Package.resolved" }
        }
    }

    /// The files of SessionCore that import FoundationEssentials.
    static func essentialsUsers(among files: [SourceFile]) -> [String] {
        files.filter { file in
            file.isSource && file.module == "SessionCore"
                && file.code.contains { $0.contains(/\bimport\s+FoundationEssentials\b/) }
        }.map(\.path)
    }
}
