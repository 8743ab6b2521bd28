#if Tools
    import SessionCore

    /// What a source gives next.
    enum CopyItem: Sendable {
        /// A session, and how many bytes its document has.
        case session(Session, byteCount: Int)

        /// Where something is that can't be read, and what is wrong with it.
        case unreadable(String)
    }

    /// Where sessions are copied from.
    protocol CopySource: Sendable {
        /// Whether there can be a second pass.
        var isRepeatable: Bool { get }

        /// Begins at the first session.
        func pass() async throws -> any CopyPass
    }

    /// One reading of a source, from its first session to its last.
    protocol CopyPass {
        /// How far it has come, and in what that is counted; nil when nobody knows how far it is.
        var progress: (done: Int, all: Int, unit: String)? { get }

        /// How many files or documents were found that are no sessions.
        var ignoredCount: Int { get }

        /// Returns what is next, or nil after the last.
        ///
        /// - Throws: A ``Failure`` when the source can't be read any further.
        mutating func next() async throws -> CopyItem?
    }

    extension CopyPass {
        var ignoredCount: Int { 0 }
    }

    /// The sessions of a store.
    struct StoreSource: CopySource {
        let store: any SessionStore
        let place: Place

        let isRepeatable = true

        func pass() async throws -> any CopyPass {
            let listing: SessionListing<Session>
            do throws(SessionStoreError) {
                listing = try await store.sessions()
            } catch {
                throw Failure(copying: error, at: place)
            }
            // Only for the bar, since a server may have to go through everything for it; where it
            // can't be known there is none.
            let count = Output.showsProgress ? try? await store.count() : nil
            var pass = Pass(iterator: listing.makeAsyncIterator(), place: place, count: count)
            pass.documentCount = await Place.documentCount(of: store)
            return pass
        }

        private struct Pass: CopyPass {
            var iterator: SessionListing<Session>.AsyncIterator
            let place: Place
            let count: Int?
            var done = 0

            /// How many documents there are with those of other programs.
            var documentCount: Int?

            var ignoredCount: Int { max(0, (documentCount ?? done) - done) }

            var progress: (done: Int, all: Int, unit: String)? {
                count.map { (done, $0, "sessions") }
            }

            mutating func next() async throws -> CopyItem? {
                guard let element = await iterator.next() else { return nil }
                done += 1
                do throws(SessionStoreError) {
                    let session = try element.get()
                    return .session(session, byteCount: try session.encodedByteCount())
                } catch {
                    switch error {
                    case .corrupted(let fault), .rejected(let fault):
                        let id = fault.id.map { "\(escaped($0.rawValue)): " } ?? ""
                        return .unreadable("\(place): \(id)\(escaped("\(fault)"))")
                    default: throw Failure(copying: error, at: place)
                    }
                }
            }
        }
    }
#endif
