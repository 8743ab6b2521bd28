import SegmentFormat
import Testing

@Suite struct FileNameTests {
    static let names: [(name: FileName, text: String)] = [
        (.lock, "LOCK"),
        (.manifest, "MANIFEST"),
        (.newManifest, "MANIFEST.new"),
        (.checkpoint, "CHECKPOINT"),
        (.newCheckpoint, "CHECKPOINT.new"),
        (.reserve, "RESERVE"),
        (.segment(SegmentID(1)), "0000000001.segment"),
        (.segment(SegmentID(.max - 1)), "4294967294.segment"),
        (.cut(SegmentID(12), byteOffset: 4_096), "0000000012-0000004096.cut"),
        (.cut(SegmentID(12), byteOffset: 0), "0000000012-0000000000.cut"),
        (.cut(SegmentID(1), byteOffset: .max), "0000000001-18446744073709551615.cut"),
    ]

    @Test(arguments: names.indices)
    func `a name and its text belong together`(index: Int) {
        let (name, text) = Self.names[index]
        #expect(name.text == text)
        #expect(FileName(text) == name)
    }

    @Test(arguments: [
        "", ".", "..", "lock", "LOCK ", "LOCK.new", "MANIFEST.new.new", "MANIFEST.old",
        "1.segment", "000000001.segment", "00000000001.segment", "+000000001.segment",
        "-000000001.segment", "0000000001.Segment", "0000000001.segment.", ".segment",
        "0000000001.segmen", "0000000001.segment ", "0000000000.segment", "4294967295.segment",
        "4294967296.segment", "99999999999999999999.segment", "0000000001", "000000000x.segment",
        "0000000001-.cut", "-0000000001.cut", "0000000001.cut", "1-2.cut",
        "0000000001-0000000002-0000000003.cut", "0000000001-0000000002.segment",
        "0000000001-+000000002.cut", "0000000001-00000000002.cut", "0000000000-0000000002.cut",
        "0000000001-18446744073709551616.cut", "0000000001\u{0}.segment", "a/0000000001.segment",
        "0000000001.segment\u{301}", "\u{FF11}000000000.segment",
    ])
    func `a near miss is none of ours`(text: String) {
        #expect(FileName(text) == nil)
    }

    @Test(arguments: ["LOC\u{212A}", "CHEC\u{212A}POINT", "CHEC\u{212A}POINT.new"])
    func `a name that only looks the same to Unicode is none of ours`(text: String) {
        #expect(text == text.replacing("\u{212A}", with: "K"), "equal, to String")
        #expect(FileName(text) == nil)
    }

    @Test func `segments order and print by their numbers`() {
        #expect(SegmentID(2) < SegmentID(10))
        #expect(!(SegmentID(2) < SegmentID(2)))
        #expect("\(SegmentID(10))" == "10")
    }
}
