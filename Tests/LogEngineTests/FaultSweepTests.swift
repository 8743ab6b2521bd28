import DiskIO
import LogEngine
import SimulatedDisks
import Testing

@Suite(.serialized) struct FaultSweepTests {
    private static let faults: [Fault] = [
        .inputOutput, .diskFull, .refusedWrite, .shortTransfer, .interrupted, .tooManyOpenFiles,
        .readOnly, .accessDenied, .syncFailure(thenReading: .new), .syncFailure(thenReading: .old),
    ]

    @Test func `a fault at any call costs nothing that was acknowledged`() async {
        let tally = CampaignTally()
        let first = CampaignSettings.seed
        let scriptCount: UInt64 =
            CampaignSettings.isDebug ? 1 : CampaignSettings.isComplete ? 8 : 2
        for seed in first..<first + scriptCount {
            let script = CampaignScript(
                seed: seed,
                stepCount: CampaignSettings.isDebug ? 10 : 24,
                isDurable: seed % 2 != 0
            )
            let cases = Self.cases(of: script, tally)
            await CampaignTally.onThread {
                CampaignTally.forEach(cases) { Self.attempt(script, $0, tally) }
            }
        }
        print(
            "faults: \(tally["met"].grouped) met at \(tally["positions"].grouped) positions of"
                + " \(scriptCount) scripts (\(tally["calls"].grouped) calls),"
                + " violations: \(tally.violationCount)"
        )
        #expect(tally.violationCount == 0, "\(tally.violations)")
    }

    /// Every fault at every call that it can befall, once and lasting.
    private static func cases(of script: CampaignScript, _ tally: CampaignTally) -> [FaultRun.Case]
    {
        let disk = SimulatedDisk(seed: script.seed)
        do {
            try CampaignRun(script, on: disk).run()
        } catch {
            tally.violate("script \(script.seed), without a fault: \(error)")
            return []
        }
        var cases: [FaultRun.Case] = []
        tally.count("calls", disk.operations.count)
        for (index, operation) in disk.operations.enumerated() {
            tally.count("positions")
            for fault in faults where fault.canHit(operation) {
                // Without a sync of its own, what was acknowledged last is gone with it by right.
                let isLossAllowed = fault == .syncFailure(thenReading: .old)
                if isLossAllowed, script.options.durability != .durable { continue }
                for isLasting in [false, true] {
                    cases.append(
                        FaultRun.Case(
                            number: index + 1,
                            operation: operation,
                            fault: fault,
                            isLasting: isLasting
                        )
                    )
                }
            }
        }
        return cases
    }

    private static func attempt(
        _ script: CampaignScript,
        _ trial: FaultRun.Case,
        _ tally: CampaignTally
    ) {
        CampaignSettings.trace("script \(script.seed), \(trial)")
        let run = FaultRun(script, trial)
        do {
            try run.run()
            tally.count("met")
        } catch {
            tally.violate("POWER_CUT_SEED=\(script.seed), \(trial): \(error)")
        }
    }
}
