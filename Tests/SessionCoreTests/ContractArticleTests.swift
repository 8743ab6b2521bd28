import FoundationEssentials
import SessionCore
import Testing

@Suite struct ContractArticleTests {
    @Test func `the driver in the article is the one that the tests use`() throws {
        let article = try text(of: "../../Sources/SessionCore/SessionCore.docc/WritingADriver.md")
        let start = try #require(article.firstRange(of: "actor DictionaryStore"))
        let end = try #require(article[start.lowerBound...].firstRange(of: "\n```"))
        let example = String(article[start.lowerBound..<end.lowerBound])

        #expect(try text(of: "Samples.swift").contains(example))
    }

    @Test func `the limits in the article are the limits in the code`() throws {
        let article = try text(of: "../../Sources/SessionCore/SessionCore.docc/Contract.md")

        #expect(SessionID.byteCountMax == 1_024)
        #expect(article.contains("at most 1,024 bytes"))
        #expect(Session.byteCountMax == 16 << 20)
        #expect(JSON.depthMax == 512)
        #expect(article.contains("at most 16 MiB and nests at most 512 deep"))
    }

    @Test func `the memory driver's article has its default size`() throws {
        let article = try text(of: "../../Sources/SessionCore/SessionCore.docc/MemoryDriver.md")

        #expect(article.contains("| \(MemorySessionStore.maxSizeDefault) | how many sessions"))
    }

    private func text(of path: String) throws -> String {
        let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        let data = try #require(FileManager.default.contents(atPath: "/\(folder)/\(path)"))
        return String(decoding: data, as: UTF8.self)
    }
}
