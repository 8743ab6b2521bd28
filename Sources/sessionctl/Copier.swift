#if Tools
    import SessionCore

    /// Puts sessions into a store, and tells for each what came of it.
    struct Copier: Sendable {
        /// What came of one session.
        enum Outcome: Equatable, Sendable {
            /// It is in the target now.
            case written

            /// It was there already, the same.
            case alreadyThere

            /// The target has a newer one, or one of the same time, which stays.
            case keptNewer

            /// It has expired.
            case expired

            /// The target does not take it.
            case refused(String)

            /// What the target has can't be read.
            case unreadable(String)
        }

        /// What the target has of one session at the end.
        enum Comparison: Equatable, Sendable {
            case equal
            case newer
            case expired
            case different(String)
        }

        /// How often somebody else may be faster with one session before it is given up.
        static let attemptsMax = 100

        let store: any SessionStore
        let place: Place
        let expiry: Expiry
        let overwrites: Bool

        /// Copies `session`, unless what is there is better.
        func copy(_ session: Session) async throws -> Outcome {
            for _ in 0..<Self.attemptsMax {
                do throws(SessionStoreError) {
                    return try await attempt(session)
                } catch {
                    switch error {
                    case .conflict: continue
                    case .rejected(let fault): return .refused(fault.cause)
                    case .corrupted(let fault): return .unreadable("\(fault)")
                    default: throw Failure(copying: error, at: place)
                    }
                }
            }
            return .refused("somebody else keeps writing it")
        }

        private func attempt(_ session: Session) async throws(SessionStoreError) -> Outcome {
            if session.isExpired(at: SessionClock.system.now(), in: expiry) { return .expired }
            let there = try await store.read(session.id)
            if let there {
                if isSame(session, there) { return .alreadyThere }
                if !overwrites, !isLater(session, than: there) { return .keptNewer }
            }
            let revision = there?.revision ?? .absent
            let restored = try await store.restore(session, ifUnchangedSince: revision)
            return restored == nil ? .expired : .written
        }

        /// Holds what the target has against `session`.
        func compare(_ session: Session) async throws -> Comparison {
            let there: Session?
            do throws(SessionStoreError) {
                there = try await store.read(session.id)
            } catch {
                guard case .corrupted(let fault) = error else {
                    throw Failure(copying: error, at: place)
                }
                return .different("it can't be read: \(fault)")
            }
            guard let there else {
                let now = SessionClock.system.now()
                return session.isExpired(at: now, in: expiry)
                    ? .expired : .different("it is not there")
            }
            if isSame(session, there) { return .equal }
            let isNewer = session.lastActivity != nil && isLater(there, than: session)
            return isNewer ? .newer : .different("it says something else")
        }

        /// Whether both are the same document; one without an activity got that of its copying.
        private func isSame(_ session: Session, _ there: Session) -> Bool {
            var (session, there) = (session, there)
            if session.lastActivity == nil || session.lastActivity == there.lastActivity {
                // However it is spelt, and a text in its place is none.
                session["lastActivity"] = nil
                there["lastActivity"] = nil
            }
            return session == there
        }

        private func isLater(_ session: Session, than other: Session) -> Bool {
            (session.lastActivity ?? .min) > (other.lastActivity ?? .min)
        }
    }

    extension Failure {
        /// Translates what a store answered in the middle of a copy.
        init(copying error: SessionStoreError, at place: Place) {
            let advice =
                switch error {
                case .unsupported: "Choose another place."
                case .outOfSpace: "Free some space, and run the same command again to go on."
                default: "What was copied is copied; run the same command again to go on."
                }
            let outcome: Outcome =
                if case .locked = error { .locked } else { .failed }
            self.init("\(place): \(escaped("\(error.fault)")). \(advice)", outcome)
        }
    }
#endif
