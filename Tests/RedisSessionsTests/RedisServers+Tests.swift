#if Redis
    import Foundation
    import NIOCore
    import SessionCore
    import TestServers

    @testable import RedisSessions

    /// A real server of the tests' own.
    struct TestServer: Sendable {
        let process: ServerProcess
        let address: RedisAddress
        var tls: RedisSessionOptions.TLS?
        var password: String?

        var options: RedisSessionOptions {
            var options = RedisSessionOptions(.server(address))
            options.tls = tls
            options.password = password
            // For tests that are about something else, on a machine that may be busy.
            options.timeout = .seconds(30)
            return options
        }

        /// Starts a server with some settings beside those that all have.
        static func start(
            _ settings: [String] = [],
            port: Int? = nil,
            password: String? = nil
        ) async throws -> TestServer {
            let port = try port ?? ServerProcess.freePort()
            var command = ["redis-server", "--port", "\(port)", "--bind", "127.0.0.1"]
            command += ["--save", "", "--appendonly", "yes", "--appendfsync", "everysec"]
            command += ["--databases", "16", "--enable-debug-command", "local"]
            if let password { command += ["--requirepass", password] }
            let process = try ServerProcess(
                command + settings, in: try ServerProcess.makeDirectory())
            let server = TestServer(
                process: process, address: .host("127.0.0.1", port: port), password: password)
            try await server.waitUntilReady()
            return server
        }

        /// Starts a server that talks only over encrypted connections.
        static func startEncrypted() async throws -> TestServer {
            let port = try ServerProcess.freePort()
            let directory = try ServerProcess.makeDirectory()
            try await makeCertificates(in: directory)
            let files = ["ca.crt", "server.crt", "server.key"].map {
                directory.appendingPathComponent($0).path
            }
            var command = ["redis-server", "--port", "0", "--tls-port", "\(port)"]
            command += ["--bind", "127.0.0.1", "--save", "", "--tls-auth-clients", "no"]
            command += ["--tls-ca-cert-file", files[0], "--tls-cert-file", files[1]]
            command += ["--tls-key-file", files[2]]
            let server = TestServer(
                process: try ServerProcess(command, in: directory),
                address: .host("127.0.0.1", port: port),
                tls: RedisSessionOptions.TLS(trustRoots: files[0], serverName: "localhost")
            )
            try await server.waitUntilReady()
            return server
        }

        /// Makes an authority of our own, and a certificate of `localhost`, not of 127.0.0.1.
        static func makeCertificates(in directory: URL) async throws {
            try "subjectAltName=DNS:localhost\n".write(
                to: directory.appendingPathComponent("names"), atomically: true, encoding: .utf8)
            let steps = [
                "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=tests"
                    + " -keyout ca.key -out ca.crt",
                "openssl req -newkey rsa:2048 -nodes -subj /CN=localhost"
                    + " -keyout server.key -out server.csr",
                "openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2"
                    + " -extfile names -out server.crt",
            ]
            for step in steps {
                try await ServerProcess.run(
                    step.split(separator: " ").map(String.init), in: directory)
            }
        }

        /// Waits until the server answers.
        func waitUntilReady() async throws {
            try await waitUntil("\(address) answers") {
                guard let reply = try? await ask("PING") else { return false }
                return reply == .text("PONG")
            }
        }

        /// Asks the server something, past all drivers.
        @discardableResult
        func ask(_ words: String..., db: Int = 0) async throws -> RESPValue {
            try await ask(words.map { Array($0.utf8) }, db: db)
        }

        @discardableResult
        func ask(_ arguments: [[UInt8]], db: Int = 0) async throws -> RESPValue {
            // A server that becomes a primary closes the connections that it had before.
            for _ in 0..<5 {
                do {
                    return try await askOnce(arguments, db: db)
                } catch RedisError.unreachable, RedisError.lost {
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
            return try await askOnce(arguments, db: db)
        }

        private func askOnce(_ arguments: [[UInt8]], db: Int) async throws -> RESPValue {
            var setup = RedisSetup(password: password, db: db, timeout: .seconds(30))
            if let tls { setup.tls = try RedisTLS(tls) }
            setup.limits.valueByteCountMax = 1 << 30
            let connection = try await RedisConnection.connect(to: address, setup)
            do {
                try await connection.introduce(setup)
                let reply = try await connection.ask(RedisCommand(arguments: arguments))
                await connection.close()
                return reply
            } catch {
                await connection.close()
                throw error
            }
        }
    }

    /// A cluster of three servers of the tests' own.
    struct TestCluster: Sendable {
        let servers: [TestServer]

        var addresses: [RedisAddress] { servers.map(\.address) }

        /// Starts servers that give each other up after `nodeTimeout` milliseconds.
        static func start(nodeTimeout: Int = 2_000) async throws -> TestCluster {
            var servers: [TestServer] = []
            for _ in 0..<3 {
                // The nodes talk to each other on another port; by default 10000 above, which may
                // be none.
                let bus = try ServerProcess.freePort()
                servers.append(
                    try await TestServer.start([
                        "--cluster-enabled", "yes", "--cluster-port", "\(bus)",
                        "--cluster-node-timeout", "\(nodeTimeout)",
                    ])
                )
            }
            let cluster = TestCluster(servers: servers)
            try await cluster.assignSlots()
            return cluster
        }

        private func assignSlots() async throws {
            let places = addresses.map { "\($0)".replacingOccurrences(of: "redis ", with: "") }
            try await ServerProcess.run(
                ["redis-cli", "--cluster", "create"] + places + ["--cluster-yes"])
            for server in servers {
                try await waitUntil("the cluster is whole") {
                    try await server.ask("CLUSTER", "INFO").string?
                        .contains("cluster_state:ok") == true
                }
            }
        }
    }

    /// Servers that are started when the first test needs them, and shared.
    enum SharedServers {
        static let plain = Task { try await TestServer.start() }
        static let encrypted = Task { try await TestServer.startEncrypted() }
        static let cluster = Task { try await TestCluster.start() }
    }
#endif
