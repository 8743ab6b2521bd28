import BenchReport
import Foundation

/// What a run tells whoever watches it.
enum Console {
    static func say(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    /// Adds text to the end of a file, which is made when it is missing.
    static func append(_ text: String, to path: String) throws {
        if !FileManager.default.fileExists(atPath: path) {
            try Data().write(to: URL(fileURLWithPath: path))
        }
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.seekToEnd()
        try file.write(contentsOf: Data(text.utf8))
        try file.close()
    }

    /// One measurement in one line.
    static func line(_ measurement: Measurement) -> String {
        var parts = [
            "  " + pad(measurement.phase, 22), pad(measurement.engine, 26),
            "w=\(measurement.workers)",
            pad(grouped(Int(measurement.operationsPerSecond)) + "/s", 12, isRight: true),
        ]
        let percentiles = [
            ("p50", measurement.p50), ("p99", measurement.p99), ("p99.9", measurement.p999),
            ("max", measurement.max),
        ]
        parts += percentiles.compactMap { name, value in value.map { "\(name) \(duration($0))" } }
        if let written = measurement.bytesWritten { parts.append("written \(written >> 20) MB") }
        if let disk = measurement.disk { parts.append("disk \(disk >> 20) MB") }
        for (name, value) in (measurement.more ?? [:]).sorted(by: { $0.key < $1.key }) {
            parts.append("\(name) \(rounded(value))")
        }
        return parts.joined(separator: " ")
    }

    private static func rounded(_ value: Double) -> String {
        abs(value) < 1_000 ? String(format: "%.3g", value) : grouped(Int(value))
    }

    private static func duration(_ nanoseconds: Int) -> String {
        switch nanoseconds {
        case ..<10_000: "\(nanoseconds)ns"
        case ..<10_000_000: "\(nanoseconds / 1_000)us"
        default: "\(nanoseconds / 1_000_000)ms"
        }
    }

    private static func grouped(_ number: Int) -> String {
        var digits = String(number)
        var groups: [Substring] = []
        while digits.count > 3 {
            groups.insert(digits.suffix(3), at: 0)
            digits.removeLast(3)
        }
        return ([digits[...]] + groups).joined(separator: " ")
    }

    private static func pad(_ text: String, _ width: Int, isRight: Bool = false) -> String {
        let space = String(repeating: " ", count: max(0, width - text.count))
        return isRight ? space + text : text + space
    }
}
