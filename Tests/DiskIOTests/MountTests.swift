import DiskIO
import Foundation
import Glibc
import SimulatedDisks
import Testing

/// The machine's disk on file systems made for the occasion; needs the right to mount.
@Suite
struct `The disk of the machine, mounted for the test` {
    @Test
    func `takes a part, then nothing, then again when there is room`() throws {
        let mount = try Mount(byteCount: 65_536)
        let directory = try PosixDisk().openDirectory(mount.path, creating: false)
        let file = try directory.open("a", .creating)
        let room = try directory.availableByteCount()
        #expect(room > 0 && room <= 65_536)

        let count = try file.putOnce([UInt8](repeating: 1, count: 100_000))
        #expect(UInt64(count) == room)
        let error = expectError(.diskFull) { try file.put(text("x"), at: UInt64(count)) }
        #expect(error?.code == ENOSPC)
        #expect(try directory.availableByteCount() == 0)
        try file.put(text("x"))
        try file.sync()

        // The lock is to be had without its note: the log must be able to open to make room.
        let lock = try directory.lock("lock", note: text("me"))
        #expect(try directory.open("lock", .reading).get() == [])
        lock.release()

        try file.truncate(to: 10)
        try file.put([UInt8](repeating: 2, count: 30_000), at: 10)
        #expect(try file.byteCount() == 30_010)
    }

    @Test
    func `runs out of names as out of space`() throws {
        let mount = try Mount(byteCount: 65_536, options: "nr_inodes=3")
        let directory = try PosixDisk().openDirectory(mount.path, creating: false)
        try directory.make("a", [])
        try directory.make("b", [])

        expectError(.diskFull) { _ = try directory.open("c", .creating) }
        expectError(.diskFull) { _ = try directory.lock("lock", note: []) }
        expectError(.diskFull) {
            _ = try PosixDisk().openDirectory(mount.path + "/store", creating: true)
        }
    }

    @Test
    func `reads what cannot be written`() throws {
        let mount = try Mount(byteCount: 65_536)
        let disk = PosixDisk()
        do {
            let writable = try disk.openDirectory(mount.path + "/store", creating: true)
            try writable.make("a", text("hello"))
            try writable.lock("lock", note: text("somebody")).release()
        }
        try mount.makeReadOnly()

        let directory = try disk.openDirectory(mount.path + "/store", creating: true)
        let file = try directory.open("a", .reading)
        #expect(try directory.names() == ["a", "lock"])
        #expect(try file.get() == text("hello"))
        try file.sync()
        try directory.sync()
        _ = try directory.availableByteCount()

        expectError(.readOnly) { _ = try directory.open("a", .writing) }
        expectError(.readOnly) { _ = try directory.open("b", .creating) }
        expectError(.readOnly) { try directory.rename("a", to: "b") }
        expectError(.readOnly) { try directory.remove("a") }
        expectError(.readOnly) { _ = try directory.lock("lock", note: []) }
        expectError(.readOnly) { _ = try directory.lock("another", note: []) }
        expectError(.readOnly) {
            _ = try disk.openDirectory(mount.path + "/another", creating: true)
        }
    }

    @Test
    func `keeps what it synced through a power cut, and only that`() throws {
        let mount = try Mount(imageByteCount: 16 << 20)
        let disk = PosixDisk()
        do {
            // Made, but not synced: as by a process that was killed in between.
            try FileManager.default.createDirectory(
                atPath: mount.path + "/store", withIntermediateDirectories: false)
            let directory = try disk.openDirectory(mount.path + "/store", creating: true)
            let file = try directory.make("kept", text("kept and cut"))
            try file.truncate(to: 4)
            try file.sync()
            try directory.make("old name", text("renamed")).sync()
            try directory.rename("old name", to: "new name")
            try directory.sync()
            // ext4 has one journal: a sync of anything may commit the names and lengths of
            // everything.
            _ = try disk.openDirectory(mount.path + "/new store", creating: true)
            try file.put(text(" and lost"), at: 4)
            try directory.make("lost", text("lost"))
            try FileManager.default.createDirectory(
                atPath: mount.path + "/lost store", withIntermediateDirectories: false)
        }

        try mount.cutPower()

        let directory = try disk.openDirectory(mount.path + "/store", creating: false)
        #expect(try directory.open("kept", .reading).get() == text("kept"))
        #expect(try !directory.names().contains("lost"))
        #expect(try directory.open("new name", .reading).get() == text("renamed"))
        _ = try disk.openDirectory(mount.path + "/new store", creating: false)
        expectError(.notFound) {
            _ = try disk.openDirectory(mount.path + "/lost store", creating: false)
        }
    }
}
