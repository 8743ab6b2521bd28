import SessionCore

// An id is data: never a path, a pattern or a command.
extension ConformanceCheck {
    static let ids = [keepsIdsApart, keepsLongIds, idsAreNoPatterns]

    /// Ids that some store would take for another one, or for something else.
    static let hostileIDs: [SessionID] = [
        "x:1", "x:10", "X:1", "x: 1", "x:1 ", "x::1", "x:1:", "xx:1",
        "x:/etc/passwd", "x:../../1", "x:..", "x:.", "x:a/b", "x:a\\b", "x:a%2Fb", "x:~",
        "x:*", "x:?", "x:[a-z]", "x:{a}", "x:{b}c", "x:$where", "x:%s", "x:'; DROP TABLE s; --",
        "x:\u{E9}", "x:e\u{301}", "x:你", "x:🦊", "x:\u{202E}1", "x:\u{FEFF}1", "x:\u{200B}1",
        "x:\0", "x:1\0", "x:\n", "x:1\r\n", "x:\t", "x:\u{7F}", "x:\"", "x:<b>", "x:CON", "x:nul",
    ]

    static let keepsIdsApart = ConformanceCheck("ids are the same when their bytes are") { bench in
        let store = try await bench.open()
        for (number, id) in hostileIDs.enumerated() {
            try expect(try await store.read(id) == nil, "\(quoted(id)) is new")
            try await store.write(.sample(id, step: number))
        }
        for (number, id) in hostileIDs.enumerated() {
            let session = try require(try await store.read(id), "session \(quoted(id))")
            try expect(session.id, is: id, "the id")
            try expect(session.step, is: number, "the step of \(quoted(id))")
            try expect(try await store.touch(id), "\(quoted(id)) is touched")
        }
        for (number, id) in hostileIDs.enumerated() {
            try expect(try await store.destroy(id), "\(quoted(id)) is destroyed, alone")
            for other in hostileIDs[(number + 1)...].prefix(3) {
                try expect(try await store.read(other) != nil, "\(quoted(other)) is still there")
            }
        }
    }

    static let keepsLongIds = ConformanceCheck("an id may have 1,024 bytes") { bench in
        let store = try await bench.open()
        let text = "x:" + String(repeating: "k", count: SessionID.byteCountMax - 3)
        let ids = [try SessionID(text + "a"), try SessionID(text + "b"), try SessionID(text)]
        for (number, id) in ids.enumerated() { try await store.write(.sample(id, step: number)) }
        for (number, id) in ids.enumerated() {
            try expect(try await store.read(id)?.step, is: number, "the step of long id \(number)")
        }
    }

    static let idsAreNoPatterns = ConformanceCheck(
        "no id is a pattern to a listing",
        needs: [.listing]
    ) { bench in
        let store = try await bench.open()
        for id in hostileIDs { try await store.write(.sample(id)) }
        try expect(try await bench.ids(in: store), is: Set(hostileIDs), "all ids")
        for prefix in ["x:*", "x:?", "x:[a-z]", "x:{", "x:.", "x:1", "x:\\", "x:$", "x:\0"] {
            let filter = SessionFilter(idPrefix: prefix)
            let expected = Set(hostileIDs.filter { filter.matches($0) })
            let found = try await bench.ids(in: store, where: filter)
            try expect(found, is: expected, "the ids that begin with \(prefix.debugDescription)")
        }
        let ours = try await bench.ids(in: store, where: SessionFilter(platform: "x"))
        try expect(ours, is: Set(hostileIDs.filter { $0.platform == "x" }), "the ids of platform x")
    }

    private static func quoted(_ id: SessionID) -> String { id.rawValue.debugDescription }
}

extension ConformanceBench {
    /// All ids of a listing, which must not have one twice.
    func ids(
        in store: any SessionStore,
        where filter: SessionFilter = .all
    ) async throws -> Set<SessionID> {
        var ids: Set<SessionID> = []
        for await element in try await store.ids(where: filter) {
            let id = try element.get()
            try expect(ids.insert(id).inserted, "\(id.rawValue.debugDescription) is listed once")
        }
        return ids
    }
}
