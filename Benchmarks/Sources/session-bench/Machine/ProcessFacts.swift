import Foundation
import Glibc

/// What the kernel says about a process.
struct ProcessFacts {
    private let number: Int

    /// Facts of a process by its number; 0 is this one.
    init(_ number: Int = 0) {
        self.number = number
    }

    /// Bytes that it had written to the disk so far; nil when the kernel does not say.
    var bytesWritten: Int? { field("write_bytes", of: "io") }

    /// Memory of its own, not of files, in bytes.
    var anonymousMemory: Int? { field("RssAnon", of: "status").map { $0 * 1_024 } }

    private func field(_ name: String, of file: String) -> Int? {
        let process = number == 0 ? "self" : String(number)
        guard let text = TextFile.read("/proc/\(process)/\(file)") else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix(name + ":") {
            let digits = line.dropFirst(name.count + 1).drop { $0 == " " || $0 == "\t" }
            return Int(digits.prefix { $0.isNumber })
        }
        return nil
    }

    /// Seconds that this process's threads have worked.
    static var workSeconds: Double {
        var usage = rusage()
        guard getrusage(RUSAGE_SELF.rawValue, &usage) == 0 else { return 0 }
        let times = [usage.ru_utime, usage.ru_stime]
        return times.map { Double($0.tv_sec) + Double($0.tv_usec) / 1e6 }.reduce(0, +)
    }
}

/// Small files of the system.
enum TextFile {
    /// Returns what is in the file; nil when it can't be read.
    static func read(_ path: String) -> String? {
        // What the kernel does not tell, or not to us, is left out of the results.
        try? String(contentsOfFile: path, encoding: .utf8)
    }
}
