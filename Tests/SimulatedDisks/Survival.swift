/// Works out what a power cut leaves of a volume.
struct Survival {
    private let before: Volume
    private var random: SplitMix64

    init(of volume: Volume, seed: UInt64) {
        before = volume
        random = SplitMix64(seed: seed)
    }

    /// Returns the volume as it is found after the cut: all of it durable, nothing open.
    mutating func volume(after pattern: SurvivalPattern) -> Volume {
        var after = before
        var rules = Rules(pattern, before, &random)
        for id in before.files.keys.sorted() {
            guard let file = before.files[id] else { continue }
            let rule = rules.contentRule(&random)
            var survivor = Inode()
            survivor.settle(on: file.pending.isEmpty ? file.durable : content(of: file, rule))
            after.files[id] = survivor
        }
        for id in before.directories.keys.sorted() {
            guard let directory = before.directories[id] else { continue }
            let entries = entries(of: directory, rules.entryRule(&random))
            after.directories[id] = DirectoryNode(current: entries, durable: entries)
        }
        after.collectGarbage()
        return after
    }

    // MARK: Names

    private mutating func entries(
        of directory: DirectoryNode,
        _ rule: EntryRule
    ) -> [String: Entry] {
        var entries = directory.durable
        let stop = stop(in: directory.pending.map(\.number))
        for change in directory.pending {
            switch rule {
            case .none:
                break
            case .all:
                change.apply(to: &entries)
            case .independent:
                if random.coin() { change.apply(to: &entries, keepingSource: random.coin()) }
            case .upTo(let last):
                if change.number <= last { change.apply(to: &entries) }
            case .prefix:
                if change.number <= stop { change.apply(to: &entries) }
            case .withoutRemovals:
                if case .remove = change.change { break }
                change.apply(to: &entries)
            case .keepingSources:
                change.apply(to: &entries, keepingSource: true)
            }
        }
        return entries
    }

    /// Returns a number such that some front part of `numbers`, possibly none, is not above it.
    private mutating func stop(in numbers: [Int]) -> Int {
        let count = random.number(below: numbers.count + 1)
        return count == 0 ? 0 : numbers[count - 1]
    }

    // MARK: Contents

    private mutating func content(of file: Inode, _ rule: ContentRule) -> [UInt8] {
        switch rule {
        case .none:
            return file.durable
        case .all:
            return file.settled
        case .independent:
            return applying(file) { _, random in random.coin() }
        case .upTo(let last, let next):
            return front(of: file, upTo: last, next: next)
        case .prefix:
            let stop = stop(in: file.pending.map(\.number))
            let next = file.pending.first { $0.number > stop }
            return front(of: file, upTo: stop, next: next?.number ?? 0)
        case .only(let number):
            return applying(file) { change, _ in change.number == number }
        case .pieces(let byteCount):
            return pieces(of: file, byteCount: byteCount)
        case .torn:
            return torn(file)
        case .zerosWithinLength:
            var content = file.durable
            content.resize(to: file.settled.count)
            return content
        case .garbageWithinLength:
            return garbage(in: file)
        case .lengthGoesBack:
            var content = file.durable
            content.put(file.settled.prefix(content.count), at: 0)
            return content
        }
    }

    private mutating func applying(
        _ file: Inode,
        where survives: (PendingChange, inout SplitMix64) -> Bool
    ) -> [UInt8] {
        var content = file.durable
        for change in file.pending where survives(change, &random) {
            change.apply(to: &content)
        }
        return content
    }

    private mutating func front(of file: Inode, upTo last: Int, next: Int) -> [UInt8] {
        var content = applying(file) { change, _ in change.number <= last }
        let torn = file.pending.first { $0.number == next }
        if case .write(let bytes, let byteOffset) = torn?.change, random.coin() {
            content.put(bytes.prefix(random.number(below: bytes.count + 1)), at: byteOffset)
        }
        return content
    }

    private mutating func pieces(of file: Inode, byteCount: Int) -> [UInt8] {
        var content = file.durable
        for change in file.pending {
            guard case .write(let bytes, let byteOffset) = change.change else {
                if random.coin() { change.apply(to: &content) }
                continue
            }
            var start = 0
            while start < bytes.count {
                // Pieces are aligned in the file, not in the write.
                let end = min(bytes.count, start + byteCount - (byteOffset + start) % byteCount)
                if random.coin() { content.put(bytes[start..<end], at: byteOffset + start) }
                start = end
            }
        }
        let byteCountAfter = file.settled.count
        if content.count < byteCountAfter, random.coin() { content.resize(to: byteCountAfter) }
        return content
    }

    private mutating func torn(_ file: Inode) -> [UInt8] {
        let newest = file.pending.last { change in
            if case .write = change.change { true } else { false }
        }
        guard let newest, case .write(let bytes, let byteOffset) = newest.change, bytes.count > 1
        else { return file.settled }
        var content = applying(file) { change, _ in change.number < newest.number }
        // Both cuts lie strictly inside the write, so that it is neither whole nor missing.
        let first = 1 + random.number(below: bytes.count - 1)
        let second = first + random.number(below: bytes.count - first)
        let kind = random.number(below: 3)
        if kind != 1 { content.put(bytes[..<first], at: byteOffset) }
        if kind == 1 { content.put(bytes[first...], at: byteOffset + first) }
        if kind == 2 {
            let end = min(bytes.count, second + 1)
            content.put(bytes[end...], at: byteOffset + end)
        }
        return content
    }

    // MARK: Garbage

    /// Stale bytes where the file grew: a stretch of one other file at the same place, as of a
    /// block used before, or a patchwork of sectors.
    private mutating func garbage(in file: Inode) -> [UInt8] {
        var content = file.durable
        let start = content.count
        content.resize(to: file.settled.count)
        guard content.count > start else { return content }
        let sources = staleContents()
        if random.coin(), !sources.isEmpty {
            let source = sources[random.number(below: sources.count)]
            let stretch = source.dropFirst(start).prefix(content.count - start)
            if !stretch.isEmpty {
                content.put(stretch, at: start)
                return content
            }
        }
        var byteOffset = start
        while byteOffset < content.count {
            let end = min(content.count, (byteOffset / 512 + 1) * 512)
            content.put(staleSector(end - byteOffset, from: sources), at: byteOffset)
            byteOffset = end
        }
        return content
    }

    private mutating func staleSector(
        _ byteCount: Int,
        from sources: [[UInt8]]
    ) -> ArraySlice<UInt8> {
        if !sources.isEmpty, random.number(below: 4) > 0 {
            let source = sources[random.number(below: sources.count)]
            let sector = random.number(below: source.count / 512 + 1)
            let bytes = source.dropFirst(sector * 512).prefix(byteCount)
            if !bytes.isEmpty { return bytes }
        }
        return (0..<byteCount).map { _ in UInt8(truncatingIfNeeded: random.next()) }[...]
    }

    private func staleContents() -> [[UInt8]] {
        let contents = before.files.sorted { $0.key < $1.key }.flatMap { id, file in
            [file.durable, file.current]
        }
        return (contents + before.removedContents).filter { !$0.isEmpty }
    }
}

/// The pattern, taken apart into a rule for contents and one for names.
private struct Rules {
    private let content: ContentRule?
    private let entry: EntryRule?

    init(_ pattern: SurvivalPattern, _ volume: Volume, _ random: inout SplitMix64) {
        switch pattern {
        case .nothing: (content, entry) = (ContentRule.none, EntryRule.none)
        case .everything: (content, entry) = (.all, .all)
        case .dataWithoutEntries: (content, entry) = (.all, EntryRule.none)
        case .entriesWithoutData: (content, entry) = (ContentRule.none, .all)
        case .independentChanges: (content, entry) = (.independent, .independent)
        case .prefix:
            let numbers = volume.pendingNumbers
            let count = random.number(below: numbers.count + 1)
            let last = count == 0 ? 0 : numbers[count - 1]
            let next = count == numbers.count ? 0 : numbers[count]
            (content, entry) = (.upTo(last, next: next), .upTo(last))
        case .prefixOfEach: (content, entry) = (.prefix, .prefix)
        case .newestOnly: (content, entry) = (.only(volume.newestContentNumber), .all)
        case .sectors: (content, entry) = (.pieces(byteCount: 512), .all)
        case .pages: (content, entry) = (.pieces(byteCount: 4_096), .all)
        case .tornWrite: (content, entry) = (.torn, .all)
        case .zerosWithinLength: (content, entry) = (.zerosWithinLength, .all)
        case .garbageWithinLength: (content, entry) = (.garbageWithinLength, .all)
        case .lengthGoesBack: (content, entry) = (.lengthGoesBack, .all)
        case .removalsUndone: (content, entry) = (.all, .withoutRemovals)
        case .renamesHalfDone: (content, entry) = (.all, .keepingSources)
        case .random: (content, entry) = (nil, nil)
        }
    }

    mutating func contentRule(_ random: inout SplitMix64) -> ContentRule {
        content ?? ContentRule.choices[random.number(below: ContentRule.choices.count)]
    }

    mutating func entryRule(_ random: inout SplitMix64) -> EntryRule {
        entry ?? EntryRule.choices[random.number(below: EntryRule.choices.count)]
    }
}

extension Volume {
    /// The numbers of all pending changes, in order.
    fileprivate var pendingNumbers: [Int] {
        let contents = files.values.flatMap { $0.pending.map(\.number) }
        let entries = directories.values.flatMap { $0.pending.map(\.number) }
        return (contents + entries).sorted()
    }

    fileprivate var newestContentNumber: Int {
        files.values.compactMap { $0.pending.last?.number }.max() ?? 0
    }
}
