#if YAML
    import FileSessions
    import Foundation
    import SessionCore
    @testable import Sessions
    import Testing

    /// YAML says the same as JSON would, and its mistakes are found out as well.
    @Suite struct YAMLTests {
        let scratch: Scratch

        init() throws {
            scratch = try Scratch()
        }

        @Test func `YAML makes the same stores`() async throws {
            let text = """
                session:
                  driver: file
                  expiresIn: 1.5
                  stores:
                    file: {dirname: "here", durability: 20}
                    redis:
                """
            let made = try await scratch.configuration(text, "bot.yml").makeStore()
            let store = try #require(made as? FileSessionStore)
            #expect(store.options.dirname == "here")
            #expect(store.options.durability == .interval(.milliseconds(20)))
            #expect(store.options.expiry.lifetime == 90_000)
            for empty in ["", "# nothing\n", "null"] {
                let plain = try await scratch.configuration(empty, "bot.yaml").makeStore()
                #expect(plain is MemorySessionStore)
            }
        }

        @Test func `a value is what YAML takes it for, quotes make it text`() throws {
            let text = """
                a: [1, 0x10, 1.5, yes, ~, "yes", '7', plain]
                b: &x {c: 1}
                d: *x
                """
            let document = try SettingsDocument(path: scratch.file("bot.yaml", text))
            #expect(document.values["a"] == [1, 16, 1.5, true, nil, "yes", "7", "plain"])
            #expect(document.values["b.c"] == 1)
            #expect(document.values["d.c"] == 1)
        }

        @Test(arguments: [
            ("session:\n  driver:\n", "session.driver", "it is there, but has no value"),
            (
                "session:\n  expiresin: 5\n", "session.expiresin",
                "there is no such setting (did you mean session.expiresIn?)"
            ),
            (
                "session:\n  expiresIn: \"5\"\n", "session.expiresIn",
                "its type is wrong; it has to be a number or a whole number"
            ),
        ])
        func `a mistake is named by its key`(
            _ text: String,
            _ key: String,
            _ cause: String
        ) async throws {
            let fault = try await scratch.refusal(of: text, "bot.yaml")
            #expect(fault.setting == key)
            #expect(fault.place == "\(scratch.path)/bot.yaml")
            #expect(fault.cause == cause)
        }

        @Test(arguments: [
            ("session: [hunter2\n", "in line 2, column 1"),
            ("session:\n  password: \"hunter2\n", "in line 3, column 1"),
            ("a: 1\na: hunter2\n", "a key is there twice"),
            ("a: *hunter2\n", "line 1"),
            ("- hunter2\n", "the file is YAML, but no mapping"),
            ("? [hunter2]\n: 1\n", "a key is no text"),
            ("a: \u{1}hunter2\n", "the file is not YAML"),
        ])
        func `a broken file is named by line, and nothing of it is shown`(
            _ text: String,
            _ part: String
        ) async throws {
            let fault = try await scratch.refusal(of: text, "bot.yaml")
            #expect(fault.cause.contains(part), "\(fault)")
            #expect(!"\(fault) \(String(reflecting: fault))".contains("hunter2"))
        }

        @Test func `a few lines can't become a billion values`() async throws {
            var text = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
            for level in 1...9 {
                let alias = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
                text += "a\(level): &a\(level) [\(alias)]\n"
            }
            let fault = try await scratch.refusal(of: text, "bot.yaml")
            #expect(fault.cause == "it has more than 10000 settings")
            let deep = String(repeating: "[", count: 600) + String(repeating: "]", count: 600)
            let nested = try await scratch.refusal(of: "a: " + deep, "bot.yaml")
            #expect(nested.cause.contains("nest") || nested.cause.contains("depth"), "\(nested)")
        }
    }
#endif
