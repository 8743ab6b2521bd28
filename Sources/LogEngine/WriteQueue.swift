import Dispatch
import Glibc
import Locks

/// Hands requests to the writer, many at a time: whoever waits while a batch is synced goes into
/// the next one together.
///
/// One holds the writer's role at a time: the log's own thread, or a blocking caller that found
/// nobody at work and so saves the wake-up.
final class WriteQueue: Sendable {
    // An unchecked continuation: `complete` is the only one to resume it, and each request is
    // completed once, by the round that served it or by `take`.
    @safe enum Waiter: Sendable {
        case task(UnsafeContinuation<WriteResult, Never>)
        case thread(WaitingThread)
    }

    struct State {
        var pending: [WriteRequest] = []
        /// Who waits for each of them.
        var waiters: [Waiter] = []
        var pendingByteCount = 0
        /// Somebody holds the writer's role.
        var isBusy = false
        var hasThread = false
        var isThreadAsleep = false
        /// No more requests are taken.
        var isClosed = false
        /// Nobody will ask any more; the thread should end.
        var isAbandoned = false
        /// When what was written must be synced, on the monotonic clock.
        var syncDeadline: UInt64?
        /// The thread has not looked at the deadline yet.
        var isDeadlineNew = false
        /// Somebody syncs what was written, beside whoever writes.
        var isSyncing = false

        /// Whether the caller has to sync what was written, since there is no thread that will.
        mutating func takeOverSync() -> Bool {
            guard !hasThread, syncDeadline != nil, !isSyncing else { return false }
            syncDeadline = nil
            isSyncing = true
            return true
        }
    }

    let state = Mutex(State())
    let writer: Mutex<LogWriter>
    let wake = DispatchSemaphore(value: 0)
    /// What holds writers to compaction's pace.
    let brake = WriteBrake()
    private let core: LogCore
    let clock: LogClock
    private let queuedByteCountMax: Int
    private let batchByteCountMax: Int
    let syncInterval: UInt64?

    let startThread: StartThread
    /// Runs a closure on a new thread.
    typealias StartThread = @Sendable (@escaping @Sendable () -> Void) throws(LogError) -> Void

    /// Most requests in one round: a bound on what one failed batch takes with it.
    private static let roundCountMax = 4_096
    /// As many as take less time than waking the log's thread does.
    private static let attemptCountMax = 24
    /// What waking the log's thread takes.
    static let wakeNanoseconds: UInt64 = 35_000
    /// The longest that those who came back wait for others.
    static let lingerNanosecondsMax: UInt64 = 250_000
    /// The same where a clock stands still.
    static let lingerCountMax = 2_000
    /// As many writers are served in two halves.
    static let halvedCountMin = 24
    /// The longest interval that is told from never, in nanoseconds: 31 years.
    private static let syncIntervalMax = 1e18

    init(
        _ writer: sending LogWriter,
        startThread: @escaping StartThread = { (body) throws(LogError) in
            try LogThread.start(body)
        }
    ) {
        self.startThread = startThread
        core = writer.core
        clock = writer.core.clock
        let options = writer.core.options
        queuedByteCountMax = options.queuedByteCountMax
        batchByteCountMax = options.batchByteCountMax
        if case .interval(let interval) = options.durability {
            syncInterval = UInt64(min(interval / .nanoseconds(1), Self.syncIntervalMax))
        } else {
            syncInterval = nil
        }
        self.writer = Mutex(writer)
    }

    // MARK: Callers

    /// Runs `request` on the log's thread, and suspends until it is done; on the caller's own when
    /// that waits for no sync.
    ///
    /// Cancelling the task changes nothing: what was handed over is done, and its result comes.
    func run(_ request: WriteRequest) async -> WriteResult {
        if let result = runAtOnce(request) { return result }
        do throws(LogError) {
            try requireThread()
        } catch {
            // Closing must not depend on it: whoever closes does the work.
            guard case .close = request else { return .failure(error) }
            return runBlocking(request)
        }
        return await unsafe withUnsafeContinuation { continuation in
            unsafe enqueue(request, .task(continuation))
        }
    }

    /// Runs `request`, on the calling thread when nobody is at work, and blocks until it is done.
    func runBlocking(_ request: WriteRequest) -> WriteResult {
        if syncInterval != nil, !request.isClose {
            do throws(LogError) {
                try requireThread()
            } catch {
                return .failure(error)
            }
        }
        if let result = runAtOnce(request) { return result }
        let thread = WaitingThread()
        let isLeader = state.withLock { state in
            guard take(request, .thread(thread), &state), !state.isBusy else { return false }
            state.isBusy = true
            return true
        }
        if isLeader { lead(until: thread) }
        return thread.wait()
    }

    /// Writes `put` on the calling thread, when nobody is at work, nothing waits for a sync and it
    /// is plain; returns its revision, nil when it is for ``run(_:)`` or ``runBlocking(_:)``.
    ///
    /// With an interval between syncs a write is one system call of 1 µs into the kernel's memory,
    /// as a read is; handing it to the log's thread and back takes a wake-up of 35.
    func putAtOnce(_ put: Put) throws(LogError) -> UInt64? {
        guard syncInterval != nil else { return nil }
        let hash = core.hash(put.key)
        return try atOnce { $0.putAtOnce(put, hash) }?.get()
    }

    /// Does what `request` asks on the calling thread, if it can be done at once; returns nil
    /// otherwise.
    private func runAtOnce(_ request: WriteRequest) -> WriteResult? {
        guard request.isRecord else { return nil }
        return atOnce { $0.runAtOnce(request) }
    }

    /// Lets `serve` write on the calling thread, when nobody is at work and nothing waits for a
    /// sync; returns nil when it can't be.
    private func atOnce<Value: Sendable>(
        _ serve: (LogWriter) -> Result<Value, LogError>?
    ) -> Result<Value, LogError>? {
        guard syncInterval != nil, brake.rate == nil, takeRole() else { return nil }
        // Compaction has the writer for a moment now and then: that is for the log's thread.
        let served = writer.withLockIfAvailable { writer in
            let result = serve(writer)
            return (result, writer.syncNeed)
        }
        let (isAsleep, isAlone, mustSync) = state.withLock { state in
            if let served { note(served.1, &state) }
            // The thread could not be made after all.
            let mustSync = state.takeOverSync()
            // And somebody already counts on whoever works.
            guard state.hasThread || state.pending.isEmpty else { return (false, true, mustSync) }
            state.isBusy = false
            let isNeeded = !state.pending.isEmpty || state.isDeadlineNew
            guard isNeeded else { return (false, false, mustSync) }
            defer { state.isThreadAsleep = false }
            return (state.isThreadAsleep, false, mustSync)
        }
        if isAsleep { wake.signal() }
        if isAlone { lead() }
        if mustSync { syncInBackground() }
        return served?.0
    }

    /// Takes the writer's role for one record, when nothing waits; trying a few times, since
    /// whoever has it has only one to write, too.
    private func takeRole() -> Bool {
        var giveUpTime: UInt64?
        for _ in 0..<Self.attemptCountMax {
            let isTaken: Bool? = state.withLock { state in
                guard state.hasThread, !state.isClosed, state.pending.isEmpty else { return false }
                guard !state.isBusy else { return nil }
                state.isBusy = true
                return true
            }
            if let isTaken { return isTaken }
            // Where others want the processor, a single yield may take long.
            let now = clock.monotonicNanoseconds()
            guard now < giveUpTime ?? .max else { return false }
            giveUpTime = giveUpTime ?? now + Self.wakeNanoseconds
            sched_yield()
        }
        return false
    }

    /// Lets the thread end; whatever waits is still done.
    func abandon() {
        let isAsleep = state.withLock { state in
            state.isAbandoned = true
            defer { state.isThreadAsleep = false }
            return state.isThreadAsleep
        }
        if isAsleep { wake.signal() }
    }

    private func enqueue(_ request: WriteRequest, _ waiter: Waiter) {
        let (isAsleep, isLeader) = state.withLock { state in
            guard take(request, waiter, &state), !state.isBusy else { return (false, false) }
            guard state.hasThread else {
                // It was being made when this request counted on it, and could not be.
                state.isBusy = true
                return (false, true)
            }
            defer { state.isThreadAsleep = false }
            return (state.isThreadAsleep, false)
        }
        if isAsleep { wake.signal() }
        if isLeader { lead() }
    }

    /// Puts `request` into the queue; answers it at once, and returns false, when it can't be.
    private func take(
        _ request: WriteRequest,
        _ waiter: Waiter,
        _ state: inout State
    ) -> Bool {
        if state.isClosed {
            complete(waiter, request.isClose ? .success(.done(true)) : .failure(.closed))
            return false
        }
        let byteCount = state.pendingByteCount + request.byteCount
        // A log that could not be closed would still write after its lock was given back.
        let isTaken = state.pending.isEmpty || request.isClose
        guard isTaken || byteCount <= queuedByteCountMax else {
            let detail = "\(state.pendingByteCount) bytes wait to be written"
            complete(waiter, .failure(.unavailable(LogFault("write", file: "", detail: detail))))
            return false
        }
        state.pending.append(request)
        state.waiters.append(waiter)
        state.pendingByteCount = byteCount
        return true
    }

    private func complete(_ waiter: Waiter, _ result: WriteResult) {
        switch waiter {
        case .task(let continuation): unsafe continuation.resume(returning: result)
        case .thread(let thread): thread.complete(result)
        }
    }

    // MARK: The writer's role

    /// Works as the writer until `thread` has its result, then leaves the rest to the log's thread.
    private func lead(until thread: WaitingThread) {
        while !thread.isDone { serveRound() }
        lead()
    }

    /// Leaves the writer's role to the log's thread, which may have to be made first; should that
    /// fail, goes on working for those who wait.
    func lead() {
        while true {
            // Others keep coming as fast as they are served: without a thread to leave them to,
            // this caller would never get away.
            let isMissing = state.withLock { !$0.pending.isEmpty && !$0.hasThread }
            if isMissing { _ = try? requireThread() }
            let isDone = state.withLock { state in
                guard state.pending.isEmpty || state.hasThread else { return false }
                state.isBusy = false
                return true
            }
            if isDone { break }
            serveRound()
        }
        wakeThreadIfNeeded()
    }

    private func wakeThreadIfNeeded() {
        let isAsleep = state.withLock { state in
            let isNeeded = !state.pending.isEmpty || state.isDeadlineNew || state.isClosed
            guard isNeeded else { return false }
            defer { state.isThreadAsleep = false }
            return state.isThreadAsleep
        }
        if isAsleep { wake.signal() }
    }

    /// What is served together.
    private struct Round: Sendable {
        var requests: [WriteRequest] = []
        var waiters: [Waiter] = []
        var byteCount = 0
    }

    /// Takes what waits now, up to the round's limits.
    private func takeRound(_ state: inout State) -> Round {
        var round = Round()
        let count = state.pending.count
        if count <= Self.roundCountMax, state.pendingByteCount <= batchByteCountMax {
            // Without a copy of each; as many will probably come again.
            round.requests.reserveCapacity(count)
            round.waiters.reserveCapacity(count)
            swap(&round.requests, &state.pending)
            swap(&round.waiters, &state.waiters)
            swap(&round.byteCount, &state.pendingByteCount)
            return round
        }
        while round.requests.count < min(count, Self.roundCountMax),
            round.byteCount < batchByteCountMax
        {
            let request = state.pending[round.requests.count]
            round.byteCount += request.byteCount
            round.requests.append(request)
        }
        round.waiters = Array(state.waiters.prefix(round.requests.count))
        state.pending.removeFirst(round.requests.count)
        state.waiters.removeFirst(round.requests.count)
        state.pendingByteCount -= round.byteCount
        return round
    }

    /// Serves what waits now, up to the round's limits, for who holds the role; returns how many.
    @discardableResult
    func serveRound() -> Int {
        let round = state.withLock { takeRound(&$0) }
        let (results, need, isClosed) = writer.withLock { writer in
            let results = writer.run(round.requests)
            return (results, writer.syncNeed, writer.isClosed)
        }
        state.withLock { state in
            if isClosed { state.isClosed = true }
            note(need, &state)
        }
        for (waiter, result) in zip(round.waiters, results) { complete(waiter, result) }
        // Whoever comes next waits; a compaction needs the writer only.
        brake.wait(for: round.byteCount)
        return round.requests.count
    }

    /// Writes the index to disk, for whom nobody waits; returns whether it could be written.
    func checkpointBlocking() throws(LogError) -> Bool {
        while true {
            guard case .checkpoint(let pending, let isNew) = try runBlocking(.checkpoint).get()
            else { return false }
            let isWritten = pending.finish()
            // One that was at work already does not say what was written since.
            if isNew { return isWritten }
        }
    }

    private func note(_ need: SyncNeed, _ state: inout State) {
        guard need != .none, let syncInterval else {
            state.syncDeadline = nil
            return
        }
        let isNow = need == .now && !state.isSyncing
        guard isNow ? state.syncDeadline != 0 : state.syncDeadline == nil else { return }
        state.syncDeadline = isNow ? 0 : clock.monotonicNanoseconds() + syncInterval
        state.isDeadlineNew = true
    }

    /// What only the writer knows; waits for the round at work.
    func withWriter<Value: Sendable, Failure>(
        _ body: (LogWriter) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try writer.withLock { (writer) throws(Failure) in try body(writer) }
    }
}
