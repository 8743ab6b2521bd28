/// The names and contents of a whole disk at one moment, to tell whether anything changed.
package struct DiskSnapshot: Hashable, Sendable {
    /// The contents by full path; directories and links have none.
    package var files: [String: [UInt8]]

    /// The paths of all directories.
    package var directories: Set<String>
}

extension SimulatedDisk {
    /// Returns what reads see at this moment; no operation.
    package func snapshot() -> DiskSnapshot {
        with { machine in
            var snapshot = DiskSnapshot(files: [:], directories: [])
            machine.volume.collect(Volume.rootID, path: "", into: &snapshot)
            return snapshot
        }
    }
}

extension Volume {
    fileprivate func collect(_ directory: Int, path: String, into snapshot: inout DiskSnapshot) {
        snapshot.directories.insert(path.isEmpty ? "/" : path)
        for (name, entry) in directories[directory]?.current ?? [:] {
            let entryPath = "\(path)/\(name)"
            switch entry {
            case .file(let id): snapshot.files[entryPath] = files[id]?.current
            case .directory(let id): collect(id, path: entryPath, into: &snapshot)
            case .symbolicLink: break
            }
        }
    }
}
