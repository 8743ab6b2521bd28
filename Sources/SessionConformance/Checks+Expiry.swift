import SessionCore

// How sessions come to their end, and stay there.
extension ConformanceCheck {
    static let expiries = [
        expiresByInactivity, expiresStrictly, writingExtends, ownLifetimeWins, neverExpires,
        expiredIsNone, expiredIsReplaced, staysExpired, staysExpiredUnderLooserSetting,
        changedSettingCounts, looserSettingCounts, expiredIsNotListed, expiryIsTold,
        expiryIsUnsupported,
    ]

    static let expiresByInactivity = ConformanceCheck(
        "a session expires when nothing happens",
        needs: [.expiry]
    ) { bench in
        let store = try await bench.open(try bench.expiry)
        try await store.write(.sample("x:1"))
        try expect(try await store.read("x:1") != nil, "it lives at first")
        try await bench.passLifetime()
        try expect(try await store.read("x:1") == nil, "it reads as nil after its lifetime")
    }

    static let expiresStrictly = ConformanceCheck(
        "a session lives for exactly its lifetime",
        needs: [.expiry, .clock]
    ) { bench in
        let store = try await bench.open(try bench.expiry)
        try await store.write(.sample("x:1"))
        try await bench.pass(1)
        try expect(try await store.read("x:1") != nil, "it lives at its last millisecond")
        try await bench.subject.passTime(milliseconds: 1)
        try expect(try await store.read("x:1") == nil, "and not at the next")
    }

    static let writingExtends = ConformanceCheck(
        "writing and touching extend a life, and reading does not",
        needs: [.expiry]
    ) { bench in
        let store = try await bench.open(try bench.expiry)
        for id: SessionID in ["x:written", "x:touched", "x:updated", "x:seen", "x:read"] {
            try await store.write(.sample(id))
        }
        try await bench.pass(0.6)
        try await store.write(.sample("x:written"))
        try expect(try await store.touch("x:touched"), "a touch says that there is a session")
        try await store.update("x:updated") { $0?.state["step"] = 1 }
        try await store.update("x:seen") { _ in }
        try expect(try await store.read("x:read") != nil, "a session lives before its lifetime")
        try await bench.pass(0.6)
        try expect(try await store.read("x:written") != nil, "one written in between lives")
        try expect(try await store.read("x:touched") != nil, "one touched in between lives")
        try expect(try await store.read("x:updated") != nil, "one updated in between lives")
        try expect(try await store.read("x:seen") != nil, "one updated without a change lives")
        try expect(try await store.read("x:read") == nil, "one only read has expired")
    }

    static let ownLifetimeWins = ConformanceCheck(
        "a session's own lifetime wins over the store's",
        needs: [.expiry]
    ) { bench in
        let store = try await bench.open(try bench.expiry)
        var (short, long, endless) = (
            Session.sample("x:short"), Session.sample("x:long"), Session.sample("x:endless")
        )
        short.expiry = try Expiry(minutes: Double(bench.lifetime) / 60_000 / 4)
        long.expiry = try Expiry(minutes: Double(bench.lifetime) / 60_000 * 4)
        endless.expiry = .never
        for session in [short, long, endless] { try await store.write(session) }
        try await bench.pass(0.5)
        try expect(try await store.read("x:short") == nil, "the shorter one has expired")
        try await bench.pass(0.7)
        let read = try require(try await store.read("x:long"), "session with a longer lifetime")
        try expect(read.expiry, is: long.expiry, "its lifetime")
        try expect(try await store.read("x:endless") != nil, "one without an end lives")
    }

    static let neverExpires = ConformanceCheck(
        "without a lifetime nothing expires",
        needs: [.expiry, .clock]
    ) { bench in
        let store = try await bench.open(.never)
        try await store.write(.sample("x:1"))
        try await bench.subject.passTime(milliseconds: 50 * 365 * 24 * 3_600_000)
        try expect(try await store.read("x:1") != nil, "it lives after fifty years")
    }

    static let expiredIsNone = ConformanceCheck(
        "an expired session is none",
        needs: [.expiry]
    ) { bench in
        let store = try await bench.open(try bench.expiry)
        let ids: [SessionID] = ["x:1", "x:2", "x:3", "x:4"]
        var written: Session?
        for id in ids { written = try await store.write(.sample(id)) }
        let old = written ?? .sample("x:4")
        try await bench.passLifetime()
        try expect(try await !store.touch("x:1"), "touching one says false")
        try expect(try await !store.destroy("x:2"), "destroying one says false")
        let wasNil = try await store.update("x:3") { $0 == nil }
        try expect(wasNil, "an update of one gets nil")
        try await expect(.conflict, of: "a write with its revision") {
            try await store.write(old, ifUnchangedSince: old.revision ?? .absent)
        }
        for id in ids { try expect(try await store.read(id) == nil, "\(id) reads as nil") }
    }

    static let expiredIsReplaced = ConformanceCheck(
        "nothing of an expired session is in the next",
        needs: [.expiry]
    ) { bench in
        let store = try await bench.open(try bench.expiry)
        for id: SessionID in ["x:1", "x:2", "x:3"] {
            var old = Session.sample(id, step: 1)
            old["note"] = "of the old one"
            try await store.write(old)
        }
        try await bench.passLifetime()
        try await store.write(.sample("x:1", step: 2))
        try await store.write(.sample("x:2", step: 2), ifUnchangedSince: .absent)
        try await store.update("x:3") { $0 = $0 ?? .sample("x:3", step: 2) }
        for id: SessionID in ["x:1", "x:2", "x:3"] {
            let new = try require(try await store.read(id), "new session \(id)")
            try expect(new.step, is: 2, "the step of \(id)")
            try expect(new["note"] == nil, "\(id) has nothing of the old one")
        }
    }

    static let staysExpired = ConformanceCheck(
        "an expired session does not return when the clock goes back",
        needs: [.expiry, .clock]
    ) { bench in
        let store = try await bench.open(try bench.expiry)
        try await store.write(.sample("x:1"))
        try await bench.passLifetime()
        try expect(try await store.read("x:1") == nil, "it has expired")
        try await bench.pass(-0.5)
        try expect(try await store.read("x:1") == nil, "it stays expired")
        try expect(try await !store.touch("x:1"), "and can't be touched")
    }

    static let staysExpiredUnderLooserSetting = ConformanceCheck(
        "an expired session does not return with a looser setting",
        needs: [.expiry, .persistence]
    ) { bench in
        var store = try await bench.open(try bench.expiry)
        try await store.write(.sample("x:1"))
        try await bench.passLifetime()
        try expect(try await store.read("x:1") == nil, "it has expired")
        try await store.close()
        store = try await bench.open(.never)
        try expect(try await store.read("x:1") == nil, "it stays expired")
    }

    static let changedSettingCounts = ConformanceCheck(
        "a changed setting counts for old sessions at once",
        needs: [.expiry, .persistence]
    ) { bench in
        var store = try await bench.open(.never)
        try await store.write(.sample("x:old"))
        try await bench.passLifetime()
        try await store.write(.sample("x:new"))
        try await store.close()
        store = try await bench.open(try bench.expiry)
        try expect(try await store.read("x:old") == nil, "the old one has expired")
        try expect(try await store.read("x:new") != nil, "the new one has not")
        try await store.close()
        store = try await bench.open(.never)
        try await bench.passLifetime()
        try expect(try await store.read("x:new") != nil, "and never will, without a lifetime")
    }

    static let looserSettingCounts = ConformanceCheck(
        "a looser setting counts for what is met before its old end",
        needs: [.expiry, .persistence]
    ) { bench in
        var store = try await bench.open(try bench.expiry)
        try await store.write(.sample("x:1"))
        try await store.close()
        store = try await bench.open(.never)
        try expect(try await store.read("x:1") != nil, "it has not expired yet")
        try await bench.passLifetime()
        try expect(try await store.read("x:1") != nil, "nor does it any more")
    }

    static let expiredIsNotListed = ConformanceCheck(
        "an expired session is neither listed nor counted",
        needs: [.expiry, .listing]
    ) { bench in
        let store = try await bench.open(try bench.expiry)
        for number in 0..<20 {
            var session = Session.sample(SessionID(stringLiteral: "x:\(number)"))
            if number % 4 == 0 { session.expiry = .never }
            try await store.write(session)
        }
        try await bench.passLifetime()
        let left: Set<SessionID> = ["x:0", "x:4", "x:8", "x:12", "x:16"]
        try expect(try await bench.ids(in: store), is: left, "the ids that are listed")
        try expect(try await store.count(), is: 5, "the count")
        let destroyed = try await store.destroyAll(where: SessionFilter(platform: "x"))
        try expect(destroyed, is: 5, "how many were destroyed")
    }

    static let expiryIsTold = ConformanceCheck(
        "whoever watches is told of an expiry once",
        needs: [.expiry, .expirations, .closing]
    ) { bench in
        let store = try await bench.open(try bench.expiry)
        let expirations = try await store.expirations()
        var endless = Session.sample("x:3")
        endless.expiry = .never
        for session in [.sample("x:1", step: 5), .sample("x:2"), endless] {
            try await store.write(session)
        }
        try await store.destroy("x:2")
        try await bench.passLifetime()
        for _ in 0..<2 {
            for id: SessionID in ["x:1", "x:2", "x:3"] { _ = try await store.read(id) }
        }
        try await store.close()
        try await within(.seconds(10), "watching ends when the store is closed") {
            var told: [Session] = []
            for await session in expirations { told.append(session) }
            try expect(told.map(\.id), is: ["x:1"], "the sessions that expired")
            try expect(told.first?.step, is: 5, "the step of the one that did")
        }
    }

    static let expiryIsUnsupported = ConformanceCheck(
        "a store that tells of no expiry says so",
        needsNo: [.expirations]
    ) { bench in
        let store = try await bench.open()
        try await expect(.unsupported, of: "watching") { _ = try await store.expirations() }
    }
}
