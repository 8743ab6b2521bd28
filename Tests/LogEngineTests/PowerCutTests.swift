import LogEngine
import SimulatedDisks
import Testing

/// Cuts the power wherever it can be cut: 50,000 times in release builds.
///
/// For a million:
///
///     POWER_CUTS=1000000 swift test -c release --traits Tools --filter PowerCutTests
///
/// A violation names its `POWER_CUT_SEED`, with which the campaign begins at its script; what
/// readers see beside a script depends on the moment, everything else comes out the same again.
@Suite(.serialized) struct PowerCutTests {
    @Test func `a power cut at any operation leaves a prefix of what was done`() async {
        let tally = CampaignTally()
        let stepCount = CampaignSettings.isDebug ? 16 : 90
        await CampaignTally.onThread { Self.cut(stepCount, tally) }
        // What scripts like these come to, the next test holds them to.
        #expect(tally.violationCount == 0, "\(tally.violations)")
    }

    @Test func `scripts come to everything that campaigns are for`() async {
        let tally = CampaignTally()
        await CampaignTally.onThread { Self.live(tally) }
        print("100 scripts came to:\(tally.events)")
        #expect(tally.violationCount == 0, "\(tally.violations)")
        #expect(tally.missingEvents == [])
    }

    private static func live(_ tally: CampaignTally) {
        CampaignTally.forEach(Array(0..<100)) { number in
            let seed = CampaignSettings.seed + UInt64(number)
            let script = CampaignScript(seed: seed, stepCount: 90, isDurable: number % 2 == 0)
            let disk = SimulatedDisk(seed: seed)
            do {
                try CampaignRun(script, on: disk, hasReaders: number % 4 == 0, tally: tally).run()
            } catch {
                tally.violate("script \(seed), with no cut at all: \(error)")
            }
        }
    }

    private static func cut(_ stepCount: Int, _ tally: CampaignTally) {
        var seed = CampaignSettings.seed
        while tally["cuts"] < CampaignSettings.powerCutCount, tally.violationCount == 0 {
            for isDurable in [true, false] {
                let script = CampaignScript(seed: seed, stepCount: stepCount, isDurable: isDurable)
                var campaign = PowerCutCampaign(script: script, tally: tally)
                campaign.hasReaders = seed % 2 == 0
                campaign.patternStride = CampaignSettings.isComplete ? 1 : 3
                campaign.run()
                tally.count("scripts")
            }
            seed += 1
        }
        print(
            "power cuts: \(tally["cuts"].grouped)"
                + " (of them \(tally["recovery cuts"].grouped) during recovery),"
                + " opened with a looser setting as well: \(tally["loosened cuts"].grouped),"
                + " violations: \(tally.violationCount);"
                + " \(tally["scripts"]) scripts, seeds \(CampaignSettings.seed)..<\(seed)"
                + tally.events
        )
    }
}
