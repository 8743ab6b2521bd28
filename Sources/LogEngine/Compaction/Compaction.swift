import DiskIO
import SegmentFormat

/// One compaction: copies what is alive in some sealed segments into segments of its own, and
/// leaves the rest behind.
///
/// It reads beside readers and writers and changes nothing that they see; what it did counts once
/// the writer has committed it (``LogWriter/commit(_:)``), in one step for readers, the manifest
/// and a crash. What died meanwhile was copied in vain, and stays dead.
struct Compaction {
    /// What the writer gave it to start with.
    struct Start: Sendable {
        var inputs: [LogSegment]
        /// A number of its own: everything below it that counts was in the index before the first
        /// look at it.
        var liveAsOf: UInt64
        var horizon: MaskingHorizon
        var storeID: UInt64
    }

    /// A key whose record an output has now.
    struct Move {
        var hash: KeyHash
        var old: IndexSlot
        /// The length of the old slot's record; the slot does not tell that of a long one.
        var oldByteCount: Int
        /// The place of the record in its output.
        var entry: Int
    }

    /// A key that has expired.
    struct Expiry {
        var hash: KeyHash
        var old: IndexSlot
        var oldByteCount: Int
        /// When the slot is of a touch, where the value stands.
        var touched: TouchBody?
    }

    /// An output with what it has.
    struct Output {
        var segment: ManifestSegment
        var file: CompactionOutput
        var moves: [Move]
        /// Those that the rule keeps.
        var tombstones = TombstoneTally()
    }

    let core: LogCore
    let start: Start
    let now: UInt64
    /// What is left of a life is told from this.
    private let startedAt: UInt64
    /// The dictionary of the last compaction.
    let previousDictionary: CompressionDictionary?
    private var encoder = BodyEncoder(.none)
    private(set) var outputs: [Output] = []
    /// Which output each class of records goes to, and where in `outputs` each of those is now.
    private var outputOfClass: [Int] = []
    private var openOutputs: [Int: Int] = [:]
    private(set) var expiries: [Expiry] = []
    private(set) var report = CompactionReport()

    /// A record of an input that may have to stay.
    private struct Survivor {
        var entry: FooterEntry
        var segment: LogSegment
        var byteCount: Int
        /// The number that it will have: that of the touch, when one keeps it alive.
        var sequence: UInt64
        /// Nil for what leaves a tombstone at most.
        var expiryClass: ExpiryClass?

        var place: RecordPlace {
            RecordPlace(
                segment: segment.id,
                byteOffset: entry.byteOffset,
                byteCount: byteCount
            )
        }
    }

    /// What it needs from outside while it runs.
    typealias NewSegment = () throws(LogError) -> SegmentID
    typealias Pace = (Int) throws(LogError) -> Void

    /// Prepares a compaction for which what has expired by `now` is dead, for good.
    init(
        _ core: LogCore,
        _ start: Start,
        at now: UInt64,
        previousDictionary: CompressionDictionary? = nil
    ) {
        self.core = core
        self.previousDictionary = previousDictionary
        self.start = start
        self.now = now
        startedAt = core.clock.now()
    }

    /// Copies; afterwards the outputs are durable, and nothing names them.
    ///
    /// - Parameters:
    ///   - newSegment: Gives a segment number that nobody else gets.
    ///   - pace: Is told how many bytes were written, after each step; may wait, throws to stop.
    /// - Throws: `corrupted` when an input is not what was written: it is never copied, and never
    ///   dropped; `diskFull`, `unavailable`, or what `pace` throws. The outputs are removed then.
    mutating func run(newSegment: NewSegment, pace: Pace) throws(LogError) {
        do throws(LogError) {
            var survivors: [Survivor] = []
            for segment in start.inputs { try collect(from: segment, into: &survivors) }
            survivors.sort { $0.sequence < $1.sequence }
            encoder = BodyEncoder(try compression(for: survivors))
            sort(survivors)
            for survivor in survivors {
                guard let record = try settle(survivor) else { continue }
                // Tombstones stay with what stays longest.
                let number = outputOfClass[(survivor.expiryClass ?? .never).rawValue]
                try append(record, toOutput: number, newSegment, pace)
            }
            try finishOutputs()
        } catch {
            discard()
            throw error
        }
    }

    /// Removes the outputs of a compaction that came to nothing; when that fails, the next opening
    /// will.
    func discard() {
        for output in outputs { remove(output.segment.id) }
    }

    private func remove(_ id: SegmentID) {
        do throws(DiskError) {
            try core.directory.remove(FileName.segment(id).text)
        } catch  where error.kind == .notFound {
            return
        } catch {
            core.observer.didFail(LogError(error, doing: "remove unfinished compaction"))
        }
    }

    // MARK: What stays

    /// Gathers the records of `segment` that are not dead for certain, from its footer.
    private mutating func collect(
        from segment: LogSegment,
        into survivors: inout [Survivor]
    ) throws(LogError) {
        let footer = try FooterFile.load(segment, from: core.segments)
        report.inputByteCount += UInt64(footer.summary.dataEnd - SegmentHeader.byteCount)
        report.inputSegmentCount += 1
        for (index, entry) in footer.entries.enumerated() where entry.kind != .dictionary {
            var survivor = Survivor(
                entry: entry,
                segment: segment,
                byteCount: footer.recordEnd(of: index) - entry.byteOffset,
                sequence: entry.sequence
            )
            if entry.kind.isValue {
                guard let holder = try holder(of: survivor) else { continue }
                if let touch = holder.touch { survivor.sequence = touch.head.sequence }
                if core.life(of: holder.slot, at: now) != .expired {
                    let deadline = core.deadline(of: holder.slot)
                    survivor.expiryClass = ExpiryClass(deadline: deadline, now: startedAt)
                }
            } else if start.horizon.mayDrop(entry.sequence) {
                continue
            }
            survivors.append(survivor)
        }
    }

    /// What the index has that makes a record count.
    private struct Holder {
        var slot: IndexSlot
        /// The touch that keeps a value alive from elsewhere.
        var touch: StoredRecord?
    }

    /// Returns the slot that keeps the record alive; nil when nothing does any more.
    private func holder(of survivor: Survivor) throws(LogError) -> Holder? {
        let candidates = core.index.candidates(for: survivor.entry.hash)
        for number in 0..<candidates.count {
            let slot = candidates[number]
            if slot.segmentIndex == survivor.segment.index,
                slot.byteOffset == survivor.entry.byteOffset
            {
                return Holder(slot: slot)
            }
            guard slot.isTouched, survivor.entry.kind.holdsValue else { continue }
            let touch = try core.reader.record(of: slot)
            let body = try core.touchBody(of: touch, slot)
            if body.segment == survivor.segment.id, body.byteOffset == survivor.entry.byteOffset {
                return Holder(slot: slot, touch: touch)
            }
        }
        return nil
    }

    // MARK: One record

    /// A record that an output gets, and whose it is.
    private struct Settled {
        var record: CompactedRecord
        /// The slot that will point at it; nil for a tombstone.
        var old: IndexSlot?
        var oldByteCount = 0
    }

    private mutating func settle(_ survivor: Survivor) throws(LogError) -> Settled? {
        guard survivor.entry.kind.isValue else { return try settleTombstone(survivor) }
        guard let holder = try holder(of: survivor) else { return nil }
        // Touched since it began: the writer, which has noted it, sees to it at the commit.
        if let touch = holder.touch, touch.head.sequence > start.liveAsOf { return nil }
        if core.life(of: holder.slot, at: now) == .expired {
            return try settleExpired(survivor, holder)
        }
        let stored = try record(of: survivor)
        if let touch = holder.touch { return try fold(stored, into: touch, survivor, holder.slot) }
        if stored.head.kind == .touch {
            let body = try core.touchBody(of: stored, holder.slot)
            // The value is among the inputs, and takes its touch along.
            guard !isInput(body.segment) else { return nil }
        }
        var copy = CompactedRecord(
            stored.head,
            hash: survivor.entry.hash,
            key: stored.key,
            body: stored.body
        )
        if stored.head.kind.holdsValue {
            let revision = try core.valueSequence(of: stored, holder.slot)
            let value = try core.value(of: stored, holder.slot)
            copy.store(encoder.encode(value, key: copy.key), revision: revision)
        }
        return Settled(record: copy, old: holder.slot, oldByteCount: survivor.byteCount)
    }

    private func isInput(_ id: SegmentID) -> Bool { start.inputs.contains { $0.id == id } }

    private func record(of survivor: Survivor) throws(LogError) -> StoredRecord {
        let stored = try core.reader.record(at: survivor.place)
        guard core.hash(stored.key) == survivor.entry.hash,
            stored.head.sequence == survivor.entry.sequence
        else {
            throw .corrupted(
                LogDamage(
                    file: survivor.segment.fileName,
                    byteOffset: UInt64(survivor.entry.byteOffset),
                    byteCount: UInt64(survivor.byteCount),
                    key: stored.key,
                    detail: "the footer lists another record here"
                )
            )
        }
        return stored
    }

    private func settleTombstone(_ survivor: Survivor) throws(LogError) -> Settled? {
        // A newer record of the key, which is durable by the time this counts, masks all that the
        // tombstone does.
        guard try !isSuperseded(survivor) else { return nil }
        let stored = try record(of: survivor)
        return Settled(
            record: CompactedRecord(
                stored.head,
                hash: survivor.entry.hash,
                key: stored.key,
                body: []
            )
        )
    }

    private func isSuperseded(_ survivor: Survivor) throws(LogError) -> Bool {
        let candidates = core.index.candidates(for: survivor.entry.hash)
        for number in 0..<candidates.count
        where try core.reader.identity(of: candidates[number])?.hash == survivor.entry.hash {
            return true
        }
        return false
    }

    /// An expired value goes; what it masks must not come back, so that it may have to leave a
    /// tombstone with its number.
    private mutating func settleExpired(
        _ survivor: Survivor,
        _ holder: Holder
    ) throws(LogError) -> Settled? {
        let slot = holder.slot
        let touched = slot.isTouched ? try core.touchBody(of: slot) : nil
        // A touch whose value is among the inputs, too, is settled with that.
        if survivor.entry.kind == .touch, let touched, isInput(touched.segment) { return nil }
        expiries.append(
            Expiry(
                hash: survivor.entry.hash,
                old: slot,
                oldByteCount: try core.reader.byteCount(of: slot),
                touched: touched
            )
        )
        report.expiredRecordCount += 1
        guard !start.horizon.mayDrop(survivor.sequence) else { return nil }
        let stored = if let touch = holder.touch { touch } else { try core.reader.head(of: slot) }
        var head = stored.head
        head.kind = .expiryTombstone
        head.codec = Codec.none.rawValue
        head.activity = now
        head.lifetime = .standard
        return Settled(
            record: CompactedRecord(head, hash: survivor.entry.hash, key: stored.key, body: [])
        )
    }

    private func fold(
        _ value: StoredRecord,
        into touch: StoredRecord,
        _ survivor: Survivor,
        _ slot: IndexSlot
    ) throws(LogError) -> Settled {
        var head = touch.head
        head.kind = .foldedTouch
        var copy = CompactedRecord(
            head,
            hash: survivor.entry.hash,
            key: touch.key,
            body: []
        )
        let revision = try core.valueSequence(of: value, slot)
        let bytes = try core.value(of: value, slot)
        copy.store(encoder.encode(bytes, key: copy.key), revision: revision)
        return Settled(record: copy, old: slot, oldByteCount: touch.head.recordByteCount)
    }

    // MARK: Compression

    private func compression(for survivors: [Survivor]) throws(LogError) -> Compression {
        switch core.options.compactedCompression {
        case .none: return .none
        case .lz4: return .lz4
        case .zstandard(let level):
            if let fixed = core.options.fixedDictionary {
                return .zstandard(level: level, dictionary: CompressionDictionary(fixed))
            }
            let values = survivors.filter { $0.entry.kind.holdsValue }
            let stored = values.reduce(0) { $0 + $1.byteCount }
            let stride = max(1, stored / DictionarySamples.byteCountMax)
            var samples = DictionarySamples()
            var sampled = (stored: 0, decoded: 0)
            for place in Swift.stride(from: 0, to: values.count, by: stride)
            where !samples.isFull {
                guard let holder = try holder(of: values[place]) else { continue }
                let record = try record(of: values[place])
                let value = try core.value(of: record, holder.slot)
                samples.add(value, key: record.key)
                sampled = (sampled.stored + values[place].byteCount, sampled.decoded + value.count)
            }
            let dictionary = DictionaryTrainer.dictionary(
                for: samples,
                byteCount: stored * sampled.decoded / max(1, sampled.stored),
                level: level,
                previous: previousDictionary
            )
            return .zstandard(level: level, dictionary: dictionary.map(core.dictionaries.keep))
        }
    }

    /// What the values were compressed with; nil when with nothing.
    var dictionary: CompressionDictionary? {
        guard case .zstandard(_, let dictionary) = encoder.compression else { return nil }
        return dictionary
    }

    // MARK: Outputs

    /// Decides which classes have an output of their own: those with an eighth of everything, a
    /// sixteenth of what a segment holds, and enough for a dictionary of their own to pay.
    private mutating func sort(_ survivors: [Survivor]) {
        var byteCounts = ExpiryClass.allCases.map { _ in 0 }
        for survivor in survivors {
            guard let expiryClass = survivor.expiryClass else { continue }
            byteCounts[expiryClass.rawValue] += survivor.byteCount
        }
        let all = byteCounts.reduce(0, +)
        let dictionaryByteCount = dictionary?.bytes.count ?? 0
        let least = max(
            all / 8,
            core.options.segmentByteCountMax / 16,
            dictionaryByteCount * DictionaryTrainer.bytesPerDictionaryByte
        )
        // Where hardly any more segments can be named, nothing is split.
        let room = FormatLimits.segmentCountMax - core.segments.all.count
        let isRoomy = room > 2 * ExpiryClass.allCases.count
        outputOfClass = ExpiryClass.outputs(byteCounts, least: isRoomy ? least : all + 1)
    }

    private mutating func append(
        _ settled: Settled,
        toOutput number: Int,
        _ newSegment: NewSegment,
        _ pace: Pace
    ) throws(LogError) {
        let open = openOutputs[number]
        if open.map({ isFull(outputs[$0].file, for: settled.record) }) ?? true {
            try beginOutput(try newSegment())
            openOutputs[number] = outputs.count - 1
        }
        let place = openOutputs[number, default: outputs.count - 1]
        let file = outputs[place].file
        file.append(settled.record)
        if let old = settled.old {
            outputs[place].moves.append(
                Move(
                    hash: settled.record.hash,
                    old: old,
                    oldByteCount: settled.oldByteCount,
                    entry: file.entries.count - 1
                )
            )
            report.movedRecordCount += 1
        } else {
            outputs[place].tombstones.add(
                settled.record.head.sequence,
                byteCount: file.lastRecordByteCount
            )
            report.keptTombstoneCount += 1
        }
        guard file.hasStep else { return }
        try disk("write compacted segment") { () throws(DiskError) in try file.flush() }
        try pace(core.options.compactionStepByteCount)
    }

    private func isFull(_ file: CompactionOutput, for record: CompactedRecord) -> Bool {
        guard !file.entries.isEmpty else { return false }
        let byteCountMax = record.byteCountMax(file.named.layout)
        return file.end + byteCountMax > core.options.segmentByteCountMax
            || file.entries.count >= core.options.segmentRecordCountMax
    }

    private mutating func beginOutput(_ id: SegmentID) throws(LogError) {
        let (storeID, liveAsOf, core) = (start.storeID, start.liveAsOf, core)
        do throws(LogError) {
            let file = try disk("create compacted segment") { () throws(DiskError) in
                try CompactionOutput(id, storeID: storeID, liveAsOf: liveAsOf, core)
            }
            outputs.append(Output(segment: file.named, file: file, moves: []))
        } catch {
            // A full disk has room for its name, but not for its header.
            remove(id)
            throw error
        }
    }

    private mutating func finishOutputs() throws(LogError) {
        for place in outputs.indices {
            let file = outputs[place].file
            if let dictionary,
                file.entries.contains(where: { $0.codec == Codec.zstandard.rawValue })
            {
                file.append(dictionary: dictionary, hash: core.hash([]), activity: now)
            }
            outputs[place].segment = try disk("finish compacted segment") {
                () throws(DiskError) in try file.finish()
            }
            report.outputByteCount += UInt64(file.end - SegmentHeader.byteCount)
            report.outputSegmentCount += 1
        }
        guard !outputs.isEmpty else { return }
        let directory = core.directory
        try disk("finish compacted segment") { () throws(DiskError) in try directory.sync() }
    }

    private func disk<Value>(
        _ doing: String,
        _ body: () throws(DiskError) -> Value
    ) throws(LogError) -> Value {
        do throws(DiskError) {
            return try body()
        } catch {
            throw LogError(error, doing: doing)
        }
    }
}
