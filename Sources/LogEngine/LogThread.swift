import Glibc
import Locks

/// The log's own thread: syncs block for milliseconds, and must not do so on the cooperative pool.
enum LogThread {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Runs `body` on a thread of its own, and returns what it does without blocking the caller's.
    static func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(LogError) -> Value
    ) async throws(LogError) -> Value {
        let outcome = Outcome<Value>()
        await withCheckedContinuation { continuation in
            do throws(LogError) {
                try start {
                    do throws(LogError) {
                        outcome.set(.success(try body()))
                    } catch {
                        outcome.set(.failure(error))
                    }
                    continuation.resume()
                }
            } catch {
                outcome.set(.failure(error))
                continuation.resume()
            }
        }
        return try outcome.value
    }

    /// What became of work on another thread.
    ///
    /// The continuation could carry it; but the thread sanitizer sees no order between a thread
    /// and a task when the thread is done before the task awaits it. It sees that of a lock.
    private final class Outcome<Value: Sendable>: Sendable {
        private let result = Mutex<Result<Value, LogError>>(.failure(.closed))

        var value: Value {
            get throws(LogError) { try result.withLock { $0 }.get() }
        }

        func set(_ result: Result<Value, LogError>) {
            self.result.withLock { $0 = result }
        }
    }

    /// Runs `body` on a new, detached thread, which leaves the processor to others when there is
    /// not enough of it for all: for what no writer waits for.
    ///
    /// On two processors, in loads of five million sessions with checkpoints and footers on such
    /// threads, one write in a thousand took 56 to 78 µs, and 75 to 157 with ordinary ones.
    static func startBehind(_ body: @escaping @Sendable () -> Void) throws(LogError) {
        try start {
            // Linux has a priority for each thread; should it be refused, nothing is lost.
            setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
            body()
        }
    }

    /// A tenth of what an ordinary thread gets.
    private static let niceness: Int32 = 10

    /// Runs `body` on a new, detached thread.
    static func start(_ body: @escaping @Sendable () -> Void) throws(LogError) {
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer { unsafe pthread_attr_destroy(&attributes) }
        var thread = pthread_t()
        // The new thread takes the reference over, or it comes back below.
        let retained = unsafe Unmanaged.passRetained(Body(body))
        let code = unsafe pthread_create(
            &thread,
            &attributes,
            { context in
                // Signals are the host's, and so are its threads to take them: a write past a file
                // size limit then comes back as a full disk, where SIGXFSZ would end the process.
                var signals = sigset_t()
                unsafe sigfillset(&signals)
                unsafe pthread_sigmask(SIG_SETMASK, &signals, nil)
                if let context = unsafe context {
                    unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
                }
                return nil
            },
            retained.toOpaque()
        )
        guard code != 0 else { return }
        unsafe retained.release()
        throw .unavailable(LogFault("start thread", file: "", detail: "errno \(code)"))
    }
}
