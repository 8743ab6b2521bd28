import SessionCore

// Listing, counting, and destroying by a filter.
extension ConformanceCheck {
    static let lists = [
        listsAll, listsBySessions, listsManyPages, listsBesideWriters, destroysByFilter, erases,
        startsEmpty, listingIsUnsupported,
    ]

    static let startsEmpty = ConformanceCheck("nothing is listed at first", needs: [.listing]) {
        bench in
        let store = try await bench.open()
        try expect(try await bench.ids(in: store), is: [], "the ids")
        try expect(try await store.count(), is: 0, "the count")
        try expect(try await store.destroyAll(where: .all), is: 0, "how many were destroyed")
    }

    static let listsAll = ConformanceCheck("every filter has its own", needs: [.listing]) { bench in
        let store = try await bench.open()
        let sessions = try await writeSamples(to: store)
        let filters = [
            SessionFilter.all, SessionFilter(platform: "line"), SessionFilter(platform: "li"),
            SessionFilter(kind: .group), SessionFilter(kind: .channel),
            SessionFilter(participant: "U1"), SessionFilter(platform: "slack", participant: "U1"),
            SessionFilter(idPrefix: "line:U"), SessionFilter(kind: .user, idPrefix: "line:"),
            SessionFilter(participant: "nobody"),
        ]
        for filter in filters {
            let expected = sessions.filter { filter.matches($0) }
            let found = try await bench.ids(in: store, where: filter)
            try expect(found, is: Set(expected.map(\.id)), "the ids of \(filter)")
            let count = try await store.count(where: filter)
            try expect(count, is: expected.count, "the count of \(filter)")
        }
    }

    static let listsBySessions = ConformanceCheck(
        "listed sessions are those that are read",
        needs: [.listing]
    ) { bench in
        let store = try await bench.open()
        let written = try await writeSamples(to: store)
        var count = 0
        for await element in try await store.sessions() {
            let session = try element.get()
            let original = written.first { $0.id == session.id }
            try expect(session.document, is: original?.document ?? [:], "\(session.id)")
            let read = try await store.read(session.id)
            try expect(session.revision, is: read?.revision, "the revision of \(session.id)")
            count += 1
        }
        try expect(count, is: written.count, "how many were listed")
    }

    static let listsManyPages = ConformanceCheck("a listing is whole", needs: [.listing]) { bench in
        let store = try await bench.open()
        var expected: Set<SessionID> = []
        for number in 0..<1_500 {
            let id = SessionID(stringLiteral: "x:\(number)")
            try await store.write(.sample(id, step: number))
            expected.insert(id)
        }
        for number in stride(from: 0, to: 1_500, by: 3) {
            let id = SessionID(stringLiteral: "x:\(number)")
            try await store.destroy(id)
            expected.remove(id)
        }
        try expect(try await bench.ids(in: store) == expected, "all that are left are listed once")
        try expect(try await store.count(), is: expected.count, "the count")
    }

    static let listsBesideWriters = ConformanceCheck(
        "what is there all the time is listed once, whoever writes",
        needs: [.listing]
    ) { bench in
        let store = try await bench.open()
        let staying = (0..<300).map { SessionID(stringLiteral: "x:stays:\($0)") }
        for id in staying { try await store.write(.sample(id)) }
        let writer = Task {
            var number = 0
            while !Task.isCancelled {
                let id = SessionID(stringLiteral: "x:comes:\(number % 200)")
                if number % 3 == 2 {
                    try await store.destroy(id)
                } else {
                    try await store.write(.sample(id, step: number))
                }
                try await store.write(.sample(staying[number % 300], step: number))
                number += 1
            }
        }
        let prefix = SessionFilter(idPrefix: "x:stays:")
        for _ in 0..<3 {
            let found = try await bench.ids(in: store, where: prefix)
            try expect(found == Set(staying), "all that stay are listed")
        }
        writer.cancel()
        try await writer.value
    }

    static let destroysByFilter = ConformanceCheck(
        "a filter destroys what it matches, and nothing else",
        needs: [.listing]
    ) { bench in
        let store = try await bench.open()
        let sessions = try await writeSamples(to: store)
        let filter = SessionFilter(platform: "line", kind: .group)
        let expected = sessions.filter { filter.matches($0) }
        let count = try await store.destroyAll(where: filter)
        try expect(count, is: expected.count, "how many were destroyed")
        for session in sessions {
            let isLeft = try await store.read(session.id) != nil
            try expect(isLeft, is: !filter.matches(session), "whether \(session.id) is left")
        }
    }

    static let erases = ConformanceCheck("a person is erased", needs: [.listing]) { bench in
        let store = try await bench.open()
        let sessions = try await writeSamples(to: store)
        let onSlack = SessionFilter(platform: "slack", participant: "U1")
        let anywhere = SessionFilter(participant: "U1")
        let first = sessions.filter { onSlack.matches($0) }
        let count = try await store.erase(participant: "U1", on: "slack")
        try expect(count, is: first.count, "how many were erased on one platform")
        let rest = try await store.erase(participant: "U1", on: nil)
        let all = sessions.filter { anywhere.matches($0) }
        try expect(rest, is: all.count - first.count, "how many were left elsewhere")
        for session in sessions {
            let isLeft = try await store.read(session.id) != nil
            try expect(isLeft, is: !anywhere.matches(session), "whether \(session.id) is left")
        }
    }

    static let listingIsUnsupported = ConformanceCheck(
        "a store that can't list says so",
        needsNo: [.listing]
    ) { bench in
        let store = try await bench.open()
        try await store.write(.sample("x:1"))
        try await expect(.unsupported, of: "ids") { _ = try await store.ids() }
        try await expect(.unsupported, of: "sessions") { _ = try await store.sessions() }
        try await expect(.unsupported, of: "count") { _ = try await store.count() }
        try await expect(.unsupported, of: "destroying all") {
            try await store.destroyAll(where: .all)
        }
        try await expect(.unsupported, of: "erasing") {
            try await store.erase(participant: "U1", on: nil)
        }
        try expect(try await store.read("x:1") != nil, "nothing was destroyed")
    }

    /// Sessions of several platforms, kinds and people, as they were written.
    private static func writeSamples(to store: any SessionStore) async throws -> [Session] {
        var sessions: [Session] = []
        for number in 0..<12 {
            var session = Session(
                id: SessionID(stringLiteral: "line:\(number % 2 == 0 ? "U" : "C")\(number)"),
                kind: number % 2 == 0 ? .user : .group
            )
            session.user = ["id": .string("U\(number % 5)")]
            if number % 2 == 1 { session.group = ["members": ["U1", ["id": "U7"]]] }
            sessions.append(session)
        }
        for number in 0..<6 {
            var session = Session(
                id: SessionID(stringLiteral: "slack:\(number)"),
                kind: number % 3 == 0 ? .channel : .user
            )
            session.user = ["id": .string("U\(number % 2)")]
            sessions.append(session)
        }
        // A platform whose name is the beginning of another's.
        sessions.append(Session(id: "li:1"))
        var written: [Session] = []
        for session in sessions { written.append(try await store.write(session)) }
        return written
    }
}
