/// One file: what reads see, what the medium holds, and what lies between.
struct Inode: Sendable {
    /// What reads see.
    var current: [UInt8] = []

    /// What is certainly there after a power cut.
    var durable: [UInt8] = []

    /// The changes since the last sync, in order.
    var pending: [PendingChange] = []

    /// Whether a failed sync made `current` differ from `durable` plus `pending`.
    var hasLostChanges = false

    /// How many handles and locks keep it alive without a name.
    var handleCount = 0

    /// What the medium holds once every pending change has reached it.
    var settled: [UInt8] {
        guard hasLostChanges else { return current }
        var bytes = durable
        for change in pending { change.apply(to: &bytes) }
        return bytes
    }

    mutating func change(_ change: ContentChange, number: Int) {
        let pendingChange = PendingChange(number: number, change: change)
        pendingChange.apply(to: &current)
        pending.append(pendingChange)
    }

    mutating func sync() {
        durable = settled
        pending = []
        // Bytes lost by a failed sync stay readable and stay lost.
        hasLostChanges = hasLostChanges && durable != current
    }

    mutating func failSync(thenReading bytes: Fault.UnsyncedBytes) {
        pending = []
        if bytes == .old { current = durable }
        hasLostChanges = bytes == .new && durable != current
    }

    /// Makes `bytes` the content, on the medium as well.
    mutating func settle(on bytes: [UInt8]) {
        current = bytes
        durable = bytes
        pending = []
        hasLostChanges = false
    }
}

enum ContentChange: Sendable {
    case write([UInt8], at: Int)
    case truncate(to: Int)
}

struct PendingChange: Sendable {
    /// Its place in the order of all changes of the disk.
    let number: Int
    let change: ContentChange

    func apply(to content: inout [UInt8]) {
        switch change {
        case .write(let bytes, let byteOffset): content.put(bytes[...], at: byteOffset)
        case .truncate(let byteCount): content.resize(to: byteCount)
        }
    }
}

/// File contents as plain arrays, copied in blocks: campaigns build them millions of times, mostly
/// in debug builds, where every loop over bytes counts.
extension [UInt8] {
    private static let zeros = [UInt8](repeating: 0, count: 65_536)

    mutating func resize(to byteCount: Int) {
        if byteCount < count { removeLast(count - byteCount) }
        while count < byteCount {
            append(contentsOf: Self.zeros.prefix(byteCount - count))
        }
    }

    /// Overwrites from `byteOffset` on, growing with zeros as needed.
    mutating func put(_ bytes: ArraySlice<UInt8>, at byteOffset: Int) {
        guard !bytes.isEmpty else { return }
        if byteOffset > count { resize(to: byteOffset) }
        let overwritten = bytes.prefix(count - byteOffset)
        withUnsafeMutableBytes { target in
            overwritten.withUnsafeBytes { source in
                let place = UnsafeMutableRawBufferPointer(rebasing: target[byteOffset...])
                place.copyMemory(from: source)
            }
        }
        append(contentsOf: bytes.dropFirst(overwritten.count))
    }
}
