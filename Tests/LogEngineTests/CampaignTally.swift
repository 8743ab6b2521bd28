import Dispatch
import Foundation
import Locks

/// How much a campaign does, from the environment.
enum CampaignSettings {
    #if DEBUG
        static let isDebug = true
    #else
        static let isDebug = false
    #endif

    /// How many power cuts there are at least: `POWER_CUTS`.
    static var powerCutCount: Int { number("POWER_CUTS") ?? (isDebug ? 400 : 50_000) }

    /// Where seeds begin: `POWER_CUT_SEED`.
    static var seed: UInt64 { number("POWER_CUT_SEED").map(UInt64.init) ?? 1 }

    /// How many sessions expire together: `EXPIRED_SESSIONS`.
    static var expiredSessionCount: Int {
        number("EXPIRED_SESSIONS") ?? (isDebug ? 20_000 : 100_000)
    }

    /// Whether every case is named on standard error before it is tried, for finding traps:
    /// `CAMPAIGN_TRACE`.
    static let isTracing = ProcessInfo.processInfo.environment["CAMPAIGN_TRACE"] != nil

    /// How many violations a failing test names: `CAMPAIGN_VIOLATIONS`.
    static var violationCountMax: Int { number("CAMPAIGN_VIOLATIONS") ?? 5 }

    /// Whether nothing is left out, however long it takes: `CAMPAIGN_ALL`.
    static let isComplete = ProcessInfo.processInfo.environment["CAMPAIGN_ALL"] != nil

    static func trace(_ text: @autoclosure () -> String) {
        guard isTracing else { return }
        FileHandle.standardError.write(Data((text() + "\n").utf8))
    }

    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }
}

/// Counts and violations of a campaign that runs on all cores.
final class CampaignTally: Sendable {
    private struct State {
        var counts: [String: Int] = [:]
        var violations: [String] = []
    }

    private let state = Mutex(State())

    func count(_ what: String, _ number: Int = 1) {
        state.withLock { $0.counts[what, default: 0] += number }
    }

    func violate(_ text: String) {
        state.withLock { $0.violations.append(text) }
    }

    subscript(what: String) -> Int { state.withLock { $0.counts[what] ?? 0 } }

    var violationCount: Int { state.withLock { $0.violations.count } }

    /// The first few, for a failing test's message.
    var violations: String {
        state.withLock { state in
            state.violations.sorted()
                .prefix(CampaignSettings.violationCountMax)
                .joined(separator: "\n")
        }
    }

    /// Calls `body` on a thread of its own: it blocks for long, and other tests need the
    /// cooperative pool meanwhile.
    static func onThread(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            Thread {
                body()
                continuation.resume()
            }.start()
        }
    }

    /// Calls `body` with every element, on as many threads as there are cores.
    ///
    /// Not on those of Dispatch: they are the cooperative pool's.
    static func forEach<Element: Sendable>(
        _ elements: [Element],
        _ body: @escaping @Sendable (Element) -> Void
    ) {
        let done = DispatchSemaphore(value: 0)
        let threadCount = max(1, ProcessInfo.processInfo.activeProcessorCount)
        let work = CampaignWork(elements, body)
        for _ in 0..<threadCount {
            Thread {
                work.run()
                done.signal()
            }.start()
        }
        for _ in 0..<threadCount { done.wait() }
    }
}

/// Elements that several threads take one by one.
private final class CampaignWork<Element: Sendable>: Sendable {
    private let elements: [Element]
    private let body: @Sendable (Element) -> Void
    private let next = Mutex(0)

    init(_ elements: [Element], _ body: @escaping @Sendable (Element) -> Void) {
        (self.elements, self.body) = (elements, body)
    }

    func run() {
        while true {
            let index = next.withLock { next in
                defer { next += 1 }
                return next
            }
            guard index < elements.count else { return }
            body(elements[index])
        }
    }
}

extension Int {
    /// With commas between thousands.
    var grouped: String {
        var text = String(self)
        var place = text.count - 3
        while place > 0 {
            text.insert(",", at: text.index(text.startIndex, offsetBy: place))
            place -= 3
        }
        return text
    }
}
