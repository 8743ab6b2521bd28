import DiskIO
import SegmentFormat
import Synchronization

/// What readers and the writer of one opened log share; none of it is behind one lock.
final class LogCore: Sendable {
    let disk: any Disk
    let directory: SharedDirectory
    let options: LogOptions
    let observer: any LogObserver
    let secret: HashSecret
    let segments: SegmentTable
    let index: LogIndex
    let clock: LogClock
    let reader: RecordReader
    let dictionaries: DictionaryStore
    let decoder = BodyDecoder()
    let cache: ValueCache
    let lookups = RecentLookups()
    /// What was last active before this, and lives as long as the setting says, has expired under
    /// the setting of an earlier opening.
    let expiredBefore: UInt64
    private let closing = Atomic(false)
    private let relocationCount = Atomic<UInt64>(0)

    init(
        disk: any Disk,
        directory: SharedDirectory,
        options: LogOptions,
        observer: any LogObserver,
        secret: HashSecret,
        segments: SegmentTable,
        index: LogIndex,
        clock: LogClock,
        expiredBefore: UInt64 = 0
    ) {
        self.expiredBefore = expiredBefore
        self.disk = disk
        self.directory = directory
        self.options = options
        self.observer = observer
        self.secret = secret
        self.segments = segments
        self.index = index
        self.clock = clock
        self.reader = RecordReader(segments: segments, secret: secret)
        self.dictionaries = DictionaryStore(reader)
        self.cache = ValueCache(byteCountMax: options.cacheByteCountMax)
    }

    // MARK: Closing

    var isOpen: Bool { !closing.load(ordering: .relaxed) }

    func requireOpen() throws(LogError) {
        guard isOpen else { throw .closed }
    }

    /// Ends reading, and lets all files go.
    func close() {
        closing.store(true, ordering: .relaxed)
        segments.closeAll()
        cache.removeAll()
    }

    /// Of its span: an initializer takes an array over, which counts a reference more and less.
    func hash(_ key: [UInt8]) -> KeyHash { KeyHash(key.span, secret: secret) }

    // MARK: Relocation

    /// How often compaction has moved records: what a reader found damaged or missing may only have
    /// moved, when this has changed since it looked up the place.
    var relocations: UInt64 { relocationCount.load(ordering: .acquiring) }

    /// To be called between the index's last change and the first segment's removal.
    func noteRelocation() { relocationCount.add(1, ordering: .releasing) }

    /// Runs `body`, again if what it read has moved meanwhile.
    func following<Value>(
        _ body: () throws(LogError) -> Value
    ) throws(LogError) -> Value {
        while true {
            let seen = relocations
            do throws(LogError) {
                return try body()
            } catch {
                guard relocations != seen else { throw error }
                switch error {
                case .corrupted, .unavailable: continue
                default: throw error
                }
            }
        }
    }

    // MARK: Finding

    /// What the index has for a key; handed on and never copied, so that the array that a record
    /// was read into can become its value.
    enum Finding: ~Copyable {
        case none
        /// The record, of which the whole or only head and key was read, as asked.
        case record(IndexSlot, StoredRecord)
        /// The key's record is there, and is not what was written.
        case damaged(IndexSlot, LogDamage)
    }

    /// Finds the key's record, confirming the key against what is on disk.
    ///
    /// - Throws: `corrupted` when a damaged record may or may not be the key's, `unavailable` when
    ///   the disk does not answer.
    func find(_ key: [UInt8], _ hash: KeyHash, whole: Bool) throws(LogError) -> Finding {
        try find(key, hash, among: index.candidates(for: hash), whole: whole)
    }

    private func find(
        _ key: [UInt8],
        _ hash: KeyHash,
        among candidates: LogIndex.Candidates,
        whole: Bool
    ) throws(LogError) -> Finding {
        var doubt: LogDamage?
        var damaged: (slot: IndexSlot, damage: LogDamage)?
        for number in 0..<candidates.count {
            let slot = candidates[number]
            do throws(LogError) {
                let record = try whole ? reader.record(of: slot) : reader.head(of: slot)
                if record.hasKey(key) { return .record(slot, record) }
            } catch {
                guard case .corrupted(var damage) = error else { throw error }
                // A damaged body has a whole head, so its key is known; a damaged head has a
                // footer.
                switch try isDamaged(slot, damage, key, hash) {
                case true?:
                    damage.key = key
                    // A newer, whole one may stand beside it, written when nobody could tell whose
                    // the damaged one was.
                    damaged = (slot, damage)
                case false?: continue
                case nil: doubt = damage
                }
            }
        }
        if let damaged { return .damaged(damaged.slot, damaged.damage) }
        if let doubt { throw .corrupted(doubt) }
        return .none
    }

    /// Whether the damaged record of `slot` is the key's; nil when nobody can tell.
    private func isDamaged(
        _ slot: IndexSlot,
        _ damage: LogDamage,
        _ key: [UInt8],
        _ hash: KeyHash
    ) throws(LogError) -> Bool? {
        if let damagedKey = damage.key { return damagedKey == key }
        guard let found = try reader.footerEntry(of: slot) else { return nil }
        return found.hash == hash
    }

    // MARK: Reading

    /// What a key's record says, expired or not.
    ///
    /// Nearly every read ends the short way: one slot, one look at the cache, one call to the disk,
    /// one pass over what came. That finds no fault with anything: what is not as it should be, it
    /// leaves to who can say why.
    func current(_ key: [UInt8]) throws(LogError) -> LogRecord? {
        try requireOpen()
        let hash = hash(key)
        let seen = relocations
        var isWanted = false
        switch index.likely(for: hash) {
        case .none: return nil
        case .one(let slot):
            // The relocations as they are by now, since the slot may be of later than `seen`.
            let kept = cache.record(
                for: key,
                hash,
                slot,
                relocations: relocations,
                isWanted: &isWanted
            )
            if let kept { return kept }
            // While nothing was moved, the segment's number was not given to another, in whose file
            // there may be nothing at this place: a mapping must not be touched there.
            guard let opened = segments.opened(of: slot), relocations == seen,
                let found = opened.record(of: slot, key: key, for: self)
            else { break }
            if isWanted {
                cache.keep(ValueCache.Entry(found, hash, slot, relocations: seen))
            } else {
                note(found, hash, slot, relocations: seen)
            }
            return found
        case .several: break
        }
        return try current(key, hash, isWanted: isWanted)
    }

    /// Same, the long way.
    func current(
        _ key: [UInt8],
        _ hash: KeyHash,
        isWanted: Bool
    ) throws(LogError) -> LogRecord? {
        do throws(LogError) {
            return try following { () throws(LogError) in
                let seen = relocations
                let candidates = index.candidates(for: hash)
                switch try find(key, hash, among: candidates, whole: true) {
                case .none: return nil
                case .damaged(_, let damage): throw .corrupted(damage)
                case .record(let slot, let record):
                    let found = try resolve(consume record, of: slot, key: key)
                    // Beside a damaged record that may be the key's, the disk is asked each time.
                    if isWanted, candidates.count == 1 {
                        cache.keep(ValueCache.Entry(found, hash, slot, relocations: seen))
                    }
                    return found
                }
            }
        } catch {
            if case .corrupted(let damage) = error { observer.didFindDamage(damage) }
            throw error
        }
    }

    /// Returns what is known of the key without asking the disk.
    func cached(
        _ hash: KeyHash,
        _ candidates: LogIndex.Candidates
    ) -> ValueCache.Entry? {
        guard candidates.count == 1 else { return nil }
        return cache.entry(for: hash, candidates[0], relocations: relocations)
    }

    /// Returns what `record`, which is of `key`, says, following a touch to the value it touched.
    func resolve(
        _ record: consuming StoredRecord,
        of slot: IndexSlot,
        key: [UInt8]? = nil
    ) throws(LogError) -> LogRecord {
        let key = key ?? record.key
        let (activity, lifetime) = (record.head.activity, record.head.lifetime)
        var expected: UInt64?
        if record.head.kind == .touch {
            let touch = try touchBody(of: record, slot)
            expected = touch.valueSequence
            record = try reader.record(
                at: RecordPlace(
                    segment: touch.segment,
                    byteOffset: touch.byteOffset,
                    byteCount: touch.recordByteCount
                )
            )
        }
        guard record.head.kind.holdsValue else {
            throw damage(slot, key: key, "the index points at a \(record.head.kind)")
        }
        let revision = try valueSequence(of: record, slot)
        if let expected {
            guard revision == expected, record.hasKey(key) else {
                throw damage(slot, key: key, "the touched value is another one")
            }
        }
        return LogRecord(
            key: key,
            value: try value(of: consume record, slot),
            revision: revision,
            activity: activity,
            lifetime: ValueLifetime(lifetime)
        )
    }

    /// Returns the value in `record`, which was read whole.
    func value(
        of record: consuming StoredRecord,
        _ slot: IndexSlot
    ) throws(LogError) -> [UInt8] {
        // Before a folded value stands its number, which was read first.
        let prefix = record.head.kind == .foldedTouch ? FoldedBody.prefixByteCount : 0
        guard record.head.storedByteCount >= prefix else {
            let detail = "folded touch: \(record.head.storedByteCount) bytes"
            throw damage(slot, key: record.key, detail)
        }
        guard let codec = Codec(rawValue: record.head.codec) else {
            throw .unsupported(
                LogFault(
                    "read",
                    file: record.segment.fileName,
                    byteOffset: UInt64(slot.byteOffset),
                    detail: "codec \(record.head.codec)"
                )
            )
        }
        guard codec != .none else { return (consume record).takeBody(dropping: prefix) }
        let dictionary = codec == .zstandard ? try dictionary(for: record) : nil
        do throws(FormatError) {
            return try decoder.decode(
                record.bodyBytes.dropFirst(prefix),
                codec: codec,
                key: record.keyBytes,
                dictionary: dictionary
            )
        } catch {
            throw damage(slot, key: record.key, "compressed value: \(error.text)")
        }
    }

    /// Returns the dictionary of the segment of `record`; damage names the key that needs it.
    private func dictionary(
        for record: borrowing StoredRecord
    ) throws(LogError) -> CompressionDictionary? {
        do throws(LogError) {
            return try dictionaries.dictionary(of: record.segment)
        } catch {
            guard case .corrupted(var damage) = error else { throw error }
            damage.key = record.key
            damage.detail = "dictionary: " + damage.detail
            throw .corrupted(damage)
        }
    }

    /// Returns the number of the value in `record`, which must have been read whole when it is a
    /// folded touch.
    func valueSequence(of record: StoredRecord, _ slot: IndexSlot) throws(LogError) -> UInt64 {
        guard record.head.kind == .foldedTouch else { return record.head.sequence }
        do throws(FormatError) {
            return try FoldedBody.valueSequence(of: record.bodyBytes)
        } catch {
            throw damage(slot, key: record.key, "folded touch: \(error.text)")
        }
    }

    /// Returns where the value of a touch stands; the record must have been read whole.
    func touchBody(of record: StoredRecord, _ slot: IndexSlot) throws(LogError) -> TouchBody {
        do throws(FormatError) {
            return try TouchBody(decoding: record.body)
        } catch {
            throw damage(slot, key: record.key, "touch: \(error.text)")
        }
    }

    /// Returns where the value stands that the touch of `slot` keeps alive; nil when it is no
    /// touch, or a damaged one, which its reader meets.
    func touchBody(of slot: IndexSlot) throws(LogError) -> TouchBody? {
        guard slot.isTouched else { return nil }
        do throws(LogError) {
            return try touchBody(of: try reader.record(of: slot), slot)
        } catch {
            guard case .corrupted = error else { throw error }
            return nil
        }
    }

    private func damage(_ slot: IndexSlot, key: [UInt8], _ detail: String) -> LogError {
        .corrupted(
            LogDamage(
                file: fileName(of: slot),
                byteOffset: UInt64(slot.byteOffset),
                byteCount: UInt64(slot.recordByteCount),
                key: key,
                detail: detail
            )
        )
    }

    private func fileName(of slot: IndexSlot) -> String {
        segments.segment(at: slot.segmentIndex)?.fileName ?? "index"
    }

    // MARK: Expiry

    /// Whether a value last active at `activity` has expired at `now`: strictly later than its
    /// life.
    ///
    /// The clock is only asked where the answer depends on it.
    func isExpired(
        activity: UInt64,
        lifetime: Lifetime,
        at time: @autoclosure () -> UInt64
    ) -> Bool {
        let limit: UInt64
        switch lifetime {
        case .endless: return false
        case .milliseconds(let count): limit = count
        case .standard:
            if activity < expiredBefore { return true }
            guard let standard = options.lifetimeMilliseconds else { return false }
            limit = standard
        }
        let now = time()
        return now > activity && now - activity > limit
    }

    /// When the record of a slot expires, to two seconds; nil for never.
    func deadline(of slot: IndexSlot) -> UInt64? {
        let clock = UInt64(slot.clock) * 1_000
        if slot.hasOwnLifetime { return slot.clock == .max ? nil : clock }
        return options.lifetimeMilliseconds.map { clock + $0 }
    }

    /// What a slot alone can tell: its clock is in whole seconds, rounded up.
    enum SlotLife { case alive, expired, unclear }

    func life(of slot: IndexSlot, at now: UInt64) -> SlotLife {
        var deadline = UInt64(slot.clock) * 1_000
        if slot.hasOwnLifetime {
            if slot.clock == .max { return .alive }
        } else {
            // The activity was rounded up, by less than a second.
            if deadline < expiredBefore { return .expired }
            if deadline < expiredBefore + 1_000 { return .unclear }
            guard let standard = options.lifetimeMilliseconds else { return .alive }
            deadline += standard
        }
        // The last second that a clock can tell stands for all that follow.
        let isExact = slot.clock < .max - 1
        if now > deadline { return isExact ? .expired : .unclear }
        // Activity and lifetime were both rounded up: the true deadline is less than 2 s earlier.
        return now + 2_000 > deadline ? .unclear : .alive
    }
}
