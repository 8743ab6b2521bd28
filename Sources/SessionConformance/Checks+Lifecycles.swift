import SessionCore

// Opening, closing, and being opened again.
extension ConformanceCheck {
    static let lifecycles = [
        opensByItself, opensTwice, closedRefuses, closedOpensAgain, survivesRestart,
        revisionsSurvive, closeKeepsAcknowledged, storesSeeEachOther,
    ]

    static let opensByItself = ConformanceCheck("the first use opens a store") { bench in
        let store = try await bench.open()
        try await store.write(.sample("x:1", step: 1))
        try expect(try await store.read("x:1")?.step, is: 1, "the step")
    }

    static let opensTwice = ConformanceCheck("opening and closing can be repeated") { bench in
        let store = try await bench.open()
        try await store.open()
        try await store.open()
        try await store.write(.sample("x:1", step: 1))
        try await store.open()
        try expect(try await store.read("x:1")?.step, is: 1, "the step")
        try await store.close()
        try await store.close()
    }

    static let closedRefuses = ConformanceCheck(
        "a closed store refuses every call",
        needs: [.closing]
    ) { bench in
        let store = try await bench.open()
        let written = try await store.write(.sample("x:1"))
        try await store.close()
        try await expect(.closed, of: "read") { _ = try await store.read("x:1") }
        try await expect(.closed, of: "write") { try await store.write(written) }
        try await expect(.closed, of: "a conditional write") {
            try await store.write(written, ifUnchangedSince: .absent)
        }
        try await expect(.closed, of: "update") { try await store.update("x:1") { $0 = nil } }
        try await expect(.closed, of: "touch") { try await store.touch("x:1") }
        try await expect(.closed, of: "destroy") { try await store.destroy("x:1") }
        if bench.features.contains(.listing) {
            try await expect(.closed, of: "ids") { _ = try await store.ids() }
            try await expect(.closed, of: "sessions") { _ = try await store.sessions() }
            try await expect(.closed, of: "count") { _ = try await store.count() }
            try await expect(.closed, of: "destroying all") {
                try await store.destroyAll(where: .all)
            }
        }
        if bench.features.contains(.expirations) {
            try await expect(.closed, of: "watching") { _ = try await store.expirations() }
        }
    }

    static let closedOpensAgain = ConformanceCheck(
        "a closed store can be opened again",
        needs: [.closing]
    ) { bench in
        let store = try await bench.open()
        let written = try await store.write(.sample("x:1", step: 1))
        for _ in 0..<3 {
            try await store.close()
            try await store.open()
        }
        try expect(try await store.read("x:1") == written, "the session is still there")
        try await store.write(.sample("x:1", step: 2))
        try expect(try await store.read("x:1")?.step, is: 2, "the step after another write")
    }

    static let survivesRestart = ConformanceCheck(
        "sessions outlive the store",
        needs: [.persistence]
    ) { bench in
        var store = try await bench.open()
        var expected: [SessionID: Session] = [:]
        for number in 0..<100 {
            let id = SessionID(stringLiteral: "x:\(number)")
            expected[id] = try await store.write(.sample(id, step: number))
        }
        for number in stride(from: 0, to: 100, by: 3) {
            let id = SessionID(stringLiteral: "x:\(number)")
            try await store.destroy(id)
            expected[id] = nil
        }
        for number in stride(from: 1, to: 100, by: 3) {
            try await store.increment(SessionID(stringLiteral: "x:\(number)"))
        }
        try await store.close()
        store = try await bench.open()
        for number in 0..<100 {
            let id = SessionID(stringLiteral: "x:\(number)")
            let read = try await store.read(id)
            try expect(read != nil, is: expected[id] != nil, "whether \(id) is there")
            try expect(read?.step, is: expected[id]?.step, "the step of \(id)")
            let count = number % 3 == 1 ? Int64(1) : nil
            try expect(read?.state["count"]?.int64, is: count, "the count of \(id)")
        }
    }

    static let revisionsSurvive = ConformanceCheck(
        "revisions outlive the store",
        needs: [.persistence]
    ) { bench in
        var store = try await bench.open()
        let first = try await store.write(.sample("x:1", step: 1))
        let revision = try require(first.revision, "revision")
        let stale = try require(try await store.write(.sample("x:2", step: 1)).revision, "revision")
        try await store.write(.sample("x:2", step: 2))
        try await store.close()
        store = try await bench.open()
        try expect(try await store.read("x:1")?.revision, is: revision, "the revision")
        try await store.write(.sample("x:1", step: 2), ifUnchangedSince: revision)
        try await expect(.conflict, of: "a write with a stale revision") {
            try await store.write(.sample("x:2", step: 3), ifUnchangedSince: stale)
        }
        // A number given again would let a stale write through.
        try await store.destroy("x:1")
        try await store.close()
        store = try await bench.open()
        try await store.write(.sample("x:1", step: 1))
        try await expect(.conflict, of: "a write with the revision of one that was destroyed") {
            try await store.write(.sample("x:1", step: 3), ifUnchangedSince: revision)
        }
    }

    static let closeKeepsAcknowledged = ConformanceCheck(
        "a close beside writers keeps all that was acknowledged",
        needs: [.persistence, .closing]
    ) { bench in
        var store = try await bench.open()
        let closing = store
        let written = try await withThrowingTaskGroup(of: [SessionID: Int].self) { group in
            for task in 0..<8 {
                group.addTask {
                    let id = SessionID(stringLiteral: "x:\(task)")
                    var last: [SessionID: Int] = [:]
                    for step in 1...10_000 {
                        do {
                            try await closing.write(.sample(id, step: step))
                            last[id] = step
                        } catch SessionStoreError.closed {
                            break
                        }
                    }
                    return last
                }
            }
            try await Task.sleep(for: .milliseconds(20))
            try await closing.close()
            return try await group.reduce(into: [:]) { all, some in
                all.merge(some) { max($0, $1) }
            }
        }
        store = try await bench.open()
        for (id, step) in written {
            let read = try await store.read(id)?.step ?? 0
            // The next may have been written without an answer.
            try expect(read == step || read == step + 1, "\(id) has step \(step), and not \(read)")
        }
    }

    static let storesSeeEachOther = ConformanceCheck(
        "what one store has written another reads",
        needs: [.sharing]
    ) { bench in
        let (first, second) = (try await bench.open(), try await bench.open())
        let written = try await first.write(.sample("x:1", step: 1))
        try expect(try await second.read("x:1") == written, "it is read as it was written")
        let revision = try require(written.revision, "revision")
        try await second.write(.sample("x:1", step: 2), ifUnchangedSince: revision)
        try await expect(.conflict, of: "a write that was too late") {
            try await first.write(.sample("x:1", step: 3), ifUnchangedSince: revision)
        }
        try expect(try await first.destroy("x:1"), "one store destroys what both wrote")
        try expect(try await second.read("x:1") == nil, "and it is gone for the other")
    }
}
