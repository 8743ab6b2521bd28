#if Tools
    import FileSessions
    import Foundation
    import SessionCore
    @testable import sessionctl
    import Testing

    /// Everything gets there as it was, once, and the source stays as it is.
    @Suite struct CopyTests {
        let scratch: Scratch

        init() throws {
            scratch = try Scratch()
        }

        private func file(_ name: String) -> String { "file:" + scratch.path(name) }

        @Test func `hostile sessions come round from store to lines to store`() async throws {
            try await CopySamples.store(scratch.path("a"), CopySamples.hostile)
            let before = try Snapshot(scratch.path("a"))
            let expected = try CopySamples.content(of: CopySamples.hostile)

            let copied = try await Tool.control("copy", "--from", file("a"), "--to", file("b"))
            #expect(copied.code == 0, "\(copied)")
            #expect(copied.out.hasSuffix("\nall equal\n"))
            let lines = scratch.path("b.ndjson")
            let exported = try await Tool.control("export", scratch.path("b"), "--to", lines)
            #expect(exported.code == 0, "\(exported)")
            #expect(exported.out.hasSuffix("\nall equal\n"))
            let imported = try await Tool.control("import", scratch.path("c"), "--from", lines)
            #expect(imported.code == 0, "\(imported)")
            #expect(imported.err == "")

            #expect(try await CopySamples.content(scratch.path("b")) == expected)
            #expect(try await CopySamples.content(scratch.path("c")) == expected)
            let text = try String(contentsOf: URL(filePath: lines), encoding: .utf8)
            let documents = text.split(separator: "\n").map(String.init)
            #expect(Set(documents) == Set(try expected.values.map { try encoded($0) }))
            #expect(try Snapshot(scratch.path("a")) == before)
        }

        private func encoded(_ session: Session) throws -> String {
            String(decoding: try session.encoded(), as: UTF8.self)
        }

        @Test func `lines come from standard input and go to standard output`() async throws {
            let input = "\u{FEFF}" + CopySamples.hostile.joined(separator: "\r\n")
            let imported = try await Tool.control("import", scratch.path("a"), input: input)
            #expect(imported.code == 0, "\(imported)")
            let expected = try CopySamples.content(of: CopySamples.hostile)
            #expect(try await CopySamples.content(scratch.path("a")) == expected)
            #expect(imported.out.contains("compared: equal        8\n"), "\(imported.out)")

            let exported = try await Tool.control("export", scratch.path("a"))
            #expect(exported.code == 0)
            let lines = exported.out.split(separator: "\n").map(String.init)
            #expect(try CopySamples.content(of: lines) == expected)
            #expect(exported.err.hasSuffix("\ncopied, and not compared\n"))
            let json = try await Tool.control("export", file("a"), "--json")
            #expect(try JSON(parsing: json.err)["written"]?.int64 == 8)
            #expect(try JSON(parsing: json.err)["compared"] == .null)
            #expect(try JSON(parsing: json.err)["equal"] == .null)
        }

        @Test func `a second copy finds everything there`() async throws {
            let documents = CopySamples.hostile + [#"{"id":"a:without","_state":{}}"#]
            let lines = try CopySamples.lines(scratch, "in", documents)
            let first = try await Tool.control(
                "import", scratch.path("a"), "--from", lines, "--json")
            #expect(try CopySamples.report(first)["written"]?.int64 == 9)
            let before = try await CopySamples.content(scratch.path("a"))
            let second = try await Tool.control(
                "import", scratch.path("a"), "--from", lines, "--json", "--overwrite")
            let report = try CopySamples.report(second)
            #expect(report["alreadyThere"]?.int64 == 9)
            #expect(report["written"]?.int64 == 0)
            #expect(report["compared"]?["equal"]?.int64 == 9)
            #expect(second.code == 0)
            #expect(try await CopySamples.content(scratch.path("a")) == before)
        }

        @Test func `the later activity stays, unless the source is to win`() async throws {
            let old = #"{"id":"a:1","lastActivity":1700000000000,"v":"old"}"#
            let new = #"{"id":"a:1","lastActivity":1700000000001,"v":"new"}"#
            let oldLines = try CopySamples.lines(scratch, "old", [old])
            let newLines = try CopySamples.lines(scratch, "new", [new])
            let path = scratch.path("a")

            func value() async throws -> JSON? { try await CopySamples.content(path)["a:1"]?["v"] }

            #expect(try await Tool.control("import", path, "--from", oldLines).code == 0)
            let newer = try await Tool.control("import", path, "--from", newLines, "--json")
            #expect(try CopySamples.report(newer)["written"]?.int64 == 1)
            #expect(try await value() == "new")
            let kept = try await Tool.control("import", path, "--from", oldLines, "--verbose")
            #expect(kept.code == 0, "\(kept)")
            #expect(kept.err == "sessionctl: kept, newer there: a:1\n")
            #expect(kept.out.contains("kept, newer there      1\n"))
            #expect(kept.out.contains("compared: newer there  1\n"))
            #expect(try await value() == "new")
            let forced = try await Tool.control(
                "import", path, "--from", oldLines, "--overwrite", "--json")
            #expect(forced.code == 0)
            #expect(try CopySamples.report(forced)["written"]?.int64 == 1)
            #expect(try await value() == "old")
        }

        @Test func `of a session that is there twice the last one wins with --overwrite`()
            async throws
        {
            // So close together that all are in work at once.
            let documents = (0..<300).map { number in
                #"{"id":"a:\#(number / 10)","lastActivity":1700000000000,"v":\#(number % 10)}"#
            }
            let lines = try CopySamples.lines(scratch, "in", documents)
            let path = scratch.path("a")
            let answer = try await Tool.control(
                "import", path, "--from", lines, "--overwrite", "--no-compare")
            #expect(answer.code == 0, "\(answer)")
            let content = try await CopySamples.content(path)
            #expect(content.count == 30)
            #expect(content.values.allSatisfy { $0["v"] == 9 })
        }

        @Test func `a URL is no directory, and its password is not repeated`() async throws {
            for command in ["stats", "verify", "list"] {
                let answer = try await Tool.control(command, "mongodb://anna:hunter2@h/db")
                #expect(answer.code != 0)
                #expect(!(answer.out + answer.err).contains("hunter2"))
            }
        }

        @Test func `what differs at the same time is named, and ends with 3`() async throws {
            let first = try CopySamples.lines(
                scratch, "1", [#"{"id":"a:1","lastActivity":5,"v":1}"#])
            let second = try CopySamples.lines(
                scratch, "2", [#"{"id":"a:1","lastActivity":5,"v":2}"#])
            _ = try await Tool.control("import", scratch.path("a"), "--from", first)
            let answer = try await Tool.control("import", scratch.path("a"), "--from", second)
            #expect(answer.code == 3)
            #expect(answer.err == "sessionctl: different: a:1: it says something else\n")
            #expect(answer.out.hasSuffix("\nnot all was read, or not all is equal\n"))
            let blind = try await Tool.control(
                "import", scratch.path("a"), "--from", second, "--no-compare")
            #expect(blind.code == 0)
            #expect(blind.out.hasSuffix("\ncopied, and not compared\n"))
        }

        @Test func `what has expired is not copied, and says so`() async throws {
            let now = Int64(Date.now.timeIntervalSince1970 * 1_000)
            let lines = try CopySamples.lines(
                scratch, "in",
                [
                    #"{"id":"a:old","lastActivity":\#(now - 3_700_000)}"#,
                    #"{"id":"a:new","lastActivity":\#(now - 1_000)}"#,
                    #"{"id":"a:own","lastActivity":\#(now - 3_500_000),"expiresIn":1}"#,
                    #"{"id":"a:endless","lastActivity":0,"expiresIn":0}"#,
                ]
            )
            for target in [file("b"), "ndjson:" + scratch.path("b.ndjson"), "memory:"] {
                let answer = try await Tool.control(
                    "copy", "--from", "ndjson:" + lines, "--to", target, "--expires-in", "60",
                    "--json"
                )
                let report = try CopySamples.report(answer)
                #expect(report["expired"]?.int64 == 2, "\(target)")
                #expect(report["written"]?.int64 == 2, "\(target)")
                #expect(report["compared"]?["equal"]?.int64 == 2, "\(target)")
                #expect(report["compared"]?["different"]?.int64 == 0, "\(target)")
                #expect(answer.code == 0, "\(answer)")
            }
            let ids = try await CopySamples.content(scratch.path("b")).keys
            #expect(Set(ids) == ["a:new", "a:endless"])
        }

        // MARK: What is wrong

        @Test func `bad lines are named by their numbers, and the others copied`() async throws {
            let long = String(repeating: "x", count: 16 * 1_024 * 1_024 + 1_024)
            let text =
                "\n{\"id\":\"a:1\"}\r\n\r\n  \t\nnonsense\n{\"id\":\"a:2\"}\n[]\n\"\(long)\"\n"
                + "{\"n\":1}\n{\"id\":\"x\"}\n{\"id\":\"a:3\",\"lastActivity\":-1}\n{\"id\":\"a:4\"}"
            let answer = try await Tool.control("import", scratch.path("a"), input: text)
            #expect(answer.code == 3)
            let lines = answer.err.split(separator: "\n")
            let reasons = [
                "-: line 5: the document is not JSON: a byte that does not belong here, at byte 1",
                "-: line 7: the document is JSON, but no object",
                "-: line 8: 16778242 bytes are more than a session may have",
                "-: line 9: the document has no text under \"id\"",
                "-: line 10: the document's \"id\" is invalid: "
                    + "an id needs a colon between platform and key",
            ]
            for reason in reasons {
                #expect(lines.contains("sessionctl: unreadable: \(reason)"), "\(answer.err)")
            }
            let refused = "sessionctl: refused: a:3: \"lastActivity\" is before 1970"
            #expect(lines.contains { $0 == refused }, "\(answer.err)")
            let ids = try await CopySamples.content(scratch.path("a")).keys
            #expect(Set(ids) == ["a:1", "a:2", "a:4"])
            #expect(answer.out.contains("unreadable             5\n"))
            #expect(answer.out.contains("refused                1\n"))
        }

        @Test func `a line as long as a session may be is copied`() async throws {
            let head = #"{"id":"a:1","lastActivity":1,"t":""#
            let count = Session.byteCountMax - head.utf8.count - 2
            let line = head + String(repeating: "x", count: count) + "\"}"
            let lines = try CopySamples.lines(scratch, "in", [line])
            let answer = try await Tool.control(
                "import", scratch.path("a"), "--from", lines, "--no-compare")
            #expect(answer.code == 0, "\(answer.err.prefix(300))")
            let back = try await Tool.control("export", scratch.path("a"))
            #expect(back.out == line + "\n")
        }

        @Test func `damage of the source costs what is damaged, and is named`() async throws {
            let store = try await Samples.store(scratch)
            try Samples.flip(store + "/0000000001.segment", at: 300)
            let before = try Snapshot(store)
            let answer = try await Tool.control(
                "copy", "--from", "file:" + store, "--to", file("b"))
            #expect(answer.code == 3, "\(answer)")
            #expect(answer.err.contains("0000000001.segment"))
            let ids = try await CopySamples.content(scratch.path("b")).keys
            #expect(!ids.isEmpty && ids.count < 4)
            #expect(try Snapshot(store) == before)
        }

        @Test func `a torn tail of the source is told, and is no loss`() async throws {
            let store = try await Samples.tornStore(scratch)
            let before = try Snapshot(store)
            let answer = try await Tool.control(
                "copy", "--from", "file:" + store, "--to", file("b"))
            #expect(answer.code == 0, "\(answer)")
            #expect(answer.err.contains("torn tail: an unfinished end"))
            #expect(try await CopySamples.content(scratch.path("b")).count == 4)
            #expect(try Snapshot(store) == before)
        }

        @Test func `a target that a bot has is locked, a source is not`() async throws {
            let path = try await Samples.store(scratch)
            let bot = try Conversation(["--dirname", path])
            let from = try await Tool.control("copy", "--from", "file:" + path, "--to", file("b"))
            #expect(from.code == 0, "\(from)")
            let to = try await Tool.control("copy", "--from", file("b"), "--to", "file:" + path)
            #expect(to.code == 4)
            #expect(to.err.contains("in use by pid \(bot.processNumber)"), "\(to.err)")
            bot.end()
        }

        @Test func `a file of lines is for its owner, whole, and never replaced`() async throws {
            try await CopySamples.store(scratch.path("a"), CopySamples.hostile)
            let path = scratch.path("out")
            try Data("left from a copy that was killed".utf8)
                .write(to: URL(filePath: path + ".partial"))
            #expect(try await Tool.control("export", scratch.path("a"), "--to", path).code == 0)
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
            #expect(!FileManager.default.fileExists(atPath: path + ".partial"))
            let before = try Data(contentsOf: URL(filePath: path))
            let again = try await Tool.control("export", scratch.path("a"), "--to", path)
            #expect(again.code == 1)
            #expect(again.err.contains("is there already"))
            #expect(try Data(contentsOf: URL(filePath: path)) == before)
        }

        @Test func `lines that are not as they were written are named by their block`() {
            var written = LineSums()
            for number in 0..<2_500 { written.add(Array("line \(number)".utf8)) }

            func found(_ change: (Int) -> [UInt8]?) -> [ClosedRange<Int>] {
                var sums = LineSums()
                for number in 0..<2_500 { if let line = change(number) { sums.add(line) } }
                return written.differences(from: sums)
            }

            #expect(found { Array("line \($0)".utf8) } == [])
            #expect(found { Array("line \($0 == 1_700 ? 1 : $0)".utf8) } == [1_001...2_000])
            #expect(found { $0 < 2_499 ? Array("line \($0)".utf8) : nil } == [2_001...2_500])
            #expect(found { $0 < 1_000 ? Array("line \($0)".utf8) : nil }.count == 2)
            #expect(found { $0 == 0 ? nil : Array("line \($0)".utf8) }.count == 3)
            var report = CopyReport(from: .memory, to: .lines(nil))
            report.writtenCount = 2_500
            report.add(different: [1_001...2_000])
            #expect(report.outcome == .damaged)
            #expect(report.compared?.equalCount == 1_500)
        }

        @Test(arguments: [
            (["copy", "--from", "memory:", "--to", "memory:"], "are the same place"),
            (["copy", "--from", "-", "--to", "ndjson:-"], "are the same place"),
            (["copy", "--from", "file:S", "--to", "file:S/"], "are the same place"),
            (["copy", "--from", "file:S", "--to", "file:./link"], "are the same place"),
            (["copy", "--from", "ndjson:S/MANIFEST", "--to", "ndjson:link/MANIFEST"], "the same"),
            (["copy", "--from", "bottender-files:S", "--to", "file:S"], "are the same place"),
            (["export", "S", "--to", "S/out.ndjson"], "would be among the files of file:S"),
            (["copy", "--from", "S", "--to", "memory:"], "'S' is no place; give one of file:DIR"),
            (["copy", "--from", "file:", "--to", "memory:"], "needs a directory"),
            (["copy", "--from", "file://host/S", "--to", "memory:"], "no place"),
            (["copy", "--from", "file:S", "--to", "bottender-files:x"], "is only read"),
            (["copy", "--from", "file:none", "--to", "memory:"], "none"),
            (["copy", "--from", "bottender-files:none", "--to", "memory:"], "can't be read"),
            (["copy", "--from", "ndjson:none", "--to", "memory:"], "can't be read"),
            (["copy", "--from", "file:S", "--to", "ndjson:none/x"], "can't be made"),
            (["copy", "--from", "file:S"], "--to"),
            (["import", "S", "--expires-in", "-1"], "--expires-in"),
            (["copy", "--from", "redsi://u:hunter2@h", "--to", "memory:"], "no place"),
            (["export", "redsi://u:hunter2@h"], "no place"),
        ])
        func `what can't be copied is refused, and changes nothing`(
            _ arguments: [String],
            _ reason: String
        ) async throws {
            let store = scratch.path("S")
            try await CopySamples.store(store, CopySamples.hostile)
            try FileManager.default.createSymbolicLink(
                atPath: scratch.path("link"), withDestinationPath: "S")
            let before = try Snapshot(store)
            let process = try Tool.process("sessionctl", arguments)
            process.currentDirectoryURL = scratch.url
            let answer = try await Tool.run(process, input: [])
            #expect(answer.code == 1, "\(answer)")
            #expect(answer.err.contains(reason), "\(answer.err)")
            #expect(!answer.err.contains("hunter2"), "\(answer.err)")
            #expect(answer.out == "")
            #expect(try Snapshot(store) == before)
            #expect(!FileManager.default.fileExists(atPath: scratch.path("none")))
        }

        #if !Redis && !Mongo
            @Test(arguments: [
                (
                    ["copy", "--from", "redis://u:hunter2@h:6379/1", "--to", "memory:"],
                    "trait Redis"
                ),
                (["copy", "--from", "rediss://:hunter2/@h", "--to", "memory:"], "trait Redis"),
                (
                    ["copy", "--from", "memory:", "--to", "mongodb://u:hunter2@h1,h2/db"],
                    "trait Mongo"
                ),
                (["copy", "--from", "mongodb+srv://h/?a=@hunter2", "--to", "-"], "trait Mongo"),
            ])
            func `a server whose driver is not in the build is refused by the trait's name`(
                _ arguments: [String],
                _ reason: String
            ) async throws {
                let process = try Tool.process("sessionctl", arguments)
                let answer = try await Tool.run(process, input: [])
                #expect(answer.code == 1, "\(answer)")
                #expect(answer.err.contains(reason), "\(answer.err)")
                #expect(!answer.err.contains("hunter2"), "\(answer.err)")
            }
        #endif

        @Test func `the report has the same keys every time`() async throws {
            try await CopySamples.store(scratch.path("a"), CopySamples.hostile)
            let lines = try CopySamples.lines(scratch, "in", ["nonsense", CopySamples.hostile[0]])
            let process = try Tool.process(
                "sessionctl", ["copy", "--from", "ndjson:in", "--to", "file:a", "--json"])
            process.currentDirectoryURL = scratch.url
            let answer = try await Tool.run(process, input: [])
            #expect(
                answer.out == """
                    {"from":"ndjson:in","to":"file:a","read":1,"written":0,"alreadyThere":1,\
                    "keptNewer":0,"expired":0,"unreadable":1,"refused":0,"ignored":0,\
                    "compared":{"equal":1,"newer":0,"expired":0,"different":0,"gone":0},\
                    "differences":[],"equal":false}

                    """
            )
            #expect(lines.hasSuffix("in"))
        }

        @Test(arguments: ["copy", "export", "import"])
        func `help names places, keys and exit codes`(_ command: String) async throws {
            let answer = try await Tool.control(command, "--help")
            #expect(answer.code == 0)
            #expect(answer.err == "")
            for part in ["JSON KEYS", "--overwrite", "--no-compare", "--expires-in", "exit codes"] {
                #expect(answer.out.lowercased().contains(part.lowercased()), "\(part)")
            }
            let general = try await Tool.control("--help")
            #expect(general.out.contains("  \(command) "))
            guard command == "copy" else { return }
            let report = CopyReport(from: .memory, to: .memory)
            for key in try #require(report.json.object).keys {
                #expect(answer.out.contains(key), "\(key)")
            }
            for kind in ["file:", "redis:", "mongodb:", "bottender-files:", "ndjson:", "memory:"] {
                #expect(answer.out.contains(kind), "\(kind)")
            }
        }
    }
#endif
