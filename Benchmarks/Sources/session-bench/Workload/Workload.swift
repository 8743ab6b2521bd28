import CWorkload

/// The workload that WORKLOAD.md describes byte for byte: keys and values of bot sessions, and the
/// orders in which they are used.
struct Workload {
    /// What the longest value has room in.
    private var scratch = [UInt8](repeating: 0, count: 2_048)

    /// Of the stream that decides which records are old in the phase about expiry.
    private static let expirySeed: UInt64 = 99

    /// How far away the records are that never exist.
    static let absentOffset: UInt64 = 2_000_000_000

    /// How many documents the phases take their new values from, in turn: a power of two.
    static let poolCount = 65_536

    /// Calls `body` with the key of a record.
    mutating func withKey<Value>(
        _ record: UInt64,
        _ body: (UnsafeRawBufferPointer) -> Value
    ) -> Value {
        filled({ wl_key(WL_SEED, record, $0, nil, nil) }, body)
    }

    /// Calls `body` with the value of a record in one version.
    mutating func withValue<Value>(
        _ record: UInt64,
        version: UInt64,
        _ body: (UnsafeRawBufferPointer) -> Value
    ) -> Value {
        filled({ wl_value(WL_SEED, record, version, $0) }, body)
    }

    mutating func key(_ record: UInt64) -> [UInt8] { withKey(record) { [UInt8]($0) } }

    mutating func value(_ record: UInt64, version: UInt64) -> [UInt8] {
        withValue(record, version: version) { [UInt8]($0) }
    }

    /// Whether a record is one of those that expire.
    static func isOld(_ record: UInt64) -> Bool { wl_kseed(expirySeed, record) & 1 == 1 }

    /// The numbers below `count` in a random order.
    static func permutation(salt: UInt64, _ count: Int) -> [UInt32] {
        guard count > 0, let numbers = wl_perm(WL_SEED, salt, UInt32(count)) else { return [] }
        defer { free(numbers) }
        return [UInt32](UnsafeBufferPointer(start: numbers, count: count))
    }

    private mutating func filled<Value>(
        _ write: (UnsafeMutablePointer<CChar>) -> Int,
        _ body: (UnsafeRawBufferPointer) -> Value
    ) -> Value {
        scratch.withUnsafeMutableBytes { bytes in
            guard let start = bytes.bindMemory(to: CChar.self).baseAddress else {
                preconditionFailure("The scratch buffer is never empty.")
            }
            let count = write(start)
            return body(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
        }
    }
}

/// A stream of random numbers.
struct Stream {
    /// What a stream is for; each worker has one of its own.
    enum Purpose: UInt64 {
        case read = 3
        case modify = 5
        case durable = 7
    }

    private var state: wl_rng

    init(_ purpose: Purpose, worker: Int) {
        let salt = purpose.rawValue + 1_000 * UInt64(worker)
        self.init(salt: salt)
    }

    init(salt: UInt64) {
        state = wl_rng(s: wl_mix(WL_SEED ^ salt))
    }

    mutating func below(_ count: Int) -> Int { Int(wl_below(&state, UInt32(count))) }

    mutating func next(_ zipf: Zipf) -> Int { zipf.next(&state) }
}

/// Records of which few are used often: Zipf's distribution with theta 0.99, scattered.
struct Zipf {
    private let distribution: wl_zipf

    init(_ count: Int) {
        distribution = wl_zipf_init(UInt32(count), 0.99)
    }

    fileprivate func next(_ state: inout wl_rng) -> Int {
        withUnsafePointer(to: distribution) { Int(wl_zipf_next($0, &state)) }
    }
}
