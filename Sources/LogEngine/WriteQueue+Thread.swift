import Dispatch
import Glibc
import Locks

// What the log's own thread does: it serves those who wait, and has syncs made when they are due.
extension WriteQueue {
    func requireThread() throws(LogError) {
        let mustStart = state.withLock { state in
            guard !state.hasThread, !state.isClosed else { return false }
            state.hasThread = true
            return true
        }
        guard mustStart else { return }
        do throws(LogError) {
            try startThread { self.work() }
        } catch {
            let (isLeader, mustSync) = state.withLock { state in
                state.hasThread = false
                // Somebody may have written meanwhile, and count on the thread to sync it.
                let mustSync = state.takeOverSync()
                // Somebody may have left work to a thread that was only about to be.
                guard !state.isBusy, !state.pending.isEmpty else { return (false, mustSync) }
                state.isBusy = true
                return (true, mustSync)
            }
            if isLeader { lead() }
            if mustSync { syncInBackground() }
            throw error
        }
    }

    private enum Step {
        case serve
        case sync
        case sleep(nanoseconds: UInt64?)
        case end
    }

    private func work() {
        while true {
            switch nextStep() {
            case .serve:
                let count = serveRound()
                state.withLock { $0.isBusy = false }
                linger(for: count)
            case .sync:
                startSync()
            case .sleep(let nanoseconds):
                sleep(nanoseconds)
            case .end:
                return
            }
        }
    }

    /// Waits awake for those who were served to come back with their next requests.
    ///
    /// Waking this thread takes a fourth of a sync, and the first who comes back would have one of
    /// its own: 64 tasks made 73,000 writes a second, with this 88,000 to 133,000.
    ///
    /// Many are not waited for, but served in two halves that take turns: one comes back while the
    /// other is synced. In runs by turns 32 tasks made 80,000 to 90,000 writes a second in place of
    /// 69,000 to 78,000, and 64 112,000 to 152,000 in place of 96,000 to 121,000; 4 made fewer.
    private func linger(for count: Int) {
        guard syncInterval == nil else { return }
        let start = clock.monotonicNanoseconds()
        let knownCount = state.withLock { $0.pending.count } + count
        let wantedCount = knownCount < Self.halvedCountMin ? count : knownCount / 2
        var (seenCount, changeTime) = (0, start)
        for _ in 0..<Self.lingerCountMax {
            let pendingCount: Int? = state.withLock { state in
                state.isBusy || state.isClosed || state.isAbandoned ? nil : state.pending.count
            }
            guard let pendingCount, pendingCount < wantedCount else { return }
            let now = clock.monotonicNanoseconds()
            if pendingCount > seenCount { (seenCount, changeTime) = (pendingCount, now) }
            if now - changeTime >= Self.wakeNanoseconds { return }
            if now - start >= Self.lingerNanosecondsMax { return }
            sched_yield()
        }
    }

    private func nextStep() -> Step {
        state.withLock { state in
            state.isDeadlineNew = false
            // First, since there may always be somebody who waits.
            if let deadline = state.syncDeadline, !state.isSyncing, !state.isClosed,
                state.isAbandoned || clock.monotonicNanoseconds() >= deadline
            {
                // What was acknowledged is synced even though nobody closed the log.
                state.syncDeadline = nil
                state.isSyncing = true
                return .sync
            }
            if !state.isBusy, !state.pending.isEmpty {
                state.isBusy = true
                return .serve
            }
            if state.isClosed || state.isAbandoned && !state.isSyncing {
                // Nothing waits any more; a later request, if any can come, is answered without.
                state.hasThread = false
                return .end
            }
            state.isThreadAsleep = true
            guard let deadline = state.syncDeadline, !state.isSyncing else {
                // Whoever syncs wakes this thread.
                return .sleep(nanoseconds: nil)
            }
            return .sleep(nanoseconds: deadline - min(deadline, clock.monotonicNanoseconds()))
        }
    }

    private func sleep(_ nanoseconds: UInt64?) {
        if let nanoseconds {
            _ = wake.wait(timeout: .now() + .nanoseconds(Int(clamping: nanoseconds)))
        } else {
            wake.wait()
        }
        state.withLock { $0.isThreadAsleep = false }
    }

    /// Syncs on a thread of its own, so that this one serves whoever waits; without another thread
    /// they wait for the sync.
    private func startSync() {
        do throws(LogError) {
            try startThread { self.syncInBackground() }
        } catch {
            syncInBackground()
        }
    }

    /// Makes what was written so far durable, with the writer at work meanwhile.
    ///
    /// A failure poisons the log, which the next write and the observer are told.
    func syncInBackground() {
        if let sync = writer.withLock({ $0.beginSync() }) {
            let started = clock.monotonicNanoseconds()
            let fault = sync.turn.sync()
            let nanoseconds = clock.monotonicNanoseconds() - started
            writer.withLock { $0.finish(sync, fault, nanoseconds: nanoseconds) }
        }
        // What was written since has set a deadline of its own.
        let isAsleep = state.withLock { state in
            state.isSyncing = false
            defer { state.isThreadAsleep = false }
            return state.isThreadAsleep
        }
        if isAsleep { wake.signal() }
    }
}
