#if Redis
    import Foundation
    import Locks
    import NIOCore
    import SessionCore
    import TestServers
    import Testing

    @testable import RedisSessions

    /// Servers that refuse, stall, lie and die.
    @Suite(.timeLimit(.minutes(10))) struct RedisOutageTests {
        /// Returns the error of a call, which must come within `limit`.
        private func error(
            within limit: Duration = .seconds(60),
            _ body: () async throws -> Void
        ) async -> SessionStoreError? {
            let started = ContinuousClock.now
            defer { #expect(started.duration(to: .now) < limit) }
            do {
                try await body()
                Issue.record("it got through")
                return nil
            } catch {
                return error as? SessionStoreError
            }
        }

        // MARK: Settings that a server refuses

        @Test(arguments: [nil, "wrong"]) func `a wrong password is told, and not shown`(
            password: String?
        ) async throws {
            let server = try await TestServer.start(password: "secret")
            for version in [RedisSessionOptions.ProtocolVersion.resp2, .resp3, .automatic] {
                var options = server.options
                options.password = password
                options.protocolVersion = version
                let store = RedisSessionStore(options)
                let error = await error { _ = try await store.read("x:1") }
                guard case .misconfigured(let fault) = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
                #expect(fault.setting == "session.stores.redis.password")
                #expect(!"\(fault)".contains("wrong"))
            }
            let store = RedisSessionStore(server.options)
            try await store.write(Session(id: "x:1"))
            try await store.close()
            server.process.end()
        }

        @Test(arguments: [RedisSessionOptions.ProtocolVersion.resp2, .resp3])
        func `a user with rights to some keys logs in, and others are named`(
            version: RedisSessionOptions.ProtocolVersion
        ) async throws {
            let server = try await TestServer.start()
            try await server.ask(
                "ACL", "SETUSER", "ada", "on", ">secret", "~bot:*", "+@all")
            var options = server.options
            options.user = "ada"
            options.password = "secret"
            options.protocolVersion = version
            options.keyPrefix = "bot:"
            let store = RedisSessionStore(options)
            try await store.write(Session(id: "x:1"))
            #expect(try await store.read("x:1") != nil)
            try await store.close()
            options.keyPrefix = "other:"
            let other = RedisSessionStore(options)
            let error = await error { _ = try await other.read("x:1") }
            guard case .misconfigured(let fault) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(fault.setting == "session.stores.redis.user")
            server.process.end()
        }

        @Test(arguments: [16, 1_000_000]) func `a database that is not there is told`(db: Int)
            async throws
        {
            var options = try await SharedServers.plain.value.options
            options.db = db
            let store = RedisSessionStore(options)
            let error = await error { try await store.open() }
            guard case .misconfigured(let fault) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(fault.setting == "session.stores.redis.db")
        }

        @Test func `a database is chosen on every connection`() async throws {
            let server = try await TestServer.start()
            var options = server.options
            options.db = 7
            options.poolSize = 4
            let store = RedisSessionStore(options)
            try await withThrowingTaskGroup { group in
                for number in 0..<100 {
                    group.addTask {
                        try await store.write(Session(id: try SessionID("x:\(number)")))
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await server.ask("DBSIZE", db: 7) == .integer(100))
            #expect(try await server.ask("DBSIZE") == .integer(0))
            try await store.close()
            server.process.end()
        }

        @Test func `a certificate that nobody vouches for is refused`() async throws {
            let server = try await SharedServers.encrypted.value
            for tls in [
                RedisSessionOptions.TLS(),
                RedisSessionOptions.TLS(trustRoots: server.tls?.trustRoots),
                RedisSessionOptions.TLS(
                    trustRoots: server.tls?.trustRoots, serverName: "example.org"),
            ] {
                var options = server.options
                options.tls = tls
                let store = RedisSessionStore(options)
                let error = await error { try await store.open() }
                guard case .misconfigured(let fault) = error else {
                    Issue.record("\(tls): \(String(describing: error))")
                    continue
                }
                #expect(fault.setting == "session.stores.redis.tls")
            }
        }

        @Test func `a server of no cluster is told from one`() async throws {
            let address = try await SharedServers.plain.value.address
            let store = RedisSessionStore(RedisSessionOptions(.cluster([address])))
            let error = await error { try await store.open() }
            guard case .misconfigured(let fault) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(fault.setting == "session.stores.redis.cluster")
        }

        // MARK: Nobody there

        @Test func `a refused connection is an outage`() async throws {
            var options = RedisSessionOptions(port: try ServerProcess.freePort())
            options.timeout = .milliseconds(300)
            let store = RedisSessionStore(options)
            let error = await error { _ = try await store.read("x:1") }
            guard case .unavailable(let fault) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(fault.place?.contains("127.0.0.1") == true)
        }

        @Test(arguments: [RedisSessionOptions.ProtocolVersion.resp2, .automatic])
        func `a server that accepts and never answers is an outage`(
            version: RedisSessionOptions.ProtocolVersion
        ) async throws {
            let server = try await ScriptedServer.start { _ in .isSilent }
            var options = server.options()
            options.protocolVersion = version
            let store = RedisSessionStore(options)
            let errors = await withTaskGroup(of: SessionStoreError?.self) { group in
                for _ in 0..<20 {
                    group.addTask { await self.error { _ = try await store.read("x:1") } }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            for error in errors {
                guard case .unavailable = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
            }
            try await store.close()
            await server.close()
        }

        @Test func `an unknown host is an outage`() async throws {
            var options = RedisSessionOptions(host: "no-such-host.invalid")
            options.timeout = .milliseconds(500)
            let store = RedisSessionStore(options)
            let error = await error { try await store.open() }
            guard case .unavailable = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }

        // MARK: Answers that are none

        @Test(arguments: [
            "$1000000000\r\n", "*2\r\n$40\r\n", "$20\r\nhalf", ":", "nonsense\r\n", "+OK\r\n",
            "*1\r\n:1\r\n",
            "*2\r\n$3\r\nabc\r\n$2\r\n{}\r\n", "-ERR what\r\n", "-BUSY wait\r\n",
            "-LOADING wait\r\n",
            "-READONLY no\r\n", "-MASTERDOWN no\r\n", "-MISCONF no\r\n", "-CLUSTERDOWN no\r\n",
            "-TRYAGAIN\r\n", "-MOVED nowhere\r\n", "-MOVED 99999 127.0.0.1:1\r\n",
            "-NOSCRIPT no\r\n",
        ]) func `what is no answer is an outage, and never no session`(text: String) async throws {
            let server = try await ScriptedServer.start { words in
                words[0].hasPrefix("EVAL") ? .says(text) : .says("")
            }
            let store = RedisSessionStore(server.options())
            let error = await error { _ = try await store.read("x:1") }
            guard case .unavailable = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            try await store.close()
            await server.close()
        }

        @Test func `a server without memory is full`() async throws {
            let server = try await TestServer.start()
            let store = RedisSessionStore(server.options)
            try await store.write(Session(id: "x:1"))
            try await server.ask("CONFIG", "SET", "maxmemory", "1mb")
            var large = Session(id: "x:2")
            large.state["text"] = .string(String(repeating: "x", count: 1_000_000))
            let session = large
            for _ in 0..<2 {
                let error = await error {
                    for number in 0..<10 {
                        try await store.write(session)
                        try await store.write(Session(id: try SessionID("x:\(100 + number)")))
                    }
                }
                guard case .outOfSpace = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(try await store.read("x:1") != nil)
            }
            try await server.ask("CONFIG", "SET", "maxmemory", "0")
            try await store.write(session)
            #expect(try await store.read("x:2")?.document.count == session.document.count + 1)
            try await store.close()
            server.process.end()
        }

        @Test func `a replica reads, and its refusal to write is told`() async throws {
            let primary = try await TestServer.start()
            guard case .host(_, let port) = primary.address else { return }
            let replica = try await TestServer.start(["--replicaof", "127.0.0.1", "\(port)"])
            let (store, reader) = (
                RedisSessionStore(primary.options), RedisSessionStore(replica.options)
            )
            try await store.write(Session(id: "x:1"))
            try await waitUntil("the replica has it") { try await reader.read("x:1") != nil }
            let error = await error { try await reader.write(Session(id: "x:1")) }
            guard case .unavailable(let fault) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(fault.cause.contains("replica"))
            try await store.close()
            try await reader.close()
            replica.process.end()
            primary.process.end()
        }

        @Test func `a gigabyte under a session's key is damage, and takes no memory`() async throws
        {
            let server = try await TestServer.start()
            let store = RedisSessionStore(server.options)
            try await server.ask("SETRANGE", "x:1", "\(512 * 1_024 * 1_024 - 1)", "x")
            let error = await error { _ = try await store.read("x:1") }
            guard case .corrupted(let fault) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(fault.cause.contains("536870912"))
            try await store.write(Session(id: "x:2"))
            #expect(try await store.count() == 1)
            #expect(try await store.destroy("x:1"))
            #expect(try await store.read("x:1") == nil)
            try await store.close()
            server.process.end()
        }

        @Test func `a server that can't write says so to writers, and is read`() async throws {
            let server = try await ScriptedServer.start { words in
                switch words[0] {
                case "PING": .says("-MISCONF errors writing to disk\r\n")
                case "EVALSHA" where words[1] == RedisScript.read.digest: .says("$-1\r\n")
                case "EVALSHA": .says("-MISCONF errors writing to disk\r\n")
                default: .says("")
                }
            }
            let store = RedisSessionStore(server.options(timeout: .seconds(10)))
            #expect(try await store.read("x:1") == nil)
            let error = await error { try await store.write(Session(id: "x:1")) }
            guard case .unavailable = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            try await store.close()
            await server.close()
        }

        @Test func `an answer that makes no sense is the end of waiting for a lease`() async throws
        {
            let server = try await ScriptedServer.start { words in
                words[0] == "EVALSHA" && words[1] == RedisScript.queue.digest
                    ? .says("+nonsense\r\n") : .says("")
            }
            let store = RedisSessionStore(server.options(timeout: .seconds(10)))
            let error = await error { try await store.withLease(on: "x:1") { _ in } }
            guard case .unavailable = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            try await store.close()
            await server.close()
        }

        @Test func `a server that is loading is waited for, whatever the database`() async throws {
            let asked = Mutex(0)
            let server = try await ScriptedServer.start { words in
                guard words[0] == "PING" else { return .says("") }
                let count = asked.withLock { count in
                    count += 1
                    return count
                }
                return count < 4 ? .says("-LOADING from the disk\r\n") : .says("")
            }
            var options = server.options(timeout: .seconds(20))
            options.db = 1
            let store = RedisSessionStore(options)
            try await store.open()
            #expect(asked.withLock { $0 } >= 4)
            try await store.close()
            await server.close()
        }

        @Test func `a listing goes on when the server was busy`() async throws {
            let asked = Mutex(0)
            let server = try await ScriptedServer.start { words in
                guard words[0] == "SCAN" else { return .says("") }
                let count = asked.withLock { count in
                    count += 1
                    return count
                }
                return count < 3
                    ? .says("-BUSY with a script\r\n") : .says("*2\r\n$1\r\n0\r\n*0\r\n")
            }
            let store = RedisSessionStore(server.options(timeout: .seconds(20)))
            #expect(try await store.count() == 0)
            #expect(asked.withLock { $0 } == 3)
            try await store.close()
            await server.close()
        }

        @Test func `a long answer is not late as long as it keeps coming`() async throws {
            let text = #"{"id":"x:1"}"#
            let digest = String(repeating: "a", count: 40)
            let reply = "*3\r\n$40\r\n\(digest)\r\n$\(text.utf8.count)\r\n\(text)\r\n:-1\r\n"
            let pieces = stride(from: 0, to: reply.count, by: 10).map {
                String(reply.dropFirst($0).prefix(10))
            }
            let server = try await ScriptedServer.start { words in
                words[0] == "EVALSHA" ? .drips(pieces, every: .milliseconds(300)) : .says("")
            }
            // Two seconds and more in all.
            let store = RedisSessionStore(server.options(timeout: .seconds(1)))
            #expect(try await store.read("x:1") != nil)
            try await store.close()
            await server.close()
        }

        @Test func `connections to a server that takes no writes any more are made anew`()
            async throws
        {
            let server = try await TestServer.start()
            let other = try await TestServer.start()
            guard case .host(_, let port) = other.address else { return }
            let store = RedisSessionStore(server.options)
            try await store.write(Session(id: "x:1"))
            func clients() async throws -> Set<String> {
                let text = try await server.ask("CLIENT", "LIST", "TYPE", "normal").string ?? ""
                let lines = text.split(separator: "\n").filter { $0.contains("cmd=eval") }
                return Set(lines.compactMap { $0.split(separator: " ").first.map(String.init) })
            }
            let before = try await clients()
            #expect(!before.isEmpty)
            try await server.ask("REPLICAOF", "127.0.0.1", "\(port)")
            let error = await error { try await store.write(Session(id: "x:2")) }
            guard case .unavailable = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            // By its name another server might be reached now.
            try await waitUntil("the old ones are gone") {
                try await clients().isDisjoint(with: before)
            }
            try await server.ask("REPLICAOF", "NO", "ONE")
            try await store.write(Session(id: "x:2"))
            try await store.close()
            server.process.end()
            other.process.end()
        }

        @Test func `a sentinel that is silent is asked last the next time`() async throws {
            let asked = Mutex(0)
            let silent = try await ScriptedServer.start { _ in
                asked.withLock { $0 += 1 }
                return .isSilent
            }
            let sentinel = try await ScriptedServer.start { words in
                words[0] == "SENTINEL" ? .says("*2\r\n$1\r\nh\r\n$1\r\n1\r\n") : .says("")
            }
            let setup = RedisSetup(timeout: .milliseconds(500))
            let map = SentinelServers(
                [silent.address, sentinel.address],
                name: "sessions",
                nodes: NodeTable(setup, poolSize: 1),
                sentinelNodes: NodeTable(setup, poolSize: 1)
            )
            for _ in 0..<3 {
                let node = try await map.node(for: [])
                #expect(node.address == .host("h", port: 1))
                map.doubt(node.address)
            }
            #expect(asked.withLock { $0 } == 1)
            await map.close()
            await silent.close()
            await sentinel.close()
        }

        @Test func `a store that is opened while it closes is open`() async throws {
            let store = RedisSessionStore(try await SharedServers.plain.value.options)
            for _ in 0..<20 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { _ = try? await store.read("x:none") }
                    group.addTask { try await store.close() }
                    group.addTask { try await store.open() }
                    try await group.waitForAll()
                }
                try await store.open()
                #expect(try await store.read("x:none") == nil)
            }
            try await store.close()
        }

        @Test func `a flood that nobody asked for ends the connection only`() async throws {
            let asked = Mutex(0)
            let server = try await ScriptedServer.start { words in
                guard words[0].hasPrefix("EVAL") else { return .says("") }
                let isFirst = asked.withLock { count in
                    count += 1
                    return count == 1
                }
                return isFirst ? .floods("+x\r\n") : .says("$-1\r\n")
            }
            let store = RedisSessionStore(server.options(timeout: .seconds(2)))
            _ = try? await store.read("x:1")
            var read: [Session?] = []
            for _ in 0..<10 where read.isEmpty {
                if let session = try? await store.read("x:2") { read.append(session) }
                if asked.withLock({ $0 }) > 2 { break }
            }
            #expect(asked.withLock { $0 } >= 2)
            try await store.close()
            await server.close()
        }

        // MARK: In the middle

        @Test func `an answer cut anywhere is never taken for another`() async throws {
            let server = try await SharedServers.plain.value
            let proxy = try await Proxy.start(to: server.address)
            var options = RedisSessionOptions(.server(proxy.address))
            options.timeout = .seconds(5)
            options.poolSize = 1
            options.keyPrefix = "cut\(UInt64.random(in: .min ... .max)):"
            let store = RedisSessionStore(options)
            var session = Session(id: "x:1")
            session.state["text"] = .string(String(repeating: "ab\r\n", count: 20))
            let written = try await store.write(session)
            for byteCount in 0..<220 {
                // Reads are asked again, and get through by another connection.
                await proxy.set(.cutsAfter(byteCount: byteCount))
                #expect(try await store.read("x:1") == written, "cut after \(byteCount) bytes")
            }
            for byteCount in stride(from: 0, to: 220, by: 100) {
                await proxy.set(.passes)
                _ = try await store.read("x:1")
                await proxy.set(.stallsAfter(byteCount: byteCount))
                let error = await error { _ = try await store.read("x:1") }
                guard case .unavailable = error else {
                    Issue.record("stalled after \(byteCount): \(String(describing: error))")
                    continue
                }
            }
            await proxy.set(.passes)
            #expect(try await store.read("x:1") == written)
            try await store.destroy("x:1")
            try await store.close()
            await proxy.close()
        }

        @Test func `a write whose answer is lost is not repeated, and a read is`() async throws {
            let asked = Mutex<[String: Int]>([:])
            let server = try await ScriptedServer.start { words in
                guard words[0].hasPrefix("EVAL") else { return .says("") }
                let count = asked.withLock { asked in
                    asked[words[1], default: 0] += 1
                    return asked[words[1], default: 0]
                }
                let isRead = words[1] == RedisScript.read.digest
                return isRead && count > 1 ? .says("$-1\r\n") : .hangsUp(after: "$40\r\n")
            }
            let store = RedisSessionStore(server.options(timeout: .seconds(5)))
            let error = await error { try await store.write(Session(id: "x:1")) }
            guard case .unavailable(let fault) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(fault.cause.contains("may have happened"))
            #expect(asked.withLock { $0[RedisScript.write.digest] } == 1)
            #expect(try await store.read("x:1") == nil)
            #expect(asked.withLock { $0[RedisScript.read.digest] } == 2)
            try await store.close()
            await server.close()
        }

        @Test func `a stopped server is an outage, and goes on where it was`() async throws {
            let server = try await TestServer.start()
            var options = server.options
            options.timeout = .milliseconds(500)
            let store = RedisSessionStore(options)
            let written = try await store.write(Session(id: "x:1"))
            server.process.signal(SIGSTOP)
            let errors = await withTaskGroup(of: SessionStoreError?.self) { group in
                for number in 0..<50 {
                    group.addTask {
                        await self.error {
                            _ = try await store.read(try SessionID("x:\(number % 2)"))
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            for error in errors {
                guard case .unavailable = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
            }
            server.process.signal(SIGCONT)
            #expect(try await store.read("x:1") == written)
            try await store.close()
            server.process.end()
        }

        @Test func `a killed server loses nothing that it acknowledged, and no task hangs`()
            async throws
        {
            let server = try await TestServer.start()
            var options = server.options
            options.timeout = .seconds(3)
            let store = RedisSessionStore(options)
            let isOver = Flag()
            let acknowledged = try await withThrowingTaskGroup(of: (SessionID, Int64, Int64).self) {
                group in
                for task in 0..<8 {
                    group.addTask {
                        let id = try SessionID("x:\(task)")
                        var (acknowledged, tried) = (Int64(0), Int64(0))
                        while !isOver.isSet {
                            tried += 1
                            do {
                                try await store.update(id) { session in
                                    var changed = session ?? Session(id: id)
                                    let count = changed.state["count"]?.int64 ?? 0
                                    changed.state["count"] = JSON(count + 1)
                                    session = changed
                                }
                                acknowledged += 1
                            } catch SessionStoreError.unavailable {
                                continue
                            }
                        }
                        return (id, acknowledged, tried)
                    }
                }
                for _ in 0..<3 {
                    try await Task.sleep(for: .milliseconds(300))
                    server.process.kill()
                    try await Task.sleep(for: .milliseconds(100))
                    try server.process.restart()
                    try await server.waitUntilReady()
                }
                try await Task.sleep(for: .milliseconds(200))
                isOver.set()
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for (id, count, tried) in acknowledged {
                let found = try await store.read(id)?.state["count"]?.int64 ?? 0
                #expect(count > 0)
                #expect(found >= count && found <= tried, "\(id): \(count) <= \(found) <= \(tried)")
            }
            try await store.close()
            server.process.end()
        }

        @Test func `connections that broke are made again, and not more than there may be`()
            async throws
        {
            let server = try await SharedServers.plain.value
            let proxy = try await Proxy.start(to: server.address)
            var options = RedisSessionOptions(.server(proxy.address))
            options.poolSize = 3
            let store = RedisSessionStore(options)
            for round in 0..<5 {
                try await withThrowingTaskGroup { group in
                    for _ in 0..<200 { group.addTask { _ = try await store.read("x:none") } }
                    try await group.waitForAll()
                }
                #expect(proxy.connectionCount <= 3 * (round + 1))
                await proxy.set(.refuses)
                await proxy.set(.passes)
            }
            try await store.close()
            await proxy.close()
        }
    }

    /// Something that is set once.
    final class Flag: Sendable {
        private let value = Mutex(false)
        var isSet: Bool { value.withLock { $0 } }
        func set() { value.withLock { $0 = true } }
    }
#endif
