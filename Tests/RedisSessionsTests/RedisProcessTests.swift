#if Redis
    import SessionCore
    import TestServers
    import Testing

    @testable import RedisSessions

    /// Several processes, as bots on several machines are.
    @Suite(.timeLimit(.minutes(10))) struct RedisProcessTests {
        @Test func `no update of two processes is lost`() async throws {
            let server = try await TestServer.start()
            guard case .host(_, let port) = server.address else { return }
            let started = ContinuousClock.now
            async let first = #expect(processExitsWith: .success) { [port = port as Int] in
                try await Counting.run(port: port)
            }
            async let second = #expect(processExitsWith: .success) { [port = port as Int] in
                try await Counting.run(port: port)
            }
            _ = await (first, second)
            print("two processes, 25,600 updates: \(started.duration(to: .now))")
            let store = RedisSessionStore(server.options)
            for number in 0..<10 {
                let count = try await store.read(try SessionID("x:\(number)"))?.state["count"]
                #expect(count?.int64 == 2_560)
            }
            try await store.close()
            server.process.end()
        }
    }

    /// What each process does: 64 tasks, each adding one 200 times to counters that all share.
    enum Counting {
        static func run(port: Int) async throws {
            var options = RedisSessionOptions(port: port)
            options.timeout = .seconds(60)
            let store = RedisSessionStore(options)
            try await withThrowingTaskGroup { group in
                for task in 0..<64 {
                    group.addTask {
                        for turn in 0..<200 {
                            let id = try SessionID("x:\((task + turn) % 10)")
                            try await store.update(id) { session in
                                var changed = session ?? Session(id: id)
                                changed.state["count"] = JSON(
                                    (changed.state["count"]?.int64 ?? 0) + 1)
                                session = changed
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await store.close()
        }
    }
#endif
