#if Tools
    import Foundation
    import SessionCore
    import Testing

    @Suite(.serialized) struct BotTests {
        let scratch: Scratch

        init() throws {
            scratch = try Scratch()
        }

        private var options: [String] { ["--dirname", scratch.path("store")] }

        private func talk(_ input: String, _ more: String...) throws -> Tool.Answer {
            try Tool.bot(options + more, input: Array(input.utf8))
        }

        @Test func `what it was told in one run it knows in the next`() throws {
            let first = try talk("my name is Ada\n")
            #expect(
                first.out == """
                    Hello! I don't think we have met. Try /help.
                    [1] Nice to meet you, Ada.

                    """
            )
            #expect(first.err == "")
            let second = try talk("what is my name\n")
            #expect(second.out == "Welcome back, Ada!\n[2] Your name is Ada.\n")
            #expect(second.code == 0)
        }

        @Test func `it keeps a list, shows and forgets`() throws {
            let answer = try talk(
                "add buy milk\nadd call Ben\nlist\ndone 1\ndone 9\nlist\n/state\n/reset\n/state\n/quit\nlost\n"
            )
            #expect(
                answer.out.split(separator: "\n").dropFirst() == [
                    "[1] Noted as number 1.", "[2] Noted as number 2.",
                    "[3] To do: 1. buy milk; 2. call Ben", "[4] Done: buy milk.",
                    "[5] There is no number 9.", "[6] To do: 1. call Ben",
                    #"{"todos":["call Ben"],"turnCount":6}"#, "I have forgotten everything.", "{}",
                    "Bye.",
                ]
            )
        }

        @Test func `each user has a session of their own`() throws {
            _ = try talk("my name is Ada\n", "--user", "ada")
            #expect(try talk("what is my name\n", "--user", "ben").out.contains("not told me"))
            #expect(
                try talk("/session\n", "--user", "ada").out.contains(
                    "session console:ada, kind user"))
            let list = try Tool.control("list", scratch.path("store")).out
            #expect(list.split(separator: "\n").sorted() == ["console:ada", "console:ben"])
        }

        @Test func `a line that is no text is named by its number, and the bot goes on`() throws {
            let input = Array("add a\n".utf8) + [0xFF, 0xFE, 0x0A] + Array("add b\n".utf8)
            let answer = try Tool.bot(options, input: input)
            #expect(answer.err == "session-bot: Line 2 was ignored: it is not UTF-8.\n")
            #expect(answer.out.contains("[2] Noted as number 2."))
            #expect(answer.code == 0)
        }

        @Test(arguments: [65_536, 65_537, 1_000_000])
        func `a line that is too long is named, and the bot goes on`(_ count: Int) throws {
            let answer = try talk(String(repeating: "x", count: count) + "\nadd b")
            let reason = "Line 1 was ignored: \(count) bytes are more than 65536."
            #expect(answer.err == (count > 65_536 ? "session-bot: \(reason)\n" : ""))
            #expect(answer.out.hasSuffix("Noted as number 1.\n"))
        }

        @Test func `the environment sets what options don't`() throws {
            let path = scratch.path("other")
            let environment = ["SESSION_DIRNAME": path]
            _ = try Tool.bot([], input: Array("add x\n".utf8), environment: environment)
            #expect(try Tool.control("list", path).out == "console:1\n")

            let memory = ["SESSION_DRIVER": "memory", "SESSION_DIRNAME": scratch.path("unused")]
            let answer = try Tool.bot([], input: Array("add x\n".utf8), environment: memory)
            #expect(answer.out.contains("Noted"))
            #expect(!FileManager.default.fileExists(atPath: scratch.path("unused")))
        }

        @Test func `it forgets after the time that was set`() async throws {
            _ = try talk("my name is Ada\n")
            try await Task.sleep(for: .milliseconds(200))
            #expect(try talk("", "--expires-in", "60").out == "Welcome back, Ada!\n")
            #expect(try talk("", "--expires-in", "0.002").out.hasPrefix("Hello!"))
            #expect(try talk("").out.hasPrefix("Hello!"), "an expired session never returns")
        }

        @Test(arguments: [
            (["--driver", "redis"], [:], "--driver: no driver 'redis'"),
            ([], ["SESSION_DRIVER": "rocks"], "SESSION_DRIVER: no driver 'rocks'"),
            (["--expires-in", "soon"], [:], "--expires-in: 'soon'"),
            ([], ["SESSION_EXPIRES_IN": "-1"], "SESSION_EXPIRES_IN: '-1'"),
            (["--durability", "maybe"], [:], "--durability: 'maybe'"),
            (["--user", ""], [:], "--user"),
        ])
        func `a wrong setting is named, and nothing is made`(
            _ arguments: [String],
            _ environment: [String: String],
            _ message: String
        ) throws {
            let answer = try Tool.bot(options + arguments, input: [], environment: environment)
            #expect(answer.code == 64)
            #expect(answer.err.contains(message), "\(answer.err)")
            #expect(answer.out == "")
            #expect(!FileManager.default.fileExists(atPath: scratch.path("store")))
        }

        @Test(arguments: [SIGTERM, SIGINT, nil])
        func `told to stop, it closes the store`(_ signal: Int32?) throws {
            let bot = try Conversation(options)
            #expect(try bot.say("add tea") == "[1] Noted as number 1.")
            #expect(bot.end(by: signal) == 0)
            let json = try Tool.control("inspect", scratch.path("store"), "--json").out
            #expect(try JSON(parsing: json)["segments"]?[0]?["state"] == "resting")
            #expect(try JSON(parsing: json)["checkpoint"]?["state"] == "fresh")
        }

        @Test func `after a crash it goes on by itself, and tells of a torn tail`() async throws {
            let store = try await Samples.tornStore(scratch)
            let answer = try Tool.bot(["--dirname", store], input: Array("add x\n".utf8))
            #expect(answer.code == 0)
            #expect(
                answer.err.contains("Recovered: cut 20 unfinished bytes of 0000000001.segment."))
            #expect(answer.out.contains("Noted as number 1."))
        }
    }
#endif
