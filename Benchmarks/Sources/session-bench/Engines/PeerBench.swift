import CPeers

/// An engine that sessions could be kept in instead, through the shim in C.
///
/// Sendable: any thread may attach to a peer, which guards itself; a user stays on its thread.
struct PeerBench: Engine, @unchecked Sendable {
    /// The longest value is 1,395 bytes.
    private static let bufferByteCount = 4_096

    let name: String
    let settings: String
    private let peer: OpaquePointer

    /// Opens `name` in `directory`, making it when it is missing.
    init(_ name: String, _ directory: String, _ acknowledgement: Acknowledgement) throws {
        let durability = acknowledgement == .durable ? PEER_DURABLE : PEER_BUFFERED
        guard let peer = peer_open(name, directory, Int32(durability)) else {
            throw Self.failure("open \(name)")
        }
        self.peer = peer
        self.name = name
        settings = String(cString: peer_settings(peer))
    }

    var process: Int { Int(peer_process(peer)) }

    func attach() throws -> PeerUser {
        guard let user = peer_attach(peer) else { throw Self.failure("attach to \(name)") }
        return PeerUser(user, bufferByteCount: Self.bufferByteCount)
    }

    func detach(_ user: PeerUser) { peer_detach(user.user) }

    @inline(__always)
    func put(
        _ keys: ByteBlock,
        _ key: Int,
        _ values: ByteBlock,
        _ value: Int,
        with user: PeerUser
    ) throws {
        let outcome = keys.with(key) { key, keyCount in
            values.with(value) { value, valueCount in
                peer_put(user.user, key, keyCount, value, valueCount, 0)
            }
        }
        guard outcome == 0 else { throw Self.failure("put into \(name)") }
    }

    /// Same with a deadline, in milliseconds since 1970.
    func put(
        _ operands: LoadOperands<ByteBlock>,
        _ index: Int,
        deadline: UInt64,
        with user: PeerUser
    ) throws {
        let outcome = operands.keys.with(index) { key, keyCount in
            operands.values.with(index) { value, valueCount in
                peer_put(user.user, key, keyCount, value, valueCount, deadline)
            }
        }
        guard outcome == 0 else { throw Self.failure("put into \(name)") }
    }

    @inline(__always)
    func get(_ keys: ByteBlock, _ key: Int, with user: PeerUser) throws -> Int {
        let count = keys.with(key) { key, keyCount in
            peer_get(user.user, key, keyCount, user.buffer.baseAddress, user.buffer.count)
        }
        guard count >= 0 || count == -1 else { throw Self.failure("get from \(name)") }
        return count
    }

    func value(_ keys: ByteBlock, _ key: Int, with user: PeerUser) throws -> [UInt8]? {
        let count = try get(keys, key, with: user)
        return count < 0 ? nil : [UInt8](user.buffer[..<count])
    }

    /// Stores several values in one transaction.
    func putAll(_ puts: [PendingPut], with user: PeerUser) throws {
        let outcome = peer_put_all(
            user.user,
            puts.count,
            puts.map { $0.key.baseAddress },
            puts.map(\.key.count),
            puts.map { $0.value.baseAddress },
            puts.map(\.value.count)
        )
        guard outcome == 0 else { throw Self.failure("put all into \(name)") }
    }

    /// Removes what has a deadline before `now` and returns how many that were.
    func expire(at now: UInt64, with user: PeerUser) throws -> Int {
        let count = peer_expire(user.user, now)
        guard count >= 0 else { throw Self.failure("expire in \(name)") }
        return count
    }

    func sync() throws {
        guard peer_sync(peer) == 0 else { throw Self.failure("sync \(name)") }
    }

    func compact() throws {
        guard peer_compact(peer) == 0 else { throw Self.failure("compact \(name)") }
    }

    func close() throws {
        guard peer_close(peer) == 0 else { throw Self.failure("close \(name)") }
    }

    private static func failure(_ what: String) -> BenchError {
        BenchError("\(what): \(String(cString: peer_error()))")
    }

    /// What the shim offers, by name, each with the settings that its expert would choose.
    static func offered() -> [(name: String, settings: String)] {
        String(cString: peer_names()).split(separator: "\n").map { line in
            let parts = line.split(separator: "\t", maxSplits: 1)
            return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
        }
    }
}

/// What one thread needs to use a peer.
final class PeerUser {
    let user: OpaquePointer
    let buffer: UnsafeMutableRawBufferPointer

    init(_ user: OpaquePointer, bufferByteCount: Int) {
        self.user = user
        buffer = .allocate(byteCount: bufferByteCount, alignment: 64)
    }

    deinit {
        buffer.deallocate()
    }
}

/// A write that somebody waits for while another thread does it.
///
/// Sendable, since it guards its bytes by waiting: they stay in place until it is done.
struct PendingPut: @unchecked Sendable {
    var key: UnsafeRawBufferPointer
    var value: UnsafeRawBufferPointer
}
