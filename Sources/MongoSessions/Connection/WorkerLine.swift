#if Mongo
    import Dispatch
    import Locks

    /// Runs blocking calls on a few threads of its own, and lets the rest wait in line.
    ///
    /// None of it is on the cooperative pool, where a server that doesn't answer would keep
    /// everybody's tasks from running. Each place in the line is a serial queue, since only those
    /// are sure to get a thread each, however few processors there are.
    final class WorkerLine: Sendable {
        /// Why a call was not made.
        enum Refusal: Error, Hashable {
            /// The task was cancelled while it waited.
            case cancelled

            /// The line is closed.
            case closed

            /// It has waited longer than one may, and the server does not answer.
            case unreachable
        }

        private typealias Turn = Result<DispatchQueue, Refusal>

        private struct Waiter {
            let continuation: CheckedContinuation<Turn, Never>
            let start: ContinuousClock.Instant
        }

        private struct State {
            var free: [DispatchQueue]
            var busyCount = 0
            /// By ticket, which are given in order.
            var waiters: [UInt64: Waiter] = [:]
            var nextTicket: UInt64 = 0
            var firstTicket: UInt64 = 0
            var isClosed = false
            var isUnreachable = false
            var drained: [CheckedContinuation<Void, Never>] = []
        }

        private let state: Mutex<State>
        private let patience: Duration

        /// Creates a line with `count` threads, in which nobody waits longer than `patience` for a
        /// server that doesn't answer.
        init(count: Int, patience: Duration) {
            let queues = (0..<count).map { DispatchQueue(label: "swift-session-store.mongo.\($0)") }
            state = Mutex(State(free: queues))
            self.patience = patience
        }

        /// How many wait.
        var waitingCount: Int { state.withLock(\.waiters.count) }

        /// Runs `body` on a thread of the line, first come first served.
        ///
        /// - Parameters:
        ///   - start: When the caller began to wait, for this or for something before.
        ///   - body: The blocking call; says also whether its value came from the server.
        /// - Returns: The value.
        /// - Throws: Why the call was not made.
        func run<Value: Sendable>(
            since start: ContinuousClock.Instant,
            _ body: @escaping @Sendable () -> (value: Value, isAnswer: Bool)
        ) async throws(Refusal) -> Value {
            let queue = try await turn(since: start)
            return await withCheckedContinuation { continuation in
                queue.async {
                    let (value, isAnswer) = body()
                    self.leave(queue, wasReachable: isAnswer)
                    continuation.resume(returning: value)
                }
            }
        }

        /// Refuses later calls and those that wait, and waits for those that run.
        func close() async {
            let waiters = state.withLock { state in
                state.isClosed = true
                defer { state.waiters = [:] }
                return Array(state.waiters.values)
            }
            for waiter in waiters { waiter.continuation.resume(returning: .failure(.closed)) }
            await withCheckedContinuation { continuation in
                let isDrained = state.withLock { state in
                    guard state.busyCount > 0 else { return true }
                    state.drained.append(continuation)
                    return false
                }
                if isDrained { continuation.resume() }
            }
        }

        // MARK: Turns

        /// Waits for a free thread.
        ///
        /// One that is free is had even by a cancelled task, so that it can still save what it is
        /// responsible for.
        private func turn(
            since start: ContinuousClock.Instant
        ) async throws(Refusal) -> DispatchQueue {
            let ticket = state.withLock { state in
                state.nextTicket += 1
                return state.nextTicket - 1
            }
            let turn = await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let waiter = Waiter(continuation: continuation, start: start)
                    if let turn = enqueue(waiter, ticket) { continuation.resume(returning: turn) }
                }
            } onCancel: {
                let waiter = state.withLock { $0.waiters.removeValue(forKey: ticket) }
                waiter?.continuation.resume(returning: .failure(.cancelled))
            }
            return try turn.get()
        }

        private func enqueue(_ waiter: Waiter, _ ticket: UInt64) -> Turn? {
            let isLate = isLate(waiter)
            return state.withLock { state in
                if state.isClosed { return .failure(.closed) }
                if isLate, state.isUnreachable { return .failure(.unreachable) }
                if let queue = state.free.popLast() {
                    state.busyCount += 1
                    return .success(queue)
                }
                // The task is marked cancelled before its handler runs. So either the mark is seen
                // here, or the handler comes later and finds the ticket.
                if Task.isCancelled { return .failure(.cancelled) }
                state.waiters[ticket] = waiter
                // Others may have come and gone since the ticket was drawn.
                state.firstTicket = min(state.firstTicket, ticket)
                return nil
            }
        }

        private func isLate(_ waiter: Waiter) -> Bool {
            waiter.start.duration(to: .now) > patience
        }

        /// Gives the thread to whoever has waited longest, and sends those away for whom it is too
        /// late.
        private func leave(_ queue: DispatchQueue, wasReachable: Bool) {
            var (late, next): ([Waiter], Waiter?) = ([], nil)
            let drained = state.withLock { state -> [CheckedContinuation<Void, Never>] in
                state.isUnreachable = !wasReachable
                while next == nil, let waiter = Self.popFirst(&state) {
                    if !wasReachable, isLate(waiter) { late.append(waiter) } else { next = waiter }
                }
                guard next == nil else { return [] }
                state.free.append(queue)
                state.busyCount -= 1
                guard state.busyCount == 0 else { return [] }
                defer { state.drained = [] }
                return state.drained
            }
            for waiter in late { waiter.continuation.resume(returning: .failure(.unreachable)) }
            next?.continuation.resume(returning: .success(queue))
            for continuation in drained { continuation.resume() }
        }

        private static func popFirst(_ state: inout State) -> Waiter? {
            guard !state.waiters.isEmpty else {
                state.firstTicket = state.nextTicket
                return nil
            }
            while state.firstTicket < state.nextTicket {
                defer { state.firstTicket += 1 }
                if let waiter = state.waiters.removeValue(forKey: state.firstTicket) {
                    return waiter
                }
            }
            return nil
        }
    }
#endif
