#if Configuration
    import Configuration
    import FileSessions
    import Foundation
    import SessionCore
    @testable import Sessions
    import Testing

    /// What the article about settings shows is what was compiled, and does what it says.
    @Suite struct ArticleTests {
        let article: String

        init() throws {
            let root = URL(filePath: #filePath).appending(path: "../../..").standardized
            let path = "Sources/Sessions/Sessions.docc/Configuration.md"
            article = try String(contentsOf: root.appending(path: path), encoding: .utf8)
        }

        /// The blocks of a language, in order.
        private func blocks(_ language: String) -> [String] {
            article.components(separatedBy: "```\(language)\n").dropFirst().map { text in
                text.components(separatedBy: "```")[0]
            }
        }

        private func write(_ directory: String) throws {
            let files = blocks("json")
            for (name, text) in zip(["bot.json", "bot.production.json"], files) {
                try Data(text.utf8).write(to: URL(filePath: "\(directory)/\(name)"))
            }
        }

        @Test func `the article shows the example as it was compiled`() throws {
            let url = URL(filePath: #filePath).appending(path: "../Example.swift").standardized
            let lines = try String(contentsOf: url, encoding: .utf8).split(
                separator: "\n",
                omittingEmptySubsequences: false
            )
            let inner = lines.dropFirst().prefix { $0 != "#endif" }
            let example = inner.map { $0.hasPrefix("    ") ? $0.dropFirst(4) : $0 }
            #expect(blocks("swift").first == example.joined(separator: "\n") + "\n")
        }

        @Test func `it is memory here, and files there by one variable`() async throws {
            let scratch = try Scratch()
            try write(scratch.path)
            let here = try await openStore(in: scratch.path, environment: [:])
            #expect(here is MemorySessionStore)

            let command = try #require(blocks("sh").first)
            var environment: [String: String] = [:]
            for setting in command.split(separator: " ") where setting.contains("=") {
                let parts = setting.split(separator: "=").map(String.init)
                environment[parts[0]] = parts[1]
            }
            #expect(environment.count == 2)
            let dirname = "SESSION_STORES_FILE_DIRNAME"
            #expect(environment[dirname]?.hasPrefix("/var/lib/") == true)
            environment[dirname] = scratch.path + "/sessions"
            let opened = try await openStore(in: scratch.path, environment: environment)
            let there = try #require(opened as? FileSessionStore)
            #expect(there.options.dirname == scratch.path + "/sessions")
            #expect(there.options.expiry.minutes == 43_200)
            try await there.close()
        }

        @Test func `it is memory here, and files there by a second file`() async throws {
            let scratch = try Scratch()
            try write(scratch.path)
            let environment = [
                "DEPLOYMENT": "production",
                "SESSION_STORES_FILE_DIRNAME": scratch.path + "/sessions",
            ]
            let opened = try await openStore(in: scratch.path, environment: environment)
            let there = try #require(opened as? FileSessionStore)
            #expect(there.options.durability == .interval(.seconds(1)))
            #expect(there.options.expiry.minutes == 43_200)
            try await there.close()

            await #expect(throws: SessionStoreError.self) {
                _ = try await openStore(in: scratch.path, environment: ["DEPLOYMENT": "staging"])
            }
        }

        #if YAML
            @Test func `the YAML says what the JSON says`() throws {
                let scratch = try Scratch()
                let yaml = try scratch.file("bot.yaml", try #require(blocks("yaml").first))
                let json = try scratch.file("bot.json", try #require(blocks("json").first))
                let same = try SettingsDocument(path: json).values
                #expect(try SettingsDocument(path: yaml).values == same)
                #expect(same.count == 6)
            }
        #endif

        @Test func `the article lists every key, and no other`() throws {
            var listed: Set<String> = []
            for line in article.split(separator: "\n") where line.hasPrefix("| `session.") {
                let cell = line.split(separator: "|")[0]
                var parent = ""
                for match in cell.matches(of: /`(\.?[\w.]+)`/) {
                    let name = String(match.1)
                    listed.insert(name.hasPrefix(".") ? parent + name : name)
                    if !name.hasPrefix(".") {
                        parent = name.split(separator: ".").dropLast().joined(separator: ".")
                    }
                }
            }
            var known: Set = ["session.driver", "session.expiresIn"]
            for driver in Driver.allCases {
                for name in driver.settingNames {
                    known.insert("session.stores.\(driver.rawValue).\(name)")
                }
            }
            #expect(listed == known)
        }

        @Test func `the limits of the article are those of the library`() {
            #expect(article.contains("1 to \(Driver.syncIntervalMax)"))
            #expect(article.contains("| \(MemorySessionStore.maxSizeDefault) | sessions"))
            #expect(article.contains("| `\(FileSessionOptions().dirname)` | the directory"))
            let limit = SessionConfiguration.fileByteCountMax / 1_024 / 1_024
            #expect(article.contains("longer than \(limit) MiB"))
        }

        @Test func `variables are spelt as swift-configuration spells them`() throws {
            for driver in Driver.allCases {
                for name in driver.settingNames + ["maxURLSize", "a1B2", "x-y"] {
                    let key = ["session", "stores", driver.rawValue, name]
                    let spelling = EnvironmentNames.name(key)
                    let provider = EnvironmentVariablesProvider(
                        environmentVariables: [spelling: "found"])
                    let found = try provider.value(forKey: AbsoluteConfigKey(key), type: .string)
                    #expect(found.encodedKey == spelling)
                    #expect(found.value?.content == .string("found"))
                }
            }
        }
    }
#endif
