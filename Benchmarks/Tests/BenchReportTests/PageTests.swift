import BenchReport
import Testing

/// The source of a page, which no failure prints in full.
struct Page: CustomTestStringConvertible {
    var source: String
    var testDescription: String { "the page" }

    init(_ source: some StringProtocol) { self.source = String(source) }

    /// Byte by byte: a combining mark makes another character of the one before it.
    func contains(_ text: String) -> Bool { source.utf8.firstRange(of: text.utf8) != nil }

    /// What stands between two texts.
    func between(_ start: String, _ end: String) throws -> Page {
        let start = try #require(source.firstRange(of: start))
        let end = try #require(source[start.upperBound...].firstRange(of: end))
        return Page(source[start.upperBound..<end.lowerBound])
    }
}

@Suite struct PageTests {
    private func page(
        _ measurements: [Measurement],
        title: String = "Benchmarks",
        machine: String = "two cores",
        targets: [Target] = Target.design
    ) -> Page {
        Page(Results(measurements).html(title: title, machine: machine, targets: targets))
    }

    @Test func `what is filled in is no markup, wherever it stands`() {
        let nasty = "<script>alert('x')</script>\"><img src=x onerror=\"y\">&amp;"
        let rows =
            [1, 2, 16].map { workers in
                sample(
                    nasty, "\(nasty)\(workers)", workers: workers, p50: 10, max: 20,
                    more: [nasty: 1, "read_ns": 1]
                )
            } + [sample(nasty, nasty, records: 7, more: ["read_ns": 2, "write_ns": 3])]
        let target = Target(nasty, phase: nasty, ours: nasty, reach: .atLeast(1))
        let page = page(rows, title: nasty, machine: nasty, targets: [target])
        #expect(!page.contains("<script"))
        #expect(!page.contains("<img"))
        #expect(!page.contains("\"y\""))
        #expect(page.contains("<title>&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"))
        #expect(page.contains("&amp;amp;"))
        #expect(page.contains("<th scope=\"row\">&lt;script&gt;"))
    }

    @Test func `a tag is no tag with a combining mark either`() {
        let page = page([], title: "<\u{338}b>")
        #expect(!page.contains("<\u{338}"))
        #expect(page.contains("<title>&lt;\u{338}b&gt;</title>"))
    }

    @Test func `a page needs nothing but itself`() {
        let page = page(DesignTests.excellent)
        for word in ["http", "src=", "@import", "url(", "<link", "<script"] {
            #expect(!page.contains(word), "\(word)")
        }
    }

    @Test func `every tag that opens is closed, in order`() {
        var open: [Substring] = []
        let voids: Set<Substring> = ["meta", "!DOCTYPE", "br"]
        for match in page(DesignTests.excellent).source.matches(of: /<(\/?)([!\w]+)[^<>]*?(\/?)>/) {
            let (_, end, name, empty) = match.output
            if voids.contains(name) || !empty.isEmpty { continue }
            if end.isEmpty {
                open.append(name)
            } else {
                #expect(open.popLast() == name)
            }
        }
        #expect(open == [])
    }

    @Test func `the targets come first, and say in words what came out`() throws {
        let page = page([
            sample("durable", "session-store", rate: 500), sample("durable", "raw-ahead"),
        ])
        let section = try page.between("id=\"targets\"", "id=\"charts\"")
        #expect(
            section.contains(
                "<tr class=\"missed\"><th scope=\"row\">durable write, 1 task</th>"
            )
        )
        #expect(section.contains("<span>✗ missed</span>"))
        #expect(section.contains("<span>– not measured</span>"))
        #expect(!section.contains("<span>✓"))
        #expect(section.contains("raw-ahead: 1\u{202F}000/s"))
        #expect(section.contains("≥\u{202F}0.75\u{202F}×"))
    }

    private let width = "height=\"12\" rx=\"2\" width"

    @Test func `bars are as long as the figures say`() {
        let page = page([
            sample("load", "session-store", rate: 1000), sample("load", "lmdb", rate: 250),
        ])
        #expect(page.contains("<rect class=\"bar ours\" x=\"0\" y=\"4\" \(width)=\"100.00%\"/>"))
        #expect(page.contains("<rect class=\"bar peer\" x=\"0\" y=\"4\" \(width)=\"25.00%\"/>"))
        #expect(!page.contains("logarithmic"))
    }

    @Test func `a wide range has a logarithmic scale that shows the smallest`() {
        let page = page([
            sample("load", "session-store", rate: 100_000), sample("load", "lmdb", rate: 100),
        ])
        // From 10, a decade below the smallest, to 100 000: a hundred is a fourth of the way.
        #expect(page.contains("\(width)=\"25.00%\"/>"))
        #expect(page.contains("operations a second: more is better, logarithmic scale"))
        #expect(page.contains(">1k</text>"))
    }

    @Test func `what grows has lines, and what does not has none`() {
        let workers = [1, 16, 64].map { sample("durable", "lmdb", workers: $0) }
        #expect(page(workers).contains("over the number of tasks"))
        #expect(!page(Array(workers.prefix(2))).contains("over the number of tasks"))
        let sizes = [10, 100].map { sample("growth", "lmdb", records: $0, more: ["read_ns": 5]) }
        #expect(page(sizes).contains("over the number of sessions"))
        #expect(page(sizes).contains("lmdb read"))
        #expect(!page(sizes).contains("lmdb write"))
        #expect(!page(Array(sizes.prefix(1))).contains("over the number of sessions"))
        let lone = [sizes[0], sample("growth", "lmdb", records: 100)]
        #expect(!page(lone).contains("over the number of sessions"))
    }

    @Test func `batches of a raw loop are one line over the number of tasks`() throws {
        let raw = ["raw-ahead", "raw-ahead-16", "raw-ahead-64"].map { sample("durable", $0) }
        let chart = try page(raw).between("<div class=\"plot\">", "</figure>")
        #expect(chart.contains(">raw-ahead</text>"))
        #expect(chart.contains("raw-ahead, 64: 1\u{202F}000"))
        #expect(!chart.contains("raw-ahead-64"))
    }

    @Test func `limits of many tasks are lines, and those of one keep their names`() throws {
        let limits = [16, 64, 256].flatMap { workers in
            ["raw-handover-\(workers)", "raw-handover-2-\(workers)"].map { name in
                sample("limits", name, workers: workers, records: 0)
            }
        }
        let rows = limits + [sample("limits", "raw-index-pread-10000", records: 0)]
        let chart = try page(rows).between("<div class=\"plot\">", "</figure>")
        #expect(chart.contains(">raw-handover</text>"))
        #expect(chart.contains(">raw-handover-2</text>"))
        #expect(chart.contains(">raw-index-pread-10000</text>"))
        #expect(!chart.contains("raw-handover-16"))
    }

    @Test func `figures that no chart can show do no harm`() {
        var odd = sample("load", "lmdb", p50: 0, p99: .max)
        odd.operationsPerSecond = .infinity
        var none = sample("load", "sqlite")
        none.operationsPerSecond = 0
        var unknown = sample("load", "leveldb", more: ["x": .nan])
        unknown.operationsPerSecond = .nan
        let page = page([odd, none, unknown, sample("growth", "lmdb", records: 0)])
        #expect(!page.contains("nan"))
        #expect(!page.contains("inf%"))
    }

    @Test func `nothing measured is a page as well`() {
        let page = page([])
        #expect(page.contains("0 met, 0 missed"))
        #expect(page.source.hasSuffix("</html>\n"))
    }
}
