#if Redis
    import NIOCore
    import struct Synchronization.Atomic

    /// Commands that were sent together, and who waits for their replies.
    struct RedisRequest: Sendable {
        let bytes: ByteBuffer
        let replyCount: Int
        let completion: @Sendable (Result<[RESPValue], RedisError>) -> Void
    }

    /// Says on any thread that there will be no more replies.
    ///
    /// The channel stays active after that for as long as an encrypted connection takes to close.
    final class EndMark: Sendable {
        private let mark = Atomic(false)
        var isSet: Bool { mark.load(ordering: .acquiring) }
        func set() { mark.store(true, ordering: .releasing) }
    }

    /// Writes requests as they come, without waiting for replies, and hands each its own.
    ///
    /// Replies come in the order of the requests, so the oldest is the first to be late. Once
    /// anything is wrong nobody knows which reply is whose: all who wait are told, and the
    /// connection is closed.
    final class RedisHandler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        /// A request on its way.
        private struct Pending {
            let completion: @Sendable (Result<[RESPValue], RedisError>) -> Void
            var deadline: NIODeadline

            /// How long it is waited for at most, as long as it keeps coming.
            let limit: NIODeadline
            var missing: Int
            var replies: [RESPValue] = []
        }

        private let place: String
        private let timeout: TimeAmount
        private var parser: RESPParser
        private var unread = ByteBuffer()
        private var pending = CircularBuffer<Pending>()
        private var context: ChannelHandlerContext?
        private var hasUnflushed = false
        private var alarm: Scheduled<Void>?

        /// Why the connection is of no use any more.
        private var end: RedisError?
        private let endMark: EndMark

        /// When something was last read.
        private var lastRead = NIODeadline.now()

        init(place: String, timeout: TimeAmount, limits: RESPParser.Limits, endMark: EndMark) {
            self.place = place
            self.timeout = timeout
            self.endMark = endMark
            parser = RESPParser(limits)
        }

        /// Sends a request; called on the event loop.
        func submit(_ request: RedisRequest) {
            guard let context, end == nil else {
                var error = RedisError.unreachable(place: place, cause: "the connection is closed")
                // What the encryption has against the server it may say before anything is sent.
                if let end, case .refused = end { error = end }
                request.completion(.failure(error))
                return
            }
            pending.append(
                Pending(
                    completion: request.completion,
                    deadline: .now() + timeout,
                    limit: .now() + timeout * Self.patience,
                    missing: request.replyCount
                )
            )
            context.write(Self.wrapOutboundOut(request.bytes), promise: nil)
            flushSoon(context)
            setAlarm(context)
        }

        // MARK: Channel

        func handlerAdded(context: ChannelHandlerContext) { self.context = context }

        func handlerRemoved(context: ChannelHandlerContext) {
            finish(.lost(place: place, cause: "the connection was closed"))
        }

        func channelInactive(context: ChannelHandlerContext) {
            finish(.lost(place: place, cause: "the server closed the connection"))
            context.fireChannelInactive()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            finish(RedisError(of: error, at: place))
            context.close(promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard end == nil else { return }
            lastRead = .now()
            var incoming = Self.unwrapInboundIn(data)
            if unread.readableBytes == 0 {
                unread = incoming
            } else {
                unread.writeBuffer(&incoming)
            }
            do throws(RESPParser.Problem) {
                while let value = try parser.next(&unread) { receive(value, context) }
            } catch {
                stop(.malformed(place: place, cause: error.rawValue), context)
            }
            unread.discardReadBytes()
        }

        // MARK: Replies

        private func receive(_ value: RESPValue, _ context: ChannelHandlerContext) {
            if case .push = value { return }
            guard !pending.isEmpty else {
                stop(.malformed(place: place, cause: "a reply that nobody asked for"), context)
                return
            }
            pending[pending.startIndex].replies.append(value)
            pending[pending.startIndex].missing -= 1
            guard pending[pending.startIndex].missing == 0 else { return }
            let finished = pending.removeFirst()
            finished.completion(.success(finished.replies))
        }

        private func stop(_ error: RedisError, _ context: ChannelHandlerContext) {
            finish(error)
            context.close(promise: nil)
        }

        /// Tells everybody who waits, once.
        private func finish(_ error: RedisError) {
            guard end == nil else { return }
            end = error
            endMark.set()
            alarm?.cancel()
            context = nil
            let waiting = pending
            pending = []
            for request in waiting { request.completion(.failure(error)) }
        }

        // MARK: Writing and waiting

        /// Flushes what all tasks of this round of the event loop have written with one system
        /// call.
        private func flushSoon(_ context: ChannelHandlerContext) {
            guard !hasUnflushed else { return }
            hasUnflushed = true
            context.eventLoop.assumeIsolated().execute {
                self.hasUnflushed = false
                self.context?.flush()
            }
        }

        /// How many timeouts a reply may take that is long, and keeps coming.
        private static let patience: Int64 = 10

        /// Returns whether the oldest reply is late, which it is not while something keeps coming.
        private func isLate() -> Bool {
            guard var oldest = pending.first else { return false }
            oldest.deadline = max(oldest.deadline, min(lastRead + timeout, oldest.limit))
            pending[pending.startIndex].deadline = oldest.deadline
            return oldest.deadline <= .now()
        }

        private func setAlarm(_ context: ChannelHandlerContext) {
            guard alarm == nil, let oldest = pending.first else { return }
            alarm = context.eventLoop.assumeIsolated().scheduleTask(deadline: oldest.deadline) {
                self.alarm = nil
                guard let context = self.context, !self.pending.isEmpty else { return }
                guard self.isLate() else { return self.setAlarm(context) }
                let cause = "no answer within \(self.timeout.nanoseconds / 1_000_000) ms"
                self.stop(.lost(place: self.place, cause: cause), context)
            }
        }
    }
#endif
