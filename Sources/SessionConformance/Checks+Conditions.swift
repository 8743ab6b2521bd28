import SessionCore

// Writes that fail when somebody else was faster.
extension ConformanceCheck {
    static let conditions = [
        createsIfAbsent, writesIfUnchanged, refusesAfterDestroy, oneOfManyWins, readsGiveRevisions,
        oneOfManyWinsAcrossStores,
    ]

    static let createsIfAbsent = ConformanceCheck("a session is created once") { bench in
        let store = try await bench.open()
        let first = try await store.write(.sample("x:1", step: 1), ifUnchangedSince: .absent)
        try expect(first.step, is: 1, "the step that was returned")
        try await expect(.conflict, of: "creating it again") {
            try await store.write(.sample("x:1", step: 2), ifUnchangedSince: .absent)
        }
        try expect(try await store.read("x:1")?.step, is: 1, "the step")
        try await store.destroy("x:1")
        try await store.write(.sample("x:1", step: 3), ifUnchangedSince: .absent)
        try expect(try await store.read("x:1")?.step, is: 3, "the step after it was destroyed")
    }

    static let writesIfUnchanged = ConformanceCheck("a revision is good for one write") { bench in
        let store = try await bench.open()
        let first = try await store.write(.sample("x:1", step: 1))
        let revision = try require(first.revision, "revision of a write")
        let second = try await store.write(.sample("x:1", step: 2), ifUnchangedSince: revision)
        try expect(second.revision != revision, "a write has a revision of its own")
        for stale in [revision, .absent] {
            try await expect(.conflict, of: "a write with an old revision") {
                try await store.write(.sample("x:1", step: 3), ifUnchangedSince: stale)
            }
        }
        let read = try require(try await store.read("x:1"), "session")
        try expect(read.step, is: 2, "the step after two conflicts")
        let newest = try require(read.revision, "revision of a read")
        try await store.write(.sample("x:1", step: 4), ifUnchangedSince: newest)
        try expect(try await store.read("x:1")?.step, is: 4, "the step")
    }

    static let refusesAfterDestroy = ConformanceCheck("a destroyed session conflicts") { bench in
        let store = try await bench.open()
        let first = try await store.write(.sample("x:1", step: 1))
        let revision = try require(first.revision, "revision")
        try await store.destroy("x:1")
        try await expect(.conflict, of: "a write after it was destroyed") {
            try await store.write(.sample("x:1", step: 2), ifUnchangedSince: revision)
        }
        try expect(try await store.read("x:1") == nil, "it stays destroyed")
        try await expect(.conflict, of: "a write of what never was") {
            try await store.write(.sample("x:2"), ifUnchangedSince: revision)
        }
    }

    static let readsGiveRevisions = ConformanceCheck("an update changes the revision") { bench in
        let store = try await bench.open()
        let first = try await store.write(.sample("x:1", step: 1))
        let revision = try require(first.revision, "revision")
        try await store.update("x:1") { $0?.state["step"] = 2 }
        try await expect(.conflict, of: "a write after an update") {
            try await store.write(.sample("x:1", step: 3), ifUnchangedSince: revision)
        }
        try await store.write(.sample("x:1", step: 4))
        try expect(try await store.read("x:1")?.revision != revision, "the revision is another")
    }

    static let oneOfManyWins = ConformanceCheck("of many conditional writes one wins") { bench in
        let store = try await bench.open()
        try await race(in: [store])
    }

    static let oneOfManyWinsAcrossStores = ConformanceCheck(
        "of many conditional writes in several stores one wins",
        needs: [.sharing]
    ) { bench in
        try await race(in: [try await bench.open(), try await bench.open()])
    }

    private static func race(in stores: [any SessionStore]) async throws {
        for round in 0..<10 {
            let current = try await stores[0].read("x:1")?.revision ?? .absent
            let won = try await withThrowingTaskGroup(of: [Int].self) { group in
                for task in 0..<16 {
                    let store = stores[task % stores.count]
                    let step = round * 100 + task
                    group.addTask {
                        do {
                            let session = Session.sample("x:1", step: step)
                            try await store.write(session, ifUnchangedSince: current)
                            return [step]
                        } catch SessionStoreError.conflict {
                            return []
                        }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            try expect(won.count, is: 1, "how many of 16 conditional writes succeeded")
            let step = try await stores[0].read("x:1")?.step
            try expect(step, is: won.first, "the step of the one that did")
        }
    }
}
