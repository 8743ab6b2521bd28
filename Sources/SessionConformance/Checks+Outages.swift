import SessionCore

// A place that can't be reached has not lost its sessions, and is never taken for an empty one.
extension ConformanceCheck {
    static let outages = [outageIsUnavailable, outageHeals, outageLosesNoUpdate]

    static let outageIsUnavailable = ConformanceCheck(
        "an outage is no empty store",
        needs: [.outages]
    ) { bench in
        let store = try await bench.open()
        let written = try await store.write(.sample("x:1", step: 1))
        try await bench.subject.disconnect()
        try await expect(.unavailable, of: "read") { _ = try await store.read("x:1") }
        try await expect(.unavailable, of: "reading an unknown id") {
            _ = try await store.read("x:2")
        }
        try await expect(.unavailable, of: "write") { try await store.write(.sample("x:2")) }
        try await expect(.unavailable, of: "a conditional write") {
            try await store.write(written, ifUnchangedSince: .absent)
        }
        try await expect(.unavailable, of: "touch") { try await store.touch("x:1") }
        try await expect(.unavailable, of: "destroy") { try await store.destroy("x:2") }
        var hasRun = false
        try await expect(.unavailable, of: "update") {
            try await store.update("x:1") { _ in hasRun = true }
        }
        try expect(!hasRun, "no change is asked for what could not be read")
        try await bench.subject.reconnect()
    }

    static let outageHeals = ConformanceCheck(
        "after an outage everything is there",
        needs: [.outages]
    ) { bench in
        let store = try await bench.open()
        for number in 0..<20 {
            try await store.write(.sample(SessionID(stringLiteral: "x:\(number)"), step: number))
        }
        for _ in 0..<3 {
            try await bench.subject.disconnect()
            try await expect(.unavailable, of: "read") { _ = try await store.read("x:1") }
            try await bench.subject.reconnect()
            for number in 0..<20 {
                let id = SessionID(stringLiteral: "x:\(number)")
                try expect(try await store.read(id)?.step, is: number, "the step of \(id)")
            }
        }
        try await store.write(.sample("x:1", step: 100))
        try expect(try await store.read("x:1")?.step, is: 100, "the step of a later write")
    }

    static let outageLosesNoUpdate = ConformanceCheck(
        "an outage loses no update that was acknowledged",
        needs: [.outages]
    ) { bench in
        let store = try await bench.open()
        try await store.increment("x:1")
        let acknowledged = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var count = 0
                    for _ in 0..<50 {
                        do {
                            try await store.increment("x:1")
                            count += 1
                        } catch SessionStoreError.unavailable {
                            try await Task.sleep(for: .milliseconds(5))
                        }
                    }
                    return count
                }
            }
            for _ in 0..<3 {
                try await Task.sleep(for: .milliseconds(10))
                try await bench.subject.disconnect()
                try await Task.sleep(for: .milliseconds(10))
                try await bench.subject.reconnect()
            }
            return try await group.reduce(1, +)
        }
        let count = try await store.read("x:1")?.state["count"]?.int64 ?? 0
        try expect(
            count >= acknowledged && count <= 201,
            "the count, \(count), is from the \(acknowledged) acknowledged to the 201 tried"
        )
    }
}
