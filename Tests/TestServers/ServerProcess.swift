package import Foundation
import Locks

/// A server that runs as long as the tests do, and can be killed, stopped and started again.
///
/// A shell holds it, and kills it when this process ends, however it ends.
package final class ServerProcess: Sendable {
    package struct Problem: Error, CustomStringConvertible {
        package let description: String

        package init(_ description: String) { self.description = description }
    }

    package let directory: URL
    private let command: [String]
    private let running: Mutex<(shell: Process, leash: Pipe, pid: pid_t)>

    package init(_ command: [String], in directory: URL) throws {
        self.command = command
        self.directory = directory
        running = Mutex(try Self.start(command, in: directory))
    }

    private static func start(
        _ command: [String],
        in directory: URL
    ) throws -> (shell: Process, leash: Pipe, pid: pid_t) {
        let shell = Process()
        let (leash, answer) = (Pipe(), Pipe())
        // No server that is started later may hold on to it.
        _ = fcntl(leash.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        shell.executableURL = URL(filePath: "/bin/sh")
        let script = #"""
            "$@" >>log 2>&1 </dev/null & pid=$!
            echo $pid
            read -r _
            kill -9 $pid 2>/dev/null
            """#
        shell.arguments = ["-c", script, "sh"] + command
        shell.currentDirectoryURL = directory
        shell.standardInput = leash
        shell.standardOutput = answer
        shell.standardError = FileHandle.nullDevice
        try shell.run()
        let text = String(decoding: answer.fileHandleForReading.availableData, as: UTF8.self)
        guard let pid = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw Problem("\(command[0]) did not start")
        }
        return (shell, leash, pid)
    }

    /// What the server has said so far, for people.
    package var log: String {
        let data = try? Data(contentsOf: directory.appending(path: "log"))
        return String(decoding: data ?? Data(), as: UTF8.self)
    }

    /// Sends a signal to the server itself.
    package func signal(_ number: Int32) {
        _ = running.withLock { Glibc.kill($0.pid, number) }
    }

    /// Kills the server without warning, and waits until it is gone.
    package func kill() {
        running.withLock { state in
            Glibc.kill(state.pid, SIGKILL)
            // The shell may have been killed with the test that started it.
            try? state.leash.fileHandleForWriting.write(contentsOf: Array("\n".utf8))
            try? state.leash.fileHandleForWriting.close()
            state.shell.waitUntilExit()
        }
    }

    /// Starts a killed server again, where it was.
    package func restart() throws {
        let started = try Self.start(command, in: directory)
        running.withLock { $0 = started }
    }

    /// Kills the server and removes what it has written.
    package func end() {
        kill()
        try? FileManager.default.removeItem(at: directory)
    }

    // MARK: What servers need

    /// Makes a new directory for a server.
    package static func makeDirectory() throws -> URL {
        let directory = FileManager.default.temporaryDirectory
            .appending(path: "test-server-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        return directory
    }

    /// Runs a program to its end, and returns what it printed.
    ///
    /// - Throws: What it printed, when it fails.
    @discardableResult
    package static func run(
        _ command: [String],
        in directory: URL? = nil
    ) async throws -> String {
        let output = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try Data().write(to: output)
        defer { try? FileManager.default.removeItem(at: output) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.currentDirectoryURL = directory
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = process.standardOutput
        // Without holding a thread of the cooperative pool, which has one for each core.
        try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { _ in continuation.resume() }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        let text = String(decoding: try Data(contentsOf: output), as: UTF8.self)
        guard process.terminationStatus == 0 else { throw Problem("\(command): \(text)") }
        return text
    }

    /// Returns a port that nobody listens on.
    ///
    /// Not one of those that the system gives to whoever asks for any: another test's server, or a
    /// connection, would have it before the server that it is for.
    package static func freePort() throws -> Int {
        for _ in 0..<1_000 {
            let port = UInt16.random(in: 10_000..<20_000)
            guard givenPorts.withLock({ $0.insert(port).inserted }), isFree(port) else { continue }
            return Int(port)
        }
        throw Problem("no free port")
    }

    private static let givenPorts = Mutex<Set<UInt16>>([])

    private static func isFree(_ port: UInt16) -> Bool {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) == 0
            }
        }
    }
}

/// Waits until `condition` holds.
package func waitUntil(
    _ what: String,
    _ condition: () async throws -> Bool
) async throws {
    for _ in 0..<600 {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(50))
    }
    throw ServerProcess.Problem("waited in vain until \(what)")
}
