import FileSessions
import LogEngine
import MeasuredWork
import SessionCore

/// The file driver, between sessions and system calls.
struct StorePaths {
    private let store: FileSessionStore
    private let ids: [SessionID]

    /// Makes a store with the sessions in it.
    init(_ directory: String) async throws {
        let options = FileSessionOptions(
            dirname: directory,
            durability: LogOptions.steady.durability,
            limits: .steady
        )
        store = FileSessionStore(options, on: SteadyDisk())
        let sessions = try Workload.records(0..<operationCount).map { record in
            try Session(decoding: record.value)
        }
        for session in sessions { try await store.write(session) }
        ids = sessions.map(\.id)
    }

    func read() async throws -> CountedLoop {
        let (store, ids) = (store, ids)
        return { _ in
            for id in ids {
                let step = try await store.read(id)?.state["step"]
                try WrongPath.require(step != nil, "a session has no step")
            }
        }
    }

    func update() async throws -> CountedLoop {
        let (store, ids) = (store, ids)
        return { pass in
            for id in ids {
                try await store.update(id) { session in
                    session?.state["turns"] = JSON(Int64(pass))
                }
            }
        }
    }
}
