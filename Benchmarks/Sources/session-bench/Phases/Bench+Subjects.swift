/// Who takes part in which phase.
///
/// A variant differs from its engine in one thing only, and costs minutes in each phase: it takes
/// part where that thing matters, unless it was asked for by name.
extension Bench {
    func subjects(in phase: Phase) -> [Subject] {
        var subjects = settings.subjects.filter { subject in
            settings.namesSubjects || subject.matters(in: phase)
        }
        if phase == .durable {
            // An engine that syncs once for each transaction has no chance without this.
            subjects += subjects.filter { ["lmdb", "sqlite"].contains($0.name) }
                .map { .combining($0.name) }
        } else {
            subjects.removeAll(where: \.isCombining)
        }
        // Our engine is read by the same call, whoever calls.
        if !Self.withBlockingCalls.contains(phase) { subjects.removeAll { $0 == .storeBlocking } }
        if !Self.withMappedReads.contains(phase) { subjects.removeAll { $0 == .storeMapped } }
        if !Self.withUncachedReads.contains(phase) { subjects.removeAll { $0 == .storeUncached } }
        return subjects
    }

    private static let withBlockingCalls: Set<Phase> = [.load, .durable, .rmw50, .rmw95]
    /// Nothing else depends on how values are read; it is measured when it is asked for.
    private static let withMappedReads: Set<Phase> = [
        .readUniform, .readZipf, .readAbsent, .rmw50, .rmw95, .readCompacted,
        .readDuringCompaction,
    ]
    /// Where a small store, or what is read often, is found in the cache; measured when it is asked
    /// for.
    private static let withUncachedReads: Set<Phase> = [
        .readUniform, .readZipf, .readAbsent, .rmw50, .rmw95, .readCompacted, .growth,
    ]
}

extension Subject {
    fileprivate func matters(in phase: Phase) -> Bool {
        switch phase {
        case .readCompacted: return isOurs || name.hasPrefix("rocksdb-")
        case .readDuringCompaction: return isOurs || ["rocksdb", "leveldb"].contains(name)
        // An overwrite of a file by a rename waits for the disk, whatever it was asked for.
        case .overwrite where name == "files": return false
        case .growth: return isOurs || ["rocksdb", "leveldb", "lmdb"].contains(name)
        default: break
        }
        return switch name {
        case "rocksdb-lz4", "rocksdb-zstd", "rocksdb-zstd-small":
            [.load, .overwrite, .disk].contains(phase)
        case "leveldb-snappy": [.load, .readUniform, .disk].contains(phase)
        case "files": phase != .expiry
        case "sqlite-expiry": phase == .expiry
        case "sqlite": phase != .expiry
        case "redis-tcp", "files-overwrite": [.load, .durable].contains(phase)
        default: true
        }
    }
}
