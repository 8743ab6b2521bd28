#if Redis
    import NIOCore

    /// A request to a server: a name and arguments, which are bytes of any kind.
    struct RedisCommand: Equatable, Sendable {
        let arguments: [[UInt8]]

        /// Creates the command that `words` spell.
        init(_ words: String...) {
            arguments = words.map { Array($0.utf8) }
        }

        init(arguments: [[UInt8]]) {
            self.arguments = arguments
        }

        /// Writes the command as servers read it.
        func encode(into buffer: inout ByteBuffer) {
            buffer.writeString("*\(arguments.count)\r\n")
            for argument in arguments {
                buffer.writeString("$\(argument.count)\r\n")
                buffer.writeBytes(argument)
                buffer.writeString("\r\n")
            }
        }
    }
#endif
