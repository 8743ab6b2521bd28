import Locks
import SessionConformance
import SessionCore
import Testing

/// A place in memory whose store has a flaw, or none.
struct FlawedSubject: ConformanceSubject {
    static let features: Set<ConformanceFeature> = [
        .expiry, .clock, .listing, .expirations, .restoring, .closing, .outages,
    ]
    let flaw: Flaw?
    private let clock = StillClock()
    private let cut = Cut()

    private final class Cut: Sendable {
        let isCut = Mutex(false)
    }

    init(_ flaw: Flaw?) { self.flaw = flaw }

    func makeStore(expiry: Expiry) throws -> any SessionStore {
        var expiry = expiry
        if flaw == .expiresTooEarly, let lifetime = expiry.lifetime {
            expiry = try Expiry(minutes: Double(lifetime - 1) / 60_000)
        }
        let base = try MemorySessionStore(maxSize: 0, expiry: expiry, clock: clock.clock)
        let cut = cut
        return FlawedStore(base, flaw) { cut.isCut.withLock { $0 } }
    }

    func passTime(milliseconds: Int64) { clock.advance(milliseconds: milliseconds) }
    func disconnect() { cut.isCut.withLock { $0 = true } }
    func reconnect() { cut.isCut.withLock { $0 = false } }
}

/// The checks themselves: each flaw must be found.
@Suite(.timeLimit(.minutes(15))) struct FlawTests {
    @Test(arguments: Flaw.allCases) func `a flaw is found`(flaw: Flaw) async throws {
        for check in ConformanceCheck.all(for: FlawedSubject.features) {
            do throws(ConformanceFailure) {
                try await check.run(FlawedSubject(flaw))
            } catch {
                print("a driver that \(flaw): \("\(error)".prefix(200))")
                return
            }
        }
        Issue.record("nobody noticed")
    }
}
