import DiskIO
import SegmentFormat

/// The one who changes the log: stages requests into batches, writes and syncs them, and lets the
/// index see what is safe.
///
/// Used by one thread at a time, whoever holds the writer's role in the ``WriteQueue``.
final class LogWriter {
    let core: LogCore
    var manifest: Manifest
    var active: ActiveSegment?
    var poison: LogFault?
    var isClosed = false
    /// Nobody has the log any more; what was acknowledged is still synced.
    var isAbandoned = false
    /// The next number to give; always below the manifest's floor once anything was given.
    var nextSequence: UInt64
    var isStarted = false
    var isDiskFull = false
    /// Whether the reserve file is there; nil until somebody has looked.
    var hasReserve: Bool?
    /// Bytes of a batch that failed may stand where the next record goes.
    var mustClearTail = false
    /// Written and not yet synced (interval durability).
    var isDirty = false
    /// Nothing has changed since the last checkpoint was begun.
    var isUnchangedSinceCheckpoint: Bool
    /// The last one that was begun.
    var pendingCheckpoint: PendingCheckpoint?
    /// Of the segment before, as long as the manifest does not call it sealed.
    var sealing: PendingFooter?
    /// The next segment's number; files may have been made with numbers that no manifest names.
    var nextSegment: SegmentID
    var compacting: Compacting?
    private let encoder: BodyEncoder
    let limits: Limits
    /// An empty batch whose space is used again, and not allocated for each write.
    private var spareBatch = WriteBatch()
    /// What is longer goes with its batch.
    static let spareByteCountMax = 2 * 1_024 * 1_024
    /// Where a record that is written alone is laid out.
    var recordSpace: [UInt8] = []
    /// Is told that a segment was sealed.
    var didSeal: (@Sendable () -> Void)?
    var byteCountSinceCheckpoint = 0
    /// Bytes of records since opening: of batches, and of what compaction copied.
    var writtenByteCount: UInt64 = 0
    var copiedByteCount: UInt64 = 0

    /// What each write is held to, taken from the options, which are larger.
    struct Limits {
        let recordCount: Int
        let byteCount: Int
        let reserveByteCount: Int
        let isCompressed: Bool

        init(_ options: LogOptions) {
            recordCount = options.segmentRecordCountMax
            byteCount = options.segmentByteCountMax
            reserveByteCount = options.reserveByteCount
            isCompressed = options.compression != .none
        }
    }

    init(_ outcome: Recovery.Outcome) {
        core = outcome.core
        encoder = BodyEncoder(outcome.core.options.compression == .lz4 ? .lz4 : .none)
        limits = Limits(outcome.core.options)
        manifest = outcome.manifest
        active = outcome.active
        nextSequence = outcome.manifest.sequenceFloor
        nextSegment = outcome.manifest.nextSegment
        isUnchangedSinceCheckpoint = outcome.hasFreshCheckpoint
    }

    // MARK: Requests

    /// Does what `requests` ask, in their order; a result stands where its request does.
    func run(_ requests: [WriteRequest]) -> [WriteResult] {
        var results = [WriteResult?](repeating: nil, count: requests.count)
        run(requests, indices: requests.indices, into: &results, isEmergency: false)
        return giveWayIfFull(requests, results)
    }

    /// Tries removals that a full disk has refused again, as often as there is something to give up
    /// for them: a full disk must not keep anybody from making room.
    private func giveWayIfFull(
        _ requests: [WriteRequest],
        _ first: [WriteResult?]
    ) -> [WriteResult] {
        var results = first
        for sacrifice in Sacrifice.allCases {
            let removals = requests.indices.filter { index in
                guard case .failure(.diskFull)? = results[index] else { return false }
                return requests[index].isRemoval
            }
            guard !removals.isEmpty else { break }
            guard giveUp(sacrifice) else { continue }
            run(requests, indices: removals, into: &results, isEmergency: true)
        }
        return results.map { $0 ?? .failure(.closed) }
    }

    /// Does what `request` asks when that is only to write its record, which nobody syncs; returns
    /// nil when numbers, or room in the segment or in its zone, must be had first, or be given up.
    func runAtOnce(_ request: WriteRequest) -> WriteResult? {
        guard hasRoom(for: request.recordByteCountMax) else { return nil }
        var results: [WriteResult?] = [nil]
        run([request], indices: 0..<1, into: &results, isEmergency: false)
        if case .failure(.diskFull)? = results[0] { return nil }
        return results[0]
    }

    private func run(
        _ requests: [WriteRequest],
        indices: some Sequence<Int>,
        into results: inout [WriteResult?],
        isEmergency: Bool
    ) {
        // With the space of the batch before, which then nobody has.
        var batch = WriteBatch()
        swap(&batch, &spareBatch)
        defer { if batch.bytes.capacity <= Self.spareByteCountMax { swap(&batch, &spareBatch) } }
        for index in indices {
            do throws(LogError) {
                try serve(requests[index], index, &batch, &results, isEmergency: isEmergency)
            } catch {
                if case .conflict = error {
                    // It may be with a record of this batch, which has yet to be written.
                    batch.answer(index, .failure(error))
                } else {
                    results[index] = .failure(error)
                }
            }
        }
        commit(&batch, &results, isEmergency: isEmergency)
    }

    private func serve(
        _ request: WriteRequest,
        _ index: Int,
        _ batch: inout WriteBatch,
        _ results: inout [WriteResult?],
        isEmergency: Bool
    ) throws(LogError) {
        guard !isClosed, !isAbandoned else {
            if case .close = request {
                results[index] = .success(.done(true))
                return
            }
            throw .closed
        }
        switch request {
        case .put, .destroy, .expire, .touch:
            try requireHealthy()
            try start()
            let outcome = try stage(request, &batch, &results, isEmergency: isEmergency)
            batch.answer(index, .success(outcome))
            if batch.bytes.count >= core.options.batchByteCountMax {
                commit(&batch, &results, isEmergency: isEmergency)
            }
        case .sweep(let keys):
            commit(&batch, &results, isEmergency: isEmergency)
            try requireHealthy()
            try start()
            results[index] = .success(.swept(try sweep(keys)))
        case .sync:
            commit(&batch, &results, isEmergency: isEmergency)
            try requireHealthy()
            try syncNow()
            results[index] = .success(.done(true))
        case .checkpoint:
            commit(&batch, &results, isEmergency: isEmergency)
            try requireHealthy()
            try syncNow()
            if let pendingCheckpoint, pendingCheckpoint.isWritten == nil {
                results[index] = .success(.checkpoint(pendingCheckpoint, isNew: false))
            } else if let pending = beginCheckpoint() {
                results[index] = .success(.checkpoint(pending, isNew: true))
            } else {
                results[index] = .success(.done(false))
            }
        case .seal:
            commit(&batch, &results, isEmergency: isEmergency)
            try requireHealthy()
            try start()
            if active?.entries.isEmpty == false {
                try rotate()
                try finishSealing()
                try commit([.floors])
            } else {
                // For a compaction of others, which makes room, it may as well stay as it is.
                sealing?.finishAndTell()
            }
            results[index] = .success(.done(true))
        case .close:
            commit(&batch, &results, isEmergency: isEmergency)
            isClosed = true
            try close()
            results[index] = .success(.done(true))
        }
    }

    /// Records the expiry of those of `keys` that have expired, together, and returns them.
    private func sweep(_ keys: [[UInt8]]) throws(LogError) -> [[UInt8]] {
        var swept: [[UInt8]] = []
        var batch = WriteBatch()
        // Nobody waits for a single answer: an error is everybody's.
        var results: [WriteResult?] = []
        for key in keys {
            let request = WriteRequest.expire(key: key, revision: nil)
            if needsNewSegment(for: request.recordByteCountMax, batch) {
                try commitOwn(&batch)
                try rotate()
            }
            let outcome = try stage(request, &batch, &results, isEmergency: false)
            if case .done(true) = outcome { swept.append(key) }
        }
        try commitOwn(&batch)
        return swept
    }

    func requireHealthy() throws(LogError) {
        if let poison { throw .poisoned(poison) }
        // The sync may have been a checkpoint's, a compaction's or a footer's.
        let directoryFault = core.directory.failure.map { error in
            LogFault("sync", file: error.name, detail: "\(error)")
        }
        if let fault = directoryFault ?? sealing?.fault {
            // What was acknowledged before is in a file that can be synced as ever, for the last
            // time.
            try syncNow()
            throw poisoned(fault)
        }
    }

    // MARK: Staging

    /// Puts the request's record into the batch, if it comes to one.
    private func stage(
        _ request: WriteRequest,
        _ batch: inout WriteBatch,
        _ results: inout [WriteResult?],
        isEmergency: Bool
    ) throws(LogError) -> WriteOutcome {
        // First, because it may commit the batch, and what the key has by then depends on whether
        // that succeeds.
        try makeRoom(for: request, &batch, &results, isEmergency: isEmergency)
        let now = core.clock.now()
        switch request {
        case .put(let put):
            let hash = put.lookup?.hash ?? core.hash(put.key)
            if let revision = try stagePlain(put, hash, &batch, at: now) {
                return .written(revision)
            }
            let current =
                put.condition == .none
                ? try replaceable(put.key, hash, batch, put.lookup)
                : try current(put.key, hash, batch, put.lookup)
            try check(put.condition, current, at: now)
            let stored = encoder.encode(put.value, key: put.key)
            let draft = Draft(
                kind: .put,
                key: put.key,
                hash: hash,
                codec: stored.codec,
                body: stored.bytes,
                activity: put.activity ?? now,
                lifetime: put.lifetime,
                value: put.value,
                old: current?.replaced
            )
            return .written(try add(draft, &batch))
        case .destroy(let key, let condition):
            let hash = core.hash(key)
            let current = try current(key, hash, batch)
            try check(condition, current, at: now)
            guard let current else { return .done(false) }
            let draft = Draft(
                kind: .destroyTombstone,
                key: key,
                hash: hash,
                activity: now,
                old: current.replaced
            )
            _ = try add(draft, &batch)
            return .done(!current.isExpired(core, at: now))
        case .expire(let key, let revision):
            let hash = core.hash(key)
            guard let current = try current(key, hash, batch),
                current.revision == revision ?? current.revision,
                current.isExpired(core, at: now)
            else { return .done(false) }
            let draft = Draft(
                kind: .expiryTombstone,
                key: key,
                hash: hash,
                activity: now,
                old: current.replaced
            )
            _ = try add(draft, &batch)
            return .done(true)
        case .touch(let key, let activity, let condition):
            let hash = core.hash(key)
            let current = try current(key, hash, batch)
            try check(condition, current, at: now)
            guard let current, !current.isExpired(core, at: now) else { return .done(false) }
            let value = try current.readableValue()
            let draft = Draft(
                kind: .touch,
                key: key,
                hash: hash,
                body: value.encoded(),
                activity: max(activity ?? now, current.activity),
                lifetime: current.lifetime,
                touched: value,
                old: current.replaced
            )
            _ = try add(draft, &batch)
            return .done(true)
        case .sweep, .sync, .checkpoint, .seal, .close:
            preconditionFailure("only records are staged")
        }
    }

    /// A record before its place and number are known.
    struct Draft {
        var kind: RecordKind
        var key: [UInt8]
        var hash: KeyHash
        var codec = Codec.none
        var body: [UInt8] = []
        var activity: UInt64
        var lifetime = Lifetime.standard
        var value: [UInt8]?
        var touched: TouchBody?
        var old: WriteBatch.Replaced?
    }

    /// Begins another segment when this one is too full for what the request may write.
    private func makeRoom(
        for request: WriteRequest,
        _ batch: inout WriteBatch,
        _ results: inout [WriteResult?],
        isEmergency: Bool
    ) throws(LogError) {
        guard !isEmergency, needsNewSegment(for: request.recordByteCountMax, batch) else { return }
        commit(&batch, &results, isEmergency: false)
        try requireHealthy()
        try rotate()
    }

    /// Gives the draft its number and place.
    func add(_ draft: consuming Draft, _ batch: inout WriteBatch) throws(LogError) -> UInt64 {
        let byteCount = FormatLimits.aligned(
            RecordHead.byteCount + draft.key.count + draft.body.count
        )
        try reserveSequence()
        guard let active else { throw .closed }
        let byteOffset = active.tail + batch.bytes.count
        guard byteOffset < FormatLimits.segmentByteCountMax else {
            // Only a removal comes here, when a full disk leaves no other segment to go to.
            throw .diskFull(
                LogFault(
                    "write records",
                    file: active.segment.fileName,
                    detail: "the segment has no place for another record"
                )
            )
        }
        let head = RecordHead(
            sequence: nextSequence,
            activity: draft.activity,
            lifetime: draft.lifetime,
            kind: draft.kind,
            codec: draft.codec.rawValue,
            keyByteCount: draft.key.count,
            storedByteCount: draft.body.count,
            syncedThrough: active.syncedThrough
        )
        nextSequence += 1
        Record.append(
            head,
            key: draft.key,
            body: draft.body,
            to: &batch.bytes,
            byteOffset: byteOffset,
            salt: active.segment.salt
        )
        batch.add(
            WriteBatch.Staged(
                entry: FooterEntry(head, hash: draft.hash, byteOffset: byteOffset),
                key: draft.key,
                byteCount: byteCount,
                lifetime: draft.lifetime,
                touched: draft.touched,
                value: draft.value,
                old: draft.old
            )
        )
        return head.sequence
    }

    func needsNewSegment(for byteCount: Int, _ batch: WriteBatch) -> Bool {
        guard let active else { return false }
        let recordCount = active.entries.count + batch.staged.count
        guard recordCount > 0 else { return false }
        return active.tail + batch.bytes.count + byteCount > core.options.segmentByteCountMax
            || recordCount >= core.options.segmentRecordCountMax
    }
}
