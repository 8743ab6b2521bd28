import Foundation
import Glibc

/// What the numbers were measured on.
struct Machine {
    var processor: String
    var cores: Int
    var memoryByteCount: Int
    var kernel: String
    var fileSystem: String

    /// Describes this machine, and the file system that `directory` is on.
    init(of directory: String) {
        let lines = (TextFile.read("/proc/cpuinfo") ?? "").split(separator: "\n")
        let model = lines.first { $0.hasPrefix("model name") }
        processor = model.map { String($0.drop { $0 != ":" }.dropFirst(2)) } ?? "unknown processor"
        cores = ProcessInfo.processInfo.activeProcessorCount
        memoryByteCount = Int(ProcessInfo.processInfo.physicalMemory)
        kernel =
            TextFile.read("/proc/sys/kernel/osrelease")?.split(separator: "\n").first
            .map { String($0) } ?? "unknown kernel"
        fileSystem = Self.fileSystem(of: directory)
    }

    /// One line for people.
    var description: String {
        let memory = (memoryByteCount + 1 << 29) >> 30
        return "\(processor), \(cores) cores, \(memory) GiB, Linux \(kernel), \(fileSystem)"
    }

    private static func fileSystem(of directory: String) -> String {
        let mounts = (TextFile.read("/proc/self/mounts") ?? "").split(separator: "\n")
        let path = URL(fileURLWithPath: directory).resolvingSymlinksInPath().path + "/"
        var best = (place: "", type: "unknown file system", device: "")
        for mount in mounts {
            let parts = mount.split(separator: " ")
            guard parts.count > 2 else { continue }
            let place = parts[1] == "/" ? "/" : parts[1] + "/"
            guard path.hasPrefix(place), place.count >= best.place.count else { continue }
            best = (String(place), String(parts[2]), String(parts[0]))
        }
        return best.device.isEmpty ? best.type : "\(best.type) on \(best.device)"
    }
}
