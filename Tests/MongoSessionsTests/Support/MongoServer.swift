#if Mongo
    import Foundation
    import Locks

    /// A server that the tests start, and may stop as they like; it ends with the test process.
    final class MongoServer: Sendable {
        struct Missing: Error, CustomStringConvertible {
            var description: String
        }

        let port: UInt16
        private let program: String
        private let directory: URL
        private let arguments: [String]
        private let running = Mutex<Running?>(nil)

        private struct Running {
            /// The shell that holds the server.
            var shell: Process
            var pid: pid_t
            /// When this end is closed, with the process if not before, the shell kills the server.
            var leash: FileHandle
        }

        /// The server that tests share which do it no harm.
        ///
        /// With a short log for others, since it slows down as that grows.
        static let shared = Result { try MongoServer(["--oplog-max-entries", "200"]) }

        /// Starts a server with nothing in it, and waits until it answers.
        init(_ arguments: [String] = []) throws {
            guard let program = ProcessInfo.processInfo.environment["SESSION_MONGO_SERVER"] else {
                throw Missing(
                    description: """
                        These tests need a server. Set SESSION_MONGO_SERVER to the path of \
                        secantusd-py, which 'source Tests/servers-mongo; mongo_server' installs \
                        and prints, or, for those that do a server no harm, SESSION_MONGO_URL to \
                        the URL of one.
                        """
                )
            }
            self.program = program
            self.arguments = arguments
            directory = FileManager.default.temporaryDirectory
                .appendingPathComponent("mongo-\(UUID().uuidString)")
            try FileManager.default.createDirectory(
                at: directory, withIntermediateDirectories: true)
            port = try Sockets.freePort()
            try start()
        }

        deinit {
            kill()
            try? FileManager.default.removeItem(at: directory)
        }

        /// Where it is reached by what it says about itself.
        var url: String { "mongodb://127.0.0.1:\(port)/conformance" }

        /// Where it is reached directly, as through a proxy.
        static func url(port: UInt16, options: String = "") -> String {
            "mongodb://127.0.0.1:\(port)/conformance?directConnection=true\(options)"
        }

        /// Starts it again, with what was in it.
        func start(_ arguments: [String]? = nil) throws {
            let shell = Process()
            shell.executableURL = URL(filePath: "/bin/sh")
            // Once the leash is gone nobody needs what was in it. Not `wait`: the shell may have
            // begun with the signal blocked that it waits for.
            let script =
                #"log="$1/log"; rest="$1"; shift; "$@" >"$log" 2>&1 & echo $!; read -r _; "#
                + #"kill -9 $!; sleep 0.2; rm -rf "$rest""#
            shell.arguments =
                [
                    "-c", script, "sh", directory.path, program,
                    "--port", String(port), "--storage-path",
                    directory.appendingPathComponent("data").path, "--enable-test-commands",
                ] + (arguments ?? self.arguments)
            let (input, output) = (Pipe(), Pipe())
            // Or an exit test, which is a process of its own, would hold the leash as well.
            _ = fcntl(input.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
            shell.standardInput = input
            shell.standardOutput = output
            try shell.run()
            let line = output.fileHandleForReading.availableData
            let text = String(decoding: line, as: UTF8.self)
            guard let pid = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
                throw Missing(description: "the server did not start: \(text)")
            }
            running.withLock {
                $0 = Running(shell: shell, pid: pid, leash: input.fileHandleForWriting)
            }
            try waitUntilItListens()
        }

        private func waitUntilItListens() throws {
            let end = ContinuousClock.now + .seconds(30)
            while ContinuousClock.now < end {
                if Sockets.canConnect(port: port) { return }
                usleep(20_000)
            }
            let log = try? String(
                contentsOf: directory.appendingPathComponent("log"), encoding: .utf8)
            throw Missing(description: "the server does not listen: \(log ?? "")")
        }

        /// Ends it at once, as a power cut of its process would.
        func kill() {
            guard
                let running = running.withLock({ running in
                    defer { running = nil }
                    return running
                })
            else { return }
            Foundation.kill(running.pid, SIGKILL)
            // Before it could clear up: the server may be started again.
            Foundation.kill(running.shell.processIdentifier, SIGKILL)
            try? running.leash.close()
            running.shell.waitUntilExit()
        }

        /// Lets it hang, with all its connections open.
        func stop() throws {
            signal(SIGSTOP)
            // Each of its threads has a state, and stops when it gets to it.
            let pid = running.withLock { $0?.pid ?? 0 }
            let threads = URL(filePath: "/proc/\(pid)/task")
            let end = ContinuousClock.now + .seconds(20)
            while ContinuousClock.now < end {
                let states = try FileManager.default.contentsOfDirectory(atPath: threads.path).map {
                    try String(
                        contentsOf: threads.appendingPathComponent("\($0)/status"), encoding: .utf8)
                }
                if states.allSatisfy({ $0.contains("State:\tT") }) { return }
                usleep(1_000)
            }
            throw Missing(description: "the server does not stop")
        }

        /// Lets it go on.
        func resume() { signal(SIGCONT) }

        private func signal(_ number: Int32) {
            running.withLock { running in
                if let running { Foundation.kill(running.pid, number) }
            }
        }
    }
#endif
