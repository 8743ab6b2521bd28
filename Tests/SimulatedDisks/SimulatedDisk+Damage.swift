package import DiskIO

/// Ways to look at the disk from outside, and to damage it as time and people do.
///
/// None of these is an operation, and none minds a power cut. Files are named by full path. What is
/// damaged is damaged on the medium and in memory, and whatever of the file was unsynced counts as
/// synced from then on. A file or directory that is not there throws kind `notFound`.
extension SimulatedDisk {
    /// How many bytes `zeroSector` and `misdirectSector` treat as one.
    package static var sectorByteCount: Int { 512 }

    /// Returns the sorted names in a directory.
    package func fileNames(in directory: String) throws(DiskError) -> [String] {
        try edit(directory) { (volume) throws(DiskError) in
            guard case .directory(let id) = volume.entry(at: directory) else {
                throw DiskError(.notFound, .names, directory)
            }
            return (volume.directories[id]?.current ?? [:]).keys.sorted()
        }
    }

    /// Returns what reads see of a file.
    package func contents(of path: String) throws(DiskError) -> [UInt8] {
        try edit(path) { (volume) throws(DiskError) in
            let id = try volume.existingFile(path)
            return volume.files[id]?.current ?? []
        }
    }

    /// Returns what is certainly there of a file after a power cut.
    package func durableContents(of path: String) throws(DiskError) -> [UInt8] {
        try edit(path) { (volume) throws(DiskError) in
            let id = try volume.existingFile(path)
            return volume.files[id]?.durable ?? []
        }
    }

    /// Gives a file these contents, making it when it is not there.
    package func setContents(of path: String, to bytes: [UInt8]) throws(DiskError) {
        try edit(path) { (volume) throws(DiskError) in
            let id: Int
            if let existing = volume.fileID(at: path) {
                id = existing
            } else {
                let (parent, name) = try volume.existingParent(path)
                id = volume.createFile(name, in: parent)
                volume.directories[parent]?.sync()
            }
            volume.files[id]?.settle(on: bytes)
        }
    }

    /// Turns over one bit; bit 0 is the lowest of the first byte.
    package func flipBit(_ bit: Int, of path: String) throws(DiskError) {
        try damage(path) { $0[bit / 8] ^= 1 << UInt8(bit % 8) }
    }

    /// Fills one sector with zeros, as far as the file has it.
    package func zeroSector(_ sector: Int, of path: String) throws(DiskError) {
        try damage(path) { content in
            let start = min(sector * Self.sectorByteCount, content.count)
            let end = min(start + Self.sectorByteCount, content.count)
            for index in start..<end { content[index] = 0 }
        }
    }

    /// Overwrites bytes from `byteOffset` on.
    package func corrupt(
        _ path: String,
        at byteOffset: Int,
        with bytes: [UInt8]
    ) throws(DiskError) {
        try damage(path) { $0.put(bytes[...], at: byteOffset) }
    }

    /// Replaces a range of bytes by others, which may be more or fewer.
    package func replace(
        _ range: Range<Int>,
        of path: String,
        with bytes: [UInt8]
    ) throws(DiskError) {
        try damage(path) { $0.replaceSubrange(range, with: bytes) }
    }

    /// Cuts a file, or extends it with zeros.
    package func truncateFile(_ path: String, to byteCount: Int) throws(DiskError) {
        try damage(path) { $0.resize(to: byteCount) }
    }

    /// Copies one sector over another, of the same or another file: a write that went astray.
    package func misdirectSector(
        _ sector: Int,
        of source: String,
        to targetSector: Int,
        of target: String
    ) throws(DiskError) {
        let start = sector * Self.sectorByteCount
        let bytes = try contents(of: source).dropFirst(start).prefix(Self.sectorByteCount)
        try damage(target) { $0.put(bytes, at: targetSector * Self.sectorByteCount) }
    }

    /// Removes a file.
    package func removeFile(_ path: String) throws(DiskError) {
        try edit(path) { (volume) throws(DiskError) in
            _ = try volume.existingFile(path)
            let (parent, name) = try volume.existingParent(path)
            volume.change(directory: parent, .remove(name))
            volume.directories[parent]?.sync()
            volume.collectGarbage()
        }
    }

    /// Copies a file, over any file that is at `copy`.
    package func duplicateFile(_ path: String, as copy: String) throws(DiskError) {
        try setContents(of: copy, to: contents(of: path))
    }

    /// Exchanges the contents of two files.
    package func swapFiles(_ first: String, _ second: String) throws(DiskError) {
        let (bytes, otherBytes) = (try contents(of: first), try contents(of: second))
        try setContents(of: first, to: otherBytes)
        try setContents(of: second, to: bytes)
    }

    /// Makes a directory and the ones above it, all durable.
    package func makeDirectory(_ path: String) throws(DiskError) {
        try edit(path) { (volume) throws(DiskError) in
            var parent = Volume.rootID
            for component in Volume.components(of: path) {
                switch volume.directories[parent]?.current[component] {
                case .directory(let id): parent = id
                case nil:
                    let id = volume.createDirectory(component, in: parent)
                    volume.directories[parent]?.sync()
                    parent = id
                default: throw DiskError(.notAFile, .openDirectory, path)
                }
            }
        }
    }

    /// Puts a symbolic link at `path`; where it leads is of no matter, since nothing follows it.
    package func makeSymbolicLink(_ path: String) throws(DiskError) {
        try edit(path) { (volume) throws(DiskError) in
            let (parent, name) = try volume.existingParent(path)
            volume.change(directory: parent, .add(name, .symbolicLink))
            volume.directories[parent]?.sync()
        }
    }

    /// Makes everything durable at once, as if the machine had been shut down in good order.
    package func settle() {
        with { machine in
            for id in machine.volume.files.keys {
                let content = machine.volume.files[id]?.current ?? []
                machine.volume.files[id]?.settle(on: content)
            }
            for id in machine.volume.directories.keys {
                let entries = machine.volume.directories[id]?.current ?? [:]
                machine.volume.directories[id] = DirectoryNode(current: entries, durable: entries)
            }
        }
    }

    private func damage(
        _ path: String,
        _ body: (inout [UInt8]) -> Void
    ) throws(DiskError) {
        try edit(path) { (volume) throws(DiskError) in
            let id = try volume.existingFile(path)
            var content = volume.files[id]?.current ?? []
            body(&content)
            volume.files[id]?.settle(on: content)
        }
    }

    private func edit<Value: Sendable>(
        _ path: String,
        _ body: (inout Volume) throws(DiskError) -> Value
    ) throws(DiskError) -> Value {
        let result = with { machine -> Result<Value, DiskError> in
            do throws(DiskError) {
                return .success(try body(&machine.volume))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}

extension Volume {
    fileprivate func existingFile(_ path: String) throws(DiskError) -> Int {
        guard let id = fileID(at: path) else { throw DiskError(.notFound, .open, path) }
        return id
    }

    fileprivate func existingParent(
        _ path: String
    ) throws(DiskError) -> (directory: Int, name: String) {
        guard let found = parent(of: path) else {
            throw DiskError(.notFound, .openDirectory, path)
        }
        return found
    }
}
