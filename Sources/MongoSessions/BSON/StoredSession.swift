#if Mongo
    import SessionCore

    /// A session as it was found in a collection, with what tells this write of it from others.
    ///
    /// The fields of the session are at the top of the document, as Bottender keeps them, so that
    /// both can use the same collection. Ours stand beside them, and <doc:MongoSessions> has them
    /// in a table.
    struct StoredSession {
        /// The names of the fields that are no session's.
        enum Field {
            /// The server's own key.
            static let key = "_id"

            /// A number that each of our writes gives anew.
            static let revision = "_rev"

            /// When the server may remove the document: a date, for sessions with a lifetime of
            /// their own.
            static let expireAt = "_expireAt"

            /// The document as JSON, when BSON can't express all of it.
            static let exact = "_exact"

            static let id = "id"
            static let lastActivity = "lastActivity"
            static let expiresIn = "expiresIn"

            static let reserved = [key, revision, expireAt, exact]
        }

        /// MongoDB's limit for a document, less what the server's own key takes.
        static let byteCountMax = 16 * 1_024 * 1_024 - 17

        /// The session, with its revision.
        let session: Session

        /// What has to be in the document still when it is changed because of this read.
        let version: Version

        /// Which write of a document this is: ours by its number, Bottender's by its time, for
        /// Bottender keeps the number and sets the time.
        struct Version {
            let number: BSONElement?
            let activity: BSONElement?

            /// What a session with this version is known by.
            var revision: SessionRevision {
                let low = number.map { Self.bits($0) } ?? 0
                // A document that has neither is there all the same.
                let high = activity.map { Self.bits($0) } ?? 1 << 63
                return SessionRevision(high: low == 0 && high == 0 ? 1 << 63 : high, low: low)
            }

            private static func bits(_ element: BSONElement) -> UInt64 {
                if let number = element.int64 { return UInt64(bitPattern: number) }
                return SessionRevision(digesting: Array(element.bytes)).low
            }
        }
    }

    // MARK: - Writing

    extension StoredSession {
        /// Returns the document of `session`, as it is stored under the number `revision`.
        ///
        /// - Throws: `rejected` when MongoDB could not hold it.
        static func document(
            of session: Session,
            revision: Int64
        ) throws(SessionStoreError) -> [UInt8] {
            var writer = BSONWriter()
            let isExact = writer.setMembers(of: session.document) { isReserved($0) }
            writer.set(Field.revision, to: revision)
            if let moment = serverDeadline(of: session) {
                writer.set(Field.expireAt, toDate: moment)
            }
            if !isExact { writer.set(Field.exact, toUTF8: try session.encoded()) }
            let bytes = writer.finished()
            guard bytes.count <= byteCountMax else {
                let cause =
                    "the session takes \(bytes.count) bytes of BSON, and MongoDB's limit for a "
                    + "document leaves \(byteCountMax)"
                throw .rejected(Fault(.write, id: session.id, cause: cause))
            }
            return bytes
        }

        /// Returns from when on the server may remove the session: never, when its life depends on
        /// a setting, which the server doesn't know and which may change.
        static func serverDeadline(of session: Session) -> Int64? {
            guard session.expiry != nil, let deadline = session.deadline(in: .never) else {
                return nil
            }
            let (moment, overflows) = deadline.addingReportingOverflow(1)
            return overflows ? nil : moment
        }

        private static func isReserved(_ name: String) -> Bool {
            Field.reserved.contains { $0.utf8.elementsEqual(name.utf8) }
        }

        /// Returns what is left of `document` when BSON has held it.
        private static func native(_ document: JSONObject) throws(BSONError) -> JSONObject {
            var writer = BSONWriter()
            _ = writer.setMembers(of: document) { isReserved($0) }
            return try JSONObject(try BSONReader(writer.finished()[...]))
        }
    }

    // MARK: - Reading

    extension StoredSession {
        /// Why a document is no session.
        enum Problem: Error {
            case bson(BSONError)
            case session(SessionDecodingError)
            case exact(String)

            /// The problem in a sentence, without anything that is in the document.
            var description: String {
                switch self {
                case .bson(let error): "the document is damaged BSON: \(error.rawValue)"
                case .session(let error): error.description
                case .exact(let problem):
                    "the document's \"\(StoredSession.Field.exact)\" \(problem)"
                }
            }
        }

        /// Reads a document, or the part of one that says when the session expires.
        init(_ reader: BSONReader) throws(Problem) {
            let parts: Parts
            do throws(BSONError) {
                parts = try Parts(reader)
            } catch {
                throw .bson(error)
            }
            let document = try parts.document()
            var session: Session
            do throws(SessionDecodingError) {
                session = try Session(document: document)
            } catch {
                throw .session(error)
            }
            version = Version(number: parts.number, activity: parts.activity)
            session.revision = version.revision
            self.session = session
        }

        /// The fields of a document, sorted by whose they are.
        private struct Parts {
            var native = JSONObject()
            var number: BSONElement?
            var activity: BSONElement?
            var exact: BSONElement?

            init(_ reader: BSONReader) throws(BSONError) {
                var reader = reader
                while let element = try reader.next() {
                    switch element.name {
                    case Field.key, Field.expireAt: break
                    case Field.revision: number = element
                    case Field.exact: exact = element
                    case Field.lastActivity:
                        activity = element
                        native[element.name] = try JSON(element)
                    default: native[element.name] = try JSON(element)
                    }
                }
            }

            /// Returns the document as it was written.
            ///
            /// When somebody who doesn't know about the exact one has changed the native one, the
            /// latter is newer. The time is always the native one's: a touch changes only that.
            func document() throws(Problem) -> JSONObject {
                guard let exact else { return native }
                let original = try Self.original(exact)
                var (expected, found) = (JSONObject(), native)
                do throws(BSONError) {
                    expected = try StoredSession.native(original)
                } catch {
                    throw .bson(error)
                }
                expected[Field.lastActivity] = nil
                found[Field.lastActivity] = nil
                guard expected == found else { return native }
                var document = original
                document[Field.lastActivity] = native[Field.lastActivity]
                return document
            }

            private static func original(_ exact: BSONElement) throws(Problem) -> JSONObject {
                let text: String?
                do throws(BSONError) {
                    text = try exact.text()
                } catch {
                    throw .bson(error)
                }
                guard let text else { throw .exact("is no text") }
                let value: JSON
                do throws(JSONError) {
                    value = try JSON(parsing: text)
                } catch {
                    throw .exact("is not JSON: \(error)")
                }
                guard case .object(let document) = value else { throw .exact("is no object") }
                return document
            }
        }
    }
#endif
