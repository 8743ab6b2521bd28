import SimulatedDisks
import Testing

/// Whether the campaigns bite: on a disk that breaks its contract, or forgets what the log has to
/// remember, they must find fault.
@Suite struct CampaignMutationTests {
    /// In debug builds only those that a few cuts find out.
    private static let lies = CampaignLie.allCases.filter { lie in
        guard !Self.liesOfTime.contains(lie) else { return false }
        return !CampaignSettings.isDebug || lie != .checkpointIsNotSynced && lie != .filesAreNotCut
    }

    /// Those that show without a cut.
    private static let liesOfTime: [CampaignLie] = [
        .watermarkIsForgotten, .timeIsForgotten, .timeFollowsTheClock,
    ]

    @Test(arguments: lies)
    func `power cuts find out a disk that lies`(lie: CampaignLie) async {
        let tally = CampaignTally()
        for seed in 1...3 where tally.violationCount == 0 {
            let script = CampaignScript(seed: UInt64(seed), stepCount: 40, isDurable: true)
            var campaign = PowerCutCampaign(script: script, tally: tally)
            campaign.world = { CampaignLyingDisk($0, lie) }
            campaign.isRecoveryCut = false
            campaign.stopsEarly = true
            let ready = campaign
            await CampaignTally.onThread { ready.run() }
        }
        print(
            "a disk where \(lie): caught after \(tally["cuts"].grouped) power cuts,"
                + " violations: \(tally.violationCount)"
        )
        #expect(tally.violationCount > 0)
    }

    @Test(arguments: liesOfTime)
    func `scripts find out what forgets the time`(lie: CampaignLie) async {
        let tally = CampaignTally()
        await CampaignTally.onThread {
            for seed in 1...200 where tally.violationCount == 0 {
                let script = CampaignScript(seed: UInt64(seed), stepCount: 90, isDurable: true)
                let disk = SimulatedDisk(seed: script.seed)
                tally.count("scripts")
                do {
                    try CampaignRun(script, on: disk, world: CampaignLyingDisk(disk, lie)).run()
                } catch {
                    tally.violate("\(error)")
                }
            }
        }
        print("a disk where \(lie): caught after \(tally["scripts"]) scripts, \(tally.violations)")
        #expect(tally.violationCount > 0)
    }
}
