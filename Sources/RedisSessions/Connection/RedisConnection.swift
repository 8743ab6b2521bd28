#if Redis
    internal import Locks
    internal import NIOCore
    internal import NIOPosix
    internal import NIOSSL
    internal import struct Synchronization.Atomic

    /// One connection to one server, on which any number of tasks send at once.
    final class RedisConnection: Sendable {
        let address: RedisAddress
        private let channel: any Channel
        private let handler: NIOLoopBound<RedisHandler>
        private let endMark: EndMark
        private let waiting = Atomic<Int>(0)
        private let knownRun = Mutex<String?>(nil)

        private init(
            _ address: RedisAddress,
            _ channel: any Channel,
            _ handler: NIOLoopBound<RedisHandler>,
            _ endMark: EndMark
        ) {
            self.endMark = endMark
            self.address = address
            self.channel = channel
            self.handler = handler
        }

        /// Whether there may be replies to what is sent.
        var isOpen: Bool { channel.isActive && !endMark.isSet }

        /// How many calls wait for their replies.
        var waitingCount: Int { waiting.load(ordering: .relaxed) }

        /// Connects, and encrypts if that is wanted; says nothing to the server yet.
        static func connect(
            to address: RedisAddress,
            _ setup: RedisSetup
        ) async throws(RedisError) -> RedisConnection {
            let place = "\(address)"
            let endMark = EndMark()
            let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(setup.timeout)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelOption(.socketOption(.so_keepalive), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        if let tls = setup.tls {
                            try pipeline.addHandler(try tls.handler(for: address))
                        }
                        try pipeline.addHandler(
                            RedisHandler(
                                place: place,
                                timeout: setup.timeout,
                                limits: setup.limits,
                                endMark: endMark
                            )
                        )
                    }
                }
            do {
                let channel =
                    switch setup.addressMap[address] ?? address {
                    case .host(let host, let port):
                        try await bootstrap.connect(host: host, port: port).get()
                    case .socket(let path):
                        try await bootstrap.connect(unixDomainSocketPath: path).get()
                    }
                let handler = try await channel.eventLoop.submit {
                    let handler = try channel.pipeline.syncOperations.handler(
                        type: RedisHandler.self)
                    return NIOLoopBound(handler, eventLoop: channel.eventLoop)
                }.get()
                return RedisConnection(address, channel, handler, endMark)
            } catch {
                switch RedisError(of: error, at: place) {
                case .lost(let place, let cause): throw .unreachable(place: place, cause: cause)
                case let other: throw other
                }
            }
        }

        /// Sends `commands` together, and returns their replies in order.
        ///
        /// - Throws: `unreachable` when nothing was sent, `lost` when there is no answer in time or
        ///   the connection broke, `malformed`. Errors that the server answers are replies.
        func send(_ commands: [RedisCommand]) async throws(RedisError) -> [RESPValue] {
            var bytes = channel.allocator.buffer(capacity: 256)
            for command in commands { command.encode(into: &bytes) }
            waiting.add(1, ordering: .relaxed)
            defer { waiting.subtract(1, ordering: .relaxed) }
            let (handler, eventLoop) = (handler, channel.eventLoop)
            let result = await withCheckedContinuation {
                (continuation: CheckedContinuation<Result<[RESPValue], RedisError>, Never>) in
                let request = RedisRequest(bytes: bytes, replyCount: commands.count) { result in
                    continuation.resume(returning: result)
                }
                eventLoop.execute { handler.value.submit(request) }
            }
            return try result.get()
        }

        /// Begins to close the connection; whoever waits for a reply is told.
        ///
        /// - Returns: What fails when it was closed already, which is what is wanted.
        @discardableResult
        func startClosing() -> EventLoopFuture<Void> { channel.close() }

        /// Closes the connection.
        func close() async { try? await startClosing().get() }

        /// Which run of the server this is: another after a restart, and empty when it doesn't say.
        func run() async throws(RedisError) -> String {
            if let known = knownRun.withLock({ $0 }) { return known }
            // A user may not be allowed to ask, or only not now.
            let text = try await ask(RedisCommand("INFO", "server")).string ?? ""
            guard let run = Self.field("run_id", of: text) else { return "" }
            knownRun.withLock { $0 = run }
            return run
        }

        /// Returns a field of what a server tells of itself.
        static func field(_ name: String, of information: String) -> String? {
            information.split(whereSeparator: \.isNewline)
                .first { $0.hasPrefix(name + ":") }
                .map { String($0.dropFirst(name.utf8.count + 1)) }
        }
    }
#endif
