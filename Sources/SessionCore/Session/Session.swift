/// What a bot remembers of one conversation.
///
/// A session is a JSON document with Bottender's field names. Those that this library knows have
/// properties; all others are kept as they are, in their order and with their numbers to the
/// letter, and are reached with ``subscript(_:)``. A session is a value: changing a copy changes no
/// store.
public struct Session: Sendable {
    /// How long the encoded document may be: 16 MiB.
    public static let byteCountMax = 16 * 1_024 * 1_024

    /// What the session is found under.
    public let id: SessionID

    /// Every field, `id` and `platform` included.
    public internal(set) var document: JSONObject

    /// The document as the store has it, which the default revision is derived from.
    private var origin: JSONObject?

    private var givenRevision: SessionRevision?

    /// Creates a session that no store knows yet, with `id`, `platform`, `kind` and an empty state.
    public init(id: SessionID, kind: SessionKind = .user) {
        self.id = id
        document = [
            Field.id: .string(id.rawValue),
            Field.platform: .string(id.platform),
            Field.kind: .string(kind.rawValue),
            Field.state: [:],
        ]
    }

    /// Creates a session from the document that a store holds.
    init(id: SessionID, origin: JSONObject) {
        self.id = id
        self.document = origin
        self.origin = origin
    }

    /// The value of a top-level field, or `nil` when there is none.
    ///
    /// Setting `nil` removes the field. The fields `id` and `platform` say which session this is
    /// and can't be changed: setting them has no effect, as in Bottender.
    public subscript(field: String) -> JSON? {
        get { document[field] }
        set {
            guard field != Field.id, field != Field.platform else { return }
            document[field] = newValue
        }
    }

    /// Which write of the session this is, or nil when it never came from a store.
    ///
    /// It stays the same while the session is changed, so that a conditional write can tell whether
    /// somebody else was faster. A driver sets it on every read; when it doesn't, it is derived
    /// from the document as it was read, at the cost of encoding that once more.
    public var revision: SessionRevision? {
        get { givenRevision ?? origin.flatMap(Self.digest) }
        set { givenRevision = newValue }
    }

    /// When something last happened, in milliseconds since 1970, or nil when the document has no
    /// number there.
    ///
    /// A store sets it on every write and touch; a session without it never expires.
    public var lastActivity: Int64? {
        get {
            guard let number = document[Field.lastActivity]?.number else { return nil }
            return number.int64 ?? number.double.flatMap { Int64(exactly: $0.rounded()) }
        }
        set { document[Field.lastActivity] = newValue.map { JSON($0) } }
    }

    /// The session's own lifetime, or nil when the store's applies.
    ///
    /// In the document it is the number of minutes under `expiresIn`, 0 for never. A value there
    /// that is no lifetime counts as none.
    public var expiry: Expiry? {
        get { document[Field.expiresIn]?.double.flatMap { try? Expiry(minutes: $0) } }
        set { document[Field.expiresIn] = newValue.map(\.json) }
    }

    /// Returns the session as a driver stores it at `now`: `lastActivity` is that, and the revision
    /// is `revision`.
    ///
    /// Without a revision it is derived from the document.
    public func stamped(at now: Int64, revision: SessionRevision? = nil) -> Session {
        var session = self
        session.stamp(at: now, revision: revision)
        return session
    }

    /// Makes this the session that ``stamped(at:revision:)`` returns.
    package mutating func stamp(at now: Int64, revision: SessionRevision? = nil) {
        // What was read has the time in it that it is stamped with, mostly, and setting it copies
        // all fields.
        if document[Field.lastActivity]?.number?.isText(of: now) != true { lastActivity = now }
        origin = document
        givenRevision = revision
    }

    /// Returns when the session was last active, for a driver that restores it at `now`.
    ///
    /// - Throws: `rejected` when that is before 1970, where no session can have been active.
    public func restoredActivity(at now: Int64) throws(SessionStoreError) -> Int64 {
        guard let lastActivity else { return now }
        guard lastActivity >= 0 else {
            let cause = "\"lastActivity\" is before 1970"
            throw .rejected(Fault(.write, id: id, cause: cause))
        }
        return lastActivity
    }

    private static func digest(_ document: JSONObject) -> SessionRevision? {
        // What can't be encoded can't have been stored either.
        guard let byteCount = try? JSONWriter.byteCount(of: document) else { return nil }
        let bytes = JSONWriter.encode(document, byteCount: byteCount)
        return SessionRevision(digesting: bytes)
    }

    /// The names of the fields that this library knows.
    enum Field {
        static let id = "id"
        static let platform = "platform"
        static let kind = "kind"
        static let state = "_state"
        static let lastActivity = "lastActivity"
        static let expiresIn = "expiresIn"
    }
}

extension Session: Equatable {
    /// Whether both have the same document; revisions don't count.
    public static func == (left: Self, right: Self) -> Bool {
        left.id == right.id && left.document == right.document
    }
}

extension Session: CustomStringConvertible {
    /// The id only: what people told a bot does not belong in logs.
    public var description: String { "session \(id)" }
}
