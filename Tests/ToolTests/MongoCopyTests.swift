#if Tools && Mongo
    import Foundation
    import SessionCore
    import TestServers
    import Testing

    /// Sessions that move to a MongoDB server and back.
    @Suite(.timeLimit(.minutes(30))) struct MongoCopyTests {
        let scratch: Scratch
        let server: ServerProcess
        let url: String

        init() async throws {
            scratch = try Scratch()
            let program = try #require(
                ProcessInfo.processInfo.environment["SESSION_MONGO_SERVER"],
                "set SESSION_MONGO_SERVER to what 'source Tests/servers-mongo; mongo_server' prints"
            )
            let port = try ServerProcess.freePort()
            url = "mongodb://127.0.0.1:\(port)/bot?directConnection=true&collectionName=copied"
            // A short log for others, since the server slows down as that grows.
            server = try ServerProcess(
                [program, "--port", "\(port)", "--storage-path", "data"]
                    + ["--oplog-max-entries", "200"],
                in: try ServerProcess.makeDirectory()
            )
            let probe = url
            try await waitUntil("the server answers") {
                try await Tool.control("export", probe, "--no-compare").err
                    .contains("there is no collection \"copied\"")
            }
        }

        @Test func `sessions go there and back, also after a kill`() async throws {
            let count = CopySamples.countForServers ?? 2_000
            let documents = (0..<count).map { number in
                #"{"id":"a:\#(number)","lastActivity":\#(1_700_000_000_000 + number),"#
                    + #""_state":{"n":\#(number).0,"t":"é\#(number)","$a.b":[{}]}}"#
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
            try await waitUntil("some are there") {
                let answer = try await Tool.control("export", url, "--no-compare")
                return answer.out.count { $0 == "\n" } > count / 20
            }
            kill(process.processIdentifier, SIGKILL)
            try await waitUntil("it is gone") { !process.isRunning }
            let there = try await Tool.control(
                "copy", "--from", "file:" + first, "--to", url, "--json")
            #expect(there.code == 0, "\(there)")
            let report = try CopySamples.report(there)
            let before = try #require(report["alreadyThere"]?.int64)
            let written = try #require(report["written"]?.int64)
            print("copied to MongoDB before the kill: \(before), after it: \(written)")
            #expect(before > 0 && written > 0)
            #expect(before + written == Int64(count))
            #expect(report["compared"]?["equal"]?.int64 == Int64(count))

            let back = try await Tool.control(
                "copy", "--from", url, "--to", "file:" + second, "--json")
            #expect(back.code == 0, "\(back)")
            #expect(try CopySamples.report(back)["compared"]?["equal"]?.int64 == Int64(count))
            let copy = scratch.path("out")
            let out = try await Tool.control("export", second, "--to", copy, "--no-compare")
            #expect(out.code == 0, "\(out)")
            let text = try String(contentsOfFile: copy, encoding: .utf8)
            #expect(text.split(separator: "\n").map(String.init).sorted() == documents.sorted())
            server.end()
        }

        @Test func `a source is only read, also what has expired in it`() async throws {
            let lines = try CopySamples.lines(
                scratch, "in", [#"{"id":"a:1","expiresIn":0.03}"#, #"{"id":"a:2"}"#])
            let made = try await Tool.control(
                "copy", "--from", "ndjson:" + lines, "--to", url, "--no-compare")
            #expect(made.code == 0, "\(made)")
            try await Task.sleep(for: .seconds(2))
            for _ in 0..<2 {
                let answer = try await Tool.control(
                    "copy", "--from", url, "--to", "memory:", "--json")
                #expect(answer.code == 0, "\(answer)")
                let report = try CopySamples.report(answer)
                #expect(report["written"]?.int64 == 1)
                #expect(report["expired"]?.int64 == 1)
            }
            server.end()
        }

        @Test func `hostile sessions stay what they are`() async throws {
            let (first, second) = (scratch.path("a"), scratch.path("b"))
            try await CopySamples.store(first, CopySamples.hostile)
            let process = try Tool.process(
                "sessionctl", ["copy", "--from", "file:" + first, "--to", "mongodb:"])
            process.environment?["SESSION_STORES_MONGO_URL"] = url
            let there = try await Tool.run(process, input: [])
            #expect(there.code == 0, "\(there)")
            let back = try await Tool.control("copy", "--from", url, "--to", "file:" + second)
            #expect(back.code == 0, "\(back)")
            let expected = try CopySamples.content(of: CopySamples.hostile)
            #expect(try await CopySamples.content(second) == expected)
            server.end()
        }
    }
#endif
