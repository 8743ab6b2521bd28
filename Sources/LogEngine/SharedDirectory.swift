import DiskIO
import Locks

import struct Synchronization.Atomic

/// A store's directory, as its writer, its compactor and whoever writes a checkpoint share it: its
/// syncs take turns, as those of a file do in ``SyncTurn``, and for the same reason.
///
/// The kernel tells of a failed write-back once. Were a checkpoint's sync told, the manifest's
/// would succeed although its new name may be lost. So a failed sync is the failure of all that
/// follow, until the store is opened again. Recovery, which does one thing after another, goes on
/// without what it could not sync.
final class SharedDirectory: DiskDirectory {
    private let directory: any DiskDirectory
    private let state = Mutex<DiskError?>(nil)
    private let hasFailure = Atomic(false)

    init(_ directory: any DiskDirectory) {
        self.directory = directory
    }

    /// Why a sync has failed, if one has.
    ///
    /// Without a lock for as long as none has: every write asks.
    var failure: DiskError? {
        hasFailure.load(ordering: .acquiring) ? state.withLock { $0 } : nil
    }

    func sync() throws(DiskError) {
        let failure = state.withLock { failure -> DiskError? in
            if failure == nil {
                do throws(DiskError) {
                    try directory.sync()
                } catch {
                    failure = error
                    hasFailure.store(true, ordering: .releasing)
                }
            }
            return failure
        }
        if let failure { throw failure }
    }

    var path: String { directory.path }

    var identity: DirectoryIdentity { directory.identity }

    func names() throws(DiskError) -> [String] { try directory.names() }

    func open(_ name: String, _ access: FileAccess) throws(DiskError) -> any DiskFile {
        try directory.open(name, access)
    }

    func rename(_ source: String, to target: String) throws(DiskError) {
        try directory.rename(source, to: target)
    }

    func remove(_ name: String) throws(DiskError) { try directory.remove(name) }

    func lock(_ name: String, note: [UInt8]) throws(DiskError) -> any DiskLock {
        try directory.lock(name, note: note)
    }

    func availableByteCount() throws(DiskError) -> UInt64 { try directory.availableByteCount() }
}
