import Locks
import SessionConformance
import SessionCore

/// What a driver may get wrong.
enum Flaw: String, CaseIterable, Sendable {
    case merges, keepsCallersActivity, returnsUnstamped, readExtends, touchForgets
    case expiresTooEarly, forgetsOwnLifetime, foldsCase, trimsIDs, normalizesIDs, cutsIDs
    case makesDoubles, sortsFields, dropsNulls, refusesMegabytes, acceptsTooLarge
    case losesUpdates, writesInUpdateAnyway, ignoresRevision, createsOver
    case saysDestroyed, keepsDestroyed, takesOutageForNothing, writesThroughOutage
    case listsTwice, listsOnePage, matchesPlatformsByPrefix, countsOther, erasesEverywhere
    case destroysTooMuch, neverCloses, tellsTwice, tellsNobody, watchesNothing
    case restoresAsWritten, restoresOver, restoresExpired
}

/// A store that keeps the contract but for one flaw.
final class FlawedStore: SessionStore {
    let base: MemorySessionStore
    let flaw: Flaw?
    let isCut: @Sendable () -> Bool
    private let told = ExpirationSource()

    init(_ base: MemorySessionStore, _ flaw: Flaw?, isCut: @escaping @Sendable () -> Bool) {
        (self.base, self.flaw, self.isCut) = (base, flaw, isCut)
    }

    private func requireReach(_ operation: Fault.Operation) throws(SessionStoreError) {
        guard isCut() else { return }
        throw .unavailable(Fault(operation, place: "nowhere", cause: "the cable is cut"))
    }

    /// The id as the flawed store keeps it.
    private func kept(_ id: SessionID) -> SessionID {
        let text: String
        switch flaw {
        case .foldsCase: text = id.rawValue.lowercased()
        case .trimsIDs: text = String(id.rawValue.prefix { $0 != " " && $0 != "\0" })
        case .normalizesIDs:
            text = id.rawValue == "x:e\u{301}" ? "x:\u{E9}" : id.rawValue
        case .cutsIDs: text = String(id.rawValue.prefix(255))
        default: return id
        }
        return (try? SessionID(text)) ?? id
    }

    private func restored(_ session: Session?, as id: SessionID) -> Session? {
        guard let session, session.id != id else { return session }
        var document = session.document
        document["id"] = .string(id.rawValue)
        document["platform"] = .string(id.platform)
        return try? Session(document: document)
    }

    private func mangled(_ session: Session) -> Session {
        var document = session.document
        switch flaw {
        case .makesDoubles:
            for (key, value) in session.document {
                if let double = value.number?.double { document[key] = JSON(double) }
            }
        case .sortsFields:
            document = JSONObject()
            for key in session.document.keys.sorted() { document[key] = session.document[key] }
        case .dropsNulls:
            for (key, value) in session.document where value == .null { document[key] = nil }
        case .forgetsOwnLifetime: document["expiresIn"] = nil
        default: break
        }
        document["id"] = .string(kept(session.id).rawValue)
        document["platform"] = .string(kept(session.id).platform)
        return (try? Session(document: document)) ?? session
    }

    func open() async throws(SessionStoreError) { try await base.open() }

    func close() async throws(SessionStoreError) {
        guard flaw != .neverCloses else { return }
        told.finish()
        try await base.close()
    }

    func read(_ id: SessionID) async throws(SessionStoreError) -> Session? {
        if flaw == .takesOutageForNothing, isCut() { return nil }
        try requireReach(.read)
        if flaw == .readExtends { _ = try await base.touch(kept(id)) }
        return restored(try await base.read(kept(id)), as: id)
    }

    func write(_ session: Session) async throws(SessionStoreError) -> Session {
        if flaw != .writesThroughOutage { try requireReach(.write) }
        var session = session
        if flaw == .acceptsTooLarge { session["a"] = "" }
        let byteCount = try session.encodedByteCount()
        if flaw == .refusesMegabytes, byteCount > 1 << 20 {
            throw .rejected(Fault(.write, id: session.id, cause: "too large"))
        }
        if flaw == .merges, let old = try await base.read(session.id) {
            var document = old.document
            document.merge(session.document)
            session = (try? Session(document: document)) ?? session
        }
        let written = try await base.write(mangled(session))
        switch flaw {
        case .keepsCallersActivity:
            var kept = written
            kept["lastActivity"] = session["lastActivity"] ?? 1
            return kept
        case .returnsUnstamped: return session
        default: return restored(written, as: session.id) ?? written
        }
    }

    func write(
        _ session: Session,
        ifUnchangedSince revision: SessionRevision
    ) async throws(SessionStoreError) -> Session {
        try requireReach(.write)
        _ = try session.encodedByteCount()
        switch flaw {
        case .ignoresRevision where revision != .absent,
            .createsOver where revision == .absent:
            return try await write(session)
        case .none, .forgetsOwnLifetime:
            return try await base.write(mangled(session), ifUnchangedSince: revision)
        default:
            let written = try await base.write(mangled(session), ifUnchangedSince: revision)
            return restored(written, as: session.id) ?? written
        }
    }

    func restore(
        _ session: Session,
        ifUnchangedSince revision: SessionRevision
    ) async throws(SessionStoreError) -> Session? {
        try requireReach(.write)
        var (session, revision) = (session, revision)
        switch flaw {
        case .restoresAsWritten: return try await base.write(session, ifUnchangedSince: revision)
        case .restoresOver: revision = try await base.read(session.id)?.revision ?? .absent
        case .restoresExpired: session.expiry = .never
        default: break
        }
        return try await base.restore(session, ifUnchangedSince: revision)
    }

    func update<Outcome>(
        _ id: SessionID,
        _ change: nonisolated(nonsending) (inout Session?) async throws -> Outcome
    ) async throws -> Outcome {
        try requireReach(.update)
        switch flaw {
        case .losesUpdates:
            var session = try await read(id)
            let outcome = try await change(&session)
            if let session {
                guard session.id == id else {
                    throw SessionStoreError.rejected(Fault(.update, id: id, cause: "another id"))
                }
                _ = try await write(session)
            } else {
                _ = try await destroy(id)
            }
            return outcome
        case .writesInUpdateAnyway:
            var failure: (any Error)?
            let outcome: Outcome? = try await base.update(id) { session in
                do {
                    return try await change(&session)
                } catch {
                    failure = error
                    return nil
                }
            }
            if let failure { throw failure }
            guard let outcome else { preconditionFailure("neither outcome nor error") }
            return outcome
        default:
            return try await base.update(kept(id)) { session in
                var restored = self.restored(session, as: id)
                let before = restored
                let outcome = try await change(&restored)
                guard restored != before else { return outcome }
                session = restored.map { $0.id == id ? self.mangled($0) : $0 }
                return outcome
            }
        }
    }

    func touch(_ id: SessionID) async throws(SessionStoreError) -> Bool {
        try requireReach(.touch)
        let isThere = try await base.touch(kept(id))
        if flaw == .touchForgets, isThere { try await base.write(Session(id: id)) }
        return isThere
    }

    func destroy(_ id: SessionID) async throws(SessionStoreError) -> Bool {
        try requireReach(.destroy)
        if flaw == .keepsDestroyed { return try await base.read(id) != nil }
        let wasThere = try await base.destroy(kept(id))
        return flaw == .saysDestroyed ? true : wasThere
    }

    func sessions(
        where filter: SessionFilter
    ) async throws(SessionStoreError) -> SessionListing<Session> {
        try requireReach(.list)
        var filter = filter
        var prefix: String?
        if flaw == .matchesPlatformsByPrefix, let platform = filter.platform {
            (prefix, filter.platform) = (platform, nil)
        }
        var found: [Session] = []
        for await element in try await base.sessions(where: filter) {
            let session = try element.get()
            if let prefix, !session.id.rawValue.hasPrefix(prefix) { continue }
            found.append(session)
        }
        if flaw == .listsTwice, let first = found.first { found.append(first) }
        if flaw == .listsOnePage { found = Array(found.prefix(1_000 - 1)) }
        let elements = found.map(SessionListing<Session>.Element.success)
        return SessionListing { SessionListing.Page(elements) }
    }

    func count(where filter: SessionFilter) async throws(SessionStoreError) -> Int {
        let count = try await base.count(where: filter)
        return flaw == .countsOther && filter.kind != nil ? count + 1 : count
    }

    func destroyAll(where filter: SessionFilter) async throws(SessionStoreError) -> Int {
        guard flaw == .destroysTooMuch else { return try await base.destroyAll(where: filter) }
        let count = try await base.count(where: filter)
        _ = try await base.destroyAll(where: SessionFilter(platform: filter.platform))
        return count
    }

    func erase(
        participant: String,
        on platform: String?
    ) async throws(SessionStoreError) -> Int {
        let platform = flaw == .erasesEverywhere ? nil : platform
        return try await base.erase(participant: participant, on: platform)
    }

    func expirations() async throws(SessionStoreError) -> SessionExpirations {
        switch flaw {
        case .watchesNothing:
            throw .unsupported(Fault(.expire, cause: "nobody looks"))
        case .tellsNobody: return told.watch()
        case .tellsTwice:
            let expirations = try await base.expirations()
            let doubled = told.watch()
            Task {
                for await session in expirations {
                    told.send(session)
                    told.send(session)
                }
            }
            return doubled
        default: return try await base.expirations()
        }
    }
}
