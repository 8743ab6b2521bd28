import SimulatedDisks

@testable import LogEngine

/// By what one opening of the log tells whether something has expired.
struct CampaignTimes: Equatable, Sendable {
    /// How long values live that don't say so themselves; nil is for ever.
    var lifetime: UInt64?
    /// Those that were last active before this have expired under a setting of before.
    var expiredBefore: UInt64 = 0
    /// Both clocks of the disk when the log was opened.
    private var openedWall: UInt64 = 0
    private var openedAt: UInt64 = 0

    /// What removing for good waits for besides.
    static let grace: UInt64 = 1_500

    /// Those of an opening that happens now.
    init(_ lifetime: UInt64?, _ disk: SimulatedDisk) {
        self.lifetime = lifetime
        openedWall = disk.wall
        openedAt = disk.monotonicNanoseconds()
    }

    func isExpired(_ entry: CampaignEntry, at now: UInt64) -> Bool {
        switch entry.lifetime {
        case .endless: return false
        case .milliseconds(let count): return now > entry.activity + count
        case .standard:
            if entry.activity < expiredBefore { return true }
            guard let lifetime else { return false }
            return now > entry.activity + lifetime
        }
    }

    /// Whether a compaction may remove the entry for good when the log's clock says `now`.
    ///
    /// As the index can tell: its clock has whole seconds, rounded up.
    func isRemovable(_ entry: CampaignEntry, at now: UInt64, _ disk: SimulatedDisk) -> Bool {
        func rounded(_ milliseconds: UInt64) -> UInt64 { (milliseconds + 999) / 1_000 * 1_000 }
        let settled = settled(now, disk)
        switch entry.lifetime {
        case .endless: return false
        case .milliseconds(let count): return settled > rounded(entry.activity) + rounded(count)
        case .standard:
            if rounded(entry.activity) < expiredBefore { return true }
            guard let lifetime else { return false }
            return settled > rounded(entry.activity) + lifetime
        }
    }

    /// A wall clock that runs ahead of the time that has passed since the opening removes nothing.
    private func settled(_ now: UInt64, _ disk: SimulatedDisk) -> UInt64 {
        let passed = (disk.monotonicNanoseconds() - openedAt) / 1_000_000
        return min(now - Self.grace, openedWall + passed)
    }
}

/// What a later opening must go by, wherever the power was cut: no less than was promised, and no
/// more than was ever true.
struct CampaignFloors: Sendable {
    /// No clock goes below this any more.
    private(set) var time: UInt64 = 0
    /// What lives as long as the setting says, and was last active before this, stays expired.
    private(set) var expiredBefore: UInt64 = 0
    /// No clock has shown more yet.
    private(set) var timeMax: UInt64 = 0
    private(set) var expiredBeforeMax: UInt64 = 0

    /// Notes that somebody who knew it was `now` has made the log keep that.
    mutating func promise(_ now: UInt64, _ lifetime: UInt64?) {
        time = max(time, now)
        guard let lifetime else { return }
        expiredBefore = max(expiredBefore, time - min(time, lifetime))
    }

    /// Notes that the wall clock shows `wall` while the log is open with that setting.
    mutating func allow(_ wall: UInt64, _ lifetime: UInt64?) {
        timeMax = max(timeMax, wall)
        guard let lifetime else { return }
        expiredBeforeMax = max(expiredBeforeMax, timeMax - min(timeMax, lifetime))
    }

    /// Whether nobody may see the entry any more, with whatever setting and clock.
    func isGone(_ entry: CampaignEntry) -> Bool {
        switch entry.lifetime {
        case .endless: false
        case .milliseconds(let count): time > entry.activity + count
        case .standard: entry.activity < expiredBefore
        }
    }

    /// Checks what a log that was just opened goes by.
    func check(_ log: SegmentLog, on disk: SimulatedDisk) throws {
        let now = log.now()
        guard now >= time else {
            throw CampaignViolation("the clock says \(now), \(time - now) ms before the floor")
        }
        guard now <= max(timeMax, disk.wall) else {
            throw CampaignViolation("the clock says \(now), and no clock ever has")
        }
        let found = log.core.expiredBefore
        guard found >= expiredBefore else {
            throw CampaignViolation("what was active before \(expiredBefore) is back: \(found)")
        }
        guard found <= expiredBeforeMax else {
            throw CampaignViolation("what was active before \(found) has expired too early")
        }
    }
}

extension SimulatedDisk {
    /// The wall clock as the log takes it.
    var wall: UInt64 { UInt64(clamping: wallClockMilliseconds()) }
}
