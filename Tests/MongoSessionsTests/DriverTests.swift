#if Mongo
    import SessionConformance
    import SessionCore
    import Testing

    @testable import MongoSessions

    /// The driver, held to every promise that it can keep.
    @Suite(.timeLimit(.minutes(30)), .serialized) struct DriverTests {
        @Test(arguments: ConformanceCheck.all(for: FragileMongoSubject.features))
        func `mongo keeps the contract`(check: ConformanceCheck) async throws {
            if check.needs.contains(.outages) {
                try await check.run(try FragileMongoSubject())
            } else {
                try await check.run(try MongoSubject())
            }
        }

        @Test func `the driver is held to what it can do`() {
            let count = ConformanceCheck.all(for: FragileMongoSubject.features).count
            print("conformance: \(count) checks of \(ConformanceCheck.all.count) for mongo")
            #expect(count >= 70)
        }
    }
#endif
