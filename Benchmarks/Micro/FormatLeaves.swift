import MeasuredWork
import SegmentFormat

/// Records, checksums and hashes.
struct FormatLeaves {
    private let records = Workload.records(0..<256)
    private let salt: UInt64 = 0x0123_4567_89AB_CDEF
    private static let firstOffset = SegmentHeader.byteCount

    func measure(_ meter: inout Meter) throws {
        try measureHeads(&meter)
        measureRecords(&meter)
        for byteCount in [64, 256, 646, 4_096] { measureChecksum(byteCount, &meter) }
        measureHash(&meter)
    }

    private func measureHeads(_ meter: inout Meter) throws {
        let encoded = records.indices.map { number in
            var bytes: [UInt8] = []
            append(number, to: &bytes)
            return bytes
        }
        try meter.measure("record-head-decode") { count in
            var sum = 0
            for number in 0..<count {
                let head = try RecordHead(
                    decoding: encoded[number & 0xFF],
                    at: 0,
                    byteOffset: Self.firstOffset,
                    salt: salt
                )
                sum &+= head.keyByteCount &+ head.storedByteCount
            }
            blackHole(sum)
        }
        let heads = try encoded.map { bytes in
            try RecordHead(decoding: bytes, at: 0, byteOffset: Self.firstOffset, salt: salt)
        }
        try meter.measure("record-body-check") { count in
            for number in 0..<count {
                try Record.checkBody(of: heads[number & 0xFF], in: encoded[number & 0xFF], at: 0)
            }
        }
    }

    private func measureRecords(_ meter: inout Meter) {
        meter.measure("record-encode") { count in
            var bytes: [UInt8] = []
            for number in 0..<count {
                bytes.removeAll(keepingCapacity: true)
                append(number & 0xFF, to: &bytes)
            }
            blackHole(bytes)
        }
    }

    private func append(_ number: Int, to bytes: inout [UInt8]) {
        let record = records[number]
        let head = RecordHead(
            sequence: UInt64(number) + 1,
            activity: 1_767_225_600_000,
            kind: .put,
            keyByteCount: record.key.count,
            storedByteCount: record.value.count,
            syncedThrough: Self.firstOffset
        )
        Record.append(
            head,
            key: record.key,
            body: record.value,
            to: &bytes,
            byteOffset: Self.firstOffset,
            salt: salt
        )
    }

    private func measureChecksum(_ byteCount: Int, _ meter: inout Meter) {
        let bytes = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 131) }
        meter.measure("crc32c-\(byteCount)") { count in
            var sum = 0
            for number in 0..<count {
                let seed = UInt32(truncatingIfNeeded: number)
                sum &+= Int(CRC32C.checksum(bytes, in: 0..<byteCount, seed: seed))
            }
            blackHole(sum)
        }
    }

    private func measureHash(_ meter: inout Meter) {
        let keyByteCount = 27
        let keys = records.map { record in
            [UInt8](record.key.prefix(keyByteCount))
                + [UInt8](repeating: 0, count: max(0, keyByteCount - record.key.count))
        }
        let secret = HashSecret(low: opaque(1), high: opaque(2))
        meter.measure("key-hash-\(keyByteCount)") { count in
            var sum = 0
            for number in 0..<count {
                let hash = KeyHash(keys[number & 0xFF], secret: secret)
                sum &+= Int(truncatingIfNeeded: hash.low) &+ Int(hash.high)
            }
            blackHole(sum)
        }
    }
}
