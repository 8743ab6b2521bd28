import SegmentFormat
import Testing

/// Deterministic randomness (SplitMix64), so that a failure comes back with its seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }

    /// A number whose width is random too, so that small ones and extremes are as likely as others.
    mutating func number(upTo limit: UInt64 = .max) -> UInt64 {
        switch next() % 8 {
        case 0: return 0
        case 1: return limit
        default:
            let value = next() >> (next() % 64)
            return limit == .max ? value : value % (limit + 1)
        }
    }

    mutating func range(upTo limit: UInt64) -> ClosedRange<UInt64>? {
        let (one, other) = (number(upTo: limit), number(upTo: limit))
        return next() % 4 == 0 ? nil : min(one, other)...max(one, other)
    }
}

extension [UInt8] {
    func flipping(bit: Int) -> [UInt8] {
        var copy = self
        copy[bit / 8] ^= 1 << UInt8(bit % 8)
        return copy
    }
}

/// Every single bit of `bytes` flipped must be refused by `decode`.
func expectEveryFlipRefused(
    _ bytes: [UInt8],
    sourceLocation: SourceLocation = #_sourceLocation,
    by decode: ([UInt8]) throws(FormatError) -> Void
) {
    var accepted: [Int] = []
    for bit in 0..<bytes.count * 8 {
        do throws(FormatError) {
            try decode(bytes.flipping(bit: bit))
            accepted.append(bit)
        } catch {
            continue
        }
    }
    #expect(accepted == [], "flipped bits that nobody saw", sourceLocation: sourceLocation)
}

/// Every beginning of `bytes` but the whole must be refused by `decode`.
func expectEveryTruncationRefused(
    _ bytes: [UInt8],
    sourceLocation: SourceLocation = #_sourceLocation,
    by decode: ([UInt8]) throws(FormatError) -> Void
) {
    for count in 0..<bytes.count {
        do throws(FormatError) {
            try decode(Array(bytes[..<count]))
            Issue.record("\(count) bytes were accepted", sourceLocation: sourceLocation)
        } catch {
            continue
        }
    }
}

/// What `decode` says of bytes, as a value that can be compared.
func refusal(of decode: () throws(FormatError) -> Void) -> FormatError? {
    do throws(FormatError) {
        try decode()
        return nil
    } catch {
        return error
    }
}
