import CCallgrind
import Dispatch
import Locks

/// How often a path is run: once to be ready, with all memory and lazily made things at hand, and
/// once to be counted.
let passCount = 2

/// Runs one hot path under valgrind's callgrind, which counts the instructions of its last pass:
/// `session-instructions <path> <directory>`, as Tests/instructions does for all of them.
@main struct SessionInstructions {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let name = arguments.first, let directory = arguments.dropFirst().first else {
            for path in HotPath.allCases { print(path.rawValue) }
            return
        }
        guard let path = HotPath(rawValue: name) else {
            throw WrongPath(detail: "there is no path '\(name)'")
        }
        try waiting { try await count(path, in: directory) }
        print(operationCount)
    }

    private static func count(_ path: HotPath, in directory: String) async throws {
        let loop = try await path.prepare(in: directory)
        for pass in 0..<passCount - 1 { try await loop(pass) }
        session_start_counting()
        try await loop(passCount - 1)
        session_stop_counting()
    }

    /// Runs `body` as a task, and waits for it.
    ///
    /// An asynchronous `main` would end the first thread, in a way that valgrind 3.19 does not
    /// survive: it writes to the set of signals that `sigsuspend` is given.
    private static func waiting(_ body: @escaping @Sendable () async throws -> Void) throws {
        let done = DispatchSemaphore(value: 0)
        let outcome = Mutex<Result<Void, any Error>?>(nil)
        Task.detached {
            do {
                try await body()
                outcome.withLock { $0 = .success(()) }
            } catch {
                outcome.withLock { $0 = .failure(error) }
            }
            done.signal()
        }
        done.wait()
        try outcome.withLock { $0 }?.get()
    }
}
