import Dispatch
import Locks

/// A thread that waits for the result of a request.
final class WaitingThread: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let result = Mutex<WriteResult?>(nil)

    var isDone: Bool { result.withLock { $0 != nil } }

    func complete(_ value: WriteResult) {
        result.withLock { $0 = value }
        semaphore.signal()
    }

    func wait() -> WriteResult {
        semaphore.wait()
        return result.withLock { $0 } ?? .failure(.closed)
    }
}
