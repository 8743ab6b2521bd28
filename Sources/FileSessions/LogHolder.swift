import Locks
import LogEngine

/// The log of a store: opened once, by whoever needs it first, while others wait for the same.
final class LogHolder: Sendable {
    private typealias Waiter = CheckedContinuation<Result<SegmentLog, LogError>?, Never>

    private enum State {
        case unopened
        case opening([Waiter])
        case open(SegmentLog)
        case closing([Waiter])
        case closed
    }

    private let state = Mutex(State.unopened)
    private let makeLog: @Sendable () async throws(LogError) -> SegmentLog

    init(_ makeLog: @escaping @Sendable () async throws(LogError) -> SegmentLog) {
        self.makeLog = makeLog
    }

    /// The log, when it is open.
    var current: SegmentLog? {
        state.withLock { state in
            guard case .open(let log) = state else { return nil }
            return log
        }
    }

    /// What a caller that wants the log has to do.
    private enum Step {
        case use(SegmentLog)
        case open
        case wait
        case refuse
    }

    /// Returns the log, opening it first; a closed one only when it `mayReopen`.
    func log(mayReopen: Bool = false) async throws(LogError) -> SegmentLog {
        while true {
            let step = state.withLock { state in
                switch state {
                case .open(let log): return Step.use(log)
                case .opening: return .wait
                case .closing: return mayReopen ? .wait : .refuse
                case .closed where !mayReopen: return .refuse
                case .unopened, .closed:
                    state = .opening([])
                    return .open
                }
            }
            switch step {
            case .use(let log): return log
            case .open: return try await open()
            case .refuse: throw .closed
            // Nil: whatever it was is over, and the state says what is next.
            case .wait: if let result = await wait() { return try result.get() }
            }
        }
    }

    private func open() async throws(LogError) -> SegmentLog {
        let result: Result<SegmentLog, LogError>
        do throws(LogError) {
            result = .success(try await makeLog())
        } catch {
            result = .failure(error)
        }
        switch result {
        case .success(let log): finish(.open(log), result)
        case .failure: finish(.unopened, result)
        }
        return try result.get()
    }

    /// Waits until the log is opened, and returns it or why that failed; nil when it is closed, or
    /// there is nothing to wait for any more.
    private func wait() async -> Result<SegmentLog, LogError>? {
        await withCheckedContinuation { continuation in
            let mustWait = state.withLock { state in
                switch state {
                case .opening(let waiting):
                    state = .opening(waiting + [continuation])
                    return true
                case .closing(let waiting):
                    state = .closing(waiting + [continuation])
                    return true
                case .unopened, .open, .closed: return false
                }
            }
            if !mustWait { continuation.resume(returning: nil) }
        }
    }

    /// Goes on to `next`, and tells whoever waits.
    private func finish(_ next: State, _ result: Result<SegmentLog, LogError>?) {
        let waiting: [Waiter] = state.withLock { state in
            defer { state = next }
            switch state {
            case .opening(let waiting), .closing(let waiting): return waiting
            case .unopened, .open, .closed: return []
            }
        }
        for continuation in waiting { continuation.resume(returning: result) }
    }

    /// Closes the log, waiting first for whoever is about to open or close it.
    func close() async throws(LogError) {
        while true {
            var (mustWait, isOther) = (false, false)
            let log: SegmentLog? = state.withLock { state in
                switch state {
                case .open(let log):
                    state = .closing([])
                    return log
                case .opening:
                    mustWait = true
                    return nil
                case .closing:
                    (mustWait, isOther) = (true, true)
                    return nil
                case .unopened, .closed:
                    state = .closed
                    return nil
                }
            }
            if mustWait {
                _ = await wait()
                // Whoever closed it did so for both; what is open now was opened after that.
                if isOther { return }
                continue
            }
            guard let log else { return }
            defer { finish(.closed, nil) }
            return try await log.close()
        }
    }
}
