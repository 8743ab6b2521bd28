/// Sixteen bytes that say where a key's record is; laid out as in <doc:FileFormat>.
///
/// There are no key bytes in it: the key is confirmed against the record. Instead of a deadline it
/// keeps the last activity, so that a changed lifetime setting applies to every slot at once, with
/// nothing to recompute.
package struct IndexSlot: Equatable, Sendable {
    package static let byteCount = 16
    package static let empty = IndexSlot(front: 0, back: 0)

    /// A record's length in the slot; a longer one says this, and its head must be read first.
    package static let recordByteCountMax = ((1 << 21) - 1) * FormatLimits.alignment

    /// Hash in the upper half, so that slots order by it; clock in the lower.
    package var front: UInt64

    /// From the low end: offset 25 bits, segment 16, length 21, touched 1, own lifetime 1.
    package var back: UInt64

    @inlinable
    package init(front: UInt64, back: UInt64) {
        self.front = front
        self.back = back
    }

    package init(
        hash: UInt32,
        clock: UInt32,
        segmentIndex: UInt16,
        byteOffset: Int,
        recordByteCount: Int,
        isTouched: Bool,
        hasOwnLifetime: Bool
    ) {
        precondition(byteOffset > 0 && byteOffset < FormatLimits.segmentByteCountMax)
        precondition(byteOffset % FormatLimits.alignment == 0)
        let length = min(recordByteCount, Self.recordByteCountMax) / FormatLimits.alignment
        front = UInt64(hash) << 32 | UInt64(clock)
        back =
            UInt64(byteOffset / FormatLimits.alignment) | UInt64(segmentIndex) << 25
            | UInt64(length) << 41 | (isTouched ? 1 << 62 : 0) | (hasOwnLifetime ? 1 << 63 : 0)
    }

    @inlinable package var isEmpty: Bool { back == 0 }
    @inlinable package var hash: UInt32 { UInt32(truncatingIfNeeded: front >> 32) }

    /// Seconds since 1970, rounded up: the last activity; or, with a lifetime of its own, the
    /// deadline, where all ones is never.
    package var clock: UInt32 { UInt32(truncatingIfNeeded: front) }
    package var byteOffset: Int { Int(back & 0x1FF_FFFF) * FormatLimits.alignment }
    package var segmentIndex: UInt16 { UInt16(truncatingIfNeeded: back >> 25) }
    package var recordByteCount: Int { Int(back >> 41 & 0x1F_FFFF) * FormatLimits.alignment }

    /// The record is a touch, and the value stands where its body says.
    package var isTouched: Bool { back & 1 << 62 != 0 }
    package var hasOwnLifetime: Bool { back & 1 << 63 != 0 }

    /// Whether both name the same record.
    package func isSamePlace(as other: IndexSlot) -> Bool {
        back & 0x1FF_FFFF_FFFF == other.back & 0x1FF_FFFF_FFFF
    }

    /// Returns the clock of a record with this activity and lifetime.
    package static func clock(activity: UInt64, ownLifetimeSeconds: UInt32?) -> UInt32 {
        guard ownLifetimeSeconds != 0 else { return .max }
        let activitySeconds = activity / 1_000 + (activity % 1_000 == 0 ? 0 : 1)
        let seconds = activitySeconds + UInt64(ownLifetimeSeconds ?? 0)
        return UInt32(clamping: min(seconds, 0xFFFF_FFFE))
    }
}
