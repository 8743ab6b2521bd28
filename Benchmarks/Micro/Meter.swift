import Glibc

/// Measures one thing after the other: some rounds of each, with so many operations in one that the
/// clock does not matter.
///
/// What runs on one thread is measured in that thread's processor time, which others on the machine
/// change by what they do to caches and memory only; what suspends, by the wall clock.
struct Meter {
    var report: Report
    private let chosen: [String]

    private static let roundCount = 5
    private static let roundNanoseconds = 200_000_000.0
    /// What is long enough to tell how many operations a round takes; all before it is warming up.
    private static let trialNanoseconds = 20_000_000.0

    init(chosen: [String], report: Report) {
        self.chosen = chosen
        self.report = report
    }

    /// Whether the measurement was asked for.
    func isChosen(_ name: String) -> Bool {
        chosen.isEmpty || chosen.contains { name.hasPrefix($0) }
    }

    /// Measures `body`, which does as many operations as it is told.
    mutating func measure(_ name: String, _ body: (_ count: Int) throws -> Void) rethrows {
        guard isChosen(name) else { return }
        let count = try Self.calibrate { count in try Self.nanoseconds { try body(count) } }
        let rounds = try (0..<Self.roundCount).map { _ in
            try Self.nanoseconds { try body(count) } / Double(count)
        }
        report.add(name, rounds)
    }

    /// Same for what suspends.
    mutating func measure(
        _ name: String,
        suspending body: (_ count: Int) async throws -> Void
    ) async rethrows {
        guard isChosen(name) else { return }
        var count = 1
        while true {
            let taken = try await Self.time { try await body(count) }
            guard let next = Self.nextCount(after: count, taken) else { break }
            count = next
        }
        count = max(1, Int(Double(count) * Self.roundNanoseconds / Self.trialNanoseconds))
        var rounds: [Double] = []
        for _ in 0..<Self.roundCount {
            let taken = try await Self.time { try await body(count) }
            rounds.append(taken / Double(count))
        }
        report.add(name, rounds)
    }

    /// Adds what was measured in another way: nanoseconds, one number a round.
    mutating func add(_ name: String, _ rounds: [Double]) {
        report.add(name, rounds)
    }

    /// Returns how many operations a round takes.
    private static func calibrate(_ run: (Int) throws -> Double) rethrows -> Int {
        var count = 1
        while let next = nextCount(after: count, try run(count)) { count = next }
        return max(1, Int(Double(count) * roundNanoseconds / trialNanoseconds))
    }

    /// Returns with how many operations to try again; nil when `count` took long enough.
    private static func nextCount(after count: Int, _ taken: Double) -> Int? {
        guard taken < trialNanoseconds else { return nil }
        let wanted = Double(count) * trialNanoseconds / max(taken, 1)
        // A first call may take long for reasons of its own.
        return max(count * 2, min(Int(wanted * 1.1), count * 10))
    }

    static func nanoseconds(_ body: () throws -> Void) rethrows -> Double {
        let start = threadNanoseconds()
        try body()
        return Double(threadNanoseconds() - start)
    }

    /// The processor time that this thread has had.
    static func threadNanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    private static func time(_ body: () async throws -> Void) async rethrows -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        try await body()
        return start.duration(to: clock.now) / .nanoseconds(1)
    }
}
