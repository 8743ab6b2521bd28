#if Mongo
    import Foundation
    import SessionCore
    import Testing

    @testable import MongoSessions

    /// Connections that nobody can read, to servers that are who they say.
    @Suite(.timeLimit(.minutes(2))) struct EncryptionTests {
        /// Makes a certificate of this machine's for itself.
        private func makeCertificate(in directory: URL) throws {
            let program = Process()
            program.executableURL = URL(filePath: "/usr/bin/env")
            program.arguments = [
                "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                directory.appendingPathComponent("key.pem").path, "-out",
                directory.appendingPathComponent("certificate.pem").path,
            ]
            program.standardError = FileHandle.nullDevice
            try program.run()
            program.waitUntilExit()
            try #require(program.terminationStatus == 0, "these tests need openssl")
        }

        @Test func `the URL asks for encryption, and for a server that is known`() async throws {
            let directory = FileManager.default.temporaryDirectory
                .appendingPathComponent("mongo-tls-\(UUID().uuidString)")
            try FileManager.default.createDirectory(
                at: directory, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: directory) }
            try makeCertificate(in: directory)
            let certificate = directory.appendingPathComponent("certificate.pem").path
            let server = try MongoServer([
                "--tls-cert-file", certificate, "--tls-key-file",
                directory.appendingPathComponent("key.pem").path,
            ])
            func store(_ options: String) throws -> MongoSessionStore {
                let url = MongoServer.url(port: server.port, options: options)
                return MongoSessionStore(try MongoPlace(url: url).options(timeout: .seconds(2)))
            }
            let known = try store("&tls=true&tlsCAFile=\(certificate)")
            try await known.write(Session(id: "x:1"))
            #expect(try await known.read("x:1") != nil)
            try await known.close()
            for options in ["&tls=true", ""] {
                let refused = try store(options)
                let error = await #expect(throws: SessionStoreError.self) {
                    try await refused.open()
                }
                #expect(error?.caseName == "unavailable", "\(options)")
            }
        }
    }
#endif
