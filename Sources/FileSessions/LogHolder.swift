import LogEngine
import Synchronization

/// The log of a store: opened once, by whoever needs it first, while others wait for the same.
final class LogHolder: Sendable {
    private typealias Waiter = CheckedContinuation<Result<SegmentLog, LogError>, Never>

    private enum State {
        case unopened
        case opening([Waiter])
        case open(SegmentLog)
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

    /// Returns the log, opening it first; a closed one only when it `mayReopen`.
    func log(mayReopen: Bool = false) async throws(LogError) -> SegmentLog {
        if let current { return current }
        let isFirst: Bool? = state.withLock { state in
            switch state {
            case .unopened:
                state = .opening([])
                return true
            case .closed:
                guard mayReopen else { return nil }
                state = .opening([])
                return true
            case .opening, .open: return false
            }
        }
        guard let isFirst else { throw .closed }
        return try await isFirst ? open() : wait()
    }

    private func open() async throws(LogError) -> SegmentLog {
        let result: Result<SegmentLog, LogError>
        do throws(LogError) {
            result = .success(try await makeLog())
        } catch {
            result = .failure(error)
        }
        let waiting: [Waiter] = state.withLock { state in
            guard case .opening(let waiting) = state else { return [] }
            switch result {
            case .success(let log): state = .open(log)
            case .failure: state = .unopened
            }
            return waiting
        }
        for continuation in waiting { continuation.resume(returning: result) }
        return try result.get()
    }

    private func wait() async throws(LogError) -> SegmentLog {
        let result: Result<SegmentLog, LogError> = await withCheckedContinuation { continuation in
            let answer: Result<SegmentLog, LogError>? = state.withLock { state in
                switch state {
                case .opening(let waiting):
                    state = .opening(waiting + [continuation])
                    return nil
                case .open(let log): return .success(log)
                case .closed: return .failure(.closed)
                case .unopened:
                    // Whoever was opening has failed since the caller looked, and was told why.
                    let detail = "another caller tried at the same time, and failed"
                    return .failure(.unavailable(LogFault("open", file: "", detail: detail)))
                }
            }
            if let answer { continuation.resume(returning: answer) }
        }
        return try result.get()
    }

    /// Closes the log, waiting for it to be opened first when somebody is about to.
    func close() async throws(LogError) {
        var isOpening = false
        let log: SegmentLog? = state.withLock { state in
            switch state {
            case .open(let log):
                state = .closed
                return log
            case .unopened, .closed:
                state = .closed
                return nil
            case .opening:
                isOpening = true
                return nil
            }
        }
        if let log { try await log.close() }
        guard isOpening else { return }
        // A failure is the opener's to hear of; then there is nothing to close.
        _ = try? await wait()
        try await close()
    }
}
