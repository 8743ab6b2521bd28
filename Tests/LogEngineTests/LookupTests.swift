import SegmentFormat
import Testing

@testable import LogEngine

/// What a caller has looked up counts only while it is what the key has.
@Suite struct LookupTests {
    enum Change: CaseIterable {
        case nothing, overwriting, touching, removing, replacing, compacting
    }

    private func request(
        _ value: String,
        _ condition: WriteCondition,
        _ lookup: Lookup
    ) -> WriteRequest {
        .put(
            Put(
                key: bytes("a"),
                value: bytes(value),
                activity: nil,
                lifetime: .standard,
                condition: condition,
                lookup: lookup
            )
        )
    }

    private func isConflict(_ result: WriteResult) -> Bool {
        if case .failure(.conflict) = result { true } else { false }
    }

    @Test(arguments: Change.allCases, [false, true])
    func `a lookup holds until its key changes`(change: Change, isConditional: Bool) throws {
        let bench = Bench()
        let log = try bench.open()
        let first = try log.writeBlocking(bytes("a"), bytes("1"))
        try log.put("b", "1")
        let lookup = try #require(log.core.lookup(bytes("a")))
        #expect(lookup.value.valueSequence == first && lookup.holds(in: log.core))
        switch change {
        case .nothing: break
        case .overwriting: try log.put("a", "2")
        case .touching: _ = try log.touchBlocking(bytes("a"))
        case .removing: _ = try log.removeBlocking(bytes("a"))
        case .replacing:
            _ = try log.removeBlocking(bytes("a"))
            try log.put("a", "2")
        case .compacting: _ = try log.compactBlocking()
        }
        #expect(lookup.holds(in: log.core) == (change == .nothing))
        let condition = isConditional ? WriteCondition.unchanged(since: first) : .none
        let result = log.runBlocking(request("3", condition, lookup))
        // A touch and a move leave the value, and its revision, as they are.
        let isChanged = [.overwriting, .removing, .replacing].contains(change)
        if isConditional && isChanged {
            #expect(isConflict(result))
            #expect(try log.text("a") == (change == .removing ? nil : "2"))
        } else {
            _ = try result.get()
            #expect(try log.text("a") == "3")
        }
        let isGone = isConditional && change == .removing
        #expect(log.core.index.count == (isGone ? 1 : 2))
        try log.closeBlocking()
        let other = try bench.open()
        var expected = ["b": "1"]
        if !isGone { expected["a"] = isConditional && isChanged ? "2" : "3" }
        let found = try other.all()
        #expect(found == expected)
        try other.closeBlocking()
    }

    @Test func `a lookup of a batch's own key gives way to the batch`() throws {
        let log = try Bench().open()
        let first = try log.writeBlocking(bytes("a"), bytes("1"))
        let lookup = try #require(log.core.lookup(bytes("a")))
        let results = log.withWriter { writer in
            writer.run([
                request("2", .unchanged(since: first), lookup),
                request("3", .unchanged(since: first), lookup),
            ])
        }
        let outcomes = try #require(results)
        #expect((try? outcomes[0].get()) != nil)
        #expect(isConflict(outcomes[1]))
        #expect(try log.text("a") == "2")
        try log.closeBlocking()
    }

    @Test func `nothing is looked up where there is nothing plain`() throws {
        let log = try Bench().open()
        #expect(log.core.lookup(bytes("a")) == nil)
        try log.put("a", "1")
        _ = try log.touchBlocking(bytes("a"))
        #expect(log.core.lookup(bytes("a")) == nil)
        try log.put("a", "2")
        #expect(log.core.lookup(bytes("a")) != nil)
        try log.closeBlocking()
        #expect(log.core.lookup(bytes("a")) == nil)
    }
}
