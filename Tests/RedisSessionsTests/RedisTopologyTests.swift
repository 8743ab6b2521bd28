#if Redis
    import Foundation
    import SessionCore
    import TestServers
    import Testing

    @testable import RedisSessions

    /// Keys that move between servers, and servers that change their part.
    @Suite(.timeLimit(.minutes(10)), .serialized) struct RedisTopologyTests {
        // MARK: Clusters

        @Test func `a key's slot is the one that the server says`() async throws {
            let server = try await SharedServers.cluster.value.servers[0]
            #expect(KeySlot.crc16(Array("123456789".utf8)[...]) == 0x31C3)
            let keys = [
                "x:1", "{user1000}.following", "foo{}{bar}", "foo{{bar}}zap", "foo{bar}{zap}", "}{",
                "{",
                "a{b", "\u{0}\r\n{x}:é", "", String(repeating: "k", count: 1_024),
            ]
            for key in keys {
                let slot = try await server.ask("CLUSTER", "KEYSLOT", key).integer
                #expect(Int64(KeySlot.of(Array(key.utf8))) == slot, "\(key)")
            }
        }

        @Test func `sessions follow their slots from server to server`() async throws {
            let cluster = try await TestCluster.start()
            let store = RedisSessionStore(RedisSessionOptions(.cluster(cluster.addresses)))
            let id: SessionID = "x:{moving}"
            let slot = "\(KeySlot.of(Array("x:{moving}".utf8)))"
            let names = try await names(of: cluster)
            let isOver = Flag()
            let counted = try await withThrowingTaskGroup(of: Int64.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        var count = Int64(0)
                        while !isOver.isSet {
                            try await store.update(id) { session in
                                var changed = session ?? Session(id: id)
                                changed.state["count"] = JSON(
                                    (changed.state["count"]?.int64 ?? 0) + 1)
                                session = changed
                            }
                            count += 1
                        }
                        return count
                    }
                }
                for round in 0..<6 {
                    try await Task.sleep(for: .milliseconds(100))
                    let owner = try await owner(of: slot, in: cluster)
                    let target = (owner + 1 + round % 2) % 3
                    try await move(slot, from: owner, to: target, in: cluster, names)
                }
                isOver.set()
                return try await group.reduce(0, +)
            }
            #expect(try await store.read(id)?.state["count"]?.int64 == counted)
            #expect(counted > 100)
            try await store.close()
            for server in cluster.servers { server.process.end() }
        }

        @Test func `a listing finds what moved to where it was already`() async throws {
            let cluster = try await TestCluster.start()
            let store = RedisSessionStore(RedisSessionOptions(.cluster(cluster.addresses)))
            for number in 0..<30 {
                try await store.write(Session(id: try SessionID("x:\(number)")))
            }
            // In the order in which they are walked over.
            let order = cluster.addresses.indices.sorted {
                "\(cluster.addresses[$0])" < "\(cluster.addresses[$1])"
            }
            let names = try await names(of: cluster)
            var numbers = 0..<1_000
            var slot = ""
            while let number = numbers.popFirst(), slot.isEmpty {
                let candidate = "\(KeySlot.of(Array("\(number)".utf8)))"
                guard try await owner(of: candidate, in: cluster) == order[2] else { continue }
                slot = candidate
                for count in 0..<10 {
                    try await store.write(Session(id: try SessionID("y:{\(number)}\(count)")))
                }
            }
            var seen: [SessionID: Int] = [:]
            var hasMoved = false
            for await id in try await store.ids() {
                let id = try id.get()
                seen[id, default: 0] += 1
                let home = "\(KeySlot.of(Array(id.rawValue.utf8)))"
                guard !hasMoved, try await owner(of: home, in: cluster) != order[0] else {
                    continue
                }
                hasMoved = true
                try await move(slot, from: order[2], to: order[0], in: cluster, names)
            }
            #expect(hasMoved)
            #expect(seen.count == 40)
            #expect(seen.values.allSatisfy { $0 == 1 })
            try await store.close()
            for server in cluster.servers { server.process.end() }
        }

        @Test func `a server that is silent holds up nobody else`() async throws {
            let cluster = try await TestCluster.start(nodeTimeout: 60_000)
            var options = RedisSessionOptions(.cluster(cluster.addresses))
            options.timeout = .seconds(4)
            let store = RedisSessionStore(options)
            var (silent, others): ([SessionID], [SessionID]) = ([], [])
            for number in 0..<30 {
                let id = try SessionID("x:\(number)")
                try await store.write(Session(id: id))
                let slot = "\(KeySlot.of(Array(id.rawValue.utf8)))"
                if try await owner(of: slot, in: cluster) == 0 {
                    silent.append(id)
                } else {
                    others.append(id)
                }
            }
            cluster.servers[0].process.signal(SIGSTOP)
            let isOver = Flag()
            let id = try #require(silent.first)
            let outages = Task {
                // The second finds it in doubt, and asks who has its keys now.
                for _ in 0..<2 {
                    await #expect(throws: SessionStoreError.self) { try await store.read(id) }
                }
                isOver.set()
            }
            var (count, longest) = (0, Duration.zero)
            while !isOver.isSet {
                let start = ContinuousClock.now
                #expect(try await store.read(others[count % others.count]) != nil)
                longest = max(longest, start.duration(to: .now))
                count += 1
            }
            await outages.value
            #expect(count > 100)
            #expect(longest < .seconds(2))
            cluster.servers[0].process.signal(SIGCONT)
            #expect(try await store.read(id) != nil)
            try await store.close()
            for server in cluster.servers { server.process.end() }
        }

        private func names(of cluster: TestCluster) async throws -> [String] {
            var names: [String] = []
            for server in cluster.servers {
                names.append(try await server.ask("CLUSTER", "MYID").string ?? "")
            }
            return names
        }

        private func owner(of slot: String, in cluster: TestCluster) async throws -> Int {
            let reply = try await cluster.servers[0].ask("CLUSTER", "SLOTS")
            let slots = ClusterServers.slots(in: reply, from: cluster.addresses[0])
            let address = slots?[Int(slot) ?? 0]
            return cluster.addresses.firstIndex { $0 == address } ?? 0
        }

        /// Moves a slot with all its keys, as an operator's tool does it.
        private func move(
            _ slot: String,
            from source: Int,
            to target: Int,
            in cluster: TestCluster,
            _ names: [String]
        ) async throws {
            let (from, to) = (cluster.servers[source], cluster.servers[target])
            guard case .host(let host, let port) = to.address else { return }
            try await to.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", names[source])
            try await from.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", names[target])
            // In between, a key is on either side.
            try await Task.sleep(for: .milliseconds(50))
            while let keys = try await from.ask("CLUSTER", "GETKEYSINSLOT", slot, "10").list,
                !keys.isEmpty
            {
                for key in keys {
                    try await from.ask("MIGRATE", host, "\(port)", key.string ?? "", "0", "5000")
                }
            }
            try await Task.sleep(for: .milliseconds(50))
            for server in [to, from] + cluster.servers {
                try await server.ask("CLUSTER", "SETSLOT", slot, "NODE", names[target])
            }
        }

        @Test func `without one of its servers a cluster is an outage, and heals`() async throws {
            let cluster = try await TestCluster.start()
            var options = RedisSessionOptions(.cluster(cluster.addresses))
            options.timeout = .seconds(3)
            let store = RedisSessionStore(options)
            for number in 0..<30 {
                try await store.write(Session(id: try SessionID("x:\(number)")))
            }
            cluster.servers[1].process.kill()
            var outageCount = 0
            for number in 0..<30 {
                do {
                    #expect(try await store.read(try SessionID("x:\(number)")) != nil)
                } catch SessionStoreError.unavailable {
                    outageCount += 1
                }
            }
            #expect(outageCount > 0)
            try cluster.servers[1].process.restart()
            try await cluster.servers[1].waitUntilReady()
            try await waitUntil("the cluster is whole again") {
                (try? await store.count()) == 30
            }
            for number in 0..<30 {
                #expect(try await store.read(try SessionID("x:\(number)")) != nil)
            }
            try await store.close()
            for server in cluster.servers { server.process.end() }
        }

        @Test(arguments: [RedisSessionOptions.ProtocolVersion.resp2, .resp3])
        func `part of a cluster is not taken for all of it`(
            version: RedisSessionOptions.ProtocolVersion
        ) async throws {
            let address = try await SharedServers.cluster.value.addresses[0]
            var options = RedisSessionOptions(.server(address))
            options.protocolVersion = version
            do throws(SessionStoreError) {
                try await RedisSessionStore(options).open()
                Issue.record("it was opened")
            } catch {
                #expect(error.fault.setting == "session.stores.redis.cluster")
            }
        }

        // MARK: Sentinels

        @Test func `after a failover the sentinels' new primary is used`() async throws {
            let primary = try await TestServer.start()
            guard case .host(_, let port) = primary.address else { return }
            let replica = try await TestServer.start([
                "--replicaof", "127.0.0.1", "\(port)", "--repl-diskless-sync-delay", "0",
            ])
            try await waitUntil("the replica follows") {
                try await replica.ask("INFO", "replication").string?
                    .contains("master_link_status:up") == true
            }
            let sentinels = try await startSentinels(port)
            var options = RedisSessionOptions(
                .sentinels(sentinels.map(\.address), name: "sessions"))
            options.timeout = .seconds(10)
            let store = RedisSessionStore(options)
            try await store.write(Session(id: "x:1"))
            try await waitUntil("the replica has it") {
                try await replica.ask("EXISTS", "x:1") == .integer(1)
            }
            try await waitUntil("the sentinels know the replica") {
                try await sentinels[0].ask("SENTINEL", "REPLICAS", "sessions").list?.isEmpty
                    == false
            }
            primary.process.kill()
            try await waitUntil("the replica is the primary") {
                try await replica.ask("ROLE").list?.first?.string == "master"
            }
            // The same store, which had the other one's connections.
            let session = try await store.read("x:1")
            #expect(session != nil)
            try await store.update("x:1") { $0?.state["after"] = true }
            #expect(try await replica.ask("EXISTS", "x:1") == .integer(1))
            #expect(try await store.read("x:1")?.state["after"] == true)

            var unknown = options
            unknown.deployment = .sentinels(sentinels.map(\.address), name: "others")
            do throws(SessionStoreError) {
                try await RedisSessionStore(unknown).open()
                Issue.record("an unknown name was taken")
            } catch {
                #expect(error.fault.setting == "session.stores.redis.sentinelName")
            }
            try await store.close()
            for server in sentinels + [replica, primary] { server.process.end() }
        }

        private func startSentinels(_ port: Int) async throws -> [TestServer] {
            var sentinels: [TestServer] = []
            for _ in 0..<3 {
                let own = try ServerProcess.freePort()
                let directory = try ServerProcess.makeDirectory()
                try """
                port \(own)
                bind 127.0.0.1
                sentinel monitor sessions 127.0.0.1 \(port) 2
                sentinel down-after-milliseconds sessions 500
                sentinel failover-timeout sessions 3000
                """.write(
                    to: directory.appendingPathComponent("sentinel.conf"), atomically: true,
                    encoding: .utf8)
                let process = try ServerProcess(["redis-sentinel", "sentinel.conf"], in: directory)
                let sentinel = TestServer(process: process, address: .host("127.0.0.1", port: own))
                try await sentinel.waitUntilReady()
                sentinels.append(sentinel)
            }
            for sentinel in sentinels {
                try await waitUntil("the sentinels know each other") {
                    try await sentinel.ask("SENTINEL", "SENTINELS", "sessions").list?.count == 2
                }
            }
            return sentinels
        }

        @Test func `without any sentinel there is an outage`() async throws {
            var options = RedisSessionOptions(
                .sentinels(
                    [.host("127.0.0.1", port: try ServerProcess.freePort())], name: "sessions"))
            options.timeout = .milliseconds(300)
            do throws(SessionStoreError) {
                _ = try await RedisSessionStore(options).read("x:1")
                Issue.record("it got through")
            } catch {
                guard case .unavailable = error else {
                    Issue.record("\(error)")
                    return
                }
            }
        }

        // MARK: Sockets, scripts

        @Test func `a socket in the file system is as good as a port`() async throws {
            let directory = try ServerProcess.makeDirectory()
            let server = try await TestServer.start([
                "--unixsocket", directory.appendingPathComponent("redis.sock").path,
            ])
            let path = directory.appendingPathComponent("redis.sock").path
            let store = RedisSessionStore(try RedisSessionOptions(url: path))
            try await store.write(Session(id: "x:1"))
            #expect(try await server.ask("EXISTS", "x:1") == .integer(1))
            try await store.close()
            server.process.end()
            try FileManager.default.removeItem(at: directory)
        }

        @Test func `every script has the digest that servers give it`() async throws {
            let server = try await SharedServers.plain.value
            for script in RedisScript.all {
                let digest = try await server.ask("SCRIPT", "LOAD", script.source).string
                #expect(digest == script.digest)
            }
        }

        @Test func `scripts that a server has forgotten are sent again`() async throws {
            let server = try await TestServer.start()
            let store = RedisSessionStore(server.options)
            for number in 0..<5 {
                try await server.ask("SCRIPT", "FLUSH")
                try await store.write(Session(id: try SessionID("x:\(number)")))
                try await server.ask("SCRIPT", "FLUSH")
                #expect(try await store.count() == number + 1)
            }
            try await store.close()
            server.process.end()
        }
    }
#endif
