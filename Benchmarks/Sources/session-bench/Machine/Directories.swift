import Foundation
import Glibc

/// The directory that stores are made in, and what is done with whole stores.
struct Directories {
    let root: String

    /// Makes a directory of its own for this run in `parent`.
    init(in parent: String) throws {
        let process = ProcessInfo.processInfo.processIdentifier
        root = parent + "/run-\(process)"
        try FileManager.default.createDirectory(
            atPath: root,
            withIntermediateDirectories: true
        )
    }

    func path(_ name: String) -> String { root + "/" + name }

    /// Makes the directory `name`, empty, whatever was there.
    func empty(_ name: String) throws -> String {
        try remove(name)
        let path = path(name)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    func remove(_ name: String) throws {
        guard exists(name) else { return }
        try FileManager.default.removeItem(atPath: path(name))
    }

    func removeAll() throws {
        try FileManager.default.removeItem(atPath: root)
    }

    /// Copies a closed store, and waits until the disk has the copy: later syncs are not to pay for
    /// it.
    func copy(_ name: String, to copy: String) throws -> String {
        try remove(copy)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/cp")
        process.arguments = ["-a", "--sparse=auto", "--reflink=auto", path(name), path(copy)]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw BenchError("Could not copy \(path(name)).")
        }
        settle()
        return path(copy)
    }

    /// Waits until the disk has everything written so far.
    func settle() { Glibc.sync() }

    /// Bytes that the files in a directory take, as the file system counts.
    static func byteCount(_ path: String) -> Int {
        var sum = 0
        let files = FileManager.default.enumerator(atPath: path)
        while let file = files?.nextObject() as? String {
            var facts = stat()
            guard lstat(path + "/" + file, &facts) == 0 else { continue }
            sum += Int(facts.st_blocks) * 512
        }
        return sum
    }
}
