import Foundation
import Glibc

/// This program once more, in a process of its own.
final class Child {
    private let process = Process()
    private let output = Pipe()
    private var rest = Data()

    /// Starts it with arguments.
    init(_ arguments: [String]) throws {
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["child"] + arguments
        process.standardOutput = output
        try process.run()
    }

    /// Reads lines while `wants` says so of the last one, or until there are no more, and returns
    /// the last.
    func lastLine(while wants: (String) -> Bool = { _ in true }) -> String? {
        var last: String?
        while true {
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
                rest = Data(rest[(end + 1)...])
                last = line
                if !wants(line) { return last }
            }
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { return last }
            rest.append(data)
        }
    }

    /// Ends it as a crash would.
    func kill() {
        Glibc.kill(process.processIdentifier, SIGKILL)
    }

    /// Waits for its end.
    func wait() throws {
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw BenchError("A process ended with \(process.terminationStatus).")
        }
    }
}
