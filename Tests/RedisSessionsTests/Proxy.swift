#if Redis
    import Locks
    import NIOCore
    import NIOPosix

    @testable import RedisSessions

    /// Threads of the tests' own, so that their servers don't hold up the driver.
    enum TestLoops {
        static let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
    }

    /// A cable between a driver and its server that can be cut and held.
    final class Proxy: Sendable {
        enum Mode: Equatable, Sendable {
            case passes

            /// Accepts and closes at once.
            case refuses

            /// Accepts, and never says anything.
            case holds

            /// Closes once this many bytes of answers have gone through.
            case cutsAfter(byteCount: Int)

            /// Lets this many bytes of answers through, and then none, without closing.
            case stallsAfter(byteCount: Int)
        }

        private struct State {
            var mode = Mode.passes
            var channels: [any Channel] = []
            var connectionCount = 0
        }

        private let state = Mutex(State())
        private let listener: any Channel

        /// Where the driver is sent instead.
        let address: RedisAddress

        private init(_ listener: any Channel) throws {
            self.listener = listener
            let port = listener.localAddress?.port ?? 0
            address = .host("127.0.0.1", port: port)
        }

        /// How many connections came.
        var connectionCount: Int { state.withLock(\.connectionCount) }

        static func start(to server: RedisAddress) async throws -> Proxy {
            let holder = Holder()
            let listener = try await ServerBootstrap(group: TestLoops.group)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.autoRead, value: false)
                .childChannelInitializer { channel in
                    holder.proxy?.accept(channel, server) ?? channel.close()
                }
                .bind(host: "127.0.0.1", port: 0).get()
            let proxy = try Proxy(listener)
            holder.set(proxy)
            return proxy
        }

        private final class Holder: Sendable {
            private let held = Mutex<Proxy?>(nil)
            var proxy: Proxy? { held.withLock { $0 } }
            func set(_ proxy: Proxy) { held.withLock { $0 = proxy } }
        }

        private func accept(_ channel: any Channel, _ server: RedisAddress) -> EventLoopFuture<Void>
        {
            let mode = state.withLock { state in
                state.connectionCount += 1
                state.channels.append(channel)
                return state.mode
            }
            guard mode != .refuses else { return channel.close() }
            guard mode != .holds, case .host(let host, let port) = server else {
                return channel.eventLoop.makeSucceededVoidFuture()
            }
            let bootstrap = ClientBootstrap(group: channel.eventLoop)
                .channelOption(.autoRead, value: false)
            return bootstrap.connect(host: host, port: port).flatMap { peer in
                self.state.withLock { $0.channels.append(peer) }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Relay(to: peer, nil))
                    try peer.pipeline.syncOperations.addHandler(Relay(to: channel, self))
                }.flatMap {
                    channel.setOption(.autoRead, value: true).and(
                        peer.setOption(.autoRead, value: true)
                    ).map { _ in }
                }
            }.flatMapError { _ in channel.close() }
        }

        /// Changes what happens to connections from now on, also to those that are there.
        func set(_ mode: Mode) async {
            let channels = state.withLock { state in
                state.mode = mode
                guard mode == .refuses || mode == .holds else { return [any Channel]() }
                defer { state.channels = [] }
                return state.channels
            }
            for channel in channels { try? await channel.close().get() }
        }

        /// How many bytes of an answer may pass, and whether the connection ends after them.
        fileprivate func take(_ byteCount: Int) -> (count: Int, closes: Bool) {
            state.withLock { state in
                switch state.mode {
                case .cutsAfter(let left):
                    guard byteCount > left else {
                        state.mode = .cutsAfter(byteCount: left - byteCount)
                        return (byteCount, false)
                    }
                    state.mode = .passes
                    return (left, true)
                case .stallsAfter(let left):
                    state.mode = .stallsAfter(byteCount: max(left - byteCount, 0))
                    return (min(left, byteCount), false)
                case .passes, .refuses, .holds: return (byteCount, false)
                }
            }
        }

        func close() async {
            await set(.refuses)
            try? await listener.close().get()
        }
    }

    /// Hands bytes on.
    private final class Relay: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let peer: any Channel
        private let proxy: Proxy?

        init(to peer: any Channel, _ proxy: Proxy?) {
            (self.peer, self.proxy) = (peer, proxy)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var bytes = Self.unwrapInboundIn(data)
            guard let proxy else {
                peer.writeAndFlush(bytes, promise: nil)
                return
            }
            let (count, closes) = proxy.take(bytes.readableBytes)
            if let some = bytes.readSlice(length: count), count > 0 {
                peer.writeAndFlush(some, promise: nil)
            }
            guard closes else { return }
            peer.close(promise: nil)
            context.close(promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) {
            peer.close(promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
#endif
