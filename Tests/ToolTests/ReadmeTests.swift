import FileSessions
import Foundation
import SessionCore
import Testing

/// What the README shows is what was compiled, and does what it says.
@Suite struct ReadmeTests {
    static let root = URL(filePath: #filePath).appending(path: "../../..").standardized

    private func text(_ path: String) throws -> String {
        try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
    }

    @Test func `the README shows the example as it was compiled`() throws {
        let example = try text("Tests/ToolTests/ReadmeExample.swift")
        #expect(try text("README.md").contains("```swift\n\(example)```"))
    }

    @Test func `the example remembers`() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "readme-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: path) }  // Gone or not, it is its own.
        #expect(
            try await talk(in: path) == [
                "Hello Ada, this is message 1.", "Hello Ada, this is message 2.",
            ]
        )
        #expect(try await talk(in: path).last == "Hello Ada, this is message 4.")
    }

    @Test func `the limits of the README are those of the library`() throws {
        let readme = try text("README.md")
        let number = SessionID.byteCountMax
        let grouped = "\(number / 1_000),\(String(number % 1_000 + 1_000).dropFirst())"
        #expect(readme.contains("an id \(grouped) bytes of UTF-8"))
        #expect(readme.contains("a session \(Session.byteCountMax / 1_024 / 1_024) MiB of JSON"))
        #expect(readme.contains("\(JSON.depthMax) levels"))
        let options = LogOptions()
        #expect(readme.contains("a segment \(options.segmentByteCountMax / 1_024 / 1_024) MiB"))
    }

    @Test func `every test that the README names is there`() throws {
        let readme = try text("README.md")
        let names = readme.matches(of: /`(\w+Tests|\w+Campaign)`/).map { String($0.1) }
        #expect(Set(names).count > 5)
        let tests = Self.root.appending(path: "Tests")
        let files = FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil)
        let known = Set(
            (files?.compactMap { ($0 as? URL)?.deletingPathExtension().lastPathComponent }) ?? []
        )
        #expect(Set(names).subtracting(known) == [])
    }
}
