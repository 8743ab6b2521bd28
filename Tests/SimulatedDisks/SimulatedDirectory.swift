import DiskIO

final class SimulatedDirectory: DiskDirectory {
    let path: String

    private let id: Int
    private let disk: SimulatedDisk

    init(id: Int, path: String, disk: SimulatedDisk) {
        self.id = id
        self.path = path
        self.disk = disk
    }

    deinit {
        disk.with { $0.closeHandle(on: nil) }
    }

    var identity: DirectoryIdentity {
        DirectoryIdentity(device: 1, inode: UInt64(id) + 1)
    }

    func names() throws(DiskError) -> [String] {
        let operation = DiskOperation(.names, path, isChanging: false)
        return try disk.perform(operation) { (machine, _) throws(DiskError) in
            machine.entries(of: id).keys.sorted()
        }
    }

    func open(_ name: String, _ access: FileAccess) throws(DiskError) -> any DiskFile {
        check(name)
        let operation = DiskOperation(.open, name, isChanging: access != .reading)
        let fileID = try disk.perform(operation) { (machine, _) throws(DiskError) in
            let fileID = try machine.openFile(name, in: id, access)
            try machine.openHandle(for: operation)
            machine.volume.files[fileID]?.handleCount += 1
            return fileID
        }
        return SimulatedFile(id: fileID, name: name, access: access, disk: disk)
    }

    func rename(_ source: String, to target: String) throws(DiskError) {
        check(source)
        check(target)
        let operation = DiskOperation(.rename, source, target: target, isChanging: true)
        try disk.perform(operation) { (machine, _) throws(DiskError) in
            let entries = machine.entries(of: id)
            guard let entry = entries[source] else {
                throw DiskError(.notFound, .rename, source)
            }
            switch (entry, entries[target]) {
            case (_, nil), (.file, .file), (.symbolicLink, .file), (.file, .symbolicLink): break
            case (.symbolicLink, .symbolicLink): break
            default: throw DiskError(.notAFile, .rename, source, detail: "over a directory")
            }
            // Two names of one file stay two names.
            guard entry != entries[target] else { return }
            machine.volume.change(directory: id, .rename(source, to: target, entry))
        }
    }

    func remove(_ name: String) throws(DiskError) {
        check(name)
        let operation = DiskOperation(.remove, name, isChanging: true)
        try disk.perform(operation) { (machine, _) throws(DiskError) in
            switch machine.entries(of: id)[name] {
            case nil: throw DiskError(.notFound, .remove, name)
            case .directory: throw DiskError(.notAFile, .remove, name, detail: "a directory")
            case .file, .symbolicLink: break
            }
            machine.volume.change(directory: id, .remove(name))
        }
    }

    func sync() throws(DiskError) {
        let operation = DiskOperation(.syncDirectory, path, isChanging: true)
        try disk.perform(operation) { (machine, verdict) throws(DiskError) in
            switch verdict {
            case .proceed:
                machine.volume.directories[id]?.sync()
                machine.volume.collectGarbage()
            case .powerCut:
                break
            case .fault(let fault):
                machine.volume.directories[id]?.failSync()
                throw fault.error(for: operation)
            }
        }
    }

    func lock(_ name: String, note: [UInt8]) throws(DiskError) -> any DiskLock {
        check(name)
        let operation = DiskOperation(.lock, name, isChanging: true)
        let fileID = try disk.perform(operation) { (machine, _) throws(DiskError) in
            try machine.lock(name, in: id, note, operation)
        }
        return SimulatedLock(fileID: fileID, disk: disk)
    }

    func availableByteCount() throws(DiskError) -> UInt64 {
        let operation = DiskOperation(.availableByteCount, path, isChanging: false)
        return try disk.perform(operation) { (machine, _) throws(DiskError) in
            let boundless = max(0, Machine.boundlessByteCount - machine.volume.usedByteCount)
            return UInt64(machine.roomByteCount ?? boundless)
        }
    }

    private func check(_ name: String) {
        precondition(
            !name.isEmpty && name != "." && name != ".." && !name.contains("/"),
            "a file name is not a path")
    }
}

extension Machine {
    func entries(of directory: Int) -> [String: Entry] {
        volume.directories[directory]?.current ?? [:]
    }

    fileprivate mutating func openFile(
        _ name: String,
        in directory: Int,
        _ access: FileAccess
    ) throws(DiskError) -> Int {
        switch (entries(of: directory)[name], access) {
        case (nil, .creating):
            if roomByteCount == 0 { throw DiskError(.diskFull, .open, name, detail: "simulated") }
            return volume.createFile(name, in: directory)
        case (nil, _): throw DiskError(.notFound, .open, name)
        case (_, .creating): throw DiskError(.alreadyExists, .open, name)
        case (.file(let fileID), _): return fileID
        case (.directory, _): throw DiskError(.notAFile, .open, name, detail: "a directory")
        case (.symbolicLink, _):
            throw DiskError(.notAFile, .open, name, detail: "a symbolic link")
        }
    }

    fileprivate mutating func lock(
        _ name: String,
        in directory: Int,
        _ note: [UInt8],
        _ operation: DiskOperation
    ) throws(DiskError) -> Int {
        let fileID: Int
        switch entries(of: directory)[name] {
        case .file(let id): fileID = id
        case nil: fileID = volume.createFile(name, in: directory)
        default: throw DiskError(.notAFile, .lock, name)
        }
        guard areLocksSupported else { throw DiskError(.unsupported, .lock, name) }
        guard !lockedFiles.contains(fileID) else {
            let holder = String(decoding: volume.files[fileID]?.current ?? [], as: UTF8.self)
            throw DiskError(.locked, .lock, name, detail: holder)
        }
        try openHandle(for: operation)
        lockedFiles.insert(fileID)
        volume.files[fileID]?.handleCount += 1
        volume.change(fileID, .truncate(to: 0))
        // Without room for the note the lock is held all the same.
        let room = roomByteCount ?? note.count
        volume.change(fileID, .write(Array(note.prefix(room)), at: 0))
        return fileID
    }
}
