#if Redis
    import SessionCore
    import TestServers
    import Testing

    @testable import RedisSessions

    /// A database is shared with others, whose keys are none of our business.
    @Suite(.timeLimit(.minutes(5))) struct RedisListingTests {
        private func ids(in store: RedisSessionStore) async throws -> [String] {
            var found: [String] = []
            for await id in try await store.ids() { found.append(try id.get().rawValue) }
            return found.sorted()
        }

        @Test func `keys of others are not listed, counted or destroyed`() async throws {
            let server = try await TestServer.start()
            let store = RedisSessionStore(server.options)
            for number in 0..<200 {
                try await store.write(Session(id: try SessionID("telegram:\(number)")))
            }
            try await server.ask("SET", "plain", "1")
            try await server.ask("SET", "cache:user:1", #"{"name":"Ada"}"#)
            try await server.ask("SET", "cache:user:2", "text")
            try await server.ask("SET", "cache:user:3", #"{"id":"7"}"#)
            try await server.ask("SET", "cache:empty", "")
            try await server.ask("HSET", "cache:hash", "a", "b")
            try await server.ask("RPUSH", "telegram:list", "a")
            try await server.ask("SADD", ":", "a")
            try await server.ask(["SET", "bytes:"].map { Array($0.utf8) } + [[0xFF, 0xFE]])
            try await server.ask([Array("SET".utf8), [0xFF, 0x3A, 0xFE], Array("{}".utf8)])
            #expect(try await ids(in: store).count == 200)
            #expect(try await store.count() == 200)
            #expect(try await store.destroyAll(where: .all) == 200)
            #expect(try await server.ask("DBSIZE") == .integer(10))
            #expect(try await store.count() == 0)
            try await store.close()
            server.process.end()
        }

        @Test func `a damaged session is named, and the others are listed`() async throws {
            let server = try await TestServer.start()
            let store = RedisSessionStore(server.options)
            for number in 0..<10 {
                try await store.write(Session(id: try SessionID("telegram:\(number)")))
            }
            try await server.ask("SET", "telegram:5", #"{"id":"telegram:5","_state""#)
            var damaged: [SessionID] = []
            var count = 0
            for await session in try await store.sessions() {
                do throws(SessionStoreError) {
                    _ = try session.get()
                    count += 1
                } catch {
                    guard case .corrupted(let fault) = error else { throw error }
                    damaged += fault.id.map { [$0] } ?? []
                }
            }
            #expect(count == 9)
            #expect(damaged == ["telegram:5"])
            try await store.close()
            server.process.end()
        }

        @Test(arguments: ["bot:", "a*b?[c]^-\\{d}", "ünï", "p"])
        func `a prefix keeps stores apart, whatever is in it`(prefix: String) async throws {
            let server = try await SharedServers.plain.value
            let base = "prefix\(UInt64.random(in: .min ... .max))-"
            var stores: [RedisSessionStore] = []
            for suffix in [prefix, "a*b?[c]", "q" + prefix, "-"] {
                var options = server.options
                options.keyPrefix = base + suffix
                stores.append(RedisSessionStore(options))
            }
            for (number, store) in stores.enumerated() {
                try await store.write(Session(id: try SessionID("x:\(number)")))
            }
            #expect(try await ids(in: stores[0]) == ["x:0"])
            #expect(try await server.ask("EXISTS", base + prefix + "x:0") == .integer(1))
            #expect(try await stores[0].destroyAll(where: .all) == 1)
            for (number, store) in stores.enumerated().dropFirst() {
                #expect(try await store.read(try SessionID("x:\(number)")) != nil)
                try await store.destroy(try SessionID("x:\(number)"))
                try await store.close()
            }
        }

        @Test func `with a prefix every text under it is ours, and damage is told`() async throws {
            let server = try await SharedServers.plain.value
            var options = server.options
            options.keyPrefix = "ours\(UInt64.random(in: .min ... .max)):"
            let store = RedisSessionStore(options)
            try await server.ask("SET", options.keyPrefix + "x:1", "text")
            var damageCount = 0
            for await session in try await store.sessions() {
                if case .failure(.corrupted(let fault)) = session, fault.id == "x:1" {
                    damageCount += 1
                }
            }
            #expect(damageCount == 1)
            #expect(try await store.destroy("x:1"))
            try await store.close()
        }

        @Test(arguments: [
            (SessionFilter.all, "p[]", #"p\[\]*:*"#),
            (SessionFilter(platform: "a*"), "", #"a\*:*"#),
            (SessionFilter(platform: "x", idPrefix: "x:1"), "", "x:1*"),
            (SessionFilter(idPrefix: "x"), "p:", "p:x*:*"),
        ]) func `a pattern means what it says`(
            filter: SessionFilter, prefix: String, pattern: String
        ) {
            #expect(KeyWalk.pattern(for: filter, keyPrefix: prefix) == Array(pattern.utf8))
        }

        @Test(arguments: [true, false])
        func `a listing misses nothing when the server is started again`(
            mayAskForTheRun: Bool
        ) async throws {
            let rights = ["+@read", "+@write", "+@scripting", "+@connection"]
            let server = try await TestServer.start(
                ["--user", "ada", "on", ">secret", "~*"]
                    + rights + (mayAskForTheRun ? ["+info"] : []))
            var options = server.options
            (options.user, options.password) = ("ada", "secret")
            let store = RedisSessionStore(options)
            for number in 0..<3_000 {
                try await store.write(Session(id: try SessionID("x:\(number)")))
            }
            var seen: [SessionID: Int] = [:]
            for await id in try await store.ids() {
                seen[try id.get(), default: 0] += 1
                // Its cursors mean nothing to the next run of it.
                if seen.count == 1_500 {
                    server.process.kill()
                    try server.process.restart()
                    try await server.waitUntilReady()
                }
            }
            #expect(seen.count == 3_000)
            #expect(seen.values.allSatisfy { $0 == 1 })
            try await store.close()
            server.process.end()
        }

        @Test func `what a server names twice is listed once`() async throws {
            let server = try await TestServer.start()
            let store = RedisSessionStore(server.options)
            for number in 0..<20_000 {
                try await store.write(Session(id: try SessionID("x:\(number)")))
            }
            // The server shrinks its table while it is walked over, and names keys again.
            var seen: [SessionID: Int] = [:]
            var position = 0
            for await id in try await store.ids() {
                seen[try id.get(), default: 0] += 1
                position += 1
                if position == 3_000 {
                    for number in 0..<18_000 {
                        try await store.destroy(try SessionID("x:\(number)"))
                    }
                }
            }
            #expect(seen.values.allSatisfy { $0 == 1 })
            for number in 18_000..<20_000 { #expect(seen[try SessionID("x:\(number)")] == 1) }
            try await store.close()
            server.process.end()
        }
    }
#endif
