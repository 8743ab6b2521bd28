import SessionCore

// Reading, writing, touching and destroying one session.
extension ConformanceCheck {
    static let writing = [
        unknownIsNil, writtenIsRead, writeStamps, writeReplaces, writeKeepsNoReference,
        writeRejectsDepth, touchKeepsTheRest, destroySaysWhether, destroyedIsGone, writersDoNotMix,
    ]

    static let unknownIsNil = ConformanceCheck("an unknown id has no session") { bench in
        let store = try await bench.open()
        try expect(try await store.read("x:1") == nil, "an unknown id reads as nil")
        try expect(try await !store.touch("x:1"), "a touch of an unknown id says false")
        try expect(try await !store.destroy("x:1"), "destroying an unknown id says false")
        let wasNil = try await store.update("x:1") { $0 == nil }
        try expect(wasNil, "an update of an unknown id gets nil")
        try expect(try await store.read("x:1") == nil, "none of these made a session")
    }

    static let writtenIsRead = ConformanceCheck("a session is read as it was written") { bench in
        let store = try await bench.open()
        let written = try await store.write(.sample("x:1", step: 1))
        try expect(written.step, is: 1, "the state that the write returned")
        let read = try require(try await store.read("x:1"), "session after a write")
        try expect(read.document, is: written.document, "the document that was read")
        try expect(read.revision, is: written.revision, "the revision that was read")
        let again = try require(try await store.read("x:1"), "session at the second read")
        try expect(again.document, is: written.document, "the document at the second read")
    }

    static let writeStamps = ConformanceCheck("a write sets the time of activity") { bench in
        let store = try await bench.open()
        var session = Session.sample("x:1")
        session["lastActivity"] = 5
        let first = try await store.write(session)
        let time = try require(first.lastActivity, "activity after a write")
        try expect(time != 5, "the store sets the activity, and not the caller")
        try await bench.subject.passTime(milliseconds: 50)
        let second = try await store.write(first)
        let later = try require(second.lastActivity, "activity after the second write")
        try expect(later > time, "a later write sets a later activity")
        let read = try await store.read("x:1")
        try expect(read?.lastActivity, is: later, "the activity that was read")
    }

    static let writeReplaces = ConformanceCheck("a write replaces the whole session") { bench in
        let store = try await bench.open()
        var first = Session.sample("x:1", step: 1)
        first.state["old"] = ["a": 1]
        first["note"] = "only in the first"
        try await store.write(first)
        let second = try await store.write(.sample("x:1", step: 2))
        let read = try require(try await store.read("x:1"), "session")
        try expect(read.document, is: second.document, "the second document")
        try expect(read["note"] == nil, "a field that is not in the second document is gone")
        try expect(read.state["old"] == nil, "nor is its state merged")
    }

    static let writeKeepsNoReference = ConformanceCheck("a session is a value") { bench in
        let store = try await bench.open()
        var session = Session.sample("x:1", step: 1)
        try await store.write(session)
        session.state["step"] = 2
        var read = try require(try await store.read("x:1"), "session")
        try expect(read.step, is: 1, "the step, after the written copy was changed")
        read.state["step"] = 3
        try expect(
            try await store.read("x:1")?.step, is: 1, "the step, after the read copy was changed")
    }

    static let writeRejectsOversize = ConformanceCheck("what is too large is rejected") { bench in
        let store = try await bench.open()
        let kept = try await store.write(.sample("x:1", step: 1))
        var session = Session.sample("x:1", step: 2)
        session["a"] = .string(String(repeating: "x", count: Session.byteCountMax))
        let large = session
        try await expect(.rejected, of: "a write") { try await store.write(large) }
        try await expect(.rejected, of: "a conditional write") {
            try await store.write(large, ifUnchangedSince: kept.revision ?? .absent)
        }
        try await expect(.rejected, of: "an update") {
            try await store.update("x:1") { $0 = large }
        }
        try expect(try await store.read("x:1")?.step, is: 1, "the step after three refusals")
    }

    static let writeRejectsDepth = ConformanceCheck("what nests too deep is rejected") { bench in
        let store = try await bench.open()
        var nested: JSON = [:]
        for _ in 0..<JSON.depthMax { nested = .array([nested]) }
        var session = Session.sample("x:1")
        session["nested"] = nested
        let deep = session
        try await expect(.rejected, of: "a write") { try await store.write(deep) }
        try expect(try await store.read("x:1") == nil, "a refused write leaves nothing")
    }

    static let touchKeepsTheRest = ConformanceCheck("a touch changes only the activity") { bench in
        let store = try await bench.open()
        let written = try await store.write(.sample("x:1", step: 1))
        try await bench.subject.passTime(milliseconds: 50)
        try expect(try await store.touch("x:1"), "a touch says that there was a session")
        var read = try require(try await store.read("x:1"), "session after a touch")
        let (before, after) = (written.lastActivity, read.lastActivity)
        try expect(try require(after, "activity") > before ?? 0, "a touch sets a later activity")
        read["lastActivity"] = written["lastActivity"]
        try expect(read.document, is: written.document, "the document but for the activity")
    }

    static let destroySaysWhether = ConformanceCheck("destroying says if there was one") { bench in
        let store = try await bench.open()
        try await store.write(.sample("x:1"))
        try expect(try await store.destroy("x:1"), "the first says true")
        try expect(try await !store.destroy("x:1"), "the second says false")
    }

    static let destroyedIsGone = ConformanceCheck("a destroyed session is gone") { bench in
        let store = try await bench.open()
        try await store.write(.sample("x:1", step: 1))
        try await store.write(.sample("x:2", step: 1))
        try await store.destroy("x:1")
        try expect(try await store.read("x:1") == nil, "it reads as nil")
        try expect(try await !store.touch("x:1"), "a touch does not bring it back")
        try expect(try await store.read("x:2")?.step, is: 1, "the other session's step")
        let new = try await store.write(.sample("x:1", step: 2))
        let read = try require(try await store.read("x:1"), "session that was written again")
        try expect(read.document, is: new.document, "the new document, without the old one")
    }

    static let writersDoNotMix = ConformanceCheck("writers and readers don't mix values") { bench in
        let store = try await bench.open()
        let ids = (0..<4).map { SessionID(stringLiteral: "x:\($0)") }
        try await withThrowingTaskGroup { group in
            for (writer, id) in (ids + ids).enumerated() {
                group.addTask {
                    for step in 0..<20 {
                        var session = Session(id: id)
                        session.state["mark"] = .string("\(id) by \(writer) at \(step)")
                        let filler = String(repeating: "\(writer)", count: 10 * step)
                        session.state["filler"] = .string(filler)
                        try await store.write(session)
                        guard let read = try await store.read(id) else { continue }
                        try expect(isWhole(read), "a session is one that somebody wrote, whole")
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Whether mark and filler are of one write to this id.
    private static func isWhole(_ session: Session) -> Bool {
        guard let mark = session.state["mark"]?.string,
            let filler = session.state["filler"]?.string,
            let step = mark.split(separator: " ").last.flatMap({ Int($0) })
        else { return false }
        return mark.hasPrefix("\(session.id) by ") && filler.count == 10 * step
            && Set(filler).count <= 1
    }
}
