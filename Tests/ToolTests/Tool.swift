#if Tools
    import Foundation

    /// Runs the executables as processes of their own.
    enum Tool {
        struct Answer {
            var code: Int32
            var out: String
            var err: String
        }

        /// Where the build put executables: beside this one.
        static var directory: URL {
            get throws {
                let path = try FileManager.default.destinationOfSymbolicLink(
                    atPath: "/proc/self/exe")
                return URL(filePath: path).deletingLastPathComponent()
            }
        }

        static func process(_ name: String, _ arguments: [String]) throws -> Process {
            let process = Process()
            process.executableURL = try directory.appending(path: name)
            process.arguments = arguments
            process.environment = ProcessInfo.processInfo.environment.filter {
                !$0.key.hasPrefix("SESSION_")
            }
            // Else libmongoc complains where a killed process with the same number left its file.
            process.environment?["MONGOC_DISABLE_SHM"] = "1"
            return process
        }

        /// Runs `sessionctl` to its end.
        static func control(_ arguments: String..., input: String = "") async throws -> Answer {
            try await run(try process("sessionctl", arguments), input: Array(input.utf8))
        }

        /// Runs `session-bot` to the end of its input.
        static func bot(
            _ arguments: [String],
            input: [UInt8],
            environment: [String: String] = [:]
        ) async throws -> Answer {
            let bot = try process("session-bot", arguments)
            bot.environment?.merge(environment) { $1 }
            return try await run(bot, input: input)
        }

        /// Runs `sessionctl` by a shell that first runs `setting`.
        static func control(after setting: String, _ arguments: String...) async throws -> Answer {
            let shell = try process("sessionctl", [])
            let path = shell.executableURL?.path ?? ""
            shell.executableURL = URL(filePath: "/bin/sh")
            shell.arguments = ["-c", "\(setting); exec \"$@\"", "sh", path] + arguments
            return try await run(shell, input: [])
        }

        /// Files instead of pipes: however much is written, nobody waits.
        static func run(_ process: Process, input: [UInt8]) async throws -> Answer {
            let scratch = try Scratch()
            let names = ["in", "out", "err"].map { scratch.url.appending(path: $0) }
            try Data(input).write(to: names[0])
            for name in names.dropFirst() { try Data().write(to: name) }
            process.standardInput = try FileHandle(forReadingFrom: names[0])
            process.standardOutput = try FileHandle(forWritingTo: names[1])
            process.standardError = try FileHandle(forWritingTo: names[2])
            // Without holding a thread of the cooperative pool, which has one for each core.
            try await withCheckedThrowingContinuation { continuation in
                process.terminationHandler = { _ in continuation.resume() }
                do {
                    try process.run()
                } catch {
                    continuation.resume(throwing: error)
                }
            }
            return Answer(
                code: process.terminationStatus,
                out: String(decoding: try Data(contentsOf: names[1]), as: UTF8.self),
                err: String(decoding: try Data(contentsOf: names[2]), as: UTF8.self)
            )
        }
    }

    /// Calls `body` on a thread of its own, since it blocks for long.
    func onThread<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Swift.Result { try body() })
            }
        }
    }

    /// A directory that goes with its last user.
    final class Scratch {
        let url: URL

        init() throws {
            url = FileManager.default.temporaryDirectory.appending(path: "tool-\(UUID())")
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        }

        deinit {
            // What a test left mounted or forbidden stays behind, in the directory for such things.
            try? FileManager.default.removeItem(at: url)
        }

        /// The path of something in it.
        func path(_ name: String) -> String { url.appending(path: name).path }
    }

    /// What a directory holds: names, bytes and the time of the last change of each file.
    struct Snapshot: Equatable {
        struct File: Equatable {
            var bytes: Data
            var changed: Date?
        }

        var files: [String: File] = [:]

        init(_ directory: String) throws {
            for name in try FileManager.default.contentsOfDirectory(atPath: directory) {
                let path = directory + "/" + name
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                files[name] = File(
                    bytes: try Data(contentsOf: URL(filePath: path)),
                    changed: attributes[.modificationDate] as? Date
                )
            }
        }
    }
#endif
