/// One shard's slots in a checkpoint: 24 bytes of head, then its occupied slots, packed.
///
/// All slots of a shard have the same width, as many bits a field as its greatest value takes: 11
/// bytes in a store of a million sessions, where in memory they have 16, and no slower to read.
package struct ShardImage: Equatable, Sendable {
    package static let headByteCount = 24

    /// The most slots of one hash: four of a hundred million keys in one shard are rare already.
    package static let sameHashCountMax = 64

    /// The occupied ones, in the order of their hashes.
    package var slots: [IndexSlot]
    /// How many homes its table has; no fewer than slots.
    package var capacity: Int

    package init(slots: [IndexSlot], capacity: Int) {
        (self.slots, self.capacity) = (slots, capacity)
    }

    /// Lays out a shard.
    ///
    /// - Parameters:
    ///   - shard: The shard's number.
    ///   - seed: ``Checkpoint/shardSeed`` of the checkpoint it is in.
    /// - Returns: Head and slots.
    package func encoded(shard: Int, seed: UInt32) -> [UInt8] {
        precondition(slots.count <= capacity)
        let layout = PackedSlotLayout(slots)
        let end = Self.headByteCount + slots.count * layout.byteCount
        // A slot's words are stored whole, and the next slot over what they have too many.
        var bytes = [UInt8](repeating: 0, count: end + 8)
        bytes.store(UInt32(shard), at: 4)
        bytes.store(UInt32(slots.count), at: 8)
        bytes.store(UInt32(capacity), at: 12)
        layout.encode(into: &bytes, at: 16)
        for (index, slot) in slots.enumerated() {
            layout.encode(slot, into: &bytes, at: Self.headByteCount + index * layout.byteCount)
        }
        bytes.removeLast(8)
        bytes.store(CRC32C.checksum(bytes, in: 4..<end, seed: seed), at: 0)
        return bytes
    }

    /// Returns how many bytes the shard whose head this is says it has, unchecked; no fewer than a
    /// head's, and only those when `head` is shorter.
    package static func uncheckedByteCount(_ head: Span<UInt8>) -> Int {
        guard head.count >= headByteCount else { return headByteCount }
        let slotCount: UInt32 = head.integer(at: 8)
        let layout = PackedSlotLayout(decoding: head, at: 16)
        return headByteCount + Int(slotCount) * layout.byteCount
    }

    /// Decodes the shard that is exactly `bytes`; `shard` and `seed` are those it was written with.
    package init(decoding bytes: [UInt8], shard: Int, seed: UInt32) throws(FormatError) {
        try self.init(decoding: bytes.span, shard: shard, seed: seed)
    }

    /// Same of bytes wherever they are.
    package init(decoding bytes: Span<UInt8>, shard: Int, seed: UInt32) throws(FormatError) {
        guard bytes.count >= Self.headByteCount else {
            throw .wrongLength(expected: Self.headByteCount, found: bytes.count)
        }
        let check = CRC32C.checksum(bytes, in: 4..<bytes.count, seed: seed)
        guard bytes.integer(at: 0) == check else { throw .checksumMismatch }
        guard bytes.integer(at: 4, as: UInt32.self) == UInt32(shard) else {
            throw .impossible(field: "shard number")
        }
        let count = Int(bytes.integer(at: 8, as: UInt32.self))
        capacity = Int(bytes.integer(at: 12, as: UInt32.self))
        guard count <= capacity else { throw .impossible(field: "shard capacity") }
        let layout = PackedSlotLayout(decoding: bytes, at: 16)
        guard layout.isPossible else { throw .impossible(field: "slot layout") }
        let expected = Self.headByteCount + count * layout.byteCount
        guard bytes.count == expected else {
            throw .wrongLength(expected: expected, found: bytes.count)
        }
        slots = []
        slots.reserveCapacity(count)
        var (previousHash, sameHashCount) = (UInt32(0), 0)
        for offset in stride(from: Self.headByteCount, to: expected, by: layout.byteCount) {
            let slot = layout.slot(decoding: bytes, at: offset)
            // A table out of order would not find what is in it.
            guard slot.place > 0, slot.hash >= previousHash else {
                throw .impossible(field: "slot order")
            }
            sameHashCount = slot.hash == previousHash ? sameHashCount + 1 : 1
            // No keyed hash comes so often, and a table of one hash would be mostly empty.
            guard sameHashCount <= Self.sameHashCountMax else {
                throw .impossible(field: "slot hash")
            }
            previousHash = slot.hash
            slots.append(slot)
        }
    }
}

/// How the slots of a shard are packed: the hash, the clock in as many bytes as it takes, and the
/// rest in as many bits.
private struct PackedSlotLayout {
    /// The earliest clock; others are told from it.
    private var clockBase: UInt32
    private var clockByteCount: Int
    private var placeBitCount: Int
    private var segmentBitCount: Int
    private var lengthBitCount: Int

    /// The layout that takes the least for `slots`.
    init(_ slots: [IndexSlot]) {
        var (clockMin, clockMax) = (UInt32.max, UInt32(0))
        var (place, segment, length) = (UInt64(0), UInt64(0), UInt64(0))
        for slot in slots {
            if slot.clock < .max {
                clockMin = min(clockMin, slot.clock)
                clockMax = max(clockMax, slot.clock)
            }
            place |= slot.place
            segment |= UInt64(slot.segmentIndex)
            length |= slot.length
        }
        clockBase = min(clockMin, clockMax)
        let clockBitCount = clockMin > clockMax ? 0 : Self.bitCount(UInt64(clockMax - clockMin) + 1)
        clockByteCount = (clockBitCount + 7) / 8
        placeBitCount = Self.bitCount(place)
        segmentBitCount = Self.bitCount(segment)
        lengthBitCount = Self.bitCount(length)
    }

    init(decoding bytes: Span<UInt8>, at offset: Int) {
        clockBase = bytes.integer(at: offset)
        clockByteCount = Int(bytes[offset + 4])
        placeBitCount = Int(bytes[offset + 5])
        segmentBitCount = Int(bytes[offset + 6])
        lengthBitCount = Int(bytes[offset + 7])
    }

    func encode(into bytes: inout [UInt8], at offset: Int) {
        bytes.store(clockBase, at: offset)
        bytes[offset + 4] = UInt8(clockByteCount)
        bytes[offset + 5] = UInt8(placeBitCount)
        bytes[offset + 6] = UInt8(segmentBitCount)
        bytes[offset + 7] = UInt8(lengthBitCount)
    }

    /// Whether no field is wider than in memory.
    var isPossible: Bool {
        clockByteCount <= 4 && placeBitCount <= 25 && segmentBitCount <= 16 && lengthBitCount <= 21
    }

    /// Bytes of a slot.
    var byteCount: Int {
        4 + clockByteCount + (placeBitCount + segmentBitCount + lengthBitCount + 2 + 7) / 8
    }

    /// Writes up to 8 bytes more than a slot has.
    func encode(_ slot: IndexSlot, into bytes: inout [UInt8], at offset: Int) {
        bytes.store(slot.hash, at: offset)
        bytes.store(slot.clock == .max ? 0 : slot.clock - clockBase + 1, at: offset + 4)
        var word = slot.place
        word |= UInt64(slot.segmentIndex) << placeBitCount
        word |= slot.length << (placeBitCount + segmentBitCount)
        word |= (slot.back >> 62) << (placeBitCount + segmentBitCount + lengthBitCount)
        bytes.store(word, at: offset + 4 + clockByteCount)
    }

    func slot(decoding bytes: Span<UInt8>, at offset: Int) -> IndexSlot {
        let hash: UInt32 = bytes.integer(at: offset)
        let clock = bytes.word(at: offset + 4, count: clockByteCount)
        let start = offset + 4 + clockByteCount
        var word = bytes.word(at: start, count: byteCount - 4 - clockByteCount)
        func take(_ bitCount: Int) -> UInt64 {
            defer { word >>= UInt64(bitCount) }
            return word & (1 << UInt64(bitCount) - 1)
        }
        let (place, segment) = (take(placeBitCount), take(segmentBitCount))
        let length = take(lengthBitCount)
        let seconds = clock == 0 ? .max : clockBase &+ UInt32(truncatingIfNeeded: clock - 1)
        return IndexSlot(
            front: UInt64(hash) << 32 | UInt64(seconds),
            back: place | segment << 25 | length << 41 | take(2) << 62
        )
    }

    private static func bitCount(_ value: UInt64) -> Int {
        UInt64.bitWidth - value.leadingZeroBitCount
    }
}

extension IndexSlot {
    /// Where the record is, and its length, in units of the alignment.
    fileprivate var place: UInt64 { back & 0x1FF_FFFF }
    fileprivate var length: UInt64 { back >> 41 & 0x1F_FFFF }
}
