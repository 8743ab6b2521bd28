/// How long a session lives after its last activity.
///
/// Expiry is relative, and a deadline is the moment that follows from it. The rule is the same for
/// every driver and is only here: a session has expired when more time than its lifetime has
/// passed, so at exactly the lifetime it still lives.
public struct Expiry: Hashable, Sendable {
    /// Sessions don't expire.
    public static let never = Expiry(lifetime: nil)

    /// Sessions expire after 365 days without activity, which was Bottender's default in 2017.
    public static let oneYear = Expiry(lifetime: 365 * 24 * 60 * 60_000)

    /// The longest lifetime that is not taken for a mistake, in minutes: a thousand years.
    public static let minutesMax: Double = 1_000 * 365 * 24 * 60

    /// The lifetime in milliseconds, at least 1, or nil when there is no end to it.
    public let lifetime: Int64?

    /// Creates an expiry from the setting `session.expiresIn`, in minutes.
    ///
    /// Nothing and 0 mean never. Fractions count, down to a millisecond: 0.5 is 30 seconds.
    ///
    /// - Throws: `misconfigured` when it is negative, not a number, or more than ``minutesMax``.
    public init(minutes: Double?) throws(SessionStoreError) {
        let minutes = minutes ?? 0
        guard minutes >= 0, minutes <= Self.minutesMax else {
            throw .misconfigured(
                Fault(
                    .configure,
                    setting: "session.expiresIn",
                    cause: "\(minutes) is no number of minutes from 0 to \(Self.minutesMax)"
                )
            )
        }
        lifetime = minutes == 0 ? nil : max(1, Int64((minutes * 60_000).rounded()))
    }

    private init(lifetime: Int64?) {
        self.lifetime = lifetime
    }

    /// The lifetime in minutes; 0 when it has no end.
    public var minutes: Double { Double(lifetime ?? 0) / 60_000 }

    /// The minutes as a document has them.
    var json: JSON {
        let lifetime = lifetime ?? 0
        return lifetime.isMultiple(of: 60_000) ? JSON(lifetime / 60_000) : JSON(minutes)
    }

    /// Finds the last moment at which a session lives.
    ///
    /// - Parameters:
    ///   - lastActivity: In milliseconds since 1970; a session without it never expires.
    ///   - own: The session's own lifetime, which wins over the store's, even when it is ``never``.
    ///   - store: The lifetime that the store gives to sessions without their own.
    /// - Returns: Milliseconds since 1970, or nil when it never expires.
    public static func deadline(lastActivity: Int64?, own: Expiry?, store: Expiry) -> Int64? {
        guard let lastActivity, let lifetime = (own ?? store).lifetime else { return nil }
        let (deadline, overflows) = lastActivity.addingReportingOverflow(lifetime)
        return overflows ? nil : deadline
    }

    /// Returns whether a session has expired at `now`; see ``deadline(lastActivity:own:store:)``.
    public static func isExpired(
        lastActivity: Int64?,
        own: Expiry?,
        store: Expiry,
        now: Int64
    ) -> Bool {
        guard let deadline = deadline(lastActivity: lastActivity, own: own, store: store) else {
            return false
        }
        return now > deadline
    }
}

extension Session {
    /// Returns the last millisecond at which the session lives in a store with `expiry`, or nil for
    /// ever.
    public func deadline(in expiry: Expiry) -> Int64? {
        Expiry.deadline(lastActivity: lastActivity, own: self.expiry, store: expiry)
    }

    /// Returns whether the session has expired at `now` in a store with `expiry`.
    public func isExpired(at now: Int64, in expiry: Expiry) -> Bool {
        Expiry.isExpired(
            lastActivity: lastActivity,
            own: self.expiry,
            store: expiry,
            now: now
        )
    }
}
