import Foundation
import SegmentFormat
import Testing

@testable import LogEngine

/// Holds what the article of the format says of compressed bodies to the code.
@Suite struct CompressionArticleTests {
    private func article() throws -> String {
        let path = "Sources/SegmentFormat/SegmentFormat.docc/FileFormat.md"
        let root = URL(filePath: #filePath).appending(path: "../../..").standardized
        return try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    @Test func `the example is what is made, and what is read`() throws {
        let section = try #require(
            article().components(separatedBy: "### An example of a body").last)
        let dumps = section.components(separatedBy: "```")[1].components(separatedBy: "\n\n")
            .map { dump in
                dump.split(whereSeparator: \.isWhitespace).compactMap { UInt8($0, radix: 16) }
            }
        let key = bytes("telegram:123456789")
        let value = bytes("{\"id\":\"telegram:123456789\",\"userId\":\"123456789\"}")
        #expect(section.contains("`\(String(decoding: value, as: UTF8.self))`"))

        #expect(dumps.count == 2)
        #expect(KeyReferences.text(of: value, key: key) == dumps[0])
        #expect(
            try BodyDecoder().decode(dumps[1][...], codec: .zstandard, key: key[...]) == value)
        // Too short to be compressed, so that any version of the library makes the same of it.
        let encoder = BodyEncoder(.zstandard(level: 3, dictionary: nil))
        let body = encoder.compress(dumps[0], hasKeyReferences: true, byteCountMax: 100)
        #expect(body?.bytes == dumps[1])
    }

    @Test func `the numbers are the constants`() throws {
        let article = try article()
        let mark = String(KeyReferences.mark, radix: 16, uppercase: true)
        #expect(article.contains("In a text with key references, the byte 0x\(mark) begins"))
        #expect(
            article.contains("the first \(KeyReferences.keyByteCountMax) bytes count as the key"))
        #expect(article.contains("behind them: \(KeyReferences.referenceByteCount) bytes in all"))
        #expect(ZstandardFrame.blockByteCountMax == 131_072)
        #expect(article.contains("a compressed one of\n  131,072 bytes at most"))

        let part: [UInt8] = [1, 2, 3]
        var frame: [UInt8] = []
        let head = BodyHead(textByteCount: 0x0102_03, hasKeyReferences: false)
        let count = try ZstandardFrame.rebuild(of: part.span, head, into: &frame)
        #expect(article.contains("the magic number `28 B5 2F FD`"))
        #expect(article.contains("the frame header descriptor `A0`"))
        #expect(article.contains("Its header is `length × 8 + 5`, in 3 bytes"))
        let block = UInt8(3 * 8 + 5)
        #expect(
            frame[..<count] == [
                0x28, 0xB5, 0x2F, 0xFD, 0xA0, 0x03, 0x02, 0x01, 0, block, 0, 0, 1, 2, 3,
            ])
    }
}
