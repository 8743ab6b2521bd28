import Foundation
import Glibc

/// A small file system, made for a test and unmounted with its last reference; needs the right to
/// mount.
package final class Mount {
    /// Where its files are.
    package let path: String
    private let scratch: String

    /// Why there is none.
    package struct Refused: Error, CustomStringConvertible {
        package var description: String
    }

    /// An ext4 file system in an image, which can lose its power.
    package init(imageByteCount: Int) throws {
        scratch = try Self.makeScratch()
        path = scratch + "/mount"
        let image = scratch + "/image"
        try Self.run("truncate", ["--size", "\(imageByteCount)", image])
        try Self.run("mkfs.ext4", ["-q", image])
        try mountImage()
    }

    /// A file system in memory.
    package init(byteCount: Int, options: String? = nil) throws {
        scratch = try Self.makeScratch()
        path = scratch + "/mount"
        let sizeAndMore = (["size=\(byteCount)"] + [options].compactMap(\.self)).joined(
            separator: ",")
        try Self.run("mount", ["-t", "tmpfs", "-o", sizeAndMore, "none", path])
    }

    deinit {
        // Lazily, since a failed test may leave a file open.
        _ = try? Self.run("umount", ["--lazy", path])
        // What can't be removed is left to the temporary directory's own upkeep.
        try? FileManager.default.removeItem(atPath: scratch)
    }

    private static func makeScratch() throws -> String {
        let scratch = NSTemporaryDirectory() + "mount-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: scratch + "/mount", withIntermediateDirectories: true)
        return scratch
    }

    /// Stops the file system without writing anything back, and mounts what is on its medium.
    package func cutPower() throws {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY)
        guard descriptor >= 0 else { throw Refused(description: "no directory to cut off") }
        // EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH.
        var flags: UInt32 = 2
        let result = ioctl(descriptor, 0x8004_587D, &flags)
        close(descriptor)
        guard result == 0 else { throw Refused(description: "the power can't be cut") }
        try unmount()
        try mountImage()
    }

    /// Another test's child has every descriptor for a moment, between its fork and its exec, and
    /// then the file system is busy.
    private func unmount() throws {
        for _ in 0..<50 {
            if (try? Self.run("umount", [path], isRequired: false)) == 0 { return }
            usleep(100_000)
        }
        try Self.run("umount", [path])
    }

    private func mountImage() throws {
        // Nothing is to be committed by the clock while the test runs.
        try Self.run("mount", ["-o", "loop,commit=300", scratch + "/image", path])
    }

    package func makeReadOnly() throws {
        try Self.run("mount", ["-o", "remount,ro", path])
    }

    @discardableResult
    private static func run(
        _ command: String,
        _ arguments: [String],
        isRequired: Bool = true
    ) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [command] + arguments
        try process.run()
        process.waitUntilExit()
        guard !isRequired || process.terminationStatus == 0 else {
            let text = ([command] + arguments).joined(separator: " ")
            throw Refused(description: "this test must be allowed to mount: \(text)")
        }
        return process.terminationStatus
    }
}
