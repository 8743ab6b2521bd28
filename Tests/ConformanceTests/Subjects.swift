import FileSessions
import Foundation
import Locks
import SessionConformance
import SessionCore
import SimulatedDisks

@testable import FileSessions

/// A clock that stands still until it is moved.
final class StillClock: Sendable {
    private let time = Mutex<Int64>(1_700_000_000_000)

    var clock: SessionClock { SessionClock { self.time.withLock { $0 } } }

    func advance(milliseconds: Int64) { time.withLock { $0 += milliseconds } }
}

struct MemorySubject: ConformanceSubject {
    static let features: Set<ConformanceFeature> = [
        .expiry, .clock, .listing, .expirations, .restoring, .closing,
    ]
    let clock = StillClock()

    func makeStore(expiry: Expiry) throws -> any SessionStore {
        try MemorySessionStore(maxSize: 0, expiry: expiry, clock: clock.clock)
    }

    func passTime(milliseconds: Int64) { clock.advance(milliseconds: milliseconds) }
}

/// The file driver on a simulated disk, which also has the time.
struct SimulatedFileSubject: ConformanceSubject {
    static let features = FileSubject.features.union([.clock])
    let disk: SimulatedDisk

    init() {
        disk = SimulatedDisk(seed: 4, recordsOperations: false)
        disk.setWallClock(milliseconds: 1_700_000_000_000)
    }

    func makeStore(expiry: Expiry) -> any SessionStore {
        FileSessionStore(FileSessionOptions(dirname: "/store", expiry: expiry), on: disk)
    }

    func passTime(milliseconds: Int64) {
        if milliseconds < 0 {
            disk.stepWallClock(milliseconds: milliseconds)
        } else {
            disk.advance(milliseconds: milliseconds)
        }
    }
}

/// The file driver as users have it.
struct FileSubject: ConformanceSubject {
    static let features: Set<ConformanceFeature> = [
        .expiry, .listing, .expirations, .restoring, .closing, .persistence,
    ]
    let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("conformance-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    func makeStore(expiry: Expiry) -> any SessionStore {
        let path = directory.appendingPathComponent("sessions").path
        return FileSessionStore(FileSessionOptions(dirname: path, expiry: expiry))
    }

    func cleanUp() throws { try FileManager.default.removeItem(at: directory) }
}

/// The driver that the article about the contract shows.
actor DictionaryStore: SessionStore {
    private var sessions: [SessionID: Session] = [:]

    func read(_ id: SessionID) async throws(SessionStoreError) -> Session? {
        sessions[id]
    }

    func write(_ session: Session) async throws(SessionStoreError) -> Session {
        _ = try session.encodedByteCount()
        let stored = session.stamped(at: SessionClock.system.now())
        sessions[session.id] = stored
        return stored
    }

    func destroy(_ id: SessionID) async throws(SessionStoreError) -> Bool {
        sessions.removeValue(forKey: id) != nil
    }
}

/// All stores of the place are one, so that what several see of each other is checked as well.
struct DictionarySubject: ConformanceSubject {
    static let features: Set<ConformanceFeature> = [.sharing]
    let store = DictionaryStore()

    func makeStore(expiry: Expiry) -> any SessionStore { store }
}
