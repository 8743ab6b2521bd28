#if Tools
    import Dispatch
    import Foundation

    /// Standard input as messages, until it ends or somebody tells the bot to stop.
    final class Console {
        enum Input: Sendable {
            case line(String)
            case unusable(line: Int, reason: String)
        }

        /// What comes in; ends with the input, or with SIGINT or SIGTERM, then after the message in
        /// work has been answered.
        let inputs: AsyncStream<Input>

        private let signals: StopSignals
        private let nextIsWanted = DispatchSemaphore(value: 0)
        private let isTerminal = isatty(STDIN_FILENO) == 1

        init() {
            let (inputs, continuation) = AsyncStream.makeStream(of: Input.self)
            self.inputs = inputs
            signals = StopSignals { continuation.finish() }
            // Reading blocks, so it has a thread of its own; it reads on only when the last message
            // has been answered, so that a large file on standard input stays out of memory.
            let nextIsWanted = nextIsWanted
            Thread.detachNewThread {
                var lines = StandardInput()
                nextIsWanted.wait()
                while let input = lines.next() {
                    continuation.yield(input)
                    nextIsWanted.wait()
                }
                continuation.finish()
            }
        }

        /// Asks for the next message; with a prompt where somebody sees it.
        func askForNext() throws {
            if isTerminal { try write("> ") }
            nextIsWanted.signal()
        }

        /// Prints an answer.
        func say(_ text: String) throws { try write(text + "\n") }

        /// Prints what is no answer where it is not taken for one.
        static func warn(_ text: String) {
            // With standard error gone there is nobody left to tell.
            try? FileHandle.standardError.write(contentsOf: Data("session-bot: \(text)\n".utf8))
        }

        private func write(_ text: String) throws {
            try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
        }
    }
#endif
