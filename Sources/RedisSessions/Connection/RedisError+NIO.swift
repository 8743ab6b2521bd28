#if Redis
    import NIOCore
    import NIOPosix
    import NIOSSL

    extension RedisError {
        /// Translates what went wrong with a connection on which something had been asked.
        init(of error: any Error, at place: String) {
            switch error {
            case let error as RedisError: self = error
            case is NIOSSLExtraError:
                self = .refused(
                    place: place,
                    setting: RedisSetting.tls,
                    cause: "the server's certificate is for another host"
                )
            case NIOSSLError.handshakeFailed(let reason)
            where !"\(reason)".contains("EOF during handshake"):
                self = .refused(
                    place: place,
                    setting: RedisSetting.tls,
                    cause: "no agreement on an encrypted connection: \(Self.summary(of: reason))"
                )
            case is NIOSSLError, is BoringSSLError:
                self = .lost(place: place, cause: "the encrypted connection broke")
            default: self = .lost(place: place, cause: Self.summary(of: error))
            }
        }

        /// Says in a line what a system call or the network has against a connection.
        static func summary(of error: any Error) -> String {
            switch error {
            case ChannelError.connectTimeout: "no connection in time"
            case let error as IOError: "\(error)"
            case let error as NIOConnectionError:
                error.connectionErrors.first.map { summary(of: $0.error) } ?? "the host is unknown"
            default: String("\(error)".prefix(200))
            }
        }
    }
#endif
