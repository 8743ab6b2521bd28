#if Redis
    import Locks
    import NIOCore
    import NIOPosix

    @testable import RedisSessions

    /// A server that says whatever a test wants it to.
    final class ScriptedServer: Sendable {
        /// What it does when it is asked something.
        enum Answer: Sendable {
            case says(String)
            case isSilent

            /// Says this, and then closes.
            case hangsUp(after: String)

            /// Says one piece after the other, with a pause after each.
            case drips([String], every: TimeAmount)

            /// Says this text over and over.
            case floods(String)
        }

        typealias Script = @Sendable (_ words: [String]) -> Answer

        private let listener: any Channel
        let address: RedisAddress

        private init(_ listener: any Channel) {
            self.listener = listener
            address = .host("127.0.0.1", port: listener.localAddress?.port ?? 0)
        }

        static func start(_ script: @escaping Script) async throws -> ScriptedServer {
            let listener = try await ServerBootstrap(group: TestLoops.group)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Handler(script))
                    }
                }
                .bind(host: "127.0.0.1", port: 0).get()
            return ScriptedServer(listener)
        }

        func options(timeout: Duration = .milliseconds(500)) -> RedisSessionOptions {
            var options = RedisSessionOptions(.server(address))
            options.timeout = timeout
            options.poolSize = 1
            return options
        }

        func close() async { try? await listener.close().get() }

        private final class Handler: ChannelInboundHandler {
            typealias InboundIn = ByteBuffer
            private let script: Script
            private var parser = RESPParser()
            private var unread = ByteBuffer()

            init(_ script: @escaping Script) { self.script = script }

            func channelRead(context: ChannelHandlerContext, data: NIOAny) {
                var bytes = Self.unwrapInboundIn(data)
                unread.writeBuffer(&bytes)
                while let command = try? parser.next(&unread) {
                    let words = command.list?.map { $0.string ?? "" } ?? []
                    switch answer(to: words) {
                    case .says(let text): say(text, context)
                    case .isSilent: break
                    case .hangsUp(let text):
                        say(text, context)
                        context.close(promise: nil)
                    case .drips(let pieces, let pause):
                        Self.drip(pieces[...], pause, context.channel)
                    case .floods(let text): Self.flood(text, context.channel)
                    }
                }
            }

            /// Greetings are answered as a server should, unless the script has something else.
            private func answer(to words: [String]) -> Answer {
                let answer = script(words)
                guard case .says("") = answer else { return answer }
                switch words.first {
                case "HELLO": return .says("*0\r\n")
                case "SELECT", "AUTH": return .says("+OK\r\n")
                case "PING": return .says("+PONG\r\n")
                default: return .says("-ERR unknown command\r\n")
                }
            }

            private func say(_ text: String, _ context: ChannelHandlerContext) {
                context.writeAndFlush(NIOAny(ByteBuffer(string: text)), promise: nil)
            }

            private static func drip(
                _ pieces: ArraySlice<String>,
                _ pause: TimeAmount,
                _ channel: any Channel
            ) {
                guard let piece = pieces.first else { return }
                channel.writeAndFlush(ByteBuffer(string: piece), promise: nil)
                channel.eventLoop.scheduleTask(in: pause) {
                    drip(pieces.dropFirst(), pause, channel)
                }
            }

            private static func flood(_ text: String, _ channel: any Channel) {
                channel.writeAndFlush(ByteBuffer(string: text)).whenSuccess {
                    // Later, and not from in here, where it would get deeper and deeper.
                    channel.eventLoop.execute { flood(text, channel) }
                }
            }

            func errorCaught(context: ChannelHandlerContext, error: any Error) {
                context.close(promise: nil)
            }
        }
    }
#endif
