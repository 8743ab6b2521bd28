#if Redis
    internal import NIOCore
    internal import NIOSSL
    internal import SessionCore

    /// What a connection is told before it is used, and what it has to keep to.
    struct RedisSetup: Sendable {
        var user: String?
        var password: String?

        /// What errors call that password.
        var passwordSetting = RedisSetting.password
        var db = 0
        var tls: RedisTLS?
        var timeout = TimeAmount.seconds(5)
        var limits = RESPParser.Limits()
        var protocolVersion = RedisSessionOptions.ProtocolVersion.automatic

        /// Where servers are that are named by another address.
        var addressMap: [RedisAddress: RedisAddress] = [:]

        /// Whether the server is taken for one that has all keys, which part of a cluster has not.
        var isAlone = false

        /// Whether only a server that takes writes will do.
        var needsPrimary = false
    }

    /// The settings of encryption, with their files read.
    struct RedisTLS: Sendable {
        private let context: NIOSSLContext
        private let serverName: String?

        /// Reads the files.
        ///
        /// - Throws: `misconfigured` when one can't be read or doesn't have in it what it should.
        init(_ settings: RedisSessionOptions.TLS) throws(SessionStoreError) {
            var configuration = TLSConfiguration.makeClientConfiguration()
            // One that doesn't answer calls doesn't answer a farewell either.
            configuration.shutdownTimeout = .milliseconds(250)
            configuration.minimumTLSVersion = .tlsv12
            var file = ""
            do {
                if let path = settings.trustRoots {
                    file = path
                    configuration.trustRoots = .certificates(
                        try NIOSSLCertificate.fromPEMFile(path))
                }
                if let path = settings.certificate {
                    file = path
                    configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(path).map {
                        .certificate($0)
                    }
                }
                if let path = settings.privateKey {
                    file = path
                    configuration.privateKey = .privateKey(
                        try NIOSSLPrivateKey(file: path, format: .pem))
                }
                context = try NIOSSLContext(configuration: configuration)
            } catch {
                throw .misconfigured(
                    Fault(
                        .configure,
                        place: file,
                        setting: RedisSetting.tls,
                        cause: "the certificates or the key can't be used: \(error)"
                    )
                )
            }
            serverName = settings.serverName
        }

        func handler(for address: RedisAddress) throws -> NIOSSLClientHandler {
            var name = serverName
            if name == nil, case .host(let host, _) = address, !Self.isNumber(host) { name = host }
            return try NIOSSLClientHandler(context: context, serverHostname: name)
        }

        /// Whether a host is named by its number, for which there is no server name to ask for.
        private static func isNumber(_ host: String) -> Bool {
            (try? SocketAddress(ipAddress: host, port: 0)) != nil
        }
    }
#endif
