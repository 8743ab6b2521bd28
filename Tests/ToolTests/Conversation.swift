#if Tools
    import Foundation
    import SessionCore

    /// A running `session-bot`, talked to through pipes.
    final class Conversation {
        private let process: Process
        private let input = Pipe()
        private let output = Pipe()
        private var received = Data()

        /// What it said when it started.
        private(set) var greeting = ""

        /// Starts it, and waits for its greeting.
        init(_ arguments: [String]) throws {
            // A bot that was killed must be an error of the next write, and not our end too.
            signal(SIGPIPE, SIG_IGN)
            process = try Tool.process("session-bot", arguments)
            process.standardInput = input
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            try process.run()
            greeting = try nextLine() ?? ""
        }

        deinit {
            if process.isRunning { kill() }
        }

        var processNumber: Int32 { process.processIdentifier }

        /// Sends a message without waiting for the answer.
        func send(_ message: String) throws {
            try input.fileHandleForWriting.write(contentsOf: Data((message + "\n").utf8))
        }

        /// Sends a message and returns the answer; nil when the bot has gone.
        func say(_ message: String) throws -> String? {
            try send(message)
            return try nextLine()
        }

        /// Waits for the next line; nil at the end.
        func nextLine() throws -> String? {
            while true {
                if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
                    let line = String(decoding: received[..<end], as: UTF8.self)
                    received = Data(received[(end + 1)...])
                    return line
                }
                let more = output.fileHandleForReading.availableData
                if more.isEmpty { return nil }
                received += more
            }
        }

        /// Kills it, as a crash would, and returns what it had still said.
        @discardableResult
        func kill() -> [String] {
            Foundation.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            var lines: [String] = []
            // What can't be read any more was not received.
            while let line = try? nextLine() { lines.append(line) }
            return lines
        }

        /// Asks it to stop, by `signal` or by the end of its input; returns its exit code.
        @discardableResult
        func end(by signal: Int32? = nil) -> Int32 {
            if let signal {
                Foundation.kill(process.processIdentifier, signal)
            } else {
                try? input.fileHandleForWriting.close()  // It may have gone already.
            }
            process.waitUntilExit()
            return process.terminationStatus
        }
    }
#endif
