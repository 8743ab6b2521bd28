#if Mongo
    import Foundation
    import Locks

    /// The few calls that the tests need of sockets on this machine.
    enum Sockets {
        struct Failure: Error {
            var call: String
            var code = errno
        }

        /// Calls `body` with the address of a port on this machine.
        static func withAddress<Value>(
            port: UInt16,
            _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value
        ) -> Value {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            return withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }

        static func make() -> Int32 {
            socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        }

        /// Listens at `port`, or at a free one when that is 0.
        static func listen(port: UInt16) throws -> Int32 {
            let descriptor = make()
            var on: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(4))
            let code = withAddress(port: port) { bind(descriptor, $0, $1) }
            guard code == 0, Foundation.listen(descriptor, 128) == 0 else {
                defer { close(descriptor) }
                throw Failure(call: "bind and listen")
            }
            return descriptor
        }

        static func port(of descriptor: Int32) -> UInt16 {
            var address = sockaddr_in()
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutablePointer(to: &address) { pointer in
                _ = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    getsockname(descriptor, $0, &size)
                }
            }
            return UInt16(bigEndian: address.sin_port)
        }

        private static let given = Mutex<Set<UInt16>>([])

        /// Returns a port that nobody has, and that the system gives to nobody by itself.
        static func freePort() throws -> UInt16 {
            for _ in 0..<1_000 {
                let port = UInt16.random(in: 20_000..<32_000)
                guard given.withLock({ $0.insert(port).inserted }) else { continue }
                guard let descriptor = try? listen(port: port) else { continue }
                close(descriptor)
                return port
            }
            throw Failure(call: "finding a free port")
        }

        /// Connects, or returns nil.
        static func connect(port: UInt16) -> Int32? {
            let descriptor = make()
            guard withAddress(port: port, { Foundation.connect(descriptor, $0, $1) }) == 0 else {
                close(descriptor)
                return nil
            }
            return descriptor
        }

        static func canConnect(port: UInt16) -> Bool {
            guard let descriptor = connect(port: port) else { return false }
            close(descriptor)
            return true
        }
    }
#endif
