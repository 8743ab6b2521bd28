import DiskIO

/// All files and directories of a disk, with what is durable and what is not.
///
/// A plain value: copies share their bytes until one of them changes.
struct Volume: Sendable {
    static let rootID = 0

    /// How many contents of files that are gone are kept as stale bytes for later garbage.
    static let removedContentCountMax = 4

    var files: [Int: Inode] = [:]
    var directories: [Int: DirectoryNode] = [Volume.rootID: DirectoryNode()]
    var removedContents: [[UInt8]] = []
    private var nextID = 1
    private var changeCount = 0

    /// The bytes of every file that has a name or a handle.
    var usedByteCount: Int {
        var reachable = Set<Int>()
        for directory in directories.values {
            for case .file(let id) in directory.current.values { reachable.insert(id) }
        }
        return files.reduce(0) { sum, file in
            let counts = reachable.contains(file.key) || file.value.handleCount > 0
            return counts ? sum + file.value.current.count : sum
        }
    }

    // MARK: Paths

    static func components(of path: String) -> [String] {
        path.split(separator: "/").map(String.init).filter { $0 != "." }
    }

    /// Returns what stands at `path`, as names are seen now.
    func entry(at path: String) -> Entry? {
        var entry = Entry.directory(Volume.rootID)
        for component in Volume.components(of: path) {
            guard case .directory(let id) = entry else { return nil }
            guard let next = directories[id]?.current[component] else { return nil }
            entry = next
        }
        return entry
    }

    /// Returns the directory that holds the last component of `path`, and that component.
    func parent(of path: String) -> (directory: Int, name: String)? {
        var components = Volume.components(of: path)
        guard let name = components.popLast() else { return nil }
        let parentPath = components.joined(separator: "/")
        guard case .directory(let id) = entry(at: parentPath) else { return nil }
        return (id, name)
    }

    mutating func syncParent(of path: String) {
        guard let (parent, _) = parent(of: path) else { return }
        directories[parent]?.sync()
        collectGarbage()
    }

    func fileID(at path: String) -> Int? {
        guard case .file(let id) = entry(at: path) else { return nil }
        return id
    }

    // MARK: Changes

    mutating func change(_ fileID: Int, _ change: ContentChange) {
        changeCount += 1
        files[fileID]?.change(change, number: changeCount)
    }

    mutating func change(directory: Int, _ change: EntryChange) {
        changeCount += 1
        directories[directory]?.change(change, number: changeCount)
    }

    mutating func createFile(_ name: String, in directory: Int) -> Int {
        let id = takeID()
        files[id] = Inode()
        change(directory: directory, .add(name, .file(id)))
        return id
    }

    mutating func createDirectory(_ name: String, in parent: Int) -> Int {
        let id = takeID()
        directories[id] = DirectoryNode()
        change(directory: parent, .add(name, .directory(id)))
        return id
    }

    /// Forgets the files nothing leads to any more, on the medium or in memory.
    mutating func collectGarbage() {
        var reachable = Set<Int>()
        for directory in directories.values {
            for case .file(let id) in directory.reachableEntries { reachable.insert(id) }
        }
        let unreachable = files.filter { !reachable.contains($0.key) && $0.value.handleCount == 0 }
        for (id, file) in unreachable.sorted(by: { $0.key < $1.key }) {
            files[id] = nil
            if !file.durable.isEmpty { removedContents.append(file.durable) }
        }
        let excess = removedContents.count - Volume.removedContentCountMax
        if excess > 0 { removedContents.removeFirst(excess) }
    }

    private mutating func takeID() -> Int {
        defer { nextID += 1 }
        return nextID
    }
}

/// What a name stands for.
enum Entry: Hashable, Sendable {
    case file(Int)
    case directory(Int)
    case symbolicLink
}

enum EntryChange: Sendable {
    case add(String, Entry)
    case rename(String, to: String, Entry)
    case remove(String)
}

/// One directory: the names seen now, the names on the medium, and what lies between.
struct DirectoryNode: Sendable {
    var current: [String: Entry] = [:]
    var durable: [String: Entry] = [:]
    var pending: [PendingEntryChange] = []

    /// Whether a failed sync made `current` differ from `durable` plus `pending`.
    var hasLostChanges = false

    /// What the medium holds once every pending change has reached it.
    var settled: [String: Entry] {
        guard hasLostChanges else { return current }
        var entries = durable
        for change in pending { change.apply(to: &entries) }
        return entries
    }

    /// Everything that can still be found under some name after some power cut.
    var reachableEntries: [Entry] {
        var entries = Array(current.values) + Array(durable.values)
        for change in pending {
            switch change.change {
            case .add(_, let entry), .rename(_, _, let entry): entries.append(entry)
            case .remove: break
            }
        }
        return entries
    }

    mutating func change(_ change: EntryChange, number: Int) {
        let pendingChange = PendingEntryChange(number: number, change: change)
        pendingChange.apply(to: &current)
        pending.append(pendingChange)
    }

    mutating func sync() {
        durable = settled
        pending = []
        hasLostChanges = hasLostChanges && durable != current
    }

    mutating func failSync() {
        pending = []
        hasLostChanges = durable != current
    }
}

struct PendingEntryChange: Sendable {
    /// Its place in the order of all changes of the disk.
    let number: Int
    let change: EntryChange

    /// Makes the change; with `keepingSource` a renamed file keeps its old name as well.
    func apply(to entries: inout [String: Entry], keepingSource: Bool = false) {
        switch change {
        case .add(let name, let entry):
            entries[name] = entry
        case .rename(let source, let target, let entry):
            if !keepingSource, entries[source] == entry { entries[source] = nil }
            entries[target] = entry
        case .remove(let name):
            entries[name] = nil
        }
    }
}
