import BenchReport
import Testing

@Suite struct JSONLinesTests {
    static let line = """
        {"phase":"durable","engine":"lmdb","records":10,"workers":1,"round":1,"ops":5,\
        "seconds":0.5,"ops_per_s":10}
        """

    @Test func `what is written is read again`() throws {
        var full = sample(
            "durable", "session-store blocking", workers: 64, round: 2, rate: 1 / 3.0,
            p50: 1, p99: 2, p999: 3, max: .max, more: ["read_ns": 0.1, "x/y": -1e300]
        )
        full.bytesWritten = 0
        full.anonymousMemory = 1 << 40
        full.disk = 7
        let odd = sample("a \"b\"\\\n\u{2028}é", "<&>", more: ["inf": .infinity])
        let results = Results([full, odd, sample("load", "lmdb")])
        #expect(try Results(jsonLines: results.jsonLines).measurements == results.measurements)
        #expect(results.jsonLines.split(separator: "\n").count == 3)
        #expect(results.jsonLines.hasSuffix("}\n"))
    }

    @Test func `the names are those of the format`() {
        var measurement = sample("load", "lmdb", p50: 1, p99: 2, p999: 3, max: 4)
        measurement.bytesWritten = 5
        measurement.anonymousMemory = 6
        measurement.disk = 7
        let expected = """
            {"bytes_written":5,"disk":7,"engine":"lmdb","max_ns":4,"ops":1000,"ops_per_s":1000,\
            "p50_ns":1,"p999_ns":3,"p99_ns":2,"phase":"load","records":1000000,"round":1,\
            "rss_anon":6,"seconds":1,"workers":1}

            """
        #expect(Results([measurement]).jsonLines == expected)
    }

    @Test func `empty lines and a missing last end are fine`() throws {
        let text = "\n  \n\(Self.line)\r\n\n\(Self.line)"
        #expect(try Results(jsonLines: text).measurements.count == 2)
        #expect(try Results(jsonLines: "").measurements == [])
    }

    static let badLines = [
        (line.replacing("\"engine\":\"lmdb\",", with: ""), "engine is missing"),
        (line.replacing("0.5", with: "\"long\""), "seconds"),
        (line.replacing("\"lmdb\"", with: "null"), "engine is null"),
        (line.replacing("\"workers\":1", with: "\"workers\":0"), "workers is 0"),
        (line.replacing("\"round\":1", with: "\"round\":0"), "round is 0"),
        (line.replacing("\"ops\":5", with: "\"ops\":-5"), "ops is negative"),
        (line.replacing("\"ops\":5", with: "\"ops\":5,\"p99_ns\":-1"), "p99_ns is negative"),
        (String(line.dropLast(3)), "not JSON"),
        ("durable lmdb 10", "not JSON"),
        ("[]", "the line is not"),
    ]

    @Test(arguments: badLines)
    func `a bad line is told by its number and its fault`(line: String, fault: String) {
        let error = #expect(throws: BadLine.self) {
            try Results(jsonLines: "\(Self.line)\n\n\(line)\n\(Self.line)")
        }
        #expect(error?.number == 3)
        #expect(error?.reason.contains(fault) == true, "\(error?.reason ?? "")")
        #expect(error?.description.hasPrefix("line 3: ") == true)
    }

    @Test func `of several bad lines the first is told`() {
        let error = #expect(throws: BadLine.self) { try Results(jsonLines: "{}\nno") }
        #expect(error?.description == "line 1: phase is missing")
    }
}
