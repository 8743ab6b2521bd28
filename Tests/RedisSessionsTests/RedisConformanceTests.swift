#if Redis
    import SessionConformance
    import Testing

    /// The driver, held to every promise of the contract on each kind of set-up.
    @Suite(.timeLimit(.minutes(20))) struct RedisConformanceTests {
        @Test(arguments: ConformanceCheck.all(for: RedisSubject.features))
        func `one server keeps the contract`(check: ConformanceCheck) async throws {
            try await check.run(RedisSubject(.plain))
        }

        @Test(arguments: ConformanceCheck.all(for: RedisSubject.features))
        func `an encrypted server keeps the contract`(check: ConformanceCheck) async throws {
            try await check.run(RedisSubject(.encrypted))
        }

        @Test(arguments: ConformanceCheck.all(for: RedisSubject.features))
        func `a cluster keeps the contract`(check: ConformanceCheck) async throws {
            try await check.run(RedisSubject(.cluster))
        }

        @Test func `every promise that can be kept is checked`() {
            let count = ConformanceCheck.all(for: RedisSubject.features).count
            let all = ConformanceCheck.all.count
            for place in RedisSubject.Place.allCases {
                print("conformance: \(count) checks of \(all) for redis, \(place)")
            }
            #expect(count >= 75)
        }
    }
#endif
