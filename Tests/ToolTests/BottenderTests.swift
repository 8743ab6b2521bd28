#if Tools
    import Foundation
    import SessionCore
    import Testing

    /// The directories that Bottender 1.x left, on whatever system.
    @Suite struct BottenderTests {
        let scratch: Scratch

        init() throws {
            scratch = try Scratch()
        }

        /// Makes a directory of files, and returns its path.
        private func directory(_ files: [String: String]) throws -> String {
            let path = scratch.path("dot-sessions")
            for (name, text) in files {
                let url = URL(filePath: "\(path)/\(name)")
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: url)
            }
            return path
        }

        private func copy(_ path: String, _ more: String...) async throws -> Tool.Answer {
            let arguments = [
                "copy", "--from", "bottender-files:" + path, "--to", "file:" + scratch.path("b"),
            ]
            return try await Tool.run(try Tool.process("sessionctl", arguments + more), input: [])
        }

        @Test(arguments: [
            ("telegram:427770117.json", "telegram:427770117"),
            ("telegram@427770117.json", "telegram:427770117"),
            ("line@U1@2.json", "line:U1@2"), ("line:U1@2:3.json", "line:U1@2:3"),
            ("whatsapp@+1.json", "whatsapp:+1"), ("a:b.json.json", "a:b.json"),
            ("a:..json", "a:."), ("slack:C1/T2.json", "slack:C1/T2"), ("x@y/z@1.json", "x:y/z@1"),
            ("e\u{301}:\u{1F600}.json", "e\u{301}:\u{1F600}"),
        ])
        func `a document without an id has that of its file`(
            _ name: String,
            _ id: String
        ) async throws {
            let text = #"{"lastActivity":1700000000000,"_state":{"n":1}}"#
            let answer = try await copy(directory([name: text]))
            #expect(answer.code == 0, "\(answer)")
            let found = try await CopySamples.content(scratch.path("b"))
            #expect(found.keys.map(\.rawValue) == [id])
            #expect(found.values.first?.lastActivity == 1_700_000_000_000)
        }

        @Test func `a document's own id counts, whatever its file is called`() async throws {
            let texts = [
                "messenger@1.json": #"{"id":"messenger:1","lastActivity":1700000000000}"#,
                "line@U@2.json": #"{"id":"line:U:2","lastActivity":1700000000000}"#,
                "noid.json": #"{"id":"viber:3","lastActivity":1700000000000}"#,
            ]
            let answer = try await copy(directory(texts))
            #expect(answer.code == 0, "\(answer)")
            let found = try await CopySamples.content(scratch.path("b"))
            #expect(Set(found.keys) == ["messenger:1", "line:U:2", "viber:3"])
        }

        @Test func `of two files of one session the later one is copied`() async throws {
            let texts = [
                "a:1.json": #"{"id":"a:1","lastActivity":1700000000002,"v":2}"#,
                "a@1.json": #"{"id":"a:1","lastActivity":1700000000001,"v":1}"#,
                "a1.json": #"{"id":"a:1","lastActivity":1700000000003,"v":3}"#,
            ]
            let answer = try await copy(directory(texts))
            #expect(answer.code == 0, "\(answer)")
            #expect(try await CopySamples.content(scratch.path("b"))["a:1"]?["v"] == 3)
        }

        @Test func `what is no session is named or counted, and nothing is changed`() async throws {
            let path = try directory([
                "a:1.json": #"{"id":"a:1"}"#, "a:2.json": "", "a:3.json": "{\"id\":\"a:3\"",
                "a:4.json": "[]", "noid.json": "{}", "a:5.json": #"{"id":"bad"}"#,
                "a:6.json123-uuid.tmp": "{", "README": "x", "inner/a:7.json": #"{"id":"a:7"}"#,
            ])
            let secret = scratch.path("secret.json")
            try Data(#"{"id":"a:secret"}"#.utf8).write(to: URL(filePath: secret))
            let manager = FileManager.default
            try manager.createSymbolicLink(
                atPath: path + "/a:8.json", withDestinationPath: secret)
            try manager.createSymbolicLink(
                atPath: path + "/out", withDestinationPath: scratch.url.path)
            let large = path + "/a:9.json"
            #expect(manager.createFile(atPath: large, contents: Data()))
            let file = try FileHandle(forWritingTo: URL(filePath: large))
            try file.truncate(atOffset: UInt64(Session.byteCountMax) + 1)
            try file.close()
            let before = try names(in: path)

            let answer = try await copy(path, "--json")

            #expect(answer.code == 3)
            let report = try CopySamples.report(answer)
            #expect(report["read"]?.int64 == 2)
            #expect(report["written"]?.int64 == 2)
            #expect(report["unreadable"]?.int64 == 8)
            #expect(report["ignored"]?.int64 == 2)
            #expect(answer.err.contains("\(path): out: it is a symbolic link, and not followed"))
            for name in ["a:2", "a:3", "a:4", "noid", "a:5", "a:8", "a:9"] {
                let start = "sessionctl: unreadable: bottender-files:\(path): \(name).json: "
                #expect(answer.err.contains(start), "\(name): \(answer.err)")
            }
            #expect(Set(try await CopySamples.content(scratch.path("b")).keys) == ["a:1", "a:7"])
            #expect(try names(in: path) == before)
        }

        @Test func `a directory whose name is no text is named`() async throws {
            let path = try directory(["a:1.json": #"{"id":"a:1"}"#])
            let made = (Array("\(path)/d".utf8) + [0xFF, 0]).withUnsafeBufferPointer { bytes in
                bytes.withMemoryRebound(to: CChar.self) { $0.baseAddress.map { mkdir($0, 0o755) } }
            }
            #expect(made == 0)
            let answer = try await copy(path, "--json")
            #expect(answer.code == 3, "\(answer)")
            let report = try CopySamples.report(answer)
            #expect(report["unreadable"]?.int64 == 1)
            #expect(report["equal"] == false)
        }

        private func names(in path: String) throws -> [String: Data?] {
            var found: [String: Data?] = [:]
            for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
                found[name] = FileManager.default.contents(atPath: "\(path)/\(name)")
            }
            return found
        }
    }
#endif
