import DiskIO
import Foundation
import Glibc
import Testing

/// What the machine's own disk does beyond the contract, because a real machine has more in it.
@Suite
struct `The disk of the machine` {
    private let bench: PosixBench
    private let directory: any DiskDirectory

    init() throws {
        bench = try PosixBench()
        directory = try bench.directory()
    }

    // MARK: Names and rights

    @Test
    func `lets nobody else in`() throws {
        let path = bench.path + "/store"
        let store = try bench.disk.openDirectory(path, creating: true)
        try store.make("a", [])
        try store.lock("lock", note: []).release()

        #expect(try mode(of: path) == 0o700)
        #expect(try mode(of: path + "/a") == 0o600)
        #expect(try mode(of: path + "/lock") == 0o600)
    }

    @Test
    func `neither opens nor waits for what is no file`() throws {
        #expect(mkfifo(bench.path + "/fifo", 0o600) == 0)

        expectError(.notAFile) { _ = try directory.open("fifo", .reading) }
        expectError(.notAFile) { _ = try directory.open("fifo", .writing) }
        expectError(.notAFile) { _ = try directory.lock("fifo", note: []) }
        expectError(.alreadyExists) { _ = try directory.open("fifo", .creating) }
    }

    @Test
    func `follows links on the way to a directory, and knows where it is`() throws {
        let link = bench.path + "/link"
        try bench.makeDirectory(bench.path + "/store")
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: bench.path + "/store")

        let direct = try bench.disk.openDirectory(bench.path + "/store", creating: false)
        let linked = try bench.disk.openDirectory(link, creating: true)

        #expect(linked.identity == direct.identity)
    }

    @Test
    func `stays in its directory when that is renamed`() throws {
        try bench.makeDirectory(bench.path + "/store")
        let store = try bench.disk.openDirectory(bench.path + "/store", creating: false)
        #expect(rename(bench.path + "/store", bench.path + "/moved") == 0)

        try store.make("a", text("hello"))

        #expect(try store.names() == ["a"])
        #expect(FileManager.default.fileExists(atPath: bench.path + "/moved/a"))
    }

    @Test
    func `lists all names to every thread`() async throws {
        let names = (100..<400).map { "file \($0)" }
        for name in names { try directory.make(name, []) }
        let directory = directory

        try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<8 { group.addTask { try directory.names() } }
            for try await listed in group { #expect(listed == names) }
        }
    }

    @Test
    func `tells the system's error number`() throws {
        let error = expectError(.notFound) { _ = try directory.open("a", .reading) }

        #expect(error == DiskError(.notFound, .open, "a", code: ENOENT))
    }

    // MARK: Descriptors

    @Test
    func `closes every descriptor, and hands none to children`() throws {
        do {
            let file = try directory.make("a", [])
            let lock = try directory.lock("lock", note: [])
            try bench.makeDirectory(bench.path + "/sub")
            expectError(.notAFile) { _ = try directory.open("sub", .reading) }
            expectError(.locked) { _ = try directory.lock("lock", note: []) }
            _ = try directory.names()

            let open = descriptors(below: bench.path)
            #expect(open.count == 3)
            for number in open { #expect(fcntl(number, F_GETFD) & FD_CLOEXEC != 0) }
            _ = (file, lock)
        }

        #expect(descriptors(below: bench.path).count == 1)
    }

    @Test
    func `runs out of descriptors without harm`() async {
        await #expect(processExitsWith: .success) {
            let bench = try PosixBench()
            let directory = try bench.directory()
            try directory.make("a", text("hello"))
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            limit.rlim_cur = 40
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)

            var files: [any DiskFile] = []
            expectError(.tooManyOpenFiles) {
                while true { files.append(try directory.open("a", .reading)) }
            }
            // Other threads of the test's own process may give one back at any time.
            while let file = try? directory.open("a", .reading) { files.append(file) }
            expectError(.tooManyOpenFiles) { _ = try directory.names() }
            while let file = try? directory.open("a", .reading) { files.append(file) }
            expectError(.tooManyOpenFiles) { _ = try directory.lock("lock", note: []) }
            #expect(try files[0].get() == text("hello"))
            files = []
            #expect(try directory.names() == ["a"])
        }
    }

    @Test
    func `never takes the place of a standard stream`() async {
        await #expect(processExitsWith: .success) {
            let bench = try PosixBench()
            close(0)
            let directory = try bench.directory()
            let file = try directory.make("a", text("hello"))

            #expect(fcntl(0, F_GETFD) == -1)
            for number in descriptors(below: bench.path) {
                #expect(fcntl(number, F_GETFD) & FD_CLOEXEC != 0)
            }
            #expect(try file.get() == text("hello"))
        }
    }

    // MARK: Locks

    @Test
    func `is locked out by another process, and told which`() throws {
        let holder = Process()
        holder.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
        holder.arguments = [
            "--no-fork", bench.path + "/lock", "sh", "-c", "echo held; exec sleep 60",
        ]
        let output = Pipe()
        holder.standardOutput = output
        try Data("process 7".utf8).write(to: URL(fileURLWithPath: bench.path + "/lock"))
        try holder.run()
        _ = output.fileHandleForReading.availableData

        let error = expectError(.locked) { _ = try directory.lock("lock", note: text("me")) }
        #expect(error?.detail == "process 7")

        // Not SIGTERM, which a child may have inherited as ignored.
        kill(holder.processIdentifier, SIGKILL)
        holder.waitUntilExit()
        try directory.lock("lock", note: text("me")).release()
    }

    @Test
    func `gives a lock back although a child has inherited it`() async {
        await #expect(processExitsWith: .success) {
            let bench = try PosixBench()
            let directory = try bench.directory()
            let lock = try directory.lock("lock", note: [])
            // A child as a fork leaves it: with a duplicate of the descriptor that stays open.
            let held = descriptors(below: bench.path + "/lock")
            #expect(held.count == 1)
            let inherited = dup(held[0])

            lock.release()

            try directory.lock("lock", note: []).release()
            close(inherited)
        }
    }

    @Test
    func `locks the file that has the name now`() throws {
        let lock = try directory.lock("lock", note: text("first"))
        try directory.remove("lock")

        let next = try directory.lock("lock", note: text("second"))

        #expect(try directory.open("lock", .reading).get() == text("second"))
        lock.release()
        expectError(.locked) { _ = try directory.lock("lock", note: []) }
        next.release()
    }

    @Test
    func `never locks a file that has lost its name meanwhile`() async throws {
        let (bench, entries, holders) = (bench, Counter(), Counter())
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<3_000 {
                        guard let directory = try? bench.directory(),
                            let lock = try? directory.lock("lock", note: [])
                        else { continue }
                        entries.increment()
                        #expect(holders.increment() == 1)
                        holders.decrement()
                        try? directory.remove("lock")
                        lock.release()
                    }
                }
            }
        }

        #expect(entries.count > 100)
    }

    // MARK: Limits of the process

    @Test
    func `reports a file past the process's limit as a full disk`() async {
        await #expect(processExitsWith: .success) {
            signal(SIGXFSZ, SIG_IGN)
            let bench = try PosixBench()
            let file = try bench.directory().open("a", .creating)
            limitFiles(to: 5_000)

            #expect(try file.putOnce([UInt8](repeating: 1, count: 10_000)) == 5_000)
            let error = expectError(.diskFull) { try file.put(text("x"), at: 5_000) }
            #expect(error?.code == EFBIG)
            // What the process writes when it ends, a profile say, is not the test's to cut off.
            limitFiles(to: nil)
        }
    }

    @Test
    func `cannot keep the process from dying of SIGXFSZ`() async {
        await #expect(processExitsWith: .signal(SIGXFSZ)) {
            // Whatever this process was started with.
            var signals = sigset_t()
            sigemptyset(&signals)
            sigaddset(&signals, SIGXFSZ)
            pthread_sigmask(SIG_UNBLOCK, &signals, nil)
            signal(SIGXFSZ, SIG_DFL)
            let bench = try PosixBench()
            let file = try bench.directory().open("a", .creating)
            limitFiles(to: 5_000)
            // Nothing is cleared away by a process that dies.
            try FileManager.default.removeItem(atPath: bench.path)
            try file.put([UInt8](repeating: 1, count: 10_000))
        }
    }

    @Test
    func `is refused what the user may not do`() async {
        guard geteuid() == 0 else {
            Issue.record("only root can become a user without rights")
            return
        }
        await #expect(processExitsWith: .success) {
            let bench = try PosixBench()
            try bench.directory().make("a", text("hello"))
            chmod(bench.path, 0o755)
            #expect(seteuid(65_534) == 0)
            do {
                let directory = try bench.directory()
                #expect(try directory.names() == ["a"])
                expectError(.accessDenied) { _ = try directory.open("a", .reading) }
                expectError(.accessDenied) { _ = try directory.open("b", .creating) }
                expectError(.accessDenied) { try directory.rename("a", to: "b") }
                expectError(.accessDenied) { try directory.remove("a") }
                expectError(.accessDenied) { _ = try directory.lock("lock", note: []) }
                expectError(.accessDenied) {
                    _ = try bench.disk.openDirectory(bench.path + "/store", creating: true)
                }
            }
            // So that the bench can be cleared away.
            #expect(seteuid(0) == 0)
        }
    }

    private func mode(of path: String) throws -> mode_t {
        var status = stat()
        try #require(lstat(path, &status) == 0)
        return status.st_mode & 0o7777
    }
}

/// Returns the open descriptors of this process that lead to `path` or below.
private func descriptors(below path: String) -> [Int32] {
    let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return numbers.compactMap { number in
        let target = try? FileManager.default.destinationOfSymbolicLink(
            atPath: "/proc/self/fd/\(number)")
        guard let target, target.hasPrefix(path) else { return nil }
        return Int32(number)
    }
}

/// Limits the files that this process may write; nil lifts the limit.
private func limitFiles(to byteCount: UInt?) {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    limit.rlim_cur = byteCount ?? limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
}
