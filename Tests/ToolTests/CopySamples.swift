#if Tools
    import FileSessions
    import Foundation
    import SessionCore
    import Testing

    /// Places to copy from, and what is in those that were copied to.
    enum CopySamples {
        /// Documents and ids that somebody with bad intentions, or bad luck, would have.
        static let hostile = [
            #"{"id":"web:../../etc/passwd","lastActivity":1700000000001,"_state":{}}"#,
            #"{"id":"web:a/b\\c","lastActivity":1700000000002,"n":9007199254740993}"#,
            #"{"id":"web:line\nbreak\u0000nul","lastActivity":1700000000003,"a":[1.0,1e3,-0]}"#,
            #"{"id":"web:\u00e9","lastActivity":1700000000004,"":{"":[[],{}]}}"#,
            #"{"id":"web:e\u0301","lastActivity":1700000000005,"t":"\u2028\r\n\t\""}"#,
            #"{"id":"web:{\"id\":\"x:1\"}","lastActivity":1700000000006,"big":1e400}"#,
            #"{"expiresIn":0,"id":"web:x@y:z","lastActivity":0,"kind":"thread"}"#,
            #"{"id":"line:U1","platform":"line","lastActivity":1700000000007,"user":null}"#,
        ]

        /// How many sessions are copied to a server; set COPIED_SESSIONS for more of them.
        static var countForServers: Int? {
            ProcessInfo.processInfo.environment["COPIED_SESSIONS"].flatMap { Int($0) }
        }

        static func session(_ text: String) throws -> Session {
            try Session(decoding: Array(text.utf8))
        }

        /// Writes the lines of a file.
        static func lines(_ scratch: Scratch, _ name: String, _ lines: [String]) throws -> String {
            let path = scratch.path(name)
            try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: path))
            return path
        }

        /// Makes a store of these documents, with the activity that they have.
        static func store(_ path: String, _ documents: [String]) async throws {
            let store = FileSessionStore(FileSessionOptions(dirname: path))
            for document in documents {
                try await store.restore(try session(document), ifUnchangedSince: .absent)
            }
            try await store.close()
        }

        /// What is in a store, by id.
        static func content(_ path: String) async throws -> [SessionID: Session] {
            let options = FileSessionOptions(dirname: path, access: .readOnly)
            let store = FileSessionStore(options)
            var found: [SessionID: Session] = [:]
            for await item in try await store.sessions() {
                let session = try item.get()
                found[session.id] = session
            }
            return found
        }

        /// These documents, by id.
        static func content(of documents: [String]) throws -> [SessionID: Session] {
            var found: [SessionID: Session] = [:]
            for document in documents {
                let session = try session(document)
                found[session.id] = session
            }
            return found
        }

        /// What a report says, as JSON.
        static func report(
            _ answer: Tool.Answer,
            sourceLocation: SourceLocation = #_sourceLocation
        ) throws -> JSON {
            try #require(
                try? JSON(parsing: answer.out), "\(answer)", sourceLocation: sourceLocation)
        }
    }
#endif
