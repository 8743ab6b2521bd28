/// One promise of <doc:SessionConformance>'s contract, and how to see that it is kept.
public struct ConformanceCheck: Sendable, CustomStringConvertible {
    /// The promise, as a sentence; no two checks have the same.
    public let name: String

    /// What a driver must be able to do to be held to it.
    public let needs: Set<ConformanceFeature>

    /// What it must be unable to do.
    public let needsNo: Set<ConformanceFeature>

    private let body: @Sendable (ConformanceBench) async throws -> Void

    /// The name.
    public var description: String { name }

    init(
        _ name: String,
        needs: Set<ConformanceFeature> = [],
        needsNo: Set<ConformanceFeature> = [],
        _ body: @escaping @Sendable (ConformanceBench) async throws -> Void
    ) {
        (self.name, self.needs, self.needsNo, self.body) = (name, needs, needsNo, body)
    }

    /// Every check there is.
    public static let all =
        writing + documents + ids + conditions + restoring + updates + lifecycles + expiries
        + lists + outages + sizes

    /// Returns the checks that a driver with `features` is held to.
    public static func all(for features: Set<ConformanceFeature>) -> [ConformanceCheck] {
        all.filter { check in
            check.needs.isSubset(of: features) && check.needsNo.isDisjoint(with: features)
        }
    }

    /// Runs the check.
    ///
    /// One that waits for real time, and fails on a machine too busy to be on time, is run again
    /// with a longer one.
    ///
    /// - Parameter subject: Makes a place with nothing in it, for each run; cleaned up after it.
    /// - Throws: The promise that was not kept, or what kept the check from being run to its end.
    public func run(
        _ subject: @autoclosure () throws -> some ConformanceSubject
    ) async throws(ConformanceFailure) {
        var lifetime: Int64 = 2_000
        while true {
            let bench: ConformanceBench
            do {
                bench = ConformanceBench(try subject(), waiting: lifetime)
            } catch {
                throw failure(error)
            }
            guard let failure = await failure(on: bench) else { return }
            guard bench.isLate, lifetime < Self.lifetimeMax else { throw failure }
            lifetime *= 4
        }
    }

    /// How long a check waits at most for a session to expire, in milliseconds.
    private static let lifetimeMax: Int64 = 32_000

    private static let timeLimit = Duration.seconds(300)

    private func failure(on bench: ConformanceBench) async -> ConformanceFailure? {
        var failure: ConformanceFailure?
        do {
            let body = body
            try await within(Self.timeLimit, "the check comes to its end") {
                try await body(bench)
                try await bench.closeAll()
            }
        } catch {
            failure = self.failure(error)
        }
        do {
            try await bench.subject.cleanUp()
        } catch {
            failure = failure ?? self.failure(error)
        }
        return failure
    }

    private func failure(_ error: any Error) -> ConformanceFailure {
        guard let problem = error as? Problem else {
            let line = "thrown by the driver"
            return ConformanceFailure(check: name, problem: "\(error)", line: line)
        }
        return ConformanceFailure(check: name, problem: problem.text, line: problem.line)
    }
}
