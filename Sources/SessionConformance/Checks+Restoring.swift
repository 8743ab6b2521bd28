import SessionCore

// Copies that keep the time of activity.
extension ConformanceCheck {
    static let restoring = [
        restoreKeepsActivity, restoreConflicts, restoreLeavesExpired, restoreGivesTime,
        restoreRefusesNonsense, restoreIsUnsupported,
    ]

    static let restoreKeepsActivity = ConformanceCheck(
        "a restored session keeps its activity",
        needs: [.restoring]
    ) { bench in
        let store = try await bench.open()
        var session = Session.sample("x:1", step: 1)
        session.lastActivity = 1_512_345_678_901
        session.expiry = .never
        session["note"] = ["a": 1.0, "b": [nil, "é"]]
        let restored = try await store.restore(session, ifUnchangedSince: .absent)
        try expect(restored?.document, is: session.document, "the document that was returned")
        let read = try require(try await store.read("x:1"), "session")
        try expect(read.document, is: session.document, "the document that was read")
        try expect(read.revision, is: restored?.revision, "the revision")
        let written = try await store.write(read)
        try expect(written.lastActivity != session.lastActivity, "a write stamps it again")
    }

    static let restoreConflicts = ConformanceCheck(
        "restoring over what somebody wrote conflicts",
        needs: [.restoring]
    ) { bench in
        let store = try await bench.open()
        let first = try await store.write(.sample("x:1", step: 1))
        try await expect(.conflict, of: "restoring what is there") {
            try await store.restore(.sample("x:1", step: 2), ifUnchangedSince: .absent)
        }
        let revision = try require(first.revision, "revision")
        try await store.restore(.sample("x:1", step: 3), ifUnchangedSince: revision)
        try expect(try await store.read("x:1")?.step, is: 3, "the step")
        try await expect(.conflict, of: "restoring with an old revision") {
            try await store.restore(.sample("x:1", step: 4), ifUnchangedSince: revision)
        }
        try expect(try await store.read("x:1")?.step, is: 3, "the step after the conflict")
    }

    static let restoreLeavesExpired = ConformanceCheck(
        "an expired session is not restored",
        needs: [.restoring, .expiry]
    ) { bench in
        let store = try await bench.open(.oneYear)
        let living = try await store.write(.sample("x:2", step: 1))
        for id: SessionID in ["x:1", "x:2"] {
            var session = Session.sample(id, step: 2)
            session.lastActivity = 1_000_000_000_000
            let revision = id == living.id ? living.revision : .absent
            let restored = try await store.restore(session, ifUnchangedSince: revision ?? .absent)
            try expect(restored == nil, "restoring what has expired says nil")
        }
        var stale = Session.sample("x:2", step: 2)
        stale.lastActivity = 1_000_000_000_000
        let late = try await store.restore(stale, ifUnchangedSince: .absent)
        try expect(late == nil, "also when somebody else has written")
        try expect(try await store.read("x:1") == nil, "and writes nothing")
        try expect(try await store.read("x:2")?.step, is: 1, "the step of one that lives")
        var endless = Session.sample("x:3", step: 3)
        endless.lastActivity = 1_000_000_000_000
        endless.expiry = .never
        try await store.restore(endless, ifUnchangedSince: .absent)
        try expect(try await store.read("x:3")?.step, is: 3, "one without an end is restored")
    }

    static let restoreGivesTime = ConformanceCheck(
        "a restored session without activity gets the present time",
        needs: [.restoring]
    ) { bench in
        let store = try await bench.open()
        let written = try await store.write(.sample("x:2"))
        let restored = try await store.restore(.sample("x:1"), ifUnchangedSince: .absent)
        let time = try require(restored?.lastActivity, "activity")
        try expect(time >= written.lastActivity ?? .max, "it is not before an earlier write")
        try expect(try await store.read("x:1")?.lastActivity, is: time, "the activity")
    }

    static let restoreRefusesNonsense = ConformanceCheck(
        "a time before 1970 is not restored",
        needs: [.restoring]
    ) { bench in
        let store = try await bench.open()
        var session = Session.sample("x:1")
        session.lastActivity = -1
        let early = session
        try await expect(.rejected, of: "restoring it") {
            try await store.restore(early, ifUnchangedSince: .absent)
        }
        try expect(try await store.read("x:1") == nil, "nothing was written")
    }

    static let restoreIsUnsupported = ConformanceCheck(
        "a store that can't keep a time says so",
        needsNo: [.restoring]
    ) { bench in
        let store = try await bench.open()
        try await expect(.unsupported, of: "restoring") {
            try await store.restore(.sample("x:1"), ifUnchangedSince: .absent)
        }
        try expect(try await store.read("x:1") == nil, "nothing was written")
    }
}
