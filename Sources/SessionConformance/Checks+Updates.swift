import SessionCore

// Reading, changing and writing as one step.
extension ConformanceCheck {
    static let updates = [
        updateDoesAll, updateReturns, updateThrowsOn, updateKeepsItsID, updateRefusesNesting,
        updateLosesNothing, updatesTakeTurns, updateCancels, updateLosesNothingAcrossStores,
    ]

    static let updateDoesAll = ConformanceCheck("an update creates, changes, destroys") { bench in
        let store = try await bench.open()
        try await store.update("x:1") { $0 = .sample("x:1", step: 1) }
        try expect(try await store.read("x:1")?.step, is: 1, "the step that it put in place")
        try await store.update("x:1") { $0?.state["step"] = 2 }
        try expect(try await store.read("x:1")?.step, is: 2, "the step that it changed")
        try await store.update("x:1") { $0 = nil }
        try expect(try await store.read("x:1") == nil, "setting nil destroys the session")
        try expect(try await !store.destroy("x:1"), "and nothing is left of it")
    }

    static let updateReturns = ConformanceCheck("an update returns what its change does") { bench in
        let store = try await bench.open()
        try await store.write(.sample("x:1", step: 7))
        let step = try await store.update("x:1") { $0?.step }
        try expect(step, is: 7, "what the change returned")
    }

    static let updateThrowsOn = ConformanceCheck("an update that throws changes nothing") { bench in
        struct Refusal: Error {}
        let store = try await bench.open()
        let before = try await store.write(.sample("x:1", step: 1))
        for isDestroying in [false, true] {
            var isThrownOn = false
            do {
                try await store.update("x:1") { session in
                    if isDestroying { session = nil } else { session?.state["step"] = 2 }
                    throw Refusal()
                }
            } catch is Refusal {
                isThrownOn = true
            }
            try expect(isThrownOn, "the error of the change is thrown on as it is")
            let read = try await store.read("x:1")
            try expect(read?.document, is: before.document, "the document")
        }
        try await store.update("x:1") { $0?.state["step"] = 3 }
        try expect(try await store.read("x:1")?.step, is: 3, "the step of the next update")
    }

    static let updateKeepsItsID = ConformanceCheck("an update keeps to its id") { bench in
        let store = try await bench.open()
        try await store.write(.sample("x:1", step: 1))
        try await expect(.rejected, of: "an update with another session") {
            try await store.update("x:1") { $0 = .sample("x:2") }
        }
        try expect(try await store.read("x:2") == nil, "the other session is not there")
        try expect(try await store.read("x:1")?.step, is: 1, "the step")
    }

    static let updateRefusesNesting = ConformanceCheck("an update waits not for itself") { bench in
        let store = try await bench.open()
        try await expect(.rejected, of: "an update of the same id inside") {
            try await store.update("x:1") { _ in
                try await store.update("x:2") { $0 = .sample("x:2", step: 1) }
                try await store.update("x:1") { $0 = .sample("x:1") }
            }
        }
        try expect(try await store.read("x:2")?.step, is: 1, "the step of an other id inside")
        try expect(try await store.read("x:1") == nil, "the outer update changed nothing")
    }

    static let updateLosesNothing = ConformanceCheck("no update is lost") { bench in
        try await count(in: [try await bench.open()])
    }

    static let updateLosesNothingAcrossStores = ConformanceCheck(
        "no update of several stores is lost",
        needs: [.sharing]
    ) { bench in
        try await count(in: [try await bench.open(), try await bench.open()])
    }

    private static func count(in stores: [any SessionStore]) async throws {
        let ids: [SessionID] = ["x:1", "x:2", "x:3"]
        try await withThrowingTaskGroup { group in
            for task in 0..<16 {
                let store = stores[task % stores.count]
                group.addTask {
                    for turn in 0..<15 { try await store.increment(ids[turn % ids.count]) }
                }
            }
            try await group.waitForAll()
        }
        for store in stores {
            for id in ids {
                let count = try await store.read(id)?.state["count"]?.int64
                try expect(count, is: 80, "16 tasks have added 5 each to \(id), and there are")
            }
        }
    }

    static let updatesTakeTurns = ConformanceCheck("updates of one id take turns") { bench in
        let store = try await bench.open()
        let visitors = Visitors()
        try await withThrowingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    try await store.update("x:1") { session in
                        visitors.enter()
                        for _ in 0..<5 { await Task.yield() }
                        session = .sample("x:1")
                        visitors.leave()
                    }
                }
            }
            try await group.waitForAll()
        }
        try expect(visitors.most, is: 1, "how many changes of one id ran at once")
    }

    static let updateCancels = ConformanceCheck("a waiting update can be cancelled") { bench in
        let store = try await bench.open()
        let (entered, enter) = AsyncStream.makeStream(of: Void.self)
        let (left, leave) = AsyncStream.makeStream(of: Void.self)
        defer { leave.finish() }
        let first = Task {
            try await store.update("x:1") { session in
                enter.finish()
                for await _ in left {}
                session = .sample("x:1", step: 1)
            }
        }
        for await _ in entered {}
        let second = Task { try await store.update("x:1") { $0 = .sample("x:1", step: 2) } }
        second.cancel()
        try await expect(.cancelled, of: "an update that was cancelled while it waited") {
            try await second.value
        }
        leave.finish()
        try await first.value
        try expect(try await store.read("x:1")?.step, is: 1, "the step")
        try await store.update("x:1") { $0?.state["step"] = 3 }
        try expect(try await store.read("x:1")?.step, is: 3, "the step of the next update")
    }
}
