import CWorkload

/// The sessions of the workload: the same on every machine and in every run.
package struct Workload: Sendable {
    /// A session as the log knows it.
    package struct Record: Sendable {
        package var key: [UInt8]
        package var value: [UInt8]
    }

    private static let seed: UInt64 = 0x5E55_10F5
    /// Records from here on are never written by anybody.
    private static let firstAbsent = 2_000_000_000

    /// Returns the `numbers` of the sessions, as they are after `version` changes.
    package static func records(_ numbers: Range<Int>, version: UInt64 = 0) -> [Record] {
        numbers.map { record($0, version: version) }
    }

    /// Returns keys that no record has.
    package static func absentKeys(_ numbers: Range<Int>) -> [[UInt8]] {
        numbers.map { record(firstAbsent + $0, version: 0).key }
    }

    private static func record(_ number: Int, version: UInt64) -> Record {
        var buffer = [CChar](repeating: 0, count: Int(WL_MAXVAL) * 2)
        let keyByteCount = wl_key(seed, UInt64(number), &buffer, nil, nil)
        let key = bytes(buffer, keyByteCount)
        let valueByteCount = wl_value(seed, UInt64(number), version, &buffer)
        return Record(key: key, value: bytes(buffer, valueByteCount))
    }

    private static func bytes(_ buffer: [CChar], _ count: Int) -> [UInt8] {
        buffer.prefix(count).map { UInt8(bitPattern: $0) }
    }
}
