#if Mongo
    import Foundation
    import Locks

    /// Stands between a store and its server, and does what networks do.
    final class Proxy: Sendable {
        enum Mode: Hashable, Sendable {
            /// Everything passes.
            case open
            /// Nobody listens, and all connections are reset.
            case refusing
            /// Connections are accepted and stay, and nothing passes.
            case silent
            /// So many bytes of the server's next answer pass, then the connection ends.
            case cutting(afterBytes: Int)
        }

        let port: UInt16
        private let server: UInt16

        private struct State {
            var mode = Mode.open
            var listener: Int32
            var pairs: [Int32: Int32] = [:]
            /// Changed whenever all connections there are have to end.
            var generation = 0
            var cutCount = 0
            var isOver = false
        }

        private let state: Mutex<State>

        /// How many answers were cut.
        var cutCount: Int { state.withLock(\.cutCount) }

        init(to server: UInt16) throws {
            self.server = server
            let listener = try Sockets.listen(port: 0)
            port = Sockets.port(of: listener)
            state = Mutex(State(listener: listener))
            acceptForever(listener)
        }

        deinit {
            let listener = state.withLock { state in
                state.isOver = true
                return state.listener
            }
            if listener >= 0 { shutdown(listener, Int32(SHUT_RDWR)) }
        }

        func set(_ mode: Mode) throws {
            let port = port
            let new: Int32? = try state.withLock { state in
                let old = state.mode
                state.mode = mode
                if mode == .refusing {
                    shutdown(state.listener, Int32(SHUT_RDWR))
                    state.listener = -1
                    state.generation += 1
                } else if old == .refusing {
                    state.listener = try Sockets.listen(port: port)
                    return state.listener
                }
                return nil
            }
            if let new { acceptForever(new) }
        }

        private func acceptForever(_ listener: Int32) {
            Thread.detachNewThread { [weak self] in
                defer { close(listener) }
                while true {
                    let client = accept(listener, nil, nil)
                    guard client >= 0, let self else {
                        if client >= 0 { close(client) }
                        return
                    }
                    self.serve(client)
                }
            }
        }

        private func serve(_ client: Int32) {
            guard let upstream = Sockets.connect(port: server) else {
                close(client)
                return
            }
            let generation = state.withLock(\.generation)
            Thread.detachNewThread { [weak self] in
                var ends = [
                    pollfd(fd: client, events: Int16(POLLIN), revents: 0),
                    pollfd(fd: upstream, events: Int16(POLLIN), revents: 0),
                ]
                var buffer = [UInt8](repeating: 0, count: 65_536)
                while let self, self.mayLive(generation) {
                    guard self.state.withLock({ $0.mode }) != .silent else {
                        usleep(2_000)
                        continue
                    }
                    guard poll(&ends, 2, 20) >= 0 else { break }
                    // It may have been silenced meanwhile.
                    guard self.state.withLock({ $0.mode }) != .silent else { continue }
                    if ends[0].revents != 0, !self.pass(client, upstream, &buffer, false) { break }
                    if ends[1].revents != 0, !self.pass(upstream, client, &buffer, true) { break }
                }
                // A reset, and no orderly end.
                var linger = linger(l_onoff: 1, l_linger: 0)
                for end in [client, upstream] {
                    setsockopt(end, SOL_SOCKET, SO_LINGER, &linger, socklen_t(8))
                    close(end)
                }
            }
        }

        private func mayLive(_ generation: Int) -> Bool {
            state.withLock { !$0.isOver && $0.generation == generation }
        }

        private func pass(
            _ from: Int32,
            _ to: Int32,
            _ buffer: inout [UInt8],
            _ isAnswer: Bool
        ) -> Bool {
            let count = recv(from, &buffer, buffer.count, 0)
            guard count > 0 else { return false }
            var limit = count
            var isLast = false
            if isAnswer {
                state.withLock { state in
                    guard case .cutting(let byteCount) = state.mode, count > byteCount
                    else { return }
                    (limit, isLast) = (byteCount, true)
                    state.mode = .open
                    state.cutCount += 1
                }
            }
            var sent = 0
            while sent < limit {
                let step = buffer[sent..<limit].withUnsafeBytes {
                    send(to, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard step > 0 else { return false }
                sent += step
            }
            return !isLast
        }
    }
#endif
