import DiskIO
import Locks
import SegmentFormat

import struct Synchronization.Atomic

/// Runs compactions of one log, one at a time.
final class Compactor: Sendable {
    private let core: LogCore
    private let queue: WriteQueue
    /// Held while a compaction runs.
    private let work = Mutex(Work())
    private let isStopping = Atomic(false)
    private let watch = Mutex<ExpiryWatch?>(nil)
    /// Where compaction starts and what the store is to stay under, in bytes, when last measured.
    private let bounds = Mutex<(start: UInt64, limit: UInt64)?>(nil)
    /// What the compaction at work has written so far, which nothing names yet.
    private let unnamedByteCount = Atomic<UInt64>(0)

    private struct Work {
        /// What had expired when it was last counted, which takes a look at every slot.
        var census: ExpiryCensus?
        /// When it may be counted again, and what was written up to the last time.
        var nextCensus: UInt64 = 0
        var censusSequence: UInt64 = 0
        var dictionary: CompressionDictionary?
        /// Segments that go for what has expired in them, with what is alive copied.
        var crowded: Set<SegmentID> = []
        /// Segments in which something is not what was written: left as they are.
        var damaged: Set<SegmentID> = []
    }

    init(_ core: LogCore, _ queue: WriteQueue) {
        self.core = core
        self.queue = queue
    }

    /// Lets the compaction at work give up at its next step, and waits for it; no other begins.
    func stop() {
        isStopping.store(true, ordering: .releasing)
        work.withLock { _ in }
    }

    /// Tells `watch` from now on which values have expired.
    func setWatch(_ watch: ExpiryWatch) { self.watch.withLock { $0 = watch } }

    private var currentWatch: ExpiryWatch? {
        watch.withLock { $0 }.flatMap { $0.isWatched() ? $0 : nil }
    }

    // MARK: What to do

    /// Compacts everything that is sealed.
    func compactAll(pace: Compaction.Pace) throws(LogError) -> CompactionReport {
        try work.withLock { (work) throws(LogError) in
            _ = try sweepIfWatched(pace)
            _ = takeCensus(&work)
            var report = CompactionReport()
            learnOutputs()
            var candidates = measure(work).candidates
            var left = Set(candidates.map(\.id))
            var blocked: LogError?
            for isFirst in [true, false] {
                if !isFirst {
                    // What was clean may be no more, now that what its tombstones were kept for has
                    // gone; what found no room may find some.
                    candidates = measure(work).candidates.filter { candidate in
                        left.contains(candidate.id) && !candidate.isClean
                    }
                }
                var refusal: LogError?
                for group in CompactionPicker.pickAll(candidates, limits: try limits()) {
                    do throws(LogError) {
                        try requireRoom(for: group)
                        report.add(try compact(group.map(\.id), &work, pace))
                        left.subtract(group.map(\.id))
                    } catch {
                        // What goes without copying makes room for the rest.
                        guard case .diskFull = error else { throw error }
                        refusal = refusal ?? error
                    }
                }
                blocked = refusal.map { blocked ?? $0 }
            }
            (work.census, work.nextCensus) = (nil, 0)
            if let blocked { throw blocked }
            return report
        }
    }

    /// Looks up in footers which compacted segments have a dictionary or tombstones, where opening
    /// has left that open: these would pass for dead records.
    private func learnOutputs() {
        for segment in core.segments.all where segment.liveAsOf > 0 {
            let counts = segment.counts
            let isKnown = segment.withState { $0.tombstones != nil && $0.dictionaryByteCount > 0 }
            guard !isKnown, counts.records > counts.live,
                // One that can't be read is met again by the compaction, and reported.
                let footer = try? FooterFile.load(segment, from: core.segments)
            else { continue }
            let tombstones = TombstoneTally(footer)
            segment.withState { state in
                state.dictionaryByteCount = UInt64(footer.summary.dictionaryByteCount)
                state.tombstones = tombstones
            }
        }
    }

    /// Compacts those sealed segments that `isChosen` takes, in one step.
    func compact(
        where isChosen: (SegmentID) -> Bool,
        pace: Compaction.Pace = { _ in }
    ) throws(LogError) -> CompactionReport {
        try work.withLock { (work) throws(LogError) in
            let chosen = measure(work).candidates.map(\.id).filter(isChosen)
            return chosen.isEmpty ? CompactionReport() : try compact(chosen, &work, pace)
        }
    }

    /// Compacts what the space budget asks for now, in one step.
    ///
    /// - Returns: Nil when there is nothing to do.
    func compactDue(pace: Compaction.Pace) throws(LogError) -> CompactionReport? {
        try work.withLock { (work) throws(LogError) in
            let space = measure(work)
            let picked = CompactionPicker.pickDue(
                space.candidates,
                excess: space.excess,
                limits: try limits()
            )
            guard !picked.isEmpty else { return nil }
            return try compact(picked, &work, pace)
        }
    }

    /// Counts what has expired, and records it where that does not wait for compaction.
    ///
    /// - Returns: How many were recorded.
    func sweep(pace: Compaction.Pace) throws(LogError) -> Int {
        try work.withLock { (work) throws(LogError) in
            var count = try sweepIfWatched(pace)
            let census = takeCensus(&work)
            work.crowded = []
            if try sealExpired(census) { return count }
            let candidates = measure(work).candidates
            // What goes with its segment needs no record of its own.
            let dead = Set(candidates.filter(\.isDead).map(\.id))
            guard census.isMany(besides: dead) else { return count }
            let free = try freeByteCount()
            work.crowded = Set(
                candidates.filter { census.isCrowded($0) && $0.copiedByteCount <= free }.map(\.id)
            ).subtracting(dead)
            let spared = dead.union(work.crowded)
            guard census.isMany(besides: spared) else { return count }
            count += try ExpirySweep(core: core, queue: queue, watch: nil)
                .run(at: settledNow, besides: spared, pace: pace)
            _ = takeCensus(&work)
            return count
        }
    }

    /// Counts anew what has expired, where something was written since: short lives end between two
    /// sweeps, and what they leave is no part of what the store may take.
    ///
    /// No more than a hundredth of the time goes into it.
    func recount() {
        work.withLock { work in
            guard core.clock.monotonicNanoseconds() >= work.nextCensus,
                queue.withWriter({ $0.nextSequence }) != work.censusSequence
            else { return }
            _ = takeCensus(&work)
        }
    }

    private func takeCensus(_ work: inout Work) -> ExpiryCensus {
        work.censusSequence = queue.withWriter { $0.nextSequence }
        let started = core.clock.monotonicNanoseconds()
        let census = ExpiryCensus(core, at: settledNow)
        let now = core.clock.monotonicNanoseconds()
        work.census = census
        work.nextCensus = now + max(Self.censusInterval, (now - started) * 100)
        return census
    }

    /// At least so long, in nanoseconds, between two counts.
    private static let censusInterval: UInt64 = 1_000_000_000

    private func sweepIfWatched(_ pace: Compaction.Pace) throws(LogError) -> Int {
        guard let watch = currentWatch else { return 0 }
        return try ExpirySweep(core: core, queue: queue, watch: watch)
            .run(at: settledNow, pace: pace)
    }

    /// Seals the active segment when all that was alive in it has expired, so that it can go whole.
    private func sealExpired(_ census: ExpiryCensus) throws(LogError) -> Bool {
        let active = queue.withWriter { writer in
            writer.active.map { ($0.segment.id, $0.segment.counts.live) }
        }
        guard let active, active.1 >= Self.sealedRecordCountMin,
            census.counts[active.0, default: (0, 0)].records >= active.1
        else { return false }
        _ = try queue.runBlocking(.seal).get()
        return true
    }

    /// Fewer expired records are not worth a segment of their own.
    private static let sealedRecordCountMin = 1_000

    /// What is done for good rests on this time.
    private var settledNow: UInt64 {
        core.clock.settled(grace: core.options.expiryGraceMilliseconds)
    }

    private func limits() throws(LogError) -> CompactionPicker.Limits {
        let free = try freeByteCount()
        return CompactionPicker.Limits(
            byteCount: min(UInt64(core.options.segmentByteCountMax), free),
            recordCount: core.options.segmentRecordCountMax,
            freeByteCount: free
        )
    }

    /// What may be written without getting in the way of whoever writes.
    private func freeByteCount() throws(LogError) -> UInt64 {
        do throws(DiskError) {
            let available = try core.directory.availableByteCount()
            return available - min(available, UInt64(core.options.zoneByteCount))
        } catch {
            throw LogError(error, doing: "measure free space")
        }
    }

    /// Refuses to fill the disk with what can't be finished.
    private func requireRoom(for group: [CompactionCandidate]) throws(LogError) {
        let needed = group.reduce(0) { $0 + $1.copiedByteCount }
        let free = try freeByteCount()
        guard needed > free else { return }
        throw .diskFull(
            LogFault(
                "compact",
                file: core.directory.path,
                detail: "needs \(needed) bytes, and \(free) are free"
            )
        )
    }

    // MARK: Space

    /// The store's files as the picker wants to know them.
    struct Space {
        var candidates: [CompactionCandidate] = []
        var byteCount: UInt64 = 0
        var liveByteCount: UInt64 = 0

        var segmentByteCount: UInt64 = 0

        /// What it may grow to before it is compacted: while that is at work there is an output
        /// besides, and writers go on.
        var start: UInt64 { liveByteCount / 10 * 13 + segmentByteCount }

        /// What it is to stay under.
        var limit: UInt64 { liveByteCount / 2 * 3 + 2 * segmentByteCount }

        /// How far it is over what it may grow to before it is compacted.
        var excess: UInt64 { byteCount > start ? byteCount - start : 0 }
    }

    /// How far the store is on its way from where compaction starts to what it is to stay under: 0
    /// there or before, 1 here.
    ///
    /// By the bounds that were measured last; may be called while a compaction is at work.
    var pressure: Double {
        guard let bounds = bounds.withLock({ $0 }) else { return 0 }
        let named = core.segments.all.reduce(into: UInt64(0)) { sum, segment in
            sum += segment.fileByteCount
        }
        let byteCount = named + unnamedByteCount.load(ordering: .relaxed)
        guard byteCount > bounds.start else { return 0 }
        return Double(byteCount - bounds.start) / Double(bounds.limit - bounds.start)
    }

    /// Adds up the segments; no disk is asked.
    func measure() -> Space { work.withLock { measure($0) } }

    private func measure(_ work: Work) -> Space {
        // While somebody watches, compaction lets nothing expire.
        let isWatched = currentWatch != nil
        let expired = isWatched ? [:] : work.census?.counts ?? [:]
        let (horizon, segments) = core.tombstoneHorizon
        let sequence = queue.withWriter { $0.nextSequence }
        var space = Space()
        for (position, segment) in segments.enumerated() {
            let counts = segment.counts
            let byteCount = segment.fileByteCount
            let gone = expired[segment.id, default: (0, 0)]
            let liveCount = max(0, counts.live - gone.records)
            let kept = kept(by: segment, at: position, horizon)
            let dictionary = segment.withState { $0.dictionaryByteCount }
            let stayingCount = liveCount + kept.count + (dictionary > 0 ? 1 : 0)
            let entryByteCount = segment.footerEntryByteCount
            let live =
                counts.liveBytes - min(counts.liveBytes, gone.bytes)
                + UInt64(liveCount * entryByteCount)
            space.byteCount += byteCount
            space.liveByteCount += live
            guard let sequences = segment.withState({ $0.sequences }),
                !work.damaged.contains(segment.id)
            else { continue }
            space.candidates.append(
                CompactionCandidate(
                    id: segment.id,
                    byteCount: byteCount,
                    liveByteCount: live,
                    liveRecordCount: counts.live,
                    keptByteCount: kept.byteCount + UInt64(kept.count * entryByteCount),
                    dictionaryByteCount: dictionary,
                    deadRecordCount: max(0, counts.records - stayingCount),
                    age: sequence - min(sequence, sequences.upperBound),
                    isOutput: segment.liveAsOf > 0,
                    isCrowded: !isWatched && work.crowded.contains(segment.id)
                )
            )
        }
        space.segmentByteCount = UInt64(core.options.segmentByteCountMax)
        bounds.withLock { [space] in $0 = (space.start, space.limit) }
        return space
    }

    /// What the compaction that wrote `segment` had to keep, unless what stood against it has gone
    /// since.
    private func kept(
        by segment: LogSegment,
        at position: Int,
        _ horizon: MaskingHorizon
    ) -> TombstoneTally {
        guard segment.liveAsOf > 0, let tally = segment.withState({ $0.tombstones }),
            let newest = tally.sequences?.upperBound,
            horizon.keeper(of: newest, besides: position) != nil
        else { return TombstoneTally() }
        return tally
    }

    // MARK: One compaction

    private func compact(
        _ ids: [SegmentID],
        _ work: inout Work,
        _ pace: (Int) throws(LogError) -> Void
    ) throws(LogError) -> CompactionReport {
        let inputs = ids.compactMap { core.segments.segment($0) }
        do throws(LogError) {
            return try compact(inputs, &work.dictionary, pace)
        } catch {
            guard case .corrupted(let damage) = error else { throw error }
            core.observer.didFindDamage(damage)
            // Which of them it is, only a look at each alone tells.
            guard inputs.count == 1 else {
                var report = CompactionReport()
                for id in ids { report.add(try compact([id], &work, pace)) }
                return report
            }
            work.damaged.formUnion(ids)
            var report = CompactionReport()
            report.damagedSegmentCount = 1
            return report
        }
    }

    private func compact(
        _ inputs: [LogSegment],
        _ dictionary: inout CompressionDictionary?,
        _ pace: (Int) throws(LogError) -> Void
    ) throws(LogError) -> CompactionReport {
        let started = core.clock.monotonicNanoseconds()
        let start = try queue.withWriter { (writer) throws(LogError) in
            try writer.beginCompaction(inputs)
        }
        defer {
            queue.withWriter { $0.endCompaction() }
            unnamedByteCount.store(0, ordering: .relaxed)
        }
        guard !start.inputs.isEmpty else { return CompactionReport() }
        try requireRunning()
        // Who watches is told by the sweep, which is the only one then to let a value expire.
        var compaction = Compaction(
            core,
            start,
            at: currentWatch == nil ? settledNow : 0,
            previousDictionary: dictionary
        )
        try compaction.run(
            newSegment: { queue.withWriter { $0.takeSegmentID() } },
            pace: { (byteCount) throws(LogError) in
                unnamedByteCount.add(UInt64(byteCount), ordering: .relaxed)
                try requireRunning()
                try pace(byteCount)
            }
        )
        do throws(LogError) {
            try queue.withWriter { (writer) throws(LogError) in try writer.commit(compaction) }
        } catch {
            // Once it is unknown which manifest counts, the outputs may be what it names.
            if case .poisoned = error { throw error }
            compaction.discard()
            throw error
        }
        let limit = UInt64(core.options.pinnedByteCountMax)
        let takenBack = core.segments.takeBackPins(over: limit)
        if takenBack > 0 { core.observer.didTakeBackPins(count: takenBack) }
        dictionary = compaction.dictionary ?? dictionary
        var report = compaction.report
        report.nanoseconds = core.clock.monotonicNanoseconds() - started
        core.observer.didCompact(report)
        return report
    }

    /// Whether no other compaction will begin.
    var isStopped: Bool { isStopping.load(ordering: .acquiring) }

    private func requireRunning() throws(LogError) {
        if isStopped { throw .closed }
    }
}
