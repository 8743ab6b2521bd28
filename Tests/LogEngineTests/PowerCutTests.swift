import LogEngine
import SimulatedDisks
import Testing

@Suite(.serialized) struct PowerCutTests {
    @Test func `a power cut at any operation leaves a prefix of what was done`() async {
        let tally = CampaignTally()
        let stepCount = CampaignSettings.isDebug ? 16 : 90
        await CampaignTally.onThread { Self.cut(stepCount, tally) }
        #expect(tally.violationCount == 0, "\(tally.violations)")
    }

    private static func cut(_ stepCount: Int, _ tally: CampaignTally) {
        var seed = CampaignSettings.seed
        while tally["cuts"] < CampaignSettings.powerCutCount, tally.violationCount == 0 {
            for isDurable in [true, false] {
                let script = CampaignScript(seed: seed, stepCount: stepCount, isDurable: isDurable)
                PowerCutCampaign(script: script, tally: tally).run()
                tally.count("scripts")
            }
            seed += 1
        }
        print(
            "power cuts: \(tally["cuts"].grouped)"
                + " (of them \(tally["recovery cuts"].grouped) during recovery),"
                + " violations: \(tally.violationCount);"
                + " \(tally["scripts"]) scripts, seeds \(CampaignSettings.seed)..<\(seed)"
        )
    }
}
