#if Tools
    import FileSessions
    import Foundation
    import SessionCore
    import Testing

    /// Copies of many sessions: killed and run again, and in bounded memory.
    @Suite(.serialized) struct CopyKillTests {
        let scratch: Scratch

        init() throws {
            scratch = try Scratch()
        }

        private func documents(_ numbers: Range<Int>, padding: Int = 0) -> [String] {
            let text = String(repeating: "x", count: padding)
            return numbers.map { number in
                #"{"id":"a:\#(number)","lastActivity":\#(1_700_000_000_000 + number),"t":"\#(text)"}"#
            }
        }

        @Test func `a copy that was killed goes on when it is run again`() async throws {
            let step = 1_500
            let all = documents(0..<step * 3, padding: 600)
            let source = try CopySamples.lines(scratch, "in", all)
            let target = scratch.path("b")
            for round in 0..<2 {
                // Its input has no end, so it is in the middle of its work whenever it is killed.
                let process = try Tool.process("sessionctl", ["import", target])
                let input = Pipe()
                process.standardInput = input
                process.standardOutput = FileHandle.nullDevice
                try process.run()
                let lines = all[..<(step * (round + 1))].joined(separator: "\n")
                try await onThread {
                    try input.fileHandleForWriting.write(contentsOf: Data(lines.utf8))
                }
                try await waitUntil { try await self.count(in: target) > step * round + step / 2 }
                kill(process.processIdentifier, SIGKILL)
                try await onThread { process.waitUntilExit() }
                #expect(process.terminationReason == .uncaughtSignal)
            }
            let before = try await count(in: target)
            #expect((step..<all.count).contains(before))

            let answer = try await Tool.control("import", target, "--from", source, "--json")

            #expect(answer.code == 0, "\(answer)")
            let report = try CopySamples.report(answer)
            #expect(report["alreadyThere"]?.int64 == Int64(before))
            #expect(report["written"]?.int64 == Int64(all.count - before))
            #expect(report["compared"]?["equal"]?.int64 == Int64(all.count))
            #expect(try await Tool.control("verify", target).code == 0)
        }

        private func count(in path: String) async throws -> Int {
            let options = FileSessionOptions(dirname: path, access: .readOnly)
            let store = FileSessionStore(options)
            do {
                return try await store.count()
            } catch SessionStoreError.misconfigured {
                return 0  // It is not there yet.
            } catch SessionStoreError.unavailable {
                return 0  // It is being made.
            }
        }

        private func waitUntil(_ condition: () async throws -> Bool) async throws {
            let clock = ContinuousClock()
            let end = clock.now + .seconds(100)
            while try await !condition() {
                try #require(clock.now < end, "it took too long")
                try await Task.sleep(for: .milliseconds(100))
            }
        }

        @Test func `a hundred thousand sessions go through in bounded memory`() async throws {
            let source = try CopySamples.lines(scratch, "in", documents(0..<100_000))
            let paths = ["a", "b"].map { scratch.path($0) }
            let copy = scratch.path("copy")
            let commands = [
                ["import", paths[0], "--from", source, "--no-compare"],
                ["export", paths[0], "--to", copy, "--no-compare"],
                ["import", paths[1], "--from", copy, "--no-compare"],
            ]
            for command in commands {
                let peak = try await peakKilobytes(command)
                print("\(command[0]) of 100,000 sessions: \(peak / 1_024) MiB at most")
                // A quarter of it is the index; the sessions would be several times as much.
                #expect((1...80 * 1_024).contains(peak), "\(command[0])")
            }
            let before = try sortedLines(source)
            #expect(before.count == 100_000)
            #expect(try sortedLines(copy) == before)
            #expect(try await count(in: paths[1]) == 100_000)
        }

        private func sortedLines(_ path: String) throws -> [Data] {
            try Data(contentsOf: URL(filePath: path)).split(separator: UInt8(ascii: "\n"))
                .sorted { $0.lexicographicallyPrecedes($1) }
        }

        /// Runs the tool, and returns the most memory that it was seen to have.
        private func peakKilobytes(_ arguments: [String]) async throws -> Int {
            let process = try Tool.process("sessionctl", arguments)
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            let status = "/proc/\(process.processIdentifier)/status"
            var peak = 0
            while process.isRunning {
                // Gone as soon as the process is.
                let text = (try? String(contentsOfFile: status, encoding: .utf8)) ?? ""
                if let match = text.firstMatch(of: /VmHWM:\s+(\d+) kB/) {
                    peak = max(peak, Int(match.1) ?? 0)
                }
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(process.terminationStatus == 0)
            return peak
        }
    }
#endif
