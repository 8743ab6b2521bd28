import MeasuredWork
import SessionCore

/// A session's document, between bytes and members.
struct DocumentPaths {
    private let documents = Workload.records(0..<operationCount).map(\.value)

    func decode() throws -> CountedLoop {
        let documents = documents
        return { _ in
            for document in documents { blackHole(try Session(decoding: document)) }
        }
    }

    func encode() throws -> CountedLoop {
        let sessions = try documents.map { try Session(decoding: $0) }
        for (session, document) in zip(sessions, documents) {
            try WrongPath.require(try session.encoded() == document, "a document has changed")
        }
        return { _ in
            for session in sessions { blackHole(try session.encoded()) }
        }
    }
}
