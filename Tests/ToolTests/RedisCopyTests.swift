#if Tools && Redis
    import Foundation
    import SessionCore
    import TestServers
    import Testing

    /// Sessions that move to a Redis server and back.
    @Suite(.timeLimit(.minutes(15))) struct RedisCopyTests {
        let scratch: Scratch
        let server: ServerProcess
        let port: Int

        init() async throws {
            scratch = try Scratch()
            let port = try ServerProcess.freePort()
            self.port = port
            server = try ServerProcess(
                [
                    "redis-server", "--port", "\(port)", "--bind", "127.0.0.1", "--save", "",
                    "--requirepass", "hunter2",
                ],
                in: try ServerProcess.makeDirectory()
            )
            try await waitUntil("the server answers") {
                (try? await Self.ask(port, "PING"))?.contains("PONG") == true
            }
        }

        private static func ask(_ port: Int, _ words: String...) async throws -> String {
            let client = ["redis-cli", "-p", "\(port)", "-a", "hunter2", "--no-auth-warning"]
            return try await ServerProcess.run(client + words)
        }

        private var url: String { "redis://:hunter2@127.0.0.1:\(port)/0" }

        @Test func `sessions go there and back, also after a kill`() async throws {
            let count = CopySamples.countForServers ?? 20_000
            let documents = (0..<count).map { number in
                #"{"id":"a:\#(number)","lastActivity":\#(1_700_000_000_000 + number),"#
                    + #""_state":{"n":\#(number).0,"t":"é\#(number)"}}"#
            }
            let lines = try CopySamples.lines(scratch, "in", documents)
            let (first, second) = (scratch.path("a"), scratch.path("b"))
            let made = try await Tool.control("import", first, "--from", lines, "--no-compare")
            #expect(made.code == 0, "\(made)")

            // Killed in the middle, and run again.
            let process = try Tool.process(
                "sessionctl", ["copy", "--from", "file:" + first, "--to", url])
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            try await waitUntil("a tenth is there") { try await size() > count / 10 }
            kill(process.processIdentifier, SIGKILL)
            try await waitUntil("it is gone") { !process.isRunning }
            let before = try await size()
            #expect(before < count)
            let there = try await Tool.control(
                "copy", "--from", "file:" + first, "--to", url, "--json")
            #expect(there.code == 0, "\(there)")
            let report = try CopySamples.report(there)
            #expect(report["alreadyThere"]?.int64 == Int64(before))
            #expect(report["written"]?.int64 == Int64(count - before))
            #expect(report["compared"]?["equal"]?.int64 == Int64(count))

            let back = try await Tool.control(
                "copy", "--from", url, "--to", "file:" + second, "--json")
            #expect(back.code == 0, "\(back)")
            let returned = try CopySamples.report(back)
            #expect(returned["compared"]?["equal"]?.int64 == Int64(count))
            #expect(!back.out.contains("hunter2"))
            let copy = scratch.path("out")
            let out = try await Tool.control("export", second, "--to", copy, "--no-compare")
            #expect(out.code == 0, "\(out)")
            let text = try String(contentsOfFile: copy, encoding: .utf8)
            #expect(text.split(separator: "\n").map(String.init).sorted() == documents.sorted())
            server.end()
        }

        @Test func `what the target has keeps the end that its bot gave it`() async throws {
            let text = #"{"id":"a:1","lastActivity":1700000000000}"#
            _ = try await Self.ask(port, "SET", "a:1", text, "EX", "1000")
            let lines = try CopySamples.lines(scratch, "in", [text])
            for _ in 0..<2 {
                let answer = try await Tool.control(
                    "copy", "--from", "ndjson:" + lines, "--to", url)
                #expect(answer.code == 0, "\(answer)")
            }
            let left = try await Self.ask(port, "TTL", "a:1")
            #expect((1...1_000).contains(Int(left.trimmingCharacters(in: .newlines)) ?? -1))
            server.end()
        }

        private func size() async throws -> Int {
            let text = try await Self.ask(port, "DBSIZE")
            return Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
        }

        @Test func `hostile sessions stay what they are, and keys of others where they are`()
            async throws
        {
            let (first, second) = (scratch.path("a"), scratch.path("b"))
            try await CopySamples.store(first, CopySamples.hostile)
            _ = try await Self.ask(port, "SET", "web:other", "not a session")
            let process = try Tool.process(
                "sessionctl", ["copy", "--from", "file:" + first, "--to", "redis:"])
            process.environment?["SESSION_STORES_REDIS_URL"] = url
            let there = try await Tool.run(process, input: [])
            #expect(there.code == 0, "\(there)")
            let back = try await Tool.control("copy", "--from", url, "--to", "file:" + second)
            #expect(back.code == 0, "\(back)")
            let expected = try CopySamples.content(of: CopySamples.hostile)
            #expect(try await CopySamples.content(second) == expected)
            #expect(try await Self.ask(port, "GET", "web:other").contains("not a session"))
            server.end()
        }

        @Test(arguments: [
            ("redis://:wrong@127.0.0.1:PORT/0", "password"),
            ("redis://:hunter2@127.0.0.1:PORT/99", "session.stores.redis.db"),
            ("redis://:hunter2@127.0.0.1:PORT/0?cluster=true", "session.stores.redis.cluster"),
            ("redis://:hunter2@127.0.0.1:PORT/x", "session.stores.redis.url"),
            ("redis:", "SESSION_STORES_REDIS_URL"),
        ]) func `a server that can't be used is told, without its password`(
            url: String,
            reason: String
        ) async throws {
            let url = url.replacingOccurrences(of: "PORT", with: "\(port)")
            for arguments in [
                ["copy", "--from", url, "--to", "memory:"], ["import", url], ["export", url],
            ] {
                let process = try Tool.process("sessionctl", arguments)
                let answer = try await Tool.run(process, input: [])
                #expect(answer.code == 1, "\(answer)")
                #expect(answer.err.contains(reason), "\(answer.err)")
                for secret in ["wrong", "hunter2"] { #expect(!answer.err.contains(secret)) }
            }
            server.end()
        }
    }
#endif
