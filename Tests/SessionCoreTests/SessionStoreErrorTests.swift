import SessionCore
import Testing

@Suite struct SessionStoreErrorTests {
    static let fault = Fault(
        .read,
        id: "secret:1",
        place: "7.segment",
        byteOffset: 42,
        setting: "session.x",
        cause: "it broke"
    )

    @Test(
        arguments: [
            .unavailable(fault), .rejected(fault), .corrupted(fault), .outOfSpace(fault),
            .poisoned(fault), .locked(fault), .closed(fault), .unsupported(fault),
            .misconfigured(fault), .cancelled(fault),
        ] as [SessionStoreError])
    func `an error says what, where and what to do, and keeps ids to itself`(
        error: SessionStoreError
    ) {
        let start = "read of session.x at 7.segment, byte 42: it broke. "

        #expect(error.description.hasPrefix(start))
        #expect(error.description.count > start.count)
        #expect(!error.description.contains("secret"))
        #expect(error.fault == Self.fault)
    }

    @Test func `a conflict names its session in a field`() {
        let error = SessionStoreError.conflict("secret:1")

        #expect(error.fault.id == "secret:1")
        #expect(error.description.contains("somebody else"))
        #expect(!error.description.contains("secret"))
    }

    @Test func `bytes that are no session are corruption, with a place`() {
        let error = SessionStoreError.corrupted(
            .notAnObject,
            id: "x:1",
            place: "7.segment",
            byteOffset: 8
        )

        #expect(error.fault.byteOffset == 8)
        #expect(error.description.contains("no object"))
    }
}
