import Testing

@testable import SegmentFormat

@Suite struct LifetimeTests {
    static let max = Lifetime.millisecondsMax
    static let encodings: [(lifetime: Lifetime, bits: UInt64, seconds: UInt32?)] = [
        (.standard, 0xFFFF_FFFF_FFFF, nil),
        (.endless, 0, 0),
        (.milliseconds(1), 1, 1),
        (.milliseconds(1_000), 1_000, 1),
        (.milliseconds(1_001), 1_001, 2),
        (.milliseconds(4_294_967_294_000), 4_294_967_294_000, UInt32.max - 1),
        (.milliseconds(4_294_967_294_001), 4_294_967_294_001, UInt32.max - 1),
        (.milliseconds(max), 0xFFFF_FFFF_FFFE, UInt32.max - 1),
    ]

    @Test(arguments: encodings.indices)
    func `a lifetime has its bits and its seconds`(index: Int) {
        let (lifetime, bits, seconds) = Self.encodings[index]
        #expect(lifetime.bits == bits)
        #expect(lifetime.ownSeconds == seconds)
        #expect(Lifetime(bits: bits) == lifetime)
    }

    @Test func `no milliseconds at all are one, in the record as in the footer`() {
        let none = Lifetime.milliseconds(0)
        #expect(Lifetime(bits: none.bits) == .milliseconds(1))
        #expect(none.ownSeconds == 1, "0 seconds would be endless")
    }

    @Test(arguments: [LifetimeTests.max + 1, 1 << 48, UInt64.max])
    func `a lifetime past 48 bits is the longest there is`(count: UInt64) {
        #expect(Lifetime(bits: Lifetime.milliseconds(count).bits) == .milliseconds(Self.max))
        #expect(Lifetime.milliseconds(count).ownSeconds == Lifetime.secondsMax)
    }
}
