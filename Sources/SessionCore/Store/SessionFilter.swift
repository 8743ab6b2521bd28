/// Which sessions a listing, a count or a removal is about.
///
/// Every part that is set has to match; a filter with none matches all. Texts are compared by
/// bytes.
public struct SessionFilter: Hashable, Sendable {
    /// Every session.
    public static let all = SessionFilter()

    /// Only sessions of this platform, as their ids name it.
    public var platform: String?

    /// Only sessions of this kind.
    public var kind: SessionKind?

    /// Only sessions whose ``Session/participants`` contain this id.
    ///
    /// Two platforms may give two persons the same id, so it is best set together with `platform`.
    public var participant: String?

    /// Only sessions whose ids begin with this.
    public var idPrefix: String?

    /// Creates a filter.
    public init(
        platform: String? = nil,
        kind: SessionKind? = nil,
        participant: String? = nil,
        idPrefix: String? = nil
    ) {
        self.platform = platform
        self.kind = kind
        self.participant = participant
        self.idPrefix = idPrefix
    }

    /// Whether an id is not enough to decide, so that the session has to be read.
    public var needsSession: Bool { kind != nil || participant != nil }

    /// Returns whether nothing in `id` keeps its session from matching.
    ///
    /// The last word unless ``needsSession``.
    public func matches(_ id: SessionID) -> Bool {
        if let platform, !ExactText.hasPrefix(id.rawValue, platform + ":") { return false }
        if let idPrefix, !ExactText.hasPrefix(id.rawValue, idPrefix) { return false }
        return true
    }

    /// Returns whether `session` matches.
    public func matches(_ session: Session) -> Bool {
        guard matches(session.id) else { return false }
        if let kind, session.kind != kind { return false }
        guard let participant else { return true }
        return session.participants.contains { ExactText.areSame($0, participant) }
    }
}
