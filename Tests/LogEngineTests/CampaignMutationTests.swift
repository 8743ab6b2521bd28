import SimulatedDisks
import Testing

/// Whether the campaigns bite: on a disk that breaks its contract, they must find fault.
@Suite struct CampaignMutationTests {
    /// In debug builds only those that a few cuts find out.
    private static let lies = CampaignLie.allCases.filter { lie in
        !CampaignSettings.isDebug || lie != .checkpointIsNotSynced && lie != .filesAreNotCut
    }

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
}
